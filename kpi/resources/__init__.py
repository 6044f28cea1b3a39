"""The form of a quarter's KPI figures: one line for each KPI that reports itself."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from common import fiscal
from common.readings import Kind, Note, Reading
from common.sheets import (
    Checked,
    Figure,
    Prepared,
    Remark,
    SheetField,
    SheetResource,
    SheetRow,
)
from kpi import actions
from kpi.models import KPI, Result
from kpi.rules import entries as rules
from kpi.rules.parts import told_apart
from kpi.rules.surroundings import Surroundings, Typed, is_asked, surroundings_of
from kpi.scoring.outliers import Outlier, outlier
from submissions.models import Quarter
from submissions.rules import standing_of

SENTENCES = {
    "denominator_missing": "ต้องมีทั้งตัวตั้งและตัวหาร ใส่ตัวหาร หรือใช้แบบกรอกของระบบ",
    "numerator_missing": "ต้องมีทั้งตัวตั้งและตัวหาร ใส่ตัวตั้ง หรือใช้แบบกรอกของระบบ",
    "over_whole": "ตัวตั้ง %(numerator)s มากกว่าตัวหาร %(denominator)s ตรวจว่าสลับช่องหรือไม่",
    "part_not_applicable": "ยอดย่อยไม่ใช้คำว่า “ไม่เกี่ยวข้อง” เว้นว่างไว้ หรือใส่ 0 ถ้าเป็นศูนย์",
    "reason_missing": "“ไม่เกี่ยวข้อง” ต้องมีเหตุผลในช่องหมายเหตุ",
    Outlier.FAR_FROM_LAST: "ค่านี้ต่างจากที่เคยรายงานมาก ตรวจหน่วยหรือจุดทศนิยม แล้วเขียนเหตุผลในหมายเหตุ",
    Outlier.FAR_ABOVE_TARGET: "ค่านี้มากกว่าเป้าหมายเกิน 10 เท่า ตรวจหน่วยหรือจุดทศนิยม",
    Outlier.FAR_BELOW_TARGET: "ค่านี้น้อยกว่าเป้าหมายเกิน 10 เท่า ตรวจหน่วยหรือจุดทศนิยม",
}
NOT_APPLICABLE = "ไม่เกี่ยวข้อง"
_PERCENT_UNITS = {"ร้อยละ", "%", "เปอร์เซ็นต์"}
# The numbers that a ratio is made of are counted in what their names say.
_UNITS_OF_RATIO = {"figure": "", "denominator": ""}


class ResultSheet(SheetResource):
    """A quarter's figures of the KPIs that an agency reports."""

    kind = "kpi-results"
    title = _("ผลตัวชี้วัดรายไตรมาส")
    period = "quarter"
    columns = (
        SheetField(
            "kpi_code",
            _("รหัสตัวชี้วัด"),
            reads="key",
            known_as=("รหัส", "รหัส + ตัวชี้วัด", "ตัวชี้วัด", "รหัสและชื่อตัวชี้วัด"),
            width=12,
        ),
        SheetField("name", _("ชื่อตัวชี้วัด"), reads="shown", known_as=("ชื่อ",), width=52),
        SheetField("unit", _("หน่วย"), reads="shown", known_as=("หน่วยนับ", "หน่วยวัด"), width=12),
        SheetField(
            "target", _("เป้าหมายถึงไตรมาสนี้"), reads="shown", known_as=("เป้าหมาย", "ค่าเป้าหมาย", "เป้า")
        ),
        SheetField("last", _("ผลไตรมาสก่อน"), reads="shown", known_as=("ไตรมาสก่อน",)),
        SheetField(
            "figure",
            _("ผล / ตัวตั้ง"),
            reads="number",
            known_as=("ผลการดำเนินงาน", "ตัวตั้ง", "ผล", "ผลงาน", "ผลลัพธ์", "ค่าที่ได้"),
            width=18,
            note=_("ใส่ผลของไตรมาสนี้ ตัวชี้วัดที่มีตัวหารให้ใส่ตัวตั้งในช่องนี้"),
        ),
        SheetField(
            "denominator",
            _("ตัวหาร"),
            reads="number",
            width=18,
            note=_("เฉพาะตัวชี้วัดที่เป็นร้อยละหรืออัตราส่วน ช่องสีเทาไม่ต้องกรอก"),
        ),
        SheetField(
            "note",
            _("หมายเหตุ"),
            reads="text",
            known_as=("คำชี้แจง", "เหตุผล", "ปัญหาอุปสรรค"),
            width=36,
            note=_("เขียนเหตุผลเมื่อผลต่ำกว่าเป้า เปลี่ยนไปมาก หรือไม่เกี่ยวข้อง"),
        ),
    )

    class Meta:
        model = Result
        import_id_fields = ("kpi_code",)

    def rows_for(
        self, *, user: User, agency: Agency, period: Quarter, at: datetime
    ) -> list[SheetRow]:
        """Return the agency's KPIs that report themselves and are asked for in the quarter.

        What a figure is told apart into stands below it, a row for each part.
        """
        standing = standing_of(user, fiscal.local_date(at))
        kpis = list(
            KPI.objects.for_year(period.fiscal_year_id)
            .reported_by(standing)
            .filter(agency=agency)
            .exclude(scorecard__level="post")
            .reporting_themselves()
            .with_rules()
            .in_code_order()
        )
        around = surroundings_of(kpis, period)
        rows = []
        for kpi in kpis:
            place = around[kpi.pk]
            if is_asked(place.version, period.number):
                whole = _row(place, rules.why_not_record(place), at)
                rows += [whole, *_parts_below(whole, place)]
        return rows

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Hold numerator and denominator together; ไม่เกี่ยวข้อง has its reason in the note."""
        values: dict[str, Figure] = {name: reading.value for name, reading in read.items()}
        figure = read.get("figure")
        if figure is not None and figure.kind is Kind.NOT_APPLICABLE and row.is_share:
            return Checked({**values, "figure": None}, (_remark("figure", "part_not_applicable"),))
        if figure is not None and figure.kind is Kind.NOT_APPLICABLE:
            has_reason = values.get("note") or row.stored.get("note")
            remarks = () if has_reason else (_remark("note", "reason_missing"),)
            return Checked({**values, "figure": NOT_APPLICABLE, "denominator": None}, remarks)
        if any(reading.kind is Kind.ERROR for reading in read.values()):
            return Checked(values)
        top, bottom = values.get("figure"), values.get("denominator")
        if "denominator" not in row.typed:
            return Checked(values, _suspicions(row, top) if isinstance(top, Decimal) else ())
        if isinstance(top, Decimal) and isinstance(bottom, Decimal):
            return Checked(values, _of_ratio(row, top, bottom))
        if isinstance(top, Decimal):
            return Checked(values, (_remark("denominator", "denominator_missing"),))
        if isinstance(bottom, Decimal):
            return Checked(values, (_remark("figure", "numerator_missing"),))
        return Checked(values)

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: Quarter
    ) -> list[Prepared]:
        """Make one entry of a KPI's line and its parts'; what the sheet does not state stays."""
        positions: dict[int, list[int]] = defaultdict(list)
        for position, (row, _values) in enumerate(rows):
            positions[row.subject_id].append(position)
        prepared = []
        for own in positions.values():
            # A part knows the line above it.
            whole: SheetRow = rows[own[0]][0].subject or rows[own[0]][0]
            stated: Mapping[str, Figure] = {}
            parts: dict[int, Typed] = {}
            for row, values in (rows[position] for position in own):
                if row.is_share:
                    parts[row.part_id] = _part(row, {**row.stored, **values})
                else:
                    stated = values
            entry = _entry(whole, {**whole.stored, **stated}, period)
            prepared.append(Prepared(replace(entry, parts=parts or None), tuple(own)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Result]:
        """Keep the figures as drafts."""
        return actions.record_results(entries=entries, by=by, at=at)

    def submit(self, stored: Sequence[Any], *, by: User, at: datetime) -> None:
        """Send the figures for signature."""
        actions.submit_results(entries=stored, by=by, at=at)

    def is_refused_in(self, field: str, row: SheetRow) -> bool:
        """A part's refusal belongs to its own row, every other to the KPI's."""
        part = field.removeprefix("part-") if field.startswith("part-") else "0"
        return str(row.part_id) == part

    def column_of_refusal(self, field: str) -> str:
        """Return the column where a field of an entry stands."""
        if field.startswith("part-"):
            return "figure"
        return {
            "value": "figure",
            "numerator": "figure",
            "denominator": "denominator",
            "note": "note",
            "not_applicable_reason": "note",
        }.get(field, "")


def _remark(field: str, code: str, *, asks: bool = False, **params: str) -> Remark:
    return Remark(field, Note(str(code), SENTENCES[code], params), is_question=asks)


def _of_ratio(row: SheetRow, top: Decimal, bottom: Decimal) -> tuple[Remark, ...]:
    if bottom <= 0:
        return ()  # the verb says what is wrong with it, or that 0/0 is no case
    if row.unit in _PERCENT_UNITS and top > bottom:
        shown = {"numerator": f"{top.normalize():,f}", "denominator": f"{bottom.normalize():,f}"}
        return (_remark("figure", "over_whole", asks=True, **shown),)
    return _suspicions(row, top / bottom * row.scale)


def _suspicions(row: SheetRow, value: Decimal) -> tuple[Remark, ...]:
    found = outlier(value, row.earlier, row.target)
    return (_remark("figure", found, asks=True),) if found else ()


def _entry(row: SheetRow, values: Mapping[str, Any], period: Quarter) -> actions.ResultEntry:
    figure = values.get("figure")
    note = values.get("note") or ""
    is_absent = figure == NOT_APPLICABLE
    is_ratio = "denominator" in row.typed
    return actions.ResultEntry(
        kpi_id=row.subject_id,
        quarter_id=period.pk,
        value=None if is_absent or is_ratio else figure,
        numerator=figure if is_ratio and not is_absent else None,
        denominator=values.get("denominator") if is_ratio and not is_absent else None,
        is_not_applicable=is_absent,
        not_applicable_reason=note if is_absent else "",
        note=note,
        version=row.version,
    )


def _part(row: SheetRow, values: Mapping[str, Any]) -> Typed:
    if "denominator" in row.typed:
        return Typed(numerator=values.get("figure"), denominator=values.get("denominator"))
    return Typed(value=values.get("figure"))


def _parts_below(whole: SheetRow, around: Surroundings) -> list[SheetRow]:
    """Return a row for each part that the figure is told apart into, in their order."""
    ways = told_apart(around)
    typed = tuple(name for name in whole.typed if name != "note")
    rows = []
    for number, (way, items) in enumerate(ways, 1):
        for item in items:
            part = around.parts.get(item.pk, Typed())
            # Two ways to tell a figure apart may have items of one code.
            code = item.code if len(ways) == 1 else f"{number}.{item.code}"
            is_ratio = "denominator" in typed
            rows.append(
                SheetRow(
                    subject_id=whole.subject_id,
                    code=f"{whole.code}/{code}",
                    label=f"{whole.label} – {way.name}: {item.name}",
                    typed=typed,
                    part_id=item.pk,
                    stored={
                        "figure": part.numerator if is_ratio else part.value,
                        "denominator": part.denominator,
                    },
                    shown={"name": f"{way.name}: {item.name}", "unit": whole.unit},
                    unit=whole.unit,
                    units=whole.units,
                    decimals=whole.decimals,
                    is_percent=whole.is_percent,
                    is_one_to=whole.is_one_to,
                    version=whole.version,
                    why_not=whole.why_not,
                    definition=f"{whole.definition}:{item.pk}",
                    is_sample=whole.is_sample,
                    is_share=True,
                    subject=whole,
                )
            )
    return rows


def _row(around: Surroundings, why_not: str | None, at: datetime) -> SheetRow:
    kpi, version, result = around.kpi, around.version, around.result
    is_ratio = version is not None and version.is_ratio
    unit = version.unit if version else ""
    target = around.target_to_date(at)
    figure: Figure = None
    if result is not None:
        figure = result.numerator if is_ratio else result.value
        if result.is_not_applicable:
            figure = NOT_APPLICABLE
    # A change's target is a percent of the base, the entry a level: they cannot be compared.
    compares = version is not None and version.target_meaning == "level"
    return SheetRow(
        subject_id=kpi.pk,
        code=kpi.code,
        label=kpi.indicator.name,
        typed=("figure", "denominator", "note") if is_ratio else ("figure", "note"),
        stored={
            "figure": figure,
            "denominator": result.denominator if result else None,
            "note": (result.note or result.not_applicable_reason) if result else "",
        },
        shown={
            "name": kpi.indicator.name,
            "unit": unit,
            "target": target.value if target else None,
            "last": around.last_value,
        },
        unit=unit,
        units=_UNITS_OF_RATIO if is_ratio else None,
        decimals=around.decimals,
        is_percent=not is_ratio and unit in _PERCENT_UNITS,
        is_one_to=version is not None and version.shows_one_to and not is_ratio,
        target=around.target_rows[around.number - 1].value if compares else None,
        earlier=around.earlier,
        scale=around.scale,
        version=result.version if result else 0,
        why_not=why_not,
        definition=f"{kpi.code}:{version.number if version else 0}:{is_ratio}",
        is_sample=kpi.is_sample,
    )
