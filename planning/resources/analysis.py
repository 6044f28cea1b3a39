"""The form of the analysis: a line for each factor of the editions in work, and new ones of drafts."""

import re
from collections.abc import Mapping, Sequence
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
    record_each,
    too_long,
)
from kpi.models import KPI
from planning.actions.analysis import (
    EvidenceInput,
    FactorAmendment,
    FactorInput,
    NewFactor,
    add_factors,
    amend_factors,
    withdraw_factors,
)
from planning.models import FactorEvidence, Need, SwotFactor
from planning.rules.analysis import what_rests_on_factors
from strategy.models import PlanEdition
from strategy.rules import why_not_write
from strategy.workflow import IN_WORK, Status
from submissions.actions import Withdrawal
from submissions.models import FiscalYear
from submissions.rules import standing_of

_OURS = re.compile(r"[\w-]+\.\d+/[SWOT]\d+")
_CODED = re.compile(r"[0-9A-Za-z._/-]{1,40}")
KNOWN_TYPED = ("text_th", "group_th", "importance")
NEW_TYPED = ("edition", "kind", *KNOWN_TYPED, "evidence", "evidence_source")
SENTENCES = {
    "importance": "ความสำคัญเป็นเลข 1 ถึง 5",
    "which_edition": "มีร่างแผนมากกว่าหนึ่งฉบับ ใส่ฉบับของแผนในแถวนี้: %(known)s",
    "no_evidence": "ไม่พบตัวชี้วัดหรือความต้องการรหัส %(written)s ถ้าเป็นข้อความให้ใส่ที่มาด้วย",
    "no_source": "หลักฐานที่เป็นข้อความต้องมีที่มา ใส่ชื่อเอกสารหรือที่อยู่เว็บ",
}
_LONGEST = {"text_th": 1000, "group_th": 120, "evidence": 300, "evidence_source": 500}


class FactorSheet(SheetResource):
    """Factors of every edition in work; only a draft's may be written."""

    kind = "swot-factors"
    title = _("ปัจจัย SWOT")
    period = "year"
    senders = ()
    province_senders = ("strategist",)
    submits = False
    is_open = True
    columns = (
        SheetField(
            "factor_code", _("เลขที่ปัจจัย"), reads="key", width=18,
            known_as=("ที่", "ลำดับ", "ลำดับที่", "ข้อ", "รหัส"),
            note=_("แถวใหม่ใส่เลขลำดับ 1, 2, 3 ระบบออกเลขที่ปัจจัยให้เอง"),
        ),
        SheetField(
            "edition", _("แผนฉบับ"), reads="choice", width=32, known_as=("แผน", "ฉบับ", "ฉบับของแผน"),
            note=_("มีร่างฉบับเดียว แถวใหม่เว้นว่างได้"),
        ),
        SheetField(
            "kind", _("ชนิด"), reads="choice", width=14, required=True,
            known_as=("ประเภท", "ด้าน", "S/W/O/T", "SWOT", "S W O T"),
        ),
        SheetField(
            "text_th", _("ปัจจัย"), reads="text", width=60, required=True,
            known_as=("ประเด็น", "รายละเอียด", "ข้อความ", "ปัจจัยสภาพแวดล้อม", "ผลการวิเคราะห์"),
        ),
        SheetField(
            "group_th", _("กลุ่ม"), reads="text", width=24, known_as=("หมวด", "กลุ่มปัจจัย", "มิติ")
        ),
        SheetField(
            "importance", _("ความสำคัญ 1–5"), reads="number", places=0, unit="", required=True,
            known_as=("คะแนน", "ความสำคัญ", "น้ำหนัก", "ระดับความสำคัญ"), note=_("เลข 1 ถึง 5"),
        ),
        SheetField(
            "evidence", _("หลักฐาน"), reads="text", width=40,
            known_as=("ข้อมูลสนับสนุน", "ข้อมูลอ้างอิง", "หลักฐานเชิงประจักษ์"),
            note=_("รหัสตัวชี้วัด เลขที่ความต้องการ หรือข้อความพร้อมที่มา เพิ่มหลักฐานข้ออื่นได้ที่หน้า SWOT"),
        ),
        SheetField(
            "evidence_source", _("ที่มา"), reads="text", width=32,
            known_as=("แหล่งที่มา", "แหล่งข้อมูล", "อ้างอิง"),
        ),
        SheetField("tows", _("กลยุทธ์ TOWS ที่ใช้"), reads="shown"),
    )  # fmt: skip

    class Meta:
        model = SwotFactor
        import_id_fields = ("factor_code",)

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return the kinds, or the editions in work."""
        if name == "kind":
            return {kind.value: str(kind.label) for kind in SwotFactor.Kind}
        return {edition_code(each): edition_called(each) for each in self._editions()}

    def _editions(self) -> list[PlanEdition]:
        """The editions that are not in force yet, asked for once."""
        known: list[PlanEdition] | None = self.__dict__.get("_known_editions")
        if known is None:
            states = [status.value for status in IN_WORK]
            known = list(PlanEdition.objects.filter(state__in=states).with_plan().in_time_order())
            self.__dict__["_known_editions"] = known
        return known

    def _drafts(self) -> list[PlanEdition]:
        return [each for each in self._editions() if each.state == Status.DRAFT]

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the factors of the editions in work that the person may read, by edition."""
        standing = standing_of(user, fiscal.local_date(at))
        seen = PlanEdition.objects.visible_to(standing).in_bulk(
            [edition.pk for edition in self._editions()]
        )
        factors: dict[int, list[SwotFactor]] = {}
        for factor in (
            SwotFactor.objects.filter(edition__in=seen)
            .with_evidence()
            .prefetch_related("tows")
            .order_by("kind", "number")
        ):
            factors.setdefault(factor.edition_id, []).append(factor)
        found = []
        for edition in self._editions():
            why_not = why_not_write(edition, standing)
            for factor in sorted(factors.get(edition.pk, ()), key=_in_order):
                factor.edition = edition
                found.append(_row(factor, why_not))
        return found

    def new_row(self, code: str, *, agency: Agency, period: FiscalYear) -> SheetRow | None:
        """Return a line for a new factor; a number of ours names one that is gone."""
        if not code or _OURS.fullmatch(code) or not self._drafts():
            return None
        return SheetRow(0, code, code, NEW_TYPED, decimals=0, is_new=True)

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Hold words and weight to what a factor may hold, and find what its evidence names."""
        values = dict(super().check(row, read).values)
        remarks = []
        weight = read.get("importance")
        if weight and weight.kind is Kind.VALUE and not 1 <= Decimal(str(weight.value)) <= 5:
            remarks.append(Remark("importance", Note("importance", SENTENCES["importance"])))
        remarks += too_long(values, _LONGEST)
        if row.is_new:
            if not values.get("edition") and len(self._drafts()) > 1:
                told = {"known": ", ".join(edition_code(each) for each in self._drafts())}
                note = Note("which_edition", SENTENCES["which_edition"], told)
                remarks.append(Remark("edition", note))
            remarks += self._why_not_shown(values)
            if found := self._named(str(values.get("evidence") or "")):
                values["evidence"] = found.code
        return Checked(values, tuple(remarks))

    def _why_not_shown(self, values: Mapping[str, Figure]) -> list[Remark]:
        written = str(values.get("evidence") or "").strip()
        if not written or values.get("evidence_source") or self._named(written):
            return []
        code = "no_evidence" if _CODED.fullmatch(written) else "no_source"
        note = Note(code, SENTENCES[code], {"written": written[:60]})
        return [Remark("evidence" if code == "no_evidence" else "evidence_source", note)]

    def _named(self, written: str) -> KPI | Need | None:
        """Find the KPI or need that a code names, as the analysis's page does; read once."""
        known: dict[str, KPI | Need] | None = self.__dict__.get("_known_evidence")
        if known is None:
            known = {}
            # Of one code the newest year's; a need goes before a KPI.
            for kpi in KPI.objects.order_by("fiscal_year").only("code"):
                known[kpi.code.casefold()] = kpi
            for need in Need.objects.public().only("code"):
                known[need.code.casefold()] = need
            self.__dict__["_known_evidence"] = known
        return known.get(written.strip().casefold())

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make a factor of each new line and an amendment of each known one."""
        editions = {edition_code(each): each for each in self._editions()}
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            text, group = str(given.get("text_th") or ""), str(given.get("group_th") or "")
            importance = int(Decimal(given.get("importance") or 0))
            entry: NewFactor | FactorAmendment
            if row.is_new:
                code = given.get("edition")
                edition = editions[str(code)] if code else self._drafts()[0]
                factor = FactorInput(
                    str(given["kind"]), text, importance, group, self._evidence(given)
                )
                entry = NewFactor(edition, factor)
            else:
                entry = FactorAmendment(row.subject, row.version, text, importance, group)
            prepared.append(Prepared(entry, (position,)))
        return prepared

    def _evidence(self, given: Mapping[str, Figure]) -> list[EvidenceInput]:
        written = str(given.get("evidence") or "").strip()
        source = str(given.get("evidence_source") or "").strip()
        if not written:
            return []
        found = self._named(written)
        if isinstance(found, Need):
            return [EvidenceInput(need=found, source_th=source)]
        if isinstance(found, KPI):
            return [EvidenceInput(kpi=found, source_th=source)]
        return [EvidenceInput(label_th=written, source_th=source)]

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Add factors and put known ones right by the verbs of their page."""
        return record_each(
            entries, {NewFactor: add_factors, FactorAmendment: amend_factors}, by=by, at=at
        )

    def code_made(self, stored: SwotFactor) -> str:
        """Return the number that the portal gave."""
        return _code(stored)

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say what came to rest on factors since they were brought in."""
        rests = what_rests_on_factors([row.subject_id for row in rows])
        return {row.code: rests[row.subject_id] for row in rows if row.subject_id in rests}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take away factors on which no strategy stands."""
        withdraw_factors(
            entries=[Withdrawal(row.subject_id, row.version) for row in rows], by=by, at=at
        )


def _in_order(factor: SwotFactor) -> tuple[int, int]:
    return "SWOT".index(factor.kind), factor.number


def edition_code(edition: PlanEdition) -> str:
    """Return an edition as sheets write it."""
    return f"{edition.plan.code}.{edition.number}"


def edition_called(edition: PlanEdition) -> str:
    """Return what an edition is called in a list to choose from."""
    return f"{edition.plan.name_th} ฉบับที่ {edition.number}"


def _code(factor: SwotFactor) -> str:
    """Return a number that no factor of another edition has."""
    return f"{edition_code(factor.edition)}/{factor.code}"


def _shown(evidence: FactorEvidence) -> str:
    """Say what shows a factor as a new line would write it; its source has a column of its own."""
    if named := evidence.kpi or evidence.need:
        return named.code
    if evidence.fact:
        return evidence.fact.key
    value = "" if evidence.value is None else f"{evidence.value.normalize():f}"
    return " ".join(filter(None, [evidence.label_th, value, evidence.unit_th]))


def _row(factor: SwotFactor, why_not: str | None) -> SheetRow:
    code = _code(factor)
    return SheetRow(
        subject_id=factor.pk,
        code=code,
        label=factor.text_th,
        typed=KNOWN_TYPED,
        stored={
            "edition": edition_code(factor.edition),
            "kind": factor.kind,
            "text_th": factor.text_th,
            "group_th": factor.group_th,
            "importance": Decimal(factor.importance),
            "evidence": "; ".join(map(_shown, factor.evidence.all())),
            "evidence_source": "; ".join(
                each.source_th for each in factor.evidence.all() if each.source_th
            ),
        },
        shown={"tows": ", ".join(str(each.number) for each in factor.tows.all())},
        decimals=0,
        version=factor.version,
        why_not=why_not,
        definition=code,
        is_sample=factor.is_sample,
        subject=factor,
    )
