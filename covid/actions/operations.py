"""What operators do: open an incident, keep facilities and orders, and write a day down."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Area, Role, User
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import Refused
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
    kept, taken_back = KeptDay(), 0
    refusals: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        stored = _keep_entry(incident, day, entry, stamp)
        if isinstance(stored, str):
            taken_back += 1
        elif stored is None:
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
        elif isinstance(stored, Occupancy):
            kept.occupancies.append(stored)
        else:
            kept.situations.append(stored)
    refuse_all(refusals)
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


def _keep_entry(
    incident: Incident,
    day: date,
    entry: OccupancyEntry | SituationEntry,
    stamp: dict[str, Any],
) -> Occupancy | DailySituation | str | None:
    """Write one entry or take it back; None where somebody else typed meanwhile."""
    kept: Occupancy | DailySituation | str | None
    if isinstance(entry, OccupancyEntry):
        names: tuple[str, ...] = ("patients", "admitted", "discharged", "note")
        values = {"beds": entry.facility.beds} | {name: getattr(entry, name) for name in names}
        place: dict[str, Any] = {"facility": entry.facility, "day": day}
        if entry.patients is None:
            return _take_back(Occupancy, place, entry.version)
        kept = _keep(Occupancy, place, values, entry.version, stamp)
    else:
        names = ("cases", "deaths", "tested", "vaccinated", "note")
        values = {name: getattr(entry, name) for name in names}
        place = {"incident": incident, "area": entry.area, "day": day}
        if entry.cases is None:
            return _take_back(DailySituation, place, entry.version)
        kept = _keep(DailySituation, place, values, entry.version, stamp)
    return kept


def _take_back(model: Any, place: dict[str, Any], version: int) -> str | None:
    """Take a row back by compare-and-set; what was never written is taken back already."""
    if version == 0:
        return None if model.objects.filter(**place).exists() else TAKEN_BACK
    gone, _rows = model.objects.filter(**place, version=version).delete()
    return TAKEN_BACK if gone else None


def _keep(
    model: Any, place: dict[str, Any], values: dict[str, Any], version: int, stamp: dict[str, Any]
) -> Any:
    """Write one row by compare-and-set; None where somebody else typed meanwhile."""
    there = model.objects.filter(**place).first()
    if there is None:
        return model.objects.create(**place, **values, **stamp) if version == 0 else None
    if all(getattr(there, name) == value for name, value in values.items()):
        return there
    typed = {name: value for name, value in stamp.items() if name != "is_sample"}
    unmoved = model.objects.filter(pk=there.pk, version=version)
    if not unmoved.update(**values, **typed, version=F("version") + 1):
        return None
    there.refresh_from_db()
    return there


def _refuse_unless_operator(incident: Incident, by: User, at: datetime) -> None:
    standing = standing_of(by, fiscal.local_date(at))
    if reason := rules.why_not_operate(incident, standing):
        raise Refused(reason, code="not_allowed")
