"""Columns of the planning lists as files; nothing about whoever told of a need."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from common.downloads import ListColumn, Listing, columns_of
from planning.models import Forum, Need
from strategy.models import PlanEdition

NEEDS = Listing(
    "needs",
    _("ความต้องการของประชาชน"),
    (
        *columns_of(Need, "code", "title_th", "category.code", "area.code", "place_th", "level"),
        *columns_of(Need, "status", "people_affected", "cost_guess", "received_at", "answer_th"),
        ListColumn(
            "project",
            _("โครงการ"),
            lambda need: (
                need.project.code
                if need.project and need.project.status in need.project.PUBLIC_STATUSES
                else None
            ),
        ),
        *columns_of(Need, "is_sample"),
    ),
)

VILLAGES = Listing(
    "villages",
    _("หมู่บ้านและชุมชน"),
    columns_of(Area, "code", "name_th", "name_en"),
)

# A row has the edition and how much came from it.
EDITIONS = Listing(
    "plan-editions",
    _("แผนพัฒนาจังหวัดแต่ละฉบับ"),
    (
        *columns_of(PlanEdition, "plan.start_year", "plan.end_year", "number", row="edition"),
        *columns_of(PlanEdition, "review_year", "state", "vision_th", "source", row="edition"),
        *columns_of(PlanEdition, "approved_date", row="edition"),
        ListColumn("issues", _("ประเด็นการพัฒนา"), lambda row: row.issues, "integer"),
        ListColumn("kpis", _("ตัวชี้วัด"), lambda row: row.kpis, "integer"),
        ListColumn("projects", _("โครงการ"), lambda row: row.projects, "integer"),
    ),
)

FORUMS = Listing(
    "forums",
    _("เวทีรับฟังแผนพัฒนาจังหวัด"),
    (
        *columns_of(Forum, "held_date", "title_th", "place_th", "area.code"),
        ListColumn(
            "people",
            _("ผู้เข้าร่วม"),
            lambda forum: sum(row.people for row in forum.attendance.all()),
            "integer",
        ),
        ListColumn("proposals", _("ข้อเสนอ"), lambda forum: len(forum.proposals.all()), "integer"),
        *columns_of(Forum, "is_sample"),
    ),
)
