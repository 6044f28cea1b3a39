"""Columns of courses, trainings, goals and rules as files; records are personal and not among them."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.downloads import ListColumn, Listing, columns_of
from learning.models import Course, Goal, Programme, Rule, Turnout

COURSES = Listing(
    "courses",
    _("หลักสูตร"),
    columns_of(
        Course,
        *("code", "name_th", "name_en", "provider_th", "hours", "is_digital", "address"),
        *("is_active", "is_sample"),
    ),
)


def _turnout(level: str, name: str, label: str | Promise) -> ListColumn:
    """A column of how many of a level were asked or came; empty is not known, 0 is nobody."""
    return ListColumn(
        f"{level}_{name}",
        label,
        lambda programme: next(
            (getattr(row, name) for row in programme.turnouts.all() if row.level == level), None
        ),
        "integer",
    )


# Read with its turnouts.
PROGRAMMES = Listing(
    "programmes",
    _("การอบรมของจังหวัด"),
    (
        *columns_of(Programme, "code", "name_th", "name_en", "goal.code", "is_digital"),
        *columns_of(Programme, "start_date", "end_date", "outcome_th", "source"),
        *(
            _turnout(level, name, format_lazy("{} {}", label, word))
            for level, label in Turnout.Level.choices
            for name, word in (("invited", _("เชิญ (คน)")), ("attended", _("เข้าร่วม (คน)")))
        ),
        *columns_of(Programme, "is_sample"),
    ),
)

# Read with its issues.
GOALS = Listing(
    "learning-goals",
    _("เป้าหมายการบริหารทรัพยากรบุคคล"),
    (
        *columns_of(Goal, "code", "name_th", "name_en"),
        ListColumn(
            "issues",
            _("ประเด็นการพัฒนา"),
            lambda goal: ", ".join(sorted(issue.code for issue in goal.issues.all())),
        ),
        *columns_of(Goal, "source", "is_sample"),
    ),
)

RULES = Listing(
    "learning-rules",
    _("เกณฑ์การเรียนรู้รายปี"),
    (
        *columns_of(Rule, "year", "basis"),
        ListColumn("from_date", _("เริ่ม"), lambda rule: rule.limits[0], "date"),
        ListColumn("until_date", _("สิ้นสุด"), lambda rule: rule.limits[1], "date"),
        *columns_of(Rule, "courses_least", "digital_least", "kpi.code", "source"),
    ),
)
