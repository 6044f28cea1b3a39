"""Areas and agencies: every write by a loader or a person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Agency, Area, User
from audit.actions import Tally, bring_in


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
