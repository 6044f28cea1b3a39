"""Areas and agencies: every write by a loader or a person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Agency, Area, User
from accounts.rules import what_rests_on_villages
from audit.actions import Tally, bring_in
from audit.log import Deed, record_many
from common.refusal import EntriesRefused, Refused


@dataclass(frozen=True, slots=True)
class StatedArea:
    """What a source states about an area; `boundary` is a GeoJSON geometry."""

    code: str
    kind: str
    name_th: str
    name_en: str = ""
    parent: str | None = None
    alt_name_en: str = ""
    postal_codes: str = ""
    point: Sequence[float] | None = None
    boundary: dict[str, Any] | None = None
    official_area_sqkm: Decimal | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class StatedAgency:
    """What a source states about an agency, a unit inside one, or a budget holder."""

    code: str
    kind: str
    name_th: str
    name_en: str = ""
    short_name_th: str = ""
    parent: str | None = None
    ministry_th: str = ""
    areas: Sequence[str] = field(default_factory=tuple)
    basis: str = ""


RENAMED = gettext_noop("มีผู้แก้ไขชื่อนี้ระหว่างที่ท่านทำรายการ โหลดหน้าใหม่แล้วทำอีกครั้ง")
_AREA_FIELDS = (
    *("kind", "name_th", "name_en", "parent", "alt_name_en", "postal_codes"),
    *("point", "boundary", "official_area_sqkm", "source"),
)
_AGENCY_FIELDS = (
    *("kind", "name_th", "name_en", "short_name_th", "parent", "ministry_th", "basis"),
)


@transaction.atomic
def load_areas(*, areas: Sequence[StatedArea], by: User | None, at: datetime) -> Tally:
    """Bring areas in, the larger before the smaller; may be repeated."""
    tally = Tally()
    placed: dict[str, Area] = {}
    for kind in Area.Kind.values:
        brought = bring_in(
            rows=[
                Area(
                    code=area.code,
                    kind=area.kind,
                    name_th=area.name_th,
                    name_en=area.name_en,
                    parent=placed.get(area.parent) if area.parent else None,
                    alt_name_en=area.alt_name_en,
                    postal_codes=area.postal_codes,
                    point=area.point,
                    boundary=area.boundary,
                    official_area_sqkm=area.official_area_sqkm,
                    source=area.source,
                )
                for area in areas
                if area.kind == kind
            ],
            key=["code"],
            fields=_AREA_FIELDS,
            verb="accounts.area",
            by=by,
            at=at,
        )
        placed |= {area.code: area for area in brought.rows}
        tally += brought.tally
    return tally


@transaction.atomic
def load_agencies(*, agencies: Sequence[StatedAgency], by: User | None, at: datetime) -> Tally:
    """Bring agencies in, with the areas they work for; may be repeated.

    An area once tied to an agency stays tied: people may have added it.
    """
    tally = Tally()
    placed: dict[str, Agency] = {}
    for has_parent in (False, True):
        brought = bring_in(
            rows=[
                Agency(
                    code=agency.code,
                    kind=agency.kind,
                    name_th=agency.name_th,
                    name_en=agency.name_en,
                    short_name_th=agency.short_name_th,
                    parent=placed.get(agency.parent) if agency.parent else None,
                    ministry_th=agency.ministry_th,
                    basis=agency.basis,
                )
                for agency in agencies
                if (agency.parent is not None) is has_parent
            ],
            key=["code"],
            fields=_AGENCY_FIELDS,
            verb="accounts.agency",
            by=by,
            at=at,
        )
        placed |= {agency.code: agency for agency in brought.rows}
        tally += brought.tally
    areas = dict(Area.objects.values_list("code", "pk"))
    ties = Agency.areas.through
    ties._default_manager.bulk_create(
        [
            ties(agency_id=placed[agency.code].pk, area_id=areas[code])
            for agency in agencies
            for code in agency.areas
        ],
        ignore_conflicts=True,
    )
    return tally


@dataclass(frozen=True, slots=True)
class VillageInput:
    """A village (หมู่ที่) of a tambon; number 0 for a community of a town, which has none."""

    tambon: Area
    number: int
    name_th: str
    name_en: str = ""
    is_sample: bool = False


@transaction.atomic
def add_villages(*, villages: Sequence[VillageInput], by: User | None, at: datetime) -> list[Area]:
    """Add villages under their tambons; the code is the tambon's and two digits, as DOPA writes it.

    Who may is asked by the app that offers it. Communities of a town are numbered from 51 on.

    :raises Refused: if a village of the number is there, or the place is not a tambon.
    """
    taken = set(
        Area.objects.filter(parent__in=[given.tambon for given in villages]).values_list(
            "code", flat=True
        )
    )
    rows = []
    for given in villages:
        if given.tambon.kind != Area.Kind.TAMBON:
            raise Refused(_("หมู่บ้านต้องอยู่ในตำบล เลือกตำบลก่อน"), code="not_tambon")
        if not 0 <= given.number <= 50:
            raise Refused(_("หมู่ที่ต้องเป็นเลข 1 ถึง 50 ชุมชนในเมืองที่ไม่มีหมู่ที่ให้ใส่ 0"), code="number")
        code = f"{given.tambon.code}{given.number:02d}"
        if given.number == 0:
            code = next(
                wanted
                for place in range(51, 1000)
                if (wanted := f"{given.tambon.code}{place:02d}") not in taken
            )
        if code in taken:
            raise Refused(
                _("มีหมู่ที่ %(number)d ของตำบลนี้แล้ว") % {"number": given.number}, code="village_there"
            )
        taken.add(code)
        rows.append(
            Area(
                code=code,
                kind=Area.Kind.VILLAGE,
                name_th=given.name_th.strip(),
                name_en=given.name_en.strip(),
                parent=given.tambon,
                is_sample=given.is_sample,
            )
        )
    Area.objects.bulk_create(rows)
    record_many([Deed("accounts.area.added", row) for row in rows], by=by, at=at)
    return rows


@dataclass(frozen=True, slots=True)
class VillageNames:
    """Other names of a village; `area` holds those that were seen."""

    area: Area
    name_th: str
    name_en: str = ""


@transaction.atomic
def rename_village(*, names: VillageNames, by: User | None, at: datetime) -> Area:
    """Call a village by other names; its code and its tambon stay.

    Who may is asked by the app that offers it.

    :raises Refused: if it would have no name, or somebody renamed it meanwhile.
    """
    if not names.name_th.strip():
        raise Refused(_("ใส่ชื่อหมู่บ้านหรือชุมชน"), code="no_name")
    seen = {"name_th": names.area.name_th, "name_en": names.area.name_en}
    villages = Area.objects.select_for_update().filter(kind=Area.Kind.VILLAGE, **seen)
    row = villages.filter(pk=names.area.pk).first()
    if row is None:
        raise Refused(_(RENAMED), code="changed_meanwhile")
    row.name_th, row.name_en = names.name_th.strip(), names.name_en.strip()
    row.save(update_fields=["name_th", "name_en"])
    after = {"name_th": row.name_th, "name_en": row.name_en}
    record_many([Deed("accounts.area.renamed", row, before=seen, after=after)], by=by, at=at)
    return row


@transaction.atomic
def withdraw_villages(*, villages: Sequence[Area], by: User | None, at: datetime) -> None:
    """Take villages away on which nothing rests, as if nobody had added them.

    Who may is asked by the app that offers it; each is given with the names that were seen.

    :raises EntriesRefused: by position: something rests on it, or somebody renamed it meanwhile.
    """
    held = Area.objects.select_for_update().filter(kind=Area.Kind.VILLAGE)
    found = held.in_bulk([area.pk for area in villages])
    rests = what_rests_on_villages(found)
    refusals = {}
    for position, seen in enumerate(villages):
        row = found.get(seen.pk)
        if reason := rests.get(seen.pk):
            refusals[position] = Refused(reason, code="built_on")
        elif row is None or (row.name_th, row.name_en) != (seen.name_th, seen.name_en):
            refusals[position] = Refused(_(RENAMED), code="changed_meanwhile")
    if refusals:
        raise EntriesRefused(_("มีแถวที่บันทึกไม่ได้"), refusals)
    record_many(
        [
            Deed("accounts.area.withdrawn", row, before={"code": row.code, "name_th": row.name_th})
            for row in found.values()
        ],
        by=by,
        at=at,
    )
    Area.objects.filter(pk__in=found).delete()
