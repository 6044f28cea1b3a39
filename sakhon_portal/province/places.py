"""Areas with their boundaries, agencies and committees."""

import json
from collections.abc import Sequence
from typing import Any

from accounts.actions.places import StatedAgency, StatedArea
from accounts.models import Agency, Area
from meetings.actions import StatedCommittee, StatedSeat
from sakhon_portal.province.rows import Folder, Row


def _boundaries(folder: Folder, name: str) -> dict[str, dict[str, Any]]:
    shapes = {}
    for feature in folder.file(name).rows("features"):
        code = feature.row("properties").text("code")
        geometry = feature.row("geometry")
        geometry.one_of("type", ["Polygon", "MultiPolygon"])
        if not isinstance(geometry.raw.get("coordinates"), list):
            geometry.note("“coordinates” must be a list")
        # Stored as plain numbers: Decimals are not JSON.
        shapes[code] = json.loads(json.dumps(geometry.raw, default=float))
    return shapes


def _area(
    folder: Folder, row: Row, kind: str, parent: str | None, shapes: dict[str, Any]
) -> StatedArea:
    code = row.text("code")
    if code and code not in shapes:
        row.note(f"no boundary for {code}")
    point = row.raw.get("point")
    return StatedArea(
        code=code,
        kind=kind,
        name_th=row.text("name_th"),
        name_en=row.words("name_en"),
        parent=parent,
        alt_name_en=row.words("alt_name_en"),
        postal_codes=row.words("postal_codes"),
        point=[float(part) for part in point] if isinstance(point, list) else None,
        boundary=shapes.get(code),
        official_area_sqkm=row.number("area_sqkm_official"),
        source=row.words("area_source"),
    )


def areas(folder: Folder, top: Row) -> list[StatedArea]:
    province = top.row("province")
    found = [
        _area(
            folder,
            province,
            Area.Kind.PROVINCE,
            None,
            _boundaries(folder, "boundaries_province.geojson"),
        )
    ]
    districts = _boundaries(folder, "boundaries_districts.geojson")
    tambons = _boundaries(folder, "boundaries_tambons.geojson")
    for district in top.rows("districts"):
        found.append(_area(folder, district, Area.Kind.DISTRICT, found[0].code, districts))
        parent = found[-1].code
        found += [
            _area(folder, tambon, Area.Kind.TAMBON, parent, tambons)
            for tambon in district.rows("subdistricts")
        ]
    folder.once("areas.json", [area.code for area in found])
    return found


def agencies(
    folder: Folder, top: Row, places: Row, areas: Sequence[StatedArea]
) -> list[StatedAgency]:
    known = {area.code for area in areas}
    locals_by_code = {
        row.text("code"): row
        for row in places.row("local_administrative_organizations").rows("items")
    }
    found: list[StatedAgency] = []
    for row in top.rows("agencies"):
        code = row.text("code")
        own = row.words("area_code")
        if own and own not in known:
            row.note(f"area {own} is not in areas.json")
            own = ""
        if code in locals_by_code:
            del locals_by_code[code]
            own = own or areas[0].code
        found.append(
            StatedAgency(
                code=code,
                kind=row.one_of("kind", Agency.Kind.values),
                name_th=row.text("name_th"),
                name_en=row.words("name_en"),
                short_name_th=row.words("short_name_th"),
                ministry_th=row.words("ministry_th"),
                areas=(own,) if own else (),
                basis=row.words("basis"),
            )
        )
        found += [
            StatedAgency(
                code=unit.text("code"),
                kind=Agency.Kind.UNIT,
                name_th=unit.text("name_th"),
                name_en=unit.words("name_en"),
                parent=code,
                basis=unit.words("basis"),
            )
            for unit in (row.rows("units") if "units" in row.raw else ())
        ]
    for code, row in locals_by_code.items():
        tambons = row.texts("tambons")
        for tambon in tambons:
            if tambon not in known:
                row.note(f"tambon {tambon} is not in areas.json")
        district = row.words("district")
        found.append(
            StatedAgency(
                code=code,
                kind=Agency.Kind.LOCAL,
                name_th=row.text("name_th"),
                name_en=row.words("name_en"),
                areas=tuple(
                    area for area in tambons or ([district] if district else []) if area in known
                ),
                basis=row.words("source"),
            )
        )
    folder.once("agencies.json", [agency.code for agency in found])
    return found


def committees(folder: Folder, top: Row, agencies: Sequence[StatedAgency]) -> list[StatedCommittee]:
    known = {agency.code for agency in agencies}
    found: list[StatedCommittee] = []
    for row in top.rows("committees"):
        seats = []
        for seat in row.rows("seats"):
            agency = seat.words("agency")
            if agency and agency not in known:
                seat.note(f"agency {agency} is not in agencies.json")
            seats.append(
                StatedSeat(
                    role_th=seat.text("role_th"),
                    holder_th=seat.text("holder_th"),
                    agency=agency or None,
                )
            )
        found.append(
            StatedCommittee(
                code=row.text("code"),
                name_th=row.text("name_th"),
                name_en=row.words("name_en"),
                abbreviation_th=row.words("abbr_th"),
                duties_th=row.words("role"),
                basis=row.words("basis"),
                watches_spending=bool(row.raw.get("watches_spending")),
                seats=seats,
            )
        )
    folder.once("agencies.json committees", [committee.code for committee in found])
    return found
