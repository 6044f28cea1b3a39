"""The forms of the catalogue: courses, and the trainings that the province holds."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.text import format_lazy
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
    other_year,
    too_long,
)
from learning import rules
from learning.actions import (
    CourseInput,
    CourseWrite,
    ProgrammeInput,
    ProgrammeWrite,
    put_courses,
    put_programmes,
    withdraw_courses,
    withdraw_programmes,
)
from learning.models import Course, Goal, Programme, Turnout
from submissions.actions import Withdrawal
from submissions.models import FiscalYear
from submissions.rules import standing_of

_CODE = re.compile(r"[0-9A-Za-zก-๙._/-]{1,40}")
YES_OR_NO = {"yes": _("ใช่"), "no": _("ไม่ใช่")}
MOST_PEOPLE = 1_000_000
SENTENCES = {
    "hours": "จำนวนชั่วโมงต้องมากกว่า 0 ไม่ทราบให้เว้นว่าง",
    "people": "จำนวนคนต้องเป็นเลขตั้งแต่ 0 ถึง 1,000,000",
    "address": "ที่อยู่เว็บขึ้นต้นด้วย https:// หรือ http://",
}
_LONGEST = {"name_th": 500, "name_en": 500, "provider_th": 300, "address": 200}
TURNOUTS = {
    f"{level}_{name}": (level, name)
    for level in Turnout.Level.values
    for name in ("invited", "attended")
}


class CatalogueSheet(SheetResource):
    """What both forms share: the province's register, whichever agency it is sent for."""

    period = "year"
    senders = ("hr",)
    province_senders = ("strategist",)
    submits = False
    is_open = True
    columns: ClassVar[tuple[SheetField, ...]] = ()

    def _why_not(self, user: User, at: datetime) -> str | None:
        return rules.why_not_keep_catalogue(standing_of(user, fiscal.local_date(at)))

    def _typed(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.is_typed)

    def _is_taken(self, code: str) -> bool:
        raise NotImplementedError

    def new_row(self, code: str, *, agency: Agency, period: FiscalYear) -> SheetRow | None:
        """Return a line of the register that is not known yet."""
        if not _CODE.fullmatch(code) or self._is_taken(code):
            return None
        return SheetRow(0, code, code, self._typed(), decimals=0, is_new=True)

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return yes and no."""
        return {code: str(label) for code, label in YES_OR_NO.items()}

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Hold words and numbers to what the register may hold."""
        values = super().check(row, read).values
        remarks = too_long(values, _LONGEST)
        for name in self.exact_columns:
            reading = read.get(name)
            if reading and reading.kind is Kind.VALUE and not self._may_be(name, reading.value):
                code = "hours" if name == "hours" else "people"
                remarks.append(Remark(name, Note(code, SENTENCES[code])))
        address = str(values.get("address") or "")
        if address and not re.match(r"https?://\S+$", address):
            remarks.append(Remark("address", Note("address", SENTENCES["address"])))
        return Checked(values, tuple(remarks))

    @staticmethod
    def _may_be(name: str, value: Any) -> bool:
        return bool(value > 0 if name == "hours" else 0 <= value <= MOST_PEOPLE)


class CourseSheet(CatalogueSheet):
    """A line for each course of the catalogue; the year changes nothing about it."""

    kind = "learning-courses"
    title = _("หลักสูตร")
    columns = (
        SheetField(
            "course_code", _("รหัสหลักสูตร"), reads="key", known_as=("รหัส", "รหัสวิชา"), width=16,
            note=_("แถวใหม่ตั้งรหัสเอง ใช้อักษร เลข . _ - ไม่เว้นวรรค"),
        ),
        SheetField(
            "name_th", _("ชื่อหลักสูตร"), reads="text", width=44, required=True,
            known_as=("หลักสูตร", "ชื่อวิชา", "วิชา", "เรื่อง"),
        ),
        SheetField(
            "name_en", _("ชื่อหลักสูตร (อังกฤษ)"), reads="text", width=36,
            known_as=("ชื่อภาษาอังกฤษ", "ชื่อหลักสูตรภาษาอังกฤษ"),
        ),
        SheetField(
            "provider_th", _("ผู้จัด"), reads="text", width=28,
            known_as=("หน่วยงานผู้จัด", "หน่วยงานที่จัด", "สถาบัน", "แพลตฟอร์ม"),
        ),
        SheetField(
            "hours", _("ชั่วโมง"), reads="number", places=2, unit=_("ชั่วโมง"),
            known_as=("จำนวนชั่วโมง", "ชม.", "ระยะเวลา (ชั่วโมง)"),
        ),
        SheetField(
            "is_digital", _("นับเป็นทักษะดิจิทัล"), reads="choice", required=True,
            known_as=("ดิจิทัล", "ทักษะดิจิทัล", "ด้านดิจิทัล"),
        ),
        SheetField("address", _("ที่อยู่เว็บ"), reads="text", width=36, known_as=("เว็บไซต์", "ลิงก์", "URL")),
        SheetField(
            "is_active", _("เปิดให้เลือก"), reads="choice", known_as=("เปิดสอน", "สถานะ"),
            note=_("เว้นว่างในแถวใหม่ คือเปิด"),
        ),
    )  # fmt: skip

    class Meta:
        model = Course
        import_id_fields = ("course_code",)

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return every course."""
        why_not = self._why_not(user, at)
        return [self._row(course, why_not) for course in Course.objects.in_code_order()]

    def _is_taken(self, code: str) -> bool:
        return Course.objects.filter(code=code).exists()

    def _row(self, course: Course, why_not: str | None) -> SheetRow:
        return SheetRow(
            subject_id=course.pk,
            code=course.code,
            label=course.name_th,
            typed=self._typed(),
            stored={
                **{
                    name: getattr(course, name)
                    for name in ("name_th", "name_en", "provider_th", "hours", "address")
                },
                "is_digital": _yes_or_no(course.is_digital),
                "is_active": _yes_or_no(course.is_active),
            },
            decimals=0,
            version=course.version,
            why_not=why_not,
            definition=course.code,
            is_sample=course.is_sample,
            subject=course,
        )

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make one entry a line; what the sheet leaves out stays as it is."""
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            hours = given.get("hours")
            words: dict[str, Any] = {
                name: str(given.get(name) or "")
                for name in ("name_th", "name_en", "provider_th", "address")
            }
            course = CourseInput(
                code=row.code,
                **words,
                hours=Decimal(hours) if hours is not None else None,
                is_digital=given.get("is_digital") == "yes",
                is_active=given.get("is_active") != "no",
            )
            prepared.append(Prepared(CourseWrite(course, row.subject, row.version), (position,)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Add and change courses by the verb of their page."""
        return put_courses(entries=entries, by=by, at=at)

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say what came to rest on courses since they were brought in."""
        rests = rules.what_rests_on_courses([row.subject_id for row in rows])
        return {row.code: rests[row.subject_id] for row in rows if row.subject_id in rests}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take away courses that nobody learned."""
        withdraw_courses(entries=_withdrawals(rows), by=by, at=at)


class ProgrammeSheet(CatalogueSheet):
    """A line for each training, with how many came of each level; names are not kept."""

    _year: tuple[date, date]

    kind = "learning-programmes"
    title = _("การอบรมของจังหวัด")
    columns = (
        SheetField(
            "programme_code", _("รหัสการอบรม"), reads="key", known_as=("รหัส", "รหัสโครงการ"), width=16,
            note=_("แถวใหม่ตั้งรหัสเอง ใช้อักษร เลข . _ - ไม่เว้นวรรค"),
        ),
        SheetField(
            "name_th", _("ชื่อการอบรม"), reads="text", width=44, required=True,
            known_as=("การอบรม", "ชื่อโครงการ", "โครงการ", "หลักสูตรอบรม", "กิจกรรม"),
        ),
        SheetField("name_en", _("ชื่อการอบรม (อังกฤษ)"), reads="text", width=36),
        SheetField(
            "goal", _("เป้าหมาย"), reads="choice", width=32,
            known_as=("เป้าหมายการบริหารทรัพยากรบุคคล", "กลยุทธ์"),
        ),
        SheetField(
            "is_digital", _("ทักษะดิจิทัล"), reads="choice", known_as=("ดิจิทัล", "ด้านดิจิทัล"),
        ),
        SheetField("start_date", _("เริ่ม"), reads="date", known_as=("วันเริ่ม", "วันที่เริ่ม", "วันที่จัด")),
        SheetField("end_date", _("สิ้นสุด"), reads="date", known_as=("วันสิ้นสุด", "วันที่สิ้นสุด")),
        *(
            SheetField(
                name, format_lazy("{} {}", Turnout.Level(level).label, word), reads="number",
                places=0, unit=_("คน"), known_as=(f"{Turnout.Level(level).label} ({short})",),
                note=_("จำนวนคน ไม่ใส่รายชื่อ 0 คือไม่มีใคร เว้นว่างคือไม่ทราบ"),
            )
            for name, (level, sort) in TURNOUTS.items()
            for word, short in [
                (_("เชิญ (คน)"), "เชิญ") if sort == "invited" else (_("เข้าร่วม (คน)"), "เข้าร่วม")
            ]
        ),
        SheetField(
            "outcome_th", _("ผลที่ได้"), reads="text", width=44, known_as=("ผลลัพธ์", "ผลการอบรม")
        ),
        SheetField("source", _("ที่มา"), reads="text", width=28, known_as=("แหล่งที่มา", "อ้างอิง")),
    )  # fmt: skip

    class Meta:
        model = Programme
        import_id_fields = ("programme_code",)

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return the goals, or yes and no."""
        if name == "goal":
            return {goal.code: goal.name_th for goal in Goal.objects.order_by("code")}
        return super().choices_of(name)

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the trainings of the year, and those whose days nobody stated."""
        why_not = self._why_not(user, at)
        programmes = (
            Programme.objects.of_year(*self._limits(period))
            .select_related("goal")
            .prefetch_related("turnouts")
            .order_by("code")
        )
        return [self._row(programme, why_not) for programme in programmes]

    def new_row(self, code: str, *, agency: Agency, period: FiscalYear) -> SheetRow | None:
        """Return a line for a training that is not known yet; its days are the year's."""
        self._limits(period)
        return super().new_row(code, agency=agency, period=period)

    def _limits(self, period: FiscalYear) -> tuple[date, date]:
        """The year of the form, which `check` holds a training's days to."""
        self._year = fiscal.year_start(period.year), fiscal.year_end(period.year)
        return self._year

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Refuse a training that lies wholly in another year: its own form would have to show it."""
        checked = super().check(row, read)
        given = {**row.stored, **checked.values}
        start, end = (_day(given.get(name)) for name in ("start_date", "end_date"))
        first, last = self._year
        out = []
        if start and (start > last or (end is None and start < first)):
            out.append("start_date")
        if end and end < first:
            out.append("end_date")
        remarks = [*checked.remarks, *(other_year(name, self._year) for name in out)]
        return Checked(checked.values, tuple(remarks))

    def _is_taken(self, code: str) -> bool:
        return Programme.objects.filter(code=code).exists()

    def _row(self, programme: Programme, why_not: str | None) -> SheetRow:
        came = {each.level: each for each in programme.turnouts.all()}
        stored: dict[str, Figure] = {
            name: _counted(came.get(level), sort) for name, (level, sort) in TURNOUTS.items()
        }
        stored |= {
            name: getattr(programme, name)
            for name in ("name_th", "name_en", "outcome_th", "source")
        }
        for name in ("start_date", "end_date"):
            day = getattr(programme, name)
            stored[name] = day.isoformat() if day else None
        stored["goal"] = programme.goal.code if programme.goal else ""
        stored["is_digital"] = _yes_or_no(programme.is_digital)
        return SheetRow(
            subject_id=programme.pk,
            code=programme.code,
            label=programme.name_th,
            typed=self._typed(),
            stored=stored,
            decimals=0,
            version=programme.version,
            why_not=why_not,
            definition=programme.code,
            is_sample=programme.is_sample,
            subject=programme,
        )

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make one entry a line; what the sheet leaves out stays as it is."""
        goals = {goal.code: goal for goal in Goal.objects.all()}
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            words: dict[str, Any] = {
                name: str(given.get(name) or "")
                for name in ("name_th", "name_en", "outcome_th", "source")
            }
            programme = ProgrammeInput(
                code=row.code,
                **words,
                goal=goals.get(str(given.get("goal") or "")),
                is_digital=given.get("is_digital") == "yes",
                start_date=_day(given.get("start_date")),
                end_date=_day(given.get("end_date")),
                turnouts={
                    level: (
                        _people(given.get(f"{level}_invited")),
                        _people(given.get(f"{level}_attended")),
                    )
                    for level in Turnout.Level.values
                },
            )
            entry = ProgrammeWrite(programme, row.subject, row.version)
            prepared.append(Prepared(entry, (position,)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Add and change trainings by the verb of their page."""
        return put_programmes(entries=entries, by=by, at=at)

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say what came to rest on trainings since they were brought in."""
        rests = rules.what_rests_on_programmes([row.subject_id for row in rows])
        return {row.code: rests[row.subject_id] for row in rows if row.subject_id in rests}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take trainings away with their turnout."""
        withdraw_programmes(entries=_withdrawals(rows), by=by, at=at)


def _withdrawals(rows: Sequence[SheetRow]) -> list[Withdrawal]:
    return [Withdrawal(row.subject_id, row.version) for row in rows]


def _yes_or_no(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _counted(turnout: Turnout | None, name: str) -> Decimal | None:
    people = getattr(turnout, name) if turnout else None
    return None if people is None else Decimal(people)


def _people(value: Figure) -> int | None:
    return None if value is None else int(Decimal(value))


def _day(value: Figure) -> date | None:
    return date.fromisoformat(str(value)) if value else None
