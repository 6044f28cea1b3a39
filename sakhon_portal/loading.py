"""Hand what a folder states to the verbs of every app, all or nothing."""

from datetime import datetime

from django.db import transaction

from accounts.actions.places import load_agencies, load_areas
from accounts.models import User
from audit.actions import Tally
from covid.actions import load_incident
from meetings.actions import load_committees
from sakhon_portal.province import Province
from strategy.actions.loading import load_frameworks, load_plans, load_province_facts


@transaction.atomic
def load_province(province: Province, *, by: User | None, at: datetime) -> dict[str, Tally]:
    """Load everything a folder states; may be repeated. Gives the tally of each part."""
    return {
        "areas": load_areas(areas=province.areas, by=by, at=at),
        "agencies": load_agencies(agencies=province.agencies, by=by, at=at),
        "committees": load_committees(committees=province.committees, by=by, at=at),
        "plans": load_plans(plans=province.plans, by=by, at=at),
        "frameworks": load_frameworks(frameworks=province.frameworks, by=by, at=at),
        "facts": load_province_facts(facts=province.facts, by=by, at=at),
        "incident": load_incident(incident=province.incident, by=by, at=at),
    }
