"""What operators do: open an incident, keep facilities and orders, and write a day down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Area, Role, User
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import Refused
from common.setwise import update_together
from covid import rules
from covid.actions.registers import FacilityInput, OrderInput, RegisterEntry, put_row
from covid.models import DailySituation, Facility, Incident, Occupancy, Order
from submissions.actions import changed_meanwhile, refuse_all
from submissions.files import check_file
from submissions.rules import standing_of

TAKEN_BACK = "taken back"


@dataclass(frozen=True, slots=True)
class OccupancyEntry:
    """A facility's day as typed; `version` is the one seen, 0 where there was none.

    Without patients it is not reported: what was written down is taken back.
    """

    facility: Facility
    patients: int | None
    admitted: int | None
    discharged: int | None
    note: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class SituationEntry:
    """A district's day as typed; None is not known, 0 is none.

    Without cases it is not reported: what was written down is taken back.
    """

    area: Area
    cases: int | None
    deaths: int | None
    tested: int | None = None
    vaccinated: int | None = None
    note: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class KeptDay:
    """What was written of a day."""

    occupancies: list[Occupancy] = field(default_factory=list)
    situations: list[DailySituation] = field(default_factory=list)


@transaction.atomic
def open_incident(
    *, code: str, name_th: str, name_en: str, start_date: date, by: User, at: datetime,
    is_sample: bool = False,
) -> Incident:  # fmt: skip
    """Open an incident that the province runs a response to.

    :raises Refused: if the person may not, or the code is taken.
    """
    if reason := rules.why_not_open(standing_of(by, fiscal.local_date(at))):
        raise Refused(reason, code="not_allowed")
    if Incident.objects.filter(code=code).exists():
        raise Refused(_("มีเหตุการณ์รหัส %(code)s แล้ว ใช้รหัสอื่น") % {"code": code}, code="code_taken")
    incident = Incident.objects.create(
        code=code,
        name_th=name_th,
        name_en=name_en,
        start_date=start_date,
        is_open=True,
        is_sample=is_sample,
    )
    deed = Deed("covid.incident.opened", incident, after={"code": code, "start": start_date})
    record_many([deed], by=by, at=at)
    return incident


@transaction.atomic
def close_incident(*, incident: Incident, end_date: date, by: User, at: datetime) -> Incident:
    """Close an incident; its figures stay as they are.

    :raises Refused: if the person may not, it is closed, or it would end before it began.
    """
    if reason := rules.why_not_open(standing_of(by, fiscal.local_date(at))):
        raise Refused(reason, code="not_allowed")
    if incident.start_date and end_date < incident.start_date:
        raise Refused(_("วันสิ้นสุดต้องไม่ก่อนวันเริ่มของเหตุการณ์"), code="dates")
    opened = Incident.objects.filter(pk=incident.pk, is_open=True)
    if not opened.update(is_open=False, end_date=end_date):
        raise Refused(_("เหตุการณ์นี้ปิดไปแล้ว"), code="closed")
    deed = Deed("covid.incident.closed", incident, after={"end": end_date})
    record_many([deed], by=by, at=at)
    incident.refresh_from_db()
    return incident


@transaction.atomic
def put_facility(
    *,
    incident: Incident,
    facility: FacilityInput,
    instead_of: Facility | None,
    version: int = 0,
    by: User,
    at: datetime,
) -> Facility:
    """Add a facility, or change one as it was seen; its past days keep the beds that they had.

    :raises Refused: if the person may not, the code is taken, it lies in another province, or
        somebody changed it meanwhile.
    """
    entry = RegisterEntry(incident, facility, instead_of, version)
    kept: Facility = put_row(entry=entry, by=by, at=at)
    return kept


@transaction.atomic
def put_order(
    *,
    incident: Incident,
    order: OrderInput,
    instead_of: Order | None,
    version: int = 0,
    by: User,
    at: datetime,
) -> Order:
    """Add an announcement or order, or change one as it was seen.

    :raises Refused: if the person may not, it ends before it begins, the number is taken, the file is
        not one we take, or somebody changed it meanwhile.
    """
    checked = check_file(order.file) if order.file is not None else None
    row: Order = put_row(entry=RegisterEntry(incident, order, instead_of, version), by=by, at=at)
    if checked is not None:
        row.file.save(str(checked.content.name), checked.content, save=False)
        Order.objects.filter(pk=row.pk).update(
            file=row.file.name, file_name=checked.original_name, file_type=checked.media_type
        )
        row.refresh_from_db()
    return row


@transaction.atomic
def record_day(
    *,
    incident: Incident,
    day: date,
    occupancies: Sequence[OccupancyEntry] = (),
    situations: Sequence[SituationEntry] = (),
    by: User,
    at: datetime,
    is_sample: bool = False,
) -> KeptDay:
    """Write a day of facilities and districts down, whole or not at all; unchanged rows stay.

    Refusals are by position, facilities first, then districts.

    :raises EntriesRefused: over capacity without a reason, more found than tested, or somebody typed
        meanwhile.
    """
    _refuse_unless_operator(incident, by, at)
    if reason := rules.why_not_day(incident, day, fiscal.local_date(at)):
        raise Refused(reason, code="not_that_day")
    entries: list[OccupancyEntry | SituationEntry] = [*occupancies, *situations]
    refuse_all(
        {
            position: refusal
            for position, entry in enumerate(entries)
            if (refusal := _why_not(incident, entry))
        }
    )
    stamp = {"entered_by": by, "entered_at": at, "is_sample": is_sample}
    places = [
        _Wanted(each.facility.pk, each.version, _values_of(each), {"facility": each.facility})
        for each in occupancies
    ]
    districts = [
        _Wanted(each.area.pk, each.version, _values_of(each), {"area": each.area})
        for each in situations
    ]
    at_places = _keep(Occupancy, "facility_id", {"day": day}, places, stamp)
    in_districts = _keep(
        DailySituation, "area_id", {"incident": incident, "day": day}, districts, stamp
    )
    refuse_all(
        {
            position: Refused(changed_meanwhile(), code="changed_meanwhile")
            for position, outcome in enumerate([*at_places, *in_districts])
            if outcome is None
        }
    )
    taken_back = (at_places + in_districts).count(TAKEN_BACK)
    kept = KeptDay(
        [each for each in at_places if isinstance(each, Occupancy)],
        [each for each in in_districts if isinstance(each, DailySituation)],
    )
    deed = Deed(
        "covid.day.recorded",
        incident,
        after={
            "day": day,
            "patients": sum(each.patients for each in kept.occupancies),
            "cases": sum(each.cases for each in kept.situations),
            "taken_back": taken_back,
        },
    )
    record_many([deed], by=by, at=at, role=Role.OPERATOR)
    return kept


def _why_not(incident: Incident, entry: OccupancyEntry | SituationEntry) -> Refused | None:
    if isinstance(entry, SituationEntry):
        why = (
            rules.why_not_place(entry.area)
            or rules.why_not_whole((entry.cases, entry.deaths), (entry.tested, entry.vaccinated))
            or rules.why_not_found(entry.cases or 0, entry.tested)
        )
        return Refused(why, code="invalid") if why else None
    if entry.facility.incident_id != incident.pk:
        return Refused(_("ไม่มีสถานที่นี้ในเหตุการณ์"), code="not_there")
    counts = (entry.patients, entry.admitted, entry.discharged)
    if why := rules.why_not_whole(counts, ()):
        return Refused(why, code="invalid")
    why = rules.why_not_occupied(entry.facility.beds, entry.patients or 0, entry.note)
    return Refused(why, code="over_capacity") if why else None


class _Wanted(NamedTuple):
    """A row of a day as it shall be, and of whom; no values: it is taken back."""

    key: int
    version: int
    values: dict[str, Any] | None
    of: dict[str, Any]


_VALUES: Final[Mapping[Any, tuple[str, ...]]] = {
    Occupancy: ("beds", "patients", "admitted", "discharged", "note"),
    DailySituation: ("cases", "deaths", "tested", "vaccinated", "note"),
}


def _values_of(entry: OccupancyEntry | SituationEntry) -> dict[str, Any] | None:
    if isinstance(entry, OccupancyEntry):
        if entry.patients is None:
            return None
        _beds, *names = _VALUES[Occupancy]
        return {"beds": entry.facility.beds} | {name: getattr(entry, name) for name in names}
    if entry.cases is None:
        return None
    return {name: getattr(entry, name) for name in _VALUES[DailySituation]}


def _stands(row: Any, wanted: _Wanted) -> bool:
    """Say whether a row is there already as it shall be."""
    if row is None or wanted.values is None:
        return False
    return all(getattr(row, name) == value for name, value in wanted.values.items())


def _set(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _keep(
    model: Any,
    key: str,
    place: dict[str, Any],
    wanted: Sequence[_Wanted],
    stamp: dict[str, Any],
) -> list[Any]:
    """Write a day's rows or take them back, by compare-and-set; None where somebody typed meanwhile."""
    if not wanted:
        return []
    stored = model.objects.select_for_update().filter(
        **place, **{f"{key}__in": {each.key for each in wanted}}
    )
    there = {getattr(row, key): row for row in stored}
    typed = {name: value for name, value in stamp.items() if name != "is_sample"}
    new: list[Any] = []
    moved: list[Any] = []
    gone: list[int] = []
    outcomes: list[Any] = []
    for each in wanted:
        row = there.get(each.key)
        if each.version != (row.version if row else 0) and not _stands(row, each):
            outcomes.append(None)
        elif each.values is None:
            outcomes.append(TAKEN_BACK)
            if row:
                gone.append(there.pop(each.key).pk)
        elif row is None:
            row = there[each.key] = model(**place, **each.of, **each.values, **stamp)
            outcomes.append(row)
            new.append(row)
        else:
            outcomes.append(row)
            if not _stands(row, each):
                _set(row, {**each.values, **typed, "version": row.version + 1})
                moved.append(row)
    _store(model, new, moved, gone, [*_VALUES[model], *typed, "version"])
    return outcomes


def _store(
    model: Any, new: list[Any], moved: list[Any], gone: list[int], names: Sequence[str]
) -> None:
    if gone:
        model.objects.filter(pk__in=gone).delete()
    if new:
        model.objects.bulk_create(new)
    if moved:
        update_together(moved, names=names)


def _refuse_unless_operator(incident: Incident, by: User, at: datetime) -> None:
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_operate(incident, standing):
        raise Refused(reason, code="not_allowed")
