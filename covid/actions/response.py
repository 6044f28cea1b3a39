"""The verbs of the response's pages: factories and their inspections, case finding, vaccine, supplies."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from covid.actions.registers import (
    CaseFindingInput,
    FactoryInput,
    InspectionInput,
    RegisterEntry,
    SupplyInput,
    VaccinationInput,
    put_row,
)
from covid.models import (
    CaseFinding,
    Factory,
    FactoryInspection,
    Incident,
    SupplyRequest,
    Vaccination,
)


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
    kept: Factory = put_row(entry=RegisterEntry(incident, row, instead_of, version), by=by, at=at)
    return kept


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
    entry = RegisterEntry(factory.incident, row, instead_of, version, factory)
    kept: FactoryInspection = put_row(entry=entry, by=by, at=at)
    return kept


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
    kept: CaseFinding = put_row(
        entry=RegisterEntry(incident, row, instead_of, version), by=by, at=at
    )
    return kept


@transaction.atomic
def put_vaccination(
    *,
    incident: Incident,
    row: VaccinationInput,
    instead_of: Vaccination | None,
    version: int = 0,
    by: User,
    at: datetime,
) -> Vaccination:
    """Add a running total of a dose, group and district, or change one as it was seen.

    :raises Refused: if the person may not, the day cannot be, the total falls, more were given than
        the target without a reason, the day has its total, or somebody changed it meanwhile.
    """
    kept: Vaccination = put_row(
        entry=RegisterEntry(incident, row, instead_of, version), by=by, at=at
    )
    return kept


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
    kept: SupplyRequest = put_row(
        entry=RegisterEntry(incident, row, instead_of, version), by=by, at=at
    )
    return kept
