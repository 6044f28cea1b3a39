"""The form of needs: a line for each need of the agency's places, and new ones below."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
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
    record_each,
    too_long,
)
from common.thainumbers import normalise_text
from planning import workflow
from planning.actions import (
    Amendment,
    NeedInput,
    Withdrawal,
    amend_needs,
    record_needs,
    withdraw_needs,
)
from planning.models import Need, NeedCategory
from planning.rules.needs import seats_of, what_rests_on, why_not_amend
from submissions.models import FiscalYear
from submissions.rules import standing_of

_OURS = re.compile(r"N\d{2}-\d{5,}")
# Words before a place's name that officials write or leave out.
_PLACE_WORDS = re.compile(r"(?:ตำบล|อำเภอ|จังหวัด|ต\.|อ\.|จ\.|·|,)")
MOST_PEOPLE = 5_000_000
TYPED = ("title_th", "category", "detail_th", "place_th", "people_affected", "cost_guess")
SENTENCES = {
    "no_area": "ไม่มีตำบลหรือหมู่บ้านชื่อ “%(written)s” ในพื้นที่ของหน่วยงานนี้ ใช้ชื่อตำบลหรือหมู่บ้าน หรือรหัสพื้นที่",
    "two_areas": "มีพื้นที่ชื่อ “%(written)s” มากกว่าหนึ่งแห่ง เขียนตำบลหรืออำเภอต่อท้าย หรือใส่รหัส: %(known)s",
    "people": "จำนวนคนต้องเป็นเลขตั้งแต่ 0 ถึง 5,000,000",
    "cost": "ประมาณการค่าใช้จ่ายต้องไม่ติดลบ",
}
_LONGEST = {"title_th": 300, "place_th": 300, "detail_th": 4000}


class NeedSheet(SheetResource):
    """What people of the agency's places need, told in a year; a new line takes any number."""

    kind = "needs"
    title = _("ความต้องการของพื้นที่")
    period = "year"
    senders = ("planner",)
    province_senders = ("strategist",)
    submits = False
    is_open = True
    columns = (
        SheetField(
            "need_code", _("เลขที่"), reads="key", width=14,
            known_as=("ที่", "ลำดับ", "ลำดับที่", "เลขที่เรื่อง", "รหัส"),
            note=_("แถวใหม่ใส่เลขลำดับ 1, 2, 3 ระบบออกเลขที่เรื่องให้เอง"),
        ),
        SheetField(
            "title_th", _("เรื่อง"), reads="text", width=44, required=True,
            known_as=("ต้องการอะไร", "ความต้องการ", "ปัญหา", "ปัญหา/ความต้องการ", "โครงการที่เสนอ", "ชื่อโครงการ"),
        ),
        SheetField(
            "category", _("หมวด"), reads="choice", width=24, required=True,
            known_as=("ด้าน", "ประเภท", "หมวดหมู่"),
        ),
        SheetField(
            "area", _("ตำบล / หมู่บ้าน"), reads="text", width=28, required=True,
            known_as=("ตำบล", "หมู่บ้าน", "หมู่บ้าน/ตำบล", "พื้นที่"),
            note=_("ชื่อตำบลหรือหมู่บ้าน หรือรหัสพื้นที่ ชื่อซ้ำกันให้เขียนตำบลหรืออำเภอต่อท้าย"),
        ),
        SheetField(
            "place_th", _("จุดที่ตั้ง"), reads="text", width=28,
            known_as=("สถานที่", "หมู่ที่", "จุดที่ตั้งโครงการ"),
            note=_("อย่าใส่ชื่อหรือบ้านเลขที่ของบุคคล"),
        ),
        SheetField(
            "detail_th", _("รายละเอียด"), reads="text", width=44, known_as=("สาเหตุ", "สภาพปัญหา")
        ),
        SheetField(
            "people_affected", _("ผู้ได้รับผลกระทบ (คน)"), reads="number", places=0, unit=_("คน"),
            known_as=("ผู้ได้รับประโยชน์", "จำนวนผู้เดือดร้อน", "ครัวเรือน/คน"),
        ),
        SheetField(
            "cost_guess", _("ประมาณการค่าใช้จ่าย (บาท)"), reads="money",
            known_as=("งบประมาณ", "วงเงิน", "ประมาณการ"),
        ),
        SheetField("level", _("อยู่ที่ระดับ"), reads="shown"),
        SheetField("status", _("สถานะ"), reads="shown", width=20),
    )  # fmt: skip

    class Meta:
        model = Need
        import_id_fields = ("need_code",)

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return the categories in use."""
        return {
            each.code: each.name_th
            for each in NeedCategory.objects.filter(is_active=True).order_by("order")
        }

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the needs of the agency's places that were told in the year."""
        standing = standing_of(user, fiscal.local_date(at))
        seats = seats_of(standing)
        first, last = fiscal.year_start(period.year), fiscal.year_end(period.year)
        needs = (
            Need.objects.visible_to(standing)
            .of_status(*(status.value for status in workflow.PUBLIC))
            .filter(received_at__date__range=(first, last))
        )
        if places := list(agency.areas.values_list("pk", flat=True)):
            needs = needs.in_areas(places)
        listed = needs.with_place().order_by("code")
        return [_row(need, why_not_amend(need, seats)) for need in listed]

    def new_row(self, code: str, *, agency: Agency, period: FiscalYear) -> SheetRow | None:
        """Return a line for what is not written down yet; a number of ours names another place's."""
        if not code or _OURS.fullmatch(code):
            return None
        return SheetRow(0, code, code, (*TYPED, "area"), decimals=0, is_new=True, subject=agency)

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Find the place by name, and hold the numbers and words to what a need may hold."""
        values = dict(super().check(row, read).values)
        remarks = []
        if row.is_new and (written := values.get("area")):
            found = self._areas(row.subject).get(_place(str(written)), ())
            if len(found) == 1:
                values["area"] = found[0]
            else:
                code = "two_areas" if found else "no_area"
                told = {"written": str(written)[:60], "known": ", ".join(found[:6])}
                remarks.append(Remark("area", Note(code, SENTENCES[code], told)))
        people, cost = (_figure(read, name) for name in ("people_affected", "cost_guess"))
        if people is not None and not (0 <= people <= MOST_PEOPLE and people == int(people)):
            remarks.append(Remark("people_affected", Note("people", SENTENCES["people"])))
        if cost is not None and cost < 0:
            remarks.append(Remark("cost_guess", Note("cost", SENTENCES["cost"])))
        return Checked(values, (*remarks, *too_long(values, _LONGEST)))

    def said(self, name: str, text: str) -> str:
        """Call a place by its name, with what it lies in."""
        if name != "area":
            return text
        known: dict[str, str] | None = self.__dict__.get("_known_places")
        if known is None:
            known = {
                area.code: " · ".join(each.name_th for each in _chain(area)[:-1])
                for area in areas_with_places()
            }
            self.__dict__["_known_places"] = known
        return known.get(text, text)

    def _areas(self, agency: Agency) -> Mapping[str, Sequence[str]]:
        """The codes of the tambons and villages that a name stands for, asked for once."""
        known: dict[str, list[str]] | None = self.__dict__.get("_known_areas")
        if known is None:
            own = set(agency.areas.values_list("pk", flat=True))
            known = defaultdict(list)
            for area in areas_with_places():
                chain = _chain(area)
                if own and not any(each.pk in own for each in chain):
                    continue
                words = {area.code}
                for end in range(1, len(chain) + 1):
                    words.add("".join(each.name_th for each in chain[:end]))
                for word in {_place(word) for word in words}:
                    known[word].append(area.code)
            self.__dict__["_known_areas"] = known
        return known

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make an entry of each new line and an amendment of each known one."""
        categories = NeedCategory.objects.in_bulk(field_name="code")
        codes = {str(values["area"]) for row, values in rows if row.is_new}
        areas = {each.code: each for each in areas_with_places().filter(code__in=codes)}
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            people = given.get("people_affected")
            told: dict[str, Any] = {
                "title_th": str(given["title_th"] or ""),
                "category": categories[str(given["category"])],
                "detail_th": str(given.get("detail_th") or ""),
                "place_th": str(given.get("place_th") or ""),
                "people_affected": None if people is None else int(Decimal(people)),
                "cost_guess": given.get("cost_guess"),
            }
            entry: NeedInput | Amendment
            if row.is_new:
                entry = NeedInput(area=areas[str(given["area"])], **told)
            else:
                entry = Amendment(row.subject, row.version, **told)
            prepared.append(Prepared(entry, (position,)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Write new needs down and put right those that are still decided about."""

        def put_down(*, entries: Sequence[NeedInput], by: User, at: datetime) -> list[Need]:
            return record_needs(needs=entries, by=by, at=at)

        return record_each(entries, {NeedInput: put_down, Amendment: amend_needs}, by=by, at=at)

    def code_made(self, stored: Need) -> str:
        """Return the number that the portal gave."""
        return stored.code

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say what came to rest on needs since they were brought in."""
        rests = what_rests_on([row.subject_id for row in rows])
        return {row.code: rests[row.subject_id] for row in rows if row.subject_id in rests}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take away needs on which nothing rests."""
        withdraw_needs(entries=[Withdrawal(row.subject, row.version) for row in rows], by=by, at=at)


def areas_with_places() -> QuerySet[Area]:
    """Tambons and villages with what they lie in; outlines are large and stay behind."""
    return (
        Area.objects.filter(kind__in=(Area.Kind.TAMBON, Area.Kind.VILLAGE))
        .select_related("parent__parent__parent")
        .defer(
            *("boundary", "parent__boundary", "parent__parent__boundary"),
            "parent__parent__parent__boundary",
        )
        .order_by("code")
    )


def _chain(area: Area) -> list[Area]:
    """The place and what it lies in, the smallest first."""
    found: list[Area] = []
    current: Area | None = area
    while current is not None:
        found.append(current)
        current = current.parent
    return found


def _place(written: str) -> str:
    """Return a place's name as it is compared: without spaces and the words before it."""
    return "".join(_PLACE_WORDS.sub(" ", normalise_text(written)).casefold().split())


def _figure(read: Mapping[str, Reading[Any]], name: str) -> Decimal | None:
    reading = read.get(name)
    if reading is None or reading.kind is not Kind.VALUE:
        return None
    value: Decimal | None = reading.value
    return value


def _row(need: Need, why_not: str | None) -> SheetRow:
    people = need.people_affected
    return SheetRow(
        subject_id=need.pk,
        code=need.code,
        label=need.title_th,
        typed=TYPED,
        stored={
            "title_th": need.title_th,
            "category": need.category.code,
            "area": need.area.code,
            "detail_th": need.detail_th,
            "place_th": need.place_th,
            "people_affected": None if people is None else Decimal(people),
            "cost_guess": need.cost_guess,
        },
        shown={"level": need.get_level_display(), "status": need.get_status_display()},
        decimals=0,
        version=need.version,
        why_not=why_not,
        definition=need.code,
        is_sample=need.is_sample,
        subject=need,
    )
