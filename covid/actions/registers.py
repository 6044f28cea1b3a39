"""An incident's registers: rows are put, as many as there are, and taken away again.

Every register is one kind of row with its rules, what tells two rows apart, and the words for it; the
verbs of the pages put one, a workbook puts thousands by the same few statements.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import Area, Role, User
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import EntriesRefused, Refused
from common.setwise import update_together
from covid import rules
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
from meetings.models import Meeting
from submissions.actions import Withdrawal, changed_meanwhile, refuse_all, refuse_what_stays
from submissions.rules import standing_of


@dataclass(frozen=True, slots=True)
class FacilityInput:
    """A facility as typed."""

    code: str
    name_th: str
    kind: str
    area: Area
    beds: int
    name_en: str = ""
    operator_th: str = ""
    certified_date: date | None = None
    from_date: date | None = None
    until_date: date | None = None
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class OrderInput:
    """An order as typed; without a new file the old one stays."""

    number: str
    name_th: str
    issued_date: date
    from_date: date
    name_en: str = ""
    until_date: date | None = None
    basis_th: str = ""
    closes_th: str = ""
    opens_th: str = ""
    meeting: Meeting | None = None
    file: UploadedFile[bytes] | None = None
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class FactoryInput:
    """A factory under Bubble & Seal as typed."""

    code: str
    name_th: str
    area: Area
    thai_workers: int
    foreign_workers: int
    status: str
    name_en: str = ""
    from_date: date | None = None
    until_date: date | None = None
    note: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class InspectionInput:
    """A visit to a factory as typed."""

    day: date
    inspector_th: str
    outcome: str
    tested: int | None = None
    found: int | None = None
    note: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class CaseFindingInput:
    """A round of case finding as typed; `found` is None until it is known."""

    day: date
    area: Area
    place: str
    place_th: str
    tested: int
    found: int | None = None
    note: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class VaccinationInput:
    """Vaccine given up to a day as typed."""

    dose: int
    group: str
    area: Area
    day: date
    given: int
    target: int | None = None
    note: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class SupplyInput:
    """A request as typed; a reason closes it, whatever is still lacking."""

    day: date
    requester_th: str
    area: Area
    item_th: str
    unit_th: str
    asked: int
    given: int = 0
    needed_date: date | None = None
    closed_reason: str = ""
    note: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A row of a register as typed; `instead_of` is the one that it changes, seen at `version`."""

    incident: Incident
    row: Any
    instead_of: Any = None
    version: int = 0
    # Of an inspection: the factory that was visited.
    factory: Factory | None = None


class Register(NamedTuple):
    """A kind of row: its own rules, what tells two rows apart (nothing: ()), and the words for it."""

    model: type[models.Model]
    deed: str
    known_by: tuple[str, ...]
    why_not: Callable[[Any], Refused | None]
    taken: Callable[[Any], Refused]


def _refused(sentence: str | None, code: str) -> Refused | None:
    return Refused(sentence, code=code) if sentence else None


_REGISTERS: Final[Mapping[type, Register]] = {
    FacilityInput: Register(
        Facility,
        "covid.facility.put",
        ("incident_id", "code"),
        lambda row: _refused(rules.why_not_facility(row.from_date, row.until_date), "dates"),
        lambda row: Refused(
            _("มีสถานที่รหัส %(code)s แล้ว ใช้รหัสอื่น") % {"code": row.code}, code="code_taken"
        ),
    ),
    OrderInput: Register(
        Order,
        "covid.order.put",
        ("incident_id", "number"),
        lambda row: _refused(rules.why_not_order(row.from_date, row.until_date), "dates"),
        lambda row: Refused(
            _("มีคำสั่งเลขที่ %(number)s แล้ว") % {"number": row.number}, code="number_taken"
        ),
    ),
    FactoryInput: Register(
        Factory,
        "covid.factory.put",
        ("incident_id", "code"),
        lambda row: _refused(
            rules.why_not_factory(row.status, row.from_date, row.until_date), "dates"
        ),
        lambda row: Refused(
            _("มีโรงงานรหัส %(code)s แล้ว ใช้รหัสอื่น") % {"code": row.code}, code="taken"
        ),
    ),
    InspectionInput: Register(
        FactoryInspection,
        "covid.factory.inspected",
        ("factory_id", "day"),
        lambda row: _refused(
            rules.why_not_inspected(row.outcome, row.tested, row.found, row.note), "invalid"
        ),
        lambda row: Refused(_("โรงงานนี้มีผลการตรวจของวันนี้แล้ว"), code="day_taken"),
    ),
    CaseFindingInput: Register(
        CaseFinding,
        "covid.casefinding.put",
        ("incident_id", "area_id", "day", "place_th"),
        lambda row: _refused(
            rules.why_not_found(row.found, row.tested) if row.found is not None else None,
            "invalid",
        ),
        lambda row: Refused(
            _("มีรอบของ %(place)s ในวันนี้แล้ว แก้ไขแถวเดิม") % {"place": row.place_th}, code="taken"
        ),
    ),
    VaccinationInput: Register(
        Vaccination,
        "covid.vaccination.put",
        ("incident_id", "dose", "group", "area_id", "day"),
        lambda row: _refused(
            rules.why_not_vaccinated(row.dose, row.given, row.target, row.note), "invalid"
        ),
        lambda row: Refused(_("มียอดของเข็ม กลุ่ม อำเภอ และวันนี้แล้ว แก้ไขแถวเดิม"), code="taken"),
    ),
    SupplyInput: Register(
        SupplyRequest,
        "covid.supplyrequest.put",
        (),
        lambda row: _refused(
            rules.why_not_supplied(row.asked, row.given, row.day, row.needed_date), "invalid"
        ),
        lambda row: Refused("", code="taken"),
    ),
}
# What tells rows apart, as a tuple; of a vaccination the day stands last.
_Known = tuple[Any, ...]


@transaction.atomic
def put_row(*, entry: RegisterEntry, by: User, at: datetime) -> Any:
    """Put one row.

    :raises Refused: as `put_rows` refuses it.
    """
    try:
        return put_rows(entries=[entry], by=by, at=at)[0]
    except EntriesRefused as refused:
        raise refused.by_entry[0] from refused


@transaction.atomic
def put_rows(*, entries: Sequence[RegisterEntry], by: User, at: datetime) -> list[Any]:
    """Add rows, or change them as they were seen; all of them or none.

    :raises EntriesRefused: by position: the person may not, the day or the place cannot be, the row's
        own rules say no, its like is there already, or somebody changed it meanwhile.
    """
    today = fiscal.local_date(at)
    standing = standing_of(by, today)
    may_not = {
        entry.incident.pk: rules.why_not_operate(entry.incident, standing) for entry in entries
    }
    refusals: dict[int, Refused] = {}
    by_kind: dict[type, list[int]] = defaultdict(list)
    for position, entry in enumerate(entries):
        by_kind[type(entry.row)].append(position)
        refusal = _refused(may_not[entry.incident.pk], "not_allowed") or _why_not(entry, today)
        if refusal:
            refusals[position] = refusal
    held: dict[int, Any] = {}
    for kind, positions in by_kind.items():
        register = _REGISTERS[kind]
        together = {position: entries[position] for position in positions}
        held |= _hold(register.model, together)
        for position, refusal in _clashes(register, together, held).items():
            refusals.setdefault(position, refusal)
    refuse_all(refusals)
    stored: dict[int, Any] = {}
    for kind, positions in by_kind.items():
        together = {position: entries[position] for position in positions}
        stored |= _write(_REGISTERS[kind].model, together, held)
    deeds = [_deed(entry, stored[position]) for position, entry in enumerate(entries)]
    record_many(deeds, by=by, at=at, role=Role.OPERATOR)
    return [stored[position] for position in range(len(entries))]


def _why_not(entry: RegisterEntry, today: date) -> Refused | None:
    """Say why a row cannot be, whatever others there are."""
    row = entry.row
    area = entry.factory.area if entry.factory else getattr(row, "area", None)
    if area is not None and (reason := rules.why_not_place(area)):
        return Refused(reason, code="other_place")
    day = getattr(row, "day", None)
    if day is not None and (reason := rules.why_not_day(entry.incident, day, today)):
        return Refused(reason, code="not_that_day")
    return _REGISTERS[type(row)].why_not(row)


def _hold(model: type[models.Model], together: Mapping[int, RegisterEntry]) -> dict[int, Any]:
    """Return by position the rows that are changed, as they are now; one that is gone is missing."""
    numbers = {
        position: entry.instead_of.pk for position, entry in together.items() if entry.instead_of
    }
    if not numbers:
        return {}
    rows = model._default_manager.select_for_update().in_bulk(set(numbers.values()))
    return {position: rows[pk] for position, pk in numbers.items() if pk in rows}


def _known(register: Register, entry: RegisterEntry) -> _Known:
    place = {"incident_id": entry.incident.pk}
    if entry.factory is not None:
        place["factory_id"] = entry.factory.pk
    return tuple(
        place[name] if name in place else getattr(entry.row, name.removesuffix("_id"))
        for name in register.known_by
    )


def _clashes(
    register: Register, together: Mapping[int, RegisterEntry], held: Mapping[int, Any]
) -> dict[int, Refused]:
    """Say by position which rows stand against others, those beside them and those stored."""
    found: dict[int, Refused] = {}
    changed: set[int] = set()
    for position, entry in together.items():
        if not entry.instead_of:
            continue
        seen, pk = held.get(position), entry.instead_of.pk
        # The second of two changes of one row did not see what the first made of it.
        if seen is None or seen.version != entry.version or pk in changed:
            found[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
        changed.add(pk)
    if not register.known_by:
        return found
    keys = {position: _bare(_known(register, entry)) for position, entry in together.items()}
    if register.model is Vaccination:
        for position, refusal in _falls(together, keys).items():
            found.setdefault(position, refusal)
    last = register.known_by[-1]
    rows = register.model._default_manager.filter(
        **{f"{last}__in": {key[-1] for key in keys.values()}}
    )
    owners: dict[_Known, Any] = {
        tuple(key): pk for pk, *key in rows.values_list("pk", *register.known_by)
    }
    for position, entry in together.items():
        # A row that is new owns its place for the rows below it.
        own = entry.instead_of.pk if entry.instead_of else (position,)
        if owners.setdefault(keys[position], own) != own:
            found.setdefault(position, register.taken(entry.row))
    return found


def _bare(key: _Known) -> _Known:
    """Return what tells rows apart as the database tells it: a place by its number."""
    return tuple(part.pk if isinstance(part, models.Model) else part for part in key)


def _falls(together: Mapping[int, RegisterEntry], keys: Mapping[int, _Known]) -> dict[int, Refused]:
    """Say which running totals do not fit between the days around them, once all are in."""
    series: dict[_Known, dict[date, int]] = defaultdict(dict)
    replaced = [entry.instead_of.pk for entry in together.values() if entry.instead_of]
    stored = Vaccination.objects.filter(
        incident__in={key[0] for key in keys.values()}, dose__in={key[1] for key in keys.values()}
    ).exclude(pk__in=replaced)
    names = ("incident_id", "dose", "group", "area_id", "day", "given")
    for incident_id, dose, group, area_id, day, given in stored.values_list(*names):
        series[incident_id, dose, group, area_id][day] = given
    for position, entry in together.items():
        series[keys[position][:-1]][entry.row.day] = entry.row.given
    days = {of: sorted(totals) for of, totals in series.items()}
    found = {}
    for position, entry in together.items():
        of, totals = keys[position][:-1], series[keys[position][:-1]]
        known, place = days[of], bisect_left(days[of], entry.row.day)
        before = totals[known[place - 1]] if place else None
        after = totals[known[place + 1]] if place + 1 < len(known) else None
        if reason := rules.why_not_fallen(entry.row.given, before, after):
            found[position] = Refused(reason, code="invalid")
    return found


def _values_of(row: Any) -> dict[str, Any]:
    return {
        each.name: getattr(row, each.name)
        for each in fields(row)
        if each.name not in ("is_sample", "file")
    }


def _write(
    model: type[models.Model], together: Mapping[int, RegisterEntry], held: Mapping[int, Any]
) -> dict[int, Any]:
    """Add and change the rows of one register; returns them by position."""
    new: dict[int, Any] = {}
    changed: dict[int, Any] = {}
    names: list[str] = []
    for position, entry in together.items():
        values = _values_of(entry.row)
        if position not in held:
            place: dict[str, Any] = (
                {"factory": entry.factory} if entry.factory else {"incident": entry.incident}
            )
            new[position] = model(**place, **values, is_sample=entry.row.is_sample)
            continue
        row = changed[position] = held[position]
        names = [*values, "version"]
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
    if new:
        model._default_manager.bulk_create(list(new.values()))
    if changed:
        update_together(list(changed.values()), names=names)
    return new | changed


def _deed(entry: RegisterEntry, stored: Any) -> Deed:
    values = _values_of(entry.row)
    before = None
    if entry.instead_of is not None:
        before = {name: getattr(entry.instead_of, name) for name in values}
    of = {"factory": entry.factory.code} if entry.factory else {}
    return Deed(_REGISTERS[type(entry.row)].deed, stored, before=before, after={**of, **values})


@transaction.atomic
def withdraw_rows(
    *, model: type[models.Model], entries: Sequence[Withdrawal], by: User, at: datetime
) -> None:
    """Take rows of a register away on which nothing rests, as if nobody had written them.

    :raises Refused: if the person may not.
    :raises EntriesRefused: by position: something rests on it, or somebody changed it meanwhile.
    """
    rows: Any = model._default_manager
    held = rows.select_for_update(of=("self",)).select_related(
        "factory__incident" if model is FactoryInspection else "incident"
    )
    found = held.in_bulk([entry.key for entry in entries])
    standing = standing_of(by, fiscal.local_date(at))
    for incident in {row.incident for row in found.values()}:
        if reason := rules.why_not_operate(incident, standing):
            raise Refused(reason, code="not_allowed")
    refuse_what_stays(
        entries,
        {key: row.version for key, row in found.items()},
        rules.what_rests_on(model, found),
    )
    names = [each.name for each in model._meta.concrete_fields if each.name not in _OF_THE_PORTAL]
    deeds = [
        Deed(
            f"covid.{model._meta.model_name}.withdrawn",
            row,
            before={name: getattr(row, name) for name in names},
        )
        for row in found.values()
    ]
    record_many(deeds, by=by, at=at, role=Role.OPERATOR)
    rows.filter(pk__in=found).delete()


_OF_THE_PORTAL = ("id", "incident", "version", "is_sample", "file", "file_name", "file_type")
