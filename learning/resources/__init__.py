"""The form of what an agency's officers learned: personal, and only for the agency's HR."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from audit.log import Deed, record_many
from common import fiscal
from common.readings import Note, Reading
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
    record_each,
)
from common.thainumbers import normalise_text
from learning.actions import (
    Correction,
    RecordEntry,
    Withdrawal,
    add_records,
    correct_records,
    withdraw_records,
)
from learning.models import Course, Record, Rule, officers_on
from learning.rules import why_not_correct, why_not_withdraw
from submissions.models import FiscalYear
from submissions.rules import standing_of
from submissions.workflow import Status

_OURS = re.compile(r"L\d{2}-\d+")
SENTENCES = {
    "no_officer": "ไม่มีเจ้าหน้าที่ชื่อ “%(written)s” ในหน่วยงานนี้ ใช้ชื่อ-สกุลหรือชื่อผู้ใช้ตามทะเบียน",
    "two_officers": "มีเจ้าหน้าที่ชื่อ “%(written)s” มากกว่าหนึ่งคน ใส่ชื่อผู้ใช้แทน: %(known)s",
}


class RecordSheet(SheetResource):
    """A line for each course that an officer completed in a year; a new line takes any number."""

    kind = "learning-records"
    title = _("บันทึกการเรียนรู้ของเจ้าหน้าที่")
    period = "year"
    senders = ("hr",)
    submits = False
    outcome = _("นำเข้าแล้วรอผู้บังคับบัญชาหรือฝ่ายบุคคลยืนยัน")
    is_open = True
    is_personal = True
    columns = (
        SheetField(
            "record_code", _("เลขที่บันทึก"), reads="key", known_as=("ที่", "ลำดับ", "ลำดับที่", "เลขที่"),
            width=14, note=_("แถวใหม่ใส่เลขลำดับ 1, 2, 3 ระบบออกเลขที่บันทึกให้เอง"),
        ),
        SheetField(
            "officer", _("ผู้เรียน"), reads="text", width=30, required=True,
            known_as=("ชื่อ-สกุล", "ชื่อ - สกุล", "ชื่อและสกุล", "ชื่อผู้ใช้", "เจ้าหน้าที่", "ข้าราชการ"),
            note=_("ชื่อ-สกุลหรือชื่อผู้ใช้ของเจ้าหน้าที่ในหน่วยงานนี้"),
        ),
        SheetField(
            "course", _("หลักสูตร"), reads="choice", width=44, required=True,
            known_as=("ชื่อหลักสูตร", "รหัสหลักสูตร", "วิชา", "เรื่องที่เรียน"),
        ),
        SheetField(
            "completed_date", _("วันที่เรียนจบ"), reads="date", required=True,
            known_as=("เรียนจบ", "วันที่สำเร็จ", "วันที่จบ", "วันที่ผ่านการอบรม", "วันที่ในประกาศนียบัตร"),
        ),
        SheetField("note", _("หมายเหตุ"), reads="text", width=32),
        SheetField("status", _("สถานะ"), reads="shown", width=18),
    )  # fmt: skip

    class Meta:
        model = Record
        import_id_fields = ("record_code",)

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return the courses that are offered."""
        return {course.code: course.name_th for course in Course.objects.offered().in_code_order()}

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the agency's records of the year, as far as the person may read them."""
        standing = standing_of(user, fiscal.local_date(at))
        self._on = fiscal.local_date(at)
        records = (
            Record.objects.visible_to(standing, ())
            .filter(agency=agency)
            .of_year(period.year)
            .with_course()
            .order_by("officer__username", "completed_date", "pk")
        )
        return [_row(record, why_not_correct(record, standing)) for record in records]

    def new_row(self, code: str, *, agency: Agency, period: FiscalYear) -> SheetRow | None:
        """Return a line for what is not written down yet; a number of ours names another's."""
        if not code or _OURS.fullmatch(code):
            return None
        typed = ("officer", "course", "completed_date", "note")
        return SheetRow(0, code, code, typed, is_new=True, subject=(agency, period))

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Find the officer by name, and keep the day inside the year."""
        values = dict(super().check(row, read).values)
        remarks = []
        if row.is_new and (written := values.get("officer")):
            known = self._officers(row.subject[0]).get(_folded(str(written)), ())
            if len(known) == 1:
                values["officer"] = known[0]
            else:
                code = "two_officers" if known else "no_officer"
                told = {"written": str(written)[:60], "known": ", ".join(known)}
                remarks.append(Remark("officer", Note(code, SENTENCES[code], told)))
        period = row.subject[1] if row.is_new else None
        limits = self._limits(period.year if period else row.subject.year)
        if limits and is_outside(values.get("completed_date"), limits):
            remarks.append(other_year("completed_date", limits))
        return Checked(values, tuple(remarks))

    def said(self, name: str, text: str) -> str:
        """Call an officer by name and username."""
        if name != "officer":
            return text
        # Filled where the officers of the sheet's lines were looked up.
        name_th: str = self.__dict__.get("_known_names", {}).get(text, "")
        return f"{name_th} ({text})" if name_th else text

    def _officers(self, agency: Agency) -> Mapping[str, Sequence[str]]:
        """The usernames that a name or username stands for, asked for once."""
        known: dict[str, list[str]] | None = self.__dict__.get("_known_officers")
        if known is None:
            ids = officers_on(self._on).filter(post__agency=agency).values("user")
            known = defaultdict(list)
            names = self.__dict__["_known_names"] = {}
            for user in User.objects.filter(pk__in=ids).order_by("username"):
                names[user.username] = user.full_name_th
                for word in {_folded(user.username), _folded(user.full_name_th)} - {""}:
                    known[word].append(user.username)
            self.__dict__["_known_officers"] = known
        return known

    def _limits(self, year: int) -> tuple[date, date] | None:
        """The first and the last day that count in a year, asked for once."""
        known: dict[int, Any] = self.__dict__.setdefault("_known_limits", {})
        if year not in known:
            rule = Rule.objects.filter(year=year).first()
            known[year] = rule.limits if rule else None
        limits: tuple[date, date] | None = known[year]
        return limits

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make an entry of each new line and a correction of each known one."""
        new = [values for row, values in rows if row.is_new]
        officers = User.objects.in_bulk(
            {str(values["officer"]) for values in new}, field_name="username"
        )
        courses = Course.objects.in_bulk(
            {str(values["course"]) for values in new}, field_name="code"
        )
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            day = date.fromisoformat(str(given["completed_date"]))
            note = str(given.get("note") or "")
            entry: RecordEntry | Correction
            if row.is_new:
                officer, course = officers[str(given["officer"])], courses[str(given["course"])]
                entry = RecordEntry(officer, course, day, note=note)
            else:
                entry = Correction(row.subject, row.version, day, note=note)
            prepared.append(Prepared(entry, (position,)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Write new records down and mend those that nobody confirmed yet."""
        return record_each(
            entries, {RecordEntry: add_records, Correction: correct_records}, by=by, at=at
        )

    def code_made(self, stored: Record) -> str:
        """Return the number that the portal gave."""
        return _code(stored)

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say whether a certificate was added since; what was decided, the row says itself."""
        given = {row.code: why_not_withdraw(row.subject) for row in rows}
        return {code: reason for code, reason in given.items() if reason}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take away records that nobody decided about."""
        withdraw_records(
            entries=[Withdrawal(row.subject, row.version) for row in rows], by=by, at=at
        )

    def given_out(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Log whose records somebody took away; one's own are not logged."""
        officers = {row.subject.officer for row in rows if row.subject.officer_id != by.pk}
        deeds = [Deed("learning.records.viewed", officer) for officer in officers]
        record_many(deeds, by=by, at=at)


def _folded(text: str) -> str:
    return "".join(normalise_text(text).casefold().split())


def _code(record: Record) -> str:
    return f"L{record.year % 100:02d}-{record.pk:05d}"


def _row(record: Record, why_not: str | None) -> SheetRow:
    code = _code(record)
    if record.status == Status.RETURNED:
        why_not = gettext("รายการนี้ถูกส่งกลับ แก้และส่งใหม่ที่หน้าการเรียนรู้")
    return SheetRow(
        subject_id=record.pk,
        code=code,
        label=f"{record.officer.username} · {record.course.code}",
        typed=("completed_date", "note"),
        stored={
            "officer": record.officer.username,
            "course": record.course.code,
            "completed_date": record.completed_date.isoformat(),
            "note": record.note,
        },
        shown={"status": record.get_status_display()},
        version=record.version,
        why_not=why_not,
        definition=code,
        is_sample=record.is_sample,
        subject=record,
    )
