"""The registers of the response: factories and their inspections, case finding, vaccine, supplies."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Area, Role, User
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import Refused
from covid import rules
from covid.models import (
    CaseFinding,
    Factory,
    FactoryInspection,
    Incident,
    SupplyRequest,
    Vaccination,
)
from submissions.actions import changed_meanwhile
from submissions.rules import standing_of

M = TypeVar("M", bound=models.Model)


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


@transaction.atomic
def put_factory(
    *,
    incident: Incident,
    row: FactoryInput,
    instead_of: Factory | None,
    version: int = 0,
    by: User,
    at: datetime,
) -> Factory:
    """Add a factory, or change one as it was seen.

    :raises Refused: if the person may not, the code is taken, its days do not fit its status, it
        lies in another province, or somebody changed it meanwhile.
    """
    _refuse_unless_kept(incident, row.area, None, by, at)
    if reason := rules.why_not_factory(row.status, row.from_date, row.until_date):
        raise Refused(reason, code="dates")
    taken = Factory.objects.filter(incident=incident, code=row.code)
    sentence = _("มีโรงงานรหัส %(code)s แล้ว ใช้รหัสอื่น") % {"code": row.code}
    return _put(Factory, incident, row, instead_of, version, taken, sentence, by, at)


@transaction.atomic
def inspect_factory(
    *,
    factory: Factory,
    row: InspectionInput,
    instead_of: FactoryInspection | None = None,
    version: int = 0,
    by: User,
    at: datetime,
) -> FactoryInspection:
    """Write a visit to a factory down, or put one right as it was seen; one a day.

    :raises Refused: if the person may not, the day cannot be, a fault has no words, more were found
        than tested, the day has its visit already, or somebody changed it meanwhile.
    """
    incident = factory.incident
    _refuse_unless_kept(incident, factory.area, row.day, by, at)
    if reason := rules.why_not_inspected(row.outcome, row.tested, row.found, row.note):
        raise Refused(reason, code="invalid")
    taken = FactoryInspection.objects.filter(factory=factory, day=row.day)
    if taken.exclude(pk=instead_of.pk if instead_of else 0).exists():
        raise Refused(_("โรงงานนี้มีผลการตรวจของวันนี้แล้ว"), code="day_taken")
    values = _values_of(row)
    before = None
    if instead_of is None:
        visit = FactoryInspection.objects.create(factory=factory, **values, is_sample=row.is_sample)
    else:
        before = {name: getattr(instead_of, name) for name in values}
        _write_over(FactoryInspection, instead_of, version, values)
        visit = FactoryInspection.objects.get(pk=instead_of.pk)
    deed = Deed(
        "covid.factory.inspected", visit, before=before, after={"factory": factory.code, **values}
    )
    record_many([deed], by=by, at=at, role=Role.OPERATOR)
    return visit


@transaction.atomic
def put_case_finding(
    *,
    incident: Incident,
    row: CaseFindingInput,
    instead_of: CaseFinding | None,
    version: int = 0,
    by: User,
    at: datetime,
) -> CaseFinding:
    """Add a round of case finding, or change one as it was seen.

    :raises Refused: if the person may not, the day cannot be, more were found than tested, the place
        has its round of that day, or somebody changed it meanwhile.
    """
    _refuse_unless_kept(incident, row.area, row.day, by, at)
    if row.found is not None and (reason := rules.why_not_found(row.found, row.tested)):
        raise Refused(reason, code="invalid")
    taken = CaseFinding.objects.filter(
        incident=incident, day=row.day, area=row.area, place_th=row.place_th
    )
    sentence = _("มีรอบของ %(place)s ในวันนี้แล้ว แก้ไขแถวเดิม") % {"place": row.place_th}
    return _put(CaseFinding, incident, row, instead_of, version, taken, sentence, by, at)


@transaction.atomic
def put_vaccination(
    *,
    incident: Incident,
    row: VaccinationInput,
    instead_of: Vaccination | None,
    version: int = 0,
    beside: Sequence[tuple[VaccinationInput, Vaccination | None]] = (),
    by: User,
    at: datetime,
) -> Vaccination:
    """Add a running total of a dose, group and district, or change one as it was seen.

    `beside` are totals of the same dose, group and district that are written together with it, each
    with the row that it changes.

    :raises Refused: if the person may not, the day cannot be, the total falls, more were given than
        the target without a reason, the day has its total, or somebody changed it meanwhile.
    """
    _refuse_unless_kept(incident, row.area, row.day, by, at)
    if not 1 <= row.dose <= 9:
        raise Refused(_("เข็มที่ต้องเป็น 1 ถึง 9"), code="invalid")
    if reason := rules.why_not_vaccinated(row.given, row.target, row.note):
        raise Refused(reason, code="invalid")
    same = Vaccination.objects.filter(
        incident=incident, dose=row.dose, group=row.group, area=row.area
    )
    others = same.exclude(pk__in=[each.pk for _row, each in (*beside, (row, instead_of)) if each])
    together = {each.day: each.given for each, _instead in beside}
    totals = sorted((dict(others.values_list("day", "given")) | together).items())
    before = next((given for day, given in reversed(totals) if day < row.day), None)
    after = next((given for day, given in totals if day > row.day), None)
    if reason := rules.why_not_fallen(row.given, before, after):
        raise Refused(reason, code="invalid")
    sentence = _("มียอดของเข็ม กลุ่ม อำเภอ และวันนี้แล้ว แก้ไขแถวเดิม")
    taken = same.filter(day=row.day)
    return _put(Vaccination, incident, row, instead_of, version, taken, sentence, by, at)


@transaction.atomic
def put_supply_request(
    *,
    incident: Incident,
    row: SupplyInput,
    instead_of: SupplyRequest | None,
    version: int = 0,
    by: User,
    at: datetime,
) -> SupplyRequest:
    """Add a request for supplies, or change what was given as it was seen.

    :raises Refused: if the person may not, the day cannot be, more was given than asked, or somebody
        changed it meanwhile.
    """
    _refuse_unless_kept(incident, row.area, row.day, by, at)
    if reason := rules.why_not_supplied(row.asked, row.given, row.day, row.needed_date):
        raise Refused(reason, code="invalid")
    taken = SupplyRequest.objects.none()
    return _put(SupplyRequest, incident, row, instead_of, version, taken, "", by, at)


def _refuse_unless_kept(
    incident: Incident, area: Area, day: date | None, by: User, at: datetime
) -> None:
    today = fiscal.local_date(at)
    if reason := rules.why_not_operate(incident, standing_of(by, today)):
        raise Refused(reason, code="not_allowed")
    if reason := rules.why_not_place(area):
        raise Refused(reason, code="other_place")
    if day is not None and (reason := rules.why_not_day(incident, day, today)):
        raise Refused(reason, code="not_that_day")


def _values_of(row: Any) -> dict[str, Any]:
    names = [each.name for each in fields(row) if each.name != "is_sample"]
    return {name: getattr(row, name) for name in names}


def _put(
    model: type[M],
    incident: Incident,
    row: Any,
    instead_of: M | None,
    version: int,
    taken: models.QuerySet[M],
    sentence: str,
    by: User,
    at: datetime,
) -> M:
    """Write a row of a register; `taken` are the rows that would be the same, `sentence` says so."""
    if instead_of is not None:
        taken = taken.exclude(pk=instead_of.pk)
    if taken.exists():
        raise Refused(sentence, code="taken")
    values = _values_of(row)
    rows = model._default_manager
    before = None
    if instead_of is None:
        kept = rows.create(incident=incident, **values, is_sample=row.is_sample)
    else:
        before = {name: getattr(instead_of, name) for name in values}
        _write_over(model, instead_of, version, values)
        kept = rows.get(pk=instead_of.pk)
    deed = Deed(f"covid.{model._meta.model_name}.put", kept, before=before, after=values)
    record_many([deed], by=by, at=at, role=Role.OPERATOR)
    return kept


def _write_over(
    model: type[models.Model], row: models.Model, version: int, values: dict[str, Any]
) -> None:
    unmoved = model._default_manager.filter(pk=row.pk, version=version)
    if not unmoved.update(**values, version=F("version") + 1):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
