"""What an officer still has to learn this year, in the shared shape."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Agency, User
from accounts.rules import Visitor
from common import fiscal
from common.dues import Due
from common.states import CellState
from learning.models import Record
from learning.rules import agency_of_officer, rule_on
from learning.scoring import Missing, missing

KIND = "learning.rule"


def due_for(user: Visitor, at: datetime) -> list[Due]:
    """Return what the person has yet to learn; nobody else's, since that is personal. Four queries."""
    if not isinstance(user, User):
        return []
    today = fiscal.local_date(at)
    agency_id = agency_of_officer(user.pk, today)
    rule = rule_on(today) if agency_id else None
    if rule is None or agency_id is None:
        return []
    marks = Record.objects.of_year(rule.year).confirmed().filter(officer=user)
    lacking = missing(list(marks.values_list("course__is_digital", flat=True)), rule.least)
    if lacking.is_met:
        return []
    agency = Agency.objects.get(pk=agency_id)
    return [
        Due(
            kind=KIND,
            subject_id=user.pk,
            code=str(rule.year),
            label=sentence_of(lacking),
            agency_id=agency_id,
            agency_name=agency.name,
            owner_ids=(user.pk,),
            period=str(rule.year),
            period_key=f"{rule.year}",
            deadline_date=rule.limits[1],
            state=CellState.NOT_REPORTED,
            status="",
            url=reverse("learning:my-learning"),
        )
    ]


def sentence_of(lacking: Missing) -> str:
    """Say what is missing: how many courses, how many of them digital."""
    courses = ngettext("เรียนอีก %(n)d เรื่อง", "เรียนอีก %(n)d เรื่อง", lacking.courses) % {
        "n": lacking.courses
    }
    if not lacking.digital:
        return courses
    return _("%(courses)s เป็นเรื่องดิจิทัลอย่างน้อย %(digital)d เรื่อง") % {
        "courses": courses,
        "digital": lacking.digital,
    }
