"""The forms of an incident's registers: places with beds, orders, factories, rounds, vaccine, supplies."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Area, User
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
    is_outside,
    other_year,
    too_long,
)
from covid import rules
from covid.actions import (
    CaseFindingInput,
    FacilityInput,
    FactoryInput,
    InspectionInput,
    OrderInput,
    RegisterEntry,
    SupplyInput,
    VaccinationInput,
    put_rows,
    withdraw_rows,
)
from covid.models import (
    CaseFinding,
    Facility,
    Factory,
    FactoryInspection,
    Incident,
    Order,
    SupplyRequest,
    Vaccination,
)
from submissions.actions import Withdrawal
from submissions.models import FiscalYear
from submissions.rules import standing_of

MOST = 10_000_000
SENTENCES = {
    "no_incident": "ใส่เหตุการณ์ของแถวใหม่ เพราะเปิดอยู่ %(open)s เหตุการณ์",
    "empty": "ช่อง “%(label)s” ว่างไม่ได้",
    "whole": "ต้องเป็นจำนวนเต็มตั้งแต่ 0 ถึง 10,000,000",
}


def _is_count(value: Figure) -> bool:
    return 0 <= Decimal(value or 0) <= MOST


def _is_dash(stored: Figure) -> bool:
    """Whether what is stored is a lone dash, which comes back from a sheet as nothing."""
    return str(stored).strip() in ("-", "–", "—")


def _incident() -> SheetField:
    return SheetField(
        "incident", _("เหตุการณ์"), reads="choice", width=24, known_as=("ชื่อเหตุการณ์",),
        note=_("ใส่เฉพาะแถวใหม่ เว้นว่างได้เมื่อเปิดอยู่เหตุการณ์เดียว"),
    )  # fmt: skip


def _district() -> SheetField:
    return SheetField("area", _("อำเภอ"), reads="choice", required=True, width=20)


def _count(name: str, label: Any, *known_as: str, unit: Any = "", required: bool = False) -> Any:
    return SheetField(
        name, label, reads="number", places=0, known_as=known_as, unit=unit, required=required
    )


def _day(name: str, label: Any, *known_as: str, required: bool = False) -> SheetField:
    return SheetField(name, label, reads="date", known_as=known_as, required=required)


def _words(
    name: str, label: Any, *known_as: str, width: int = 32, required: bool = False
) -> SheetField:
    return SheetField(name, label, reads="text", known_as=known_as, width=width, required=required)


def _remark() -> SheetField:
    return _words("note", _("หมายเหตุ"))


class RegisterSheet(SheetResource):
    """What the registers share: rows of open incidents, and the verb that keeps many of them."""

    period = "year"
    senders = ("operator",)
    submits = False
    is_open = True
    columns: ClassVar[tuple[SheetField, ...]] = ()
    model: ClassVar[Any]
    entry: ClassVar[type]
    # The field that people name a row by; "" where the portal numbers the rows itself.
    coded_by: ClassVar[str] = ""
    # What is stated of a new row only, since it never changes.
    fixed: ClassVar[str] = "incident"
    # What the portal's own numbers begin with, where it gives them.
    prefix: ClassVar[str] = ""
    _year: tuple[date, date]
    choice_lists: ClassVar[Mapping[str, Any]] = {}
    read_with: ClassVar[tuple[str, ...]] = ("incident", "area")

    @cached_property
    def _incidents(self) -> dict[str, Incident]:
        return {each.code: each for each in Incident.objects.filter(is_open=True).order_by("code")}

    @cached_property
    def _closed(self) -> frozenset[str]:
        closed = Incident.objects.filter(is_open=False)
        return frozenset(closed.values_list("code", flat=True))

    @cached_property
    def _districts(self) -> dict[str, Area]:
        districts = Area.objects.of_kind(Area.Kind.DISTRICT).defer("boundary").order_by("code")
        return {each.code: each for each in districts}

    @cached_property
    def _typed(self) -> tuple[str, ...]:
        return tuple(
            each.name for each in self.columns if each.is_typed and each.name != self.fixed
        )

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return the open incidents, the districts, or what the column's field may be."""
        if name == "incident":
            return {code: each.name_th for code, each in self._incidents.items()}
        if name == "area":
            return {code: each.name_th for code, each in self._districts.items()}
        return {value: str(label) for value, label in self.choice_lists[name].choices}

    def _rows(self, first: date, last: date) -> QuerySet[Any]:
        """The register's rows that belong to a year, whatever their incident."""
        raise NotImplementedError

    def _shown(self, row: Any) -> dict[str, Figure]:
        return {}

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the rows of the incidents that are open."""
        standing = standing_of(user, fiscal.local_date(at))
        why_not = {
            each.pk: rules.why_not_operate(each, standing) for each in self._incidents.values()
        }
        first, last = self._limits(period)
        open_ones = {f"{self.read_with[0]}__in": list(why_not)}
        listed = self._rows(first, last).filter(**open_ones).select_related(*self.read_with)
        return [self._row(each, why_not[each.incident_id]) for each in listed]

    def _code(self, row: Any) -> str:
        if self.coded_by:
            return f"{row.incident.code}/{getattr(row, self.coded_by)}"
        return f"{self.prefix}-{row.pk}"

    def _row(self, row: Any, why_not: str | None) -> SheetRow:
        stored: dict[str, Figure] = {
            name: self._stored(self.column(name), getattr(row, name)) for name in self._typed
        }
        code = self._code(row)
        return SheetRow(
            subject_id=row.pk,
            code=code,
            label=str(row),
            typed=self._typed,
            stored={self.fixed: self._said_once(row), **stored},
            shown=self._shown(row),
            decimals=0,
            version=row.version,
            why_not=why_not,
            definition=code,
            is_sample=row.is_sample,
            subject=row,
        )

    def _said_once(self, row: Any) -> str:
        code: str = row.incident.code
        return code

    @staticmethod
    def _stored(column: SheetField, value: Any) -> Figure:
        if isinstance(value, Area):
            return value.code
        if isinstance(value, date):
            return value.isoformat()
        if column.reads == "number":
            return None if value is None else Decimal(value)
        return None if value is None else str(value)

    def new_row(self, code: str, *, agency: Agency, period: FiscalYear) -> SheetRow | None:
        """Return a line for what is not written down yet; a number of ours names a row that is."""
        if not code or (self.prefix and re.fullmatch(rf"{self.prefix}-\d+", code)):
            return None
        # The row of an incident that is closed is none of another's.
        if self.coded_by and code.partition("/")[0] in self._closed:
            return None
        if self.coded_by:
            longest = self.model._meta.get_field(self.coded_by).max_length
            if len(self._own_code(code)[1]) > longest:
                return None
        self._limits(period)
        return SheetRow(0, code, code, (self.fixed, *self._typed), decimals=0, is_new=True)

    def _limits(self, period: FiscalYear) -> tuple[date, date]:
        """The year of the form, which `check` holds a row's day to."""
        self._year = fiscal.year_start(period.year), fiscal.year_end(period.year)
        return self._year

    def _own_code(self, code: str) -> tuple[str, str]:
        """Return the incident that a code names, "" for none, and the row's own code in it."""
        incident, _slash, own = code.partition("/")
        return (incident, own) if own and incident in self._incidents else ("", code)

    def _incident_of(self, code: str, values: Mapping[str, Figure]) -> Incident | None:
        """Return the incident of a new row: the one stated, the one in its code, or the only one."""
        stated = str(values.get("incident") or "") or (
            self._own_code(code)[0] if self.coded_by else ""
        )
        if stated:
            return self._incidents.get(stated)
        return next(iter(self._incidents.values())) if len(self._incidents) == 1 else None

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Hold words and numbers to what the register may hold, and find a new row's incident."""
        values = super().check(row, read).values
        remarks = []
        if row.is_new and self.fixed == "incident" and not self._incident_of(row.code, values):
            told = {"open": str(len(self._incidents))}
            remarks.append(Remark("incident", Note("no_incident", SENTENCES["no_incident"], told)))
        for name, reading in read.items():
            column = self.column(name)
            value = values.get(name)
            if (
                column.required
                and not row.is_new
                and not _is_dash(row.stored[name])
                and value in (None, "")
            ):
                told = {"label": str(column.label)}
                remarks.append(Remark(name, Note("empty", SENTENCES["empty"], told)))
            if column.reads == "number" and reading.kind is Kind.VALUE and not _is_count(value):
                remarks.append(Remark(name, Note("whole", SENTENCES["whole"])))
            if name == "day" and is_outside(value, self._year):
                remarks.append(other_year(name, self._year))
        return Checked(values, (*remarks, *too_long(values, self._longest)))

    @cached_property
    def _longest(self) -> dict[str, int]:
        """How long the register's texts may be, by column."""
        fields = {
            column.name: self.model._meta.get_field(column.name)
            for column in self.columns
            if column.reads == "text"
        }
        return {name: field.max_length for name, field in fields.items() if field.max_length}

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make one entry a line; what the sheet leaves out stays as it is."""
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            given |= {
                name: old for name, old in row.stored.items() if _is_dash(old) and not given[name]
            }
            words = {name: self._given(self.column(name), given.get(name)) for name in self._typed}
            if self.coded_by:
                own = getattr(row.subject, self.coded_by, None) or self._own_code(row.code)[1]
                words[self.coded_by] = own
            typed = self.entry(**words, **self._kept(row.subject))
            prepared.append(Prepared(self._entry(row, given, typed), (position,)))
        return prepared

    def _entry(self, row: SheetRow, given: Mapping[str, Figure], typed: Any) -> RegisterEntry:
        incident = row.subject.incident if row.subject else self._incident_of(row.code, given)
        assert incident is not None  # `check` refused the row otherwise
        return RegisterEntry(incident, typed, row.subject, row.version)

    def _given(self, column: SheetField, value: Figure) -> Any:
        if column.name == "area":
            return self._districts[str(value)]
        if column.reads == "number":
            return self._without(column.name) if value is None else int(Decimal(value))
        if column.reads == "date":
            return date.fromisoformat(str(value)) if value else None
        return str(value or "")

    def _without(self, name: str) -> int | None:
        """What a number is where nothing was typed."""
        return None

    def _kept(self, row: Any) -> dict[str, Any]:
        """What a row has that no column shows."""
        return {}

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Add and change rows by the verbs of their pages."""
        return put_rows(entries=entries, by=by, at=at)

    def code_made(self, stored: Any) -> str:
        """Return the row's code with its incident, or the number that the portal gave."""
        return self._code(stored)

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say what came to rest on rows since they were brought in."""
        rests = rules.what_rests_on(self.model, [row.subject_id for row in rows])
        return {row.code: rests[row.subject_id] for row in rows if row.subject_id in rests}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take away rows on which nothing rests."""
        entries = [Withdrawal(row.subject_id, row.version) for row in rows]
        withdraw_rows(model=self.model, entries=entries, by=by, at=at)


class FacilitySheet(RegisterSheet):
    """Places with beds: kind, district, operator, when certified, how many beds."""

    kind = "covid-facilities"
    title = _("สถานที่รองรับ")
    model = Facility
    entry = FacilityInput
    coded_by = "code"
    choice_lists = {"kind": Facility.Kind}
    columns = (
        SheetField(
            "row_code", _("รหัสสถานที่"), reads="key", known_as=("รหัส", "ที่", "ลำดับ"), width=20,
            note=_("แถวใหม่ตั้งรหัสเอง ไม่ซ้ำกันในเหตุการณ์เดียวกัน"),
        ),
        _incident(),
        _words("name_th", _("ชื่อสถานที่"), "สถานที่", "ชื่อ", "โรงพยาบาลสนาม", width=40, required=True),
        _words("name_en", _("ชื่อสถานที่ (อังกฤษ)")),
        SheetField("kind", _("ประเภท"), reads="choice", required=True, width=24),
        _district(),
        _words("operator_th", _("ผู้ดำเนินการ"), "หน่วยงานที่ดูแล", "ผู้รับผิดชอบ"),
        _count("beds", _("เตียง"), "จำนวนเตียง", unit=_("เตียง"), required=True),
        _day("certified_date", _("วันที่รับรอง"), "รับรองเมื่อ"),
        _day("from_date", _("วันที่เปิด"), "เปิดเมื่อ"),
        _day("until_date", _("วันที่ปิด"), "ปิดเมื่อ"),
    )  # fmt: skip

    class Meta:
        model = Facility
        import_id_fields = ("row_code",)

    def _rows(self, first: date, last: date) -> QuerySet[Facility]:
        return Facility.objects.order_by("incident__code", "code")


class OrderSheet(RegisterSheet):
    """Announcements and orders; the file and the committee's resolution stay with the page."""

    kind = "covid-orders"
    title = _("ประกาศและคำสั่ง")
    model = Order
    entry = OrderInput
    coded_by = "number"
    read_with = ("incident", "meeting")
    columns = (
        SheetField(
            "row_code", _("เลขที่คำสั่ง"), reads="key", known_as=("เลขที่", "คำสั่งที่", "ประกาศที่"), width=24,
            note=_("แถวใหม่ใส่เลขที่คำสั่ง เช่น 12/2564"),
        ),
        _incident(),
        _words("name_th", _("เรื่อง"), "ชื่อคำสั่ง", "ชื่อประกาศ", width=48, required=True),
        _words("name_en", _("เรื่อง (อังกฤษ)")),
        _day("issued_date", _("ลงวันที่"), "วันที่ออกคำสั่ง", required=True),
        _day("from_date", _("มีผลตั้งแต่"), "วันที่มีผล", "ตั้งแต่วันที่", required=True),
        _day("until_date", _("มีผลถึง"), "ถึงวันที่", "ถึง"),
        _words("basis_th", _("อาศัยอำนาจตาม"), "ฐานอำนาจ", width=40),
        _words("closes_th", _("ปิดหรือห้าม"), "สั่งปิด", "ข้อห้าม", width=40),
        _words("opens_th", _("เปิดหรือผ่อนปรน"), "ผ่อนปรน", width=40),
    )  # fmt: skip

    class Meta:
        model = Order
        import_id_fields = ("row_code",)

    def _rows(self, first: date, last: date) -> QuerySet[Order]:
        return Order.objects.order_by("incident__code", "issued_date", "pk")

    def _kept(self, row: Any) -> dict[str, Any]:
        return {"meeting": row.meeting} if row else {}


class FactorySheet(RegisterSheet):
    """Factories under Bubble & Seal, with their workers; inspections are printed."""

    kind = "covid-factories"
    title = _("โรงงาน Bubble & Seal")
    model = Factory
    entry = FactoryInput
    coded_by = "code"
    choice_lists = {"status": Factory.Status}
    columns = (
        SheetField(
            "row_code", _("รหัสโรงงาน"), reads="key", width=20,
            known_as=("รหัส", "ทะเบียนโรงงาน", "เลขทะเบียนโรงงาน", "ที่", "ลำดับ"),
            note=_("แถวใหม่ตั้งรหัสเองหรือใช้เลขทะเบียนโรงงาน"),
        ),
        _incident(),
        _words("name_th", _("ชื่อโรงงาน"), "โรงงาน", "สถานประกอบการ", width=40, required=True),
        _words("name_en", _("ชื่อโรงงาน (อังกฤษ)")),
        _district(),
        _count(
            "thai_workers", _("แรงงานไทย"), "คนไทย", "แรงงานไทย (คน)", unit=_("คน"), required=True
        ),
        _count(
            "foreign_workers", _("แรงงานต่างด้าว"), "ต่างด้าว", "แรงงานต่างด้าว (คน)", unit=_("คน"),
            required=True,
        ),
        SheetField("status", _("สถานะ"), reads="choice", required=True, width=26),
        _day("from_date", _("เริ่มมาตรการ"), "วันที่เริ่ม"),
        _day("until_date", _("ครบกำหนด"), "วันที่ครบกำหนด"),
        _remark(),
        SheetField("last_inspected", _("ตรวจครั้งล่าสุด"), reads="shown"),
        SheetField("last_outcome", _("ผลการตรวจ"), reads="shown"),
    )  # fmt: skip

    class Meta:
        model = Factory
        import_id_fields = ("row_code",)

    def _rows(self, first: date, last: date) -> QuerySet[Factory]:
        return Factory.objects.with_last_inspection().order_by("incident__code", "code")

    def _shown(self, row: Any) -> dict[str, Figure]:
        outcomes = dict(FactoryInspection.Outcome.choices)
        return {
            "last_inspected": row.last_date.isoformat() if row.last_date else "",
            "last_outcome": str(outcomes.get(row.last_outcome, "")),
        }


class InspectionSheet(RegisterSheet):
    """Visits to factories: what was found, and what is to be mended."""

    kind = "covid-factory-inspections"
    title = _("การตรวจโรงงาน Bubble & Seal")
    model = FactoryInspection
    entry = InspectionInput
    fixed = "factory"
    prefix = "FI"
    choice_lists = {"outcome": FactoryInspection.Outcome}
    read_with = ("factory__incident",)
    columns = (
        SheetField(
            "row_code", _("เลขที่"), reads="key", known_as=("ที่", "ลำดับ", "ลำดับที่"), width=14,
            note=_("แถวใหม่ใส่เลขลำดับ 1, 2, 3 ระบบออกเลขให้เอง"),
        ),
        SheetField(
            "factory", _("โรงงาน"), reads="choice", required=True, width=40,
            known_as=("ชื่อโรงงาน", "สถานประกอบการ"), note=_("ใส่เฉพาะแถวใหม่"),
        ),
        _day("day", _("วันที่ตรวจ"), "วันที่", required=True),
        _words("inspector_th", _("ผู้ตรวจ"), "หน่วยงานที่ตรวจ", required=True),
        _count("tested", _("สุ่มตรวจ"), "จำนวนที่สุ่มตรวจ", unit=_("คน")),
        _count("found", _("พบเชื้อ"), "พบผู้ติดเชื้อ", "ผลบวก", unit=_("คน")),
        SheetField("outcome", _("ผลการตรวจ"), reads="choice", required=True),
        _words("note", _("สิ่งที่ต้องแก้ไข"), "หมายเหตุ", "ข้อเสนอแนะ", width=44),
    )  # fmt: skip

    class Meta:
        model = FactoryInspection
        import_id_fields = ("row_code",)

    @cached_property
    def _factories(self) -> dict[str, Factory]:
        listed = Factory.objects.filter(incident__is_open=True).select_related("incident", "area")
        return {
            f"{each.incident.code}/{each.code}": each
            for each in listed.order_by("incident__code", "code")
        }

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return the factories of open incidents, or the outcomes."""
        if name == "factory":
            return {code: each.name_th for code, each in self._factories.items()}
        return super().choices_of(name)

    def _rows(self, first: date, last: date) -> QuerySet[FactoryInspection]:
        return FactoryInspection.objects.filter(day__range=(first, last)).order_by("day", "pk")

    def _said_once(self, row: Any) -> str:
        return f"{row.incident.code}/{row.factory.code}"

    def _entry(self, row: SheetRow, given: Mapping[str, Figure], typed: Any) -> RegisterEntry:
        factory = self._factories[str(given["factory"])]
        return RegisterEntry(factory.incident, typed, row.subject, row.version, factory)


class CaseFindingSheet(RegisterSheet):
    """Rounds of active case finding: where, how many tested, how many found."""

    kind = "covid-case-findings"
    title = _("การค้นหาผู้ติดเชื้อเชิงรุก")
    model = CaseFinding
    entry = CaseFindingInput
    prefix = "CF"
    choice_lists = {"place": CaseFinding.Place}
    columns = (
        SheetField(
            "row_code", _("เลขที่"), reads="key", known_as=("ที่", "ลำดับ", "ลำดับที่"), width=14,
            note=_("แถวใหม่ใส่เลขลำดับ 1, 2, 3 ระบบออกเลขให้เอง"),
        ),
        _incident(),
        _day("day", _("วันที่"), "วันที่ตรวจ", "วันที่ดำเนินการ", required=True),
        _district(),
        SheetField("place", _("ประเภทสถานที่"), reads="choice", required=True),
        _words("place_th", _("สถานที่"), "ชื่อสถานที่", "จุดตรวจ", width=36, required=True),
        _count("tested", _("ตรวจ"), "จำนวนตรวจ", "ตรวจ (คน)", unit=_("คน"), required=True),
        _count("found", _("พบเชื้อ"), "พบผู้ติดเชื้อ", "ผลบวก", unit=_("คน")),
        _remark(),
    )  # fmt: skip

    class Meta:
        model = CaseFinding
        import_id_fields = ("row_code",)

    def _rows(self, first: date, last: date) -> QuerySet[CaseFinding]:
        return CaseFinding.objects.between(first, last).order_by("day", "pk")


class VaccinationSheet(RegisterSheet):
    """Vaccine given up to a day, by dose, group and district, beside the target."""

    kind = "covid-vaccinations"
    title = _("การฉีดวัคซีน")
    model = Vaccination
    entry = VaccinationInput
    prefix = "VC"
    choice_lists = {"group": Vaccination.Group}
    columns = (
        SheetField(
            "row_code", _("เลขที่"), reads="key", known_as=("ที่", "ลำดับ", "ลำดับที่"), width=14,
            note=_("แถวใหม่ใส่เลขลำดับ 1, 2, 3 ระบบออกเลขให้เอง"),
        ),
        _incident(),
        _day("day", _("ข้อมูลถึงวันที่"), "วันที่", "ณ วันที่", required=True),
        _count("dose", _("เข็มที่"), "เข็ม", required=True),
        SheetField("group", _("กลุ่มเป้าหมาย"), reads="choice", required=True, width=32),
        _district(),
        _count("given", _("ฉีดสะสม"), "ฉีดแล้ว", "สะสม", unit=_("คน"), required=True),
        _count("target", _("เป้าหมาย (คน)"), "เป้าหมาย", unit=_("คน")),
        _remark(),
    )  # fmt: skip

    class Meta:
        model = Vaccination
        import_id_fields = ("row_code",)

    def _rows(self, first: date, last: date) -> QuerySet[Vaccination]:
        rows = Vaccination.objects.filter(day__range=(first, last))
        return rows.order_by("dose", "group", "area__code", "day")


class SupplySheet(RegisterSheet):
    """Requests for supplies: how much was asked for, and how much was given."""

    kind = "covid-supply-requests"
    title = _("คำขอสนับสนุน")
    model = SupplyRequest
    entry = SupplyInput
    prefix = "SR"
    columns = (
        SheetField(
            "row_code", _("เลขที่"), reads="key", known_as=("ที่", "ลำดับ", "ลำดับที่"), width=14,
            note=_("แถวใหม่ใส่เลขลำดับ 1, 2, 3 ระบบออกเลขให้เอง"),
        ),
        _incident(),
        _day("day", _("วันที่ขอ"), "วันที่", required=True),
        _words("requester_th", _("ผู้ขอ"), "หน่วยงานที่ขอ", "ผู้ร้องขอ", required=True),
        _district(),
        _words("item_th", _("สิ่งที่ขอ"), "รายการ", "สิ่งของ", required=True),
        _words("unit_th", _("หน่วยนับ"), "หน่วย", width=14, required=True),
        _count("asked", _("ขอ"), "จำนวนที่ขอ", "ขอ (จำนวน)", required=True),
        _count("given", _("ให้แล้ว"), "จำนวนที่ให้", "สนับสนุนแล้ว"),
        _day("needed_date", _("ต้องการภายใน"), "ภายในวันที่"),
        _words("closed_reason", _("เหตุที่ปิดคำขอ"), "เหตุผลที่ปิด"),
        _remark(),
    )  # fmt: skip

    class Meta:
        model = SupplyRequest
        import_id_fields = ("row_code",)

    def _rows(self, first: date, last: date) -> QuerySet[SupplyRequest]:
        return SupplyRequest.objects.filter(day__range=(first, last)).order_by("day", "pk")

    def _without(self, name: str) -> int | None:
        return 0 if name == "given" else None
