"""The list of villages and communities: no official one is at hand, so that places send their own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.actions.places import VillageInput, VillageNames
from accounts.models import Agency, Area, User
from accounts.rules import what_rests_on_villages
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
    too_long,
)
from planning.actions.needs import area_line
from planning.actions.villages import keep_villages, take_villages_away
from planning.resources import areas_with_places
from planning.rules import needs as rules
from submissions.models import FiscalYear
from submissions.rules import standing_of

_CODE_DIGITS = 8
NAMES = ("name_th", "name_en")
SENTENCES = {
    "no_name": "ใส่ชื่อหมู่บ้านหรือชุมชน",
    "number": "หมู่ที่ต้องเป็นเลข 1 ถึง 50 ชุมชนในเมืองที่ไม่มีหมู่ที่ให้ใส่ 0",
}
LONGEST = 200


class VillageSheet(SheetResource):
    """Villages and communities of the agency's places; a new line takes any number."""

    kind = "villages"
    title = _("หมู่บ้านและชุมชน")
    period = "year"
    senders = ("planner",)
    province_senders = ("strategist",)
    submits = False
    is_open = True
    columns = (
        SheetField(
            "area_code", _("รหัสพื้นที่"), reads="key", width=14, known_as=("ที่", "ลำดับ", "ลำดับที่", "รหัส"),
            note=_("แถวใหม่ใส่เลขลำดับ 1, 2, 3 ระบบออกรหัสให้เอง"),
        ),
        SheetField(
            "tambon", _("ตำบล"), reads="choice", width=28, required=True, note=_("ใส่เฉพาะแถวใหม่")
        ),
        SheetField(
            "number", _("หมู่ที่"), reads="number", places=0, required=True, known_as=("หมู่",),
            note=_("ใส่เฉพาะแถวใหม่ ชุมชนในเมืองที่ไม่มีหมู่ที่ ใส่ 0"),
        ),
        SheetField(
            "name_th", _("ชื่อหมู่บ้าน / ชุมชน"), reads="text", width=36, required=True,
            known_as=("ชื่อหมู่บ้าน", "หมู่บ้าน", "ชุมชน", "ชื่อ"),
        ),
        SheetField("name_en", _("ชื่ออังกฤษ"), reads="text", width=36),
    )  # fmt: skip

    class Meta:
        model = Area
        import_id_fields = ("area_code",)

    @cached_property
    def _tambons(self) -> dict[str, Area]:
        tambons = Area.objects.of_kind(Area.Kind.TAMBON).select_related("parent")
        return {
            area.code: area
            for area in tambons.defer("boundary", "parent__boundary").in_code_order()
        }

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return the tambons; those of one name are told apart by code."""
        return {code: area.name_th for code, area in self._tambons.items()}

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the villages of the agency's places, where the person plans."""
        seats = rules.seats_of(standing_of(user, fiscal.local_date(at)))
        places = set(agency.areas.values_list("pk", flat=True))
        villages = areas_with_places().filter(kind=Area.Kind.VILLAGE)
        return [
            _row(area)
            for area in villages
            if any(seat.covers(area_line(area)) for seat in seats)
            and (not places or not places.isdisjoint(area_line(area)))
        ]

    def new_row(self, code: str, *, agency: Agency, period: FiscalYear) -> SheetRow | None:
        """Return a line for what is not written down yet; a code of eight digits names a village."""
        if not code or (len(code) >= _CODE_DIGITS and code.isdecimal()):
            return None
        return SheetRow(0, code, code, ("tambon", "number", *NAMES), decimals=0, is_new=True)

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Hold the name and the number to what a village may have."""
        values = super().check(row, read).values
        remarks = []
        if "name_th" in read and not row.is_new and not values.get("name_th"):
            remarks.append(Remark("name_th", Note("no_name", SENTENCES["no_name"])))
        number = read.get("number")
        if number and number.kind is Kind.VALUE and not 0 <= number.value <= 50:  # type: ignore[operator]
            remarks.append(Remark("number", Note("number", SENTENCES["number"])))
        return Checked(values, (*remarks, *too_long(values, dict.fromkeys(NAMES, LONGEST))))

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make a new village of each new line, and other names of each known one."""
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            names: dict[str, Any] = {name: str(given.get(name) or "") for name in NAMES}
            entry: VillageInput | VillageNames
            if row.is_new:
                number = int(Decimal(given["number"] or 0))
                entry = VillageInput(self._tambons[str(given["tambon"])], number, **names)
            else:
                entry = VillageNames(row.subject, **names)
            prepared.append(Prepared(entry, (position,)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Add and rename villages of the person's places."""
        return keep_villages(entries=entries, by=by, at=at)

    def version_of(self, stored: Area) -> int:
        """Return what stands for a version: places have none, so that their names do."""
        return _names_as_version(stored)

    def code_made(self, stored: Area) -> str:
        """Return the code that the tambon's and the number make."""
        return stored.code

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say what came to rest on villages since they were brought in."""
        rests = what_rests_on_villages([row.subject_id for row in rows])
        return {row.code: rests[row.subject_id] for row in rows if row.subject_id in rests}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take away villages on which nothing rests."""
        take_villages_away(villages=[row.subject for row in rows], by=by, at=at)


def _names_as_version(area: Area) -> int:
    return crc32(f"{area.name_th}\n{area.name_en}".encode()) % 2**31


def _row(area: Area) -> SheetRow:
    assert area.parent is not None
    number = int(area.code.removeprefix(area.parent.code) or 0)
    return SheetRow(
        subject_id=area.pk,
        code=area.code,
        label=area.name_th,
        typed=NAMES,
        stored={
            "tambon": area.parent.code,
            # A community of a town has none; its code only keeps it apart.
            "number": Decimal(number if number <= 50 else 0),
            "name_th": area.name_th,
            "name_en": area.name_en,
        },
        decimals=0,
        version=_names_as_version(area),
        definition=area.code,
        is_sample=area.is_sample,
        subject=area,
    )
