"""The form of a year's targets: weight and quarterly targets of an agency's KPIs."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from common import fiscal
from common.refusal import EntriesRefused, Refused
from common.sheets import Figure, Prepared, SheetField, SheetResource, SheetRow
from kpi import actions
from kpi.actions.definitions import KPIInput, TargetInput
from kpi.models import KPI, Scorecard
from kpi.rules.surroundings import version_in_force
from submissions.actions import refuse_all
from submissions.models import FiscalYear
from submissions.rules import standing_of

QUARTERS = ("q1", "q2", "q3", "q4")
SIGNED = _("ใบคะแนนนี้ลงนามแล้ว แก้ได้โดยบันทึกแก้ไขข้อตกลงเท่านั้น")


class TargetSheet(SheetResource):
    """Weights and targets of the KPIs on scorecards that are not signed yet."""

    kind = "kpi-targets"
    title = _("ค่าเป้าหมายและน้ำหนักตัวชี้วัด")
    period = "year"
    senders = ()
    province_senders = ("strategist",)
    submits = False
    columns = (
        SheetField(
            "kpi_code",
            _("รหัสตัวชี้วัด"),
            reads="key",
            known_as=("รหัส", "ตัวชี้วัด", "รหัสและชื่อตัวชี้วัด"),
            width=12,
        ),
        SheetField("name", _("ชื่อตัวชี้วัด"), reads="shown", known_as=("ชื่อ",), width=52),
        SheetField("unit", _("หน่วย"), reads="shown", known_as=("หน่วยนับ", "หน่วยวัด"), width=12),
        SheetField("last_year", _("ผลปีก่อน"), reads="shown"),
        SheetField(
            "weight",
            _("น้ำหนัก"),
            reads="number",
            unit="",
            known_as=("ค่าน้ำหนัก",),
            note=_("ต้องมากกว่า 0"),
        ),
        SheetField(
            "year_target",
            _("เป้าหมายปี"),
            reads="number",
            known_as=("เป้าหมายทั้งปี", "ค่าเป้าหมายปี"),
            note=_("ช่องสีเทาเป็นเป้าแบบช่วง แก้ในหน้าตัวชี้วัด"),
        ),
        *(
            SheetField(
                name,
                label,
                reads="number",
                known_as=(f"ไตรมาส {number}", f"ไตรมาสที่ {number}", f"เป้า Q{number}"),
                note=_("เป้าหมายสะสมถึงสิ้นไตรมาส ตามวิธีนับของตัวชี้วัด"),
            )
            for number, (name, label) in enumerate(
                zip(
                    QUARTERS,
                    (_("เป้า ไตรมาส 1"), _("เป้า ไตรมาส 2"), _("เป้า ไตรมาส 3"), _("เป้า ไตรมาส 4")),
                    strict=True,
                ),
                1,
            )
        ),
    )

    class Meta:
        model = KPI
        import_id_fields = ("kpi_code",)

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the agency's KPIs of the year, but for those on people's scorecards."""
        standing = standing_of(user, fiscal.local_date(at))
        kpis = list(
            KPI.objects.for_year(period.year)
            .visible_to(standing)
            .filter(agency=agency)
            .exclude(scorecard__level=Scorecard.Level.POST)
            .with_rules()
            .select_related("curve", "issue__edition")
            .prefetch_related("targets", "indicator__versions")
            .in_code_order()
        )
        return [_row(kpi, period.year) for kpi in kpis]

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make one entry a line; what the sheet does not state stays as it is."""
        return [
            Prepared((row.subject, _entry(row.subject, values)), (position,))
            for position, (row, values) in enumerate(rows)
        ]

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Put the lines on their scorecards, all of them or none."""
        by_scorecard: dict[int, list[int]] = {}
        for position, (kpi, _given) in enumerate(entries):
            by_scorecard.setdefault(kpi.scorecard_id, []).append(position)
        refusals: dict[int, Refused] = {}
        for positions in by_scorecard.values():
            try:
                actions.put_kpis(
                    scorecard=entries[positions[0]][0].scorecard,
                    kpis=[entries[position][1] for position in positions],
                    by=by,
                    at=at,
                )
            except EntriesRefused as refused:
                refusals |= {positions[at_]: why for at_, why in refused.by_entry.items()}
        refuse_all(refusals)
        return list(entries)


def _entry(kpi: KPI, values: Mapping[str, Figure]) -> KPIInput:
    """Return the KPI as it stands with what the sheet states laid over it."""
    kept = {
        field.name: getattr(kpi, field.name)
        for field in fields(KPIInput)
        if field.name != "targets" and hasattr(kpi, field.name)
    }
    targets = {
        each.quarter: TargetInput(
            **{field.name: getattr(each, field.name) for field in fields(TargetInput)}
        )
        for each in kpi.targets.all()
    }
    for number, name in enumerate(QUARTERS, 1):
        if name in values:
            there = targets.get(number, TargetInput())
            targets[number] = replace(there, value=_decimal(values[name]))
    for name in ("weight", "year_target"):
        if name in values:
            kept[name] = _decimal(values[name])
    return KPIInput(**kept, targets=targets)


def _decimal(value: Figure) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def _row(kpi: KPI, year: int) -> SheetRow:
    targets = {each.quarter: each for each in kpi.targets.all()}
    version = version_in_force(kpi.indicator.versions.all(), year, 4)
    is_range = kpi.year_low is not None or any(each.low is not None for each in targets.values())
    stored: dict[str, Figure] = {"weight": kpi.weight, "year_target": kpi.year_target}
    for number, name in enumerate(QUARTERS, 1):
        stored[name] = targets[number].value if number in targets else None
    is_signed = kpi.scorecard.state == Scorecard.State.SIGNED
    return SheetRow(
        subject_id=kpi.pk,
        code=kpi.code,
        label=kpi.indicator.name_th,
        typed=("weight",) if is_range else ("weight", "year_target", *QUARTERS),
        stored=stored,
        shown={
            "name": kpi.indicator.name_th,
            "unit": version.unit_th if version else "",
            "last_year": kpi.base_value,
        },
        unit=version.unit_th if version else "",
        decimals=version.decimals if version else 2,
        why_not=str(SIGNED) if is_signed else None,
        definition=f"{kpi.code}:{version.number if version else 0}:{is_range}",
        is_sample=kpi.is_sample,
        subject=kpi,
    )
