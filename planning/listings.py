"""Columns of the planning lists as files; nothing about whoever told of a need."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from common.downloads import ListColumn, Listing, columns_of
from planning.models import (
    Announcement,
    AnnouncementReceipt,
    ConsultationComment,
    FactorEvidence,
    Forum,
    Need,
    SwotFactor,
    TowsStrategy,
)
from planning.scoring import Cell
from strategy.models import FrameworkItem, PlanEdition

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

# Read with its counts.
ANNOUNCEMENTS = Listing(
    "announcements",
    _("การสื่อสารแผน"),
    (
        *columns_of(Announcement, "told_date", "channel.label_th", "reference"),
        *columns_of(Announcement, "edition.plan.code", "edition.number"),
        ListColumn("told", _("แจ้ง (หน่วยงาน)"), lambda row: row.told, "integer"),
        ListColumn("acknowledged", _("รับทราบ (หน่วยงาน)"), lambda row: row.acknowledged, "integer"),
        *columns_of(Announcement, "is_sample"),
    ),
)

RECEIPTS = Listing(
    "acknowledgements",
    _("การรับทราบแผน"),
    columns_of(AnnouncementReceipt, "agency.code", "agency.name_th", "acknowledged_at"),
)

COMMENTS = Listing(
    "comments",
    _("ความคิดเห็นและคำตอบ"),
    columns_of(
        ConsultationComment,
        *("received_at", "sector", "about_th", "text_th", "answer_th", "answered_at", "is_sample"),
    ),
)


def _named(evidence: FactorEvidence) -> str:
    """Name what shows a factor by its code, or by its words, figure and source."""
    if evidence.kpi:
        return evidence.kpi.code
    if evidence.need:
        return evidence.need.code
    if evidence.fact:
        return evidence.fact.key
    value = "" if evidence.value is None else f" {evidence.value.normalize():f}"
    return f"{evidence.label_th}{value} {evidence.unit_th} ({evidence.source_th})"


# Read with its evidence and pairs.
FACTORS = Listing(
    "swot-factors",
    _("ปัจจัย SWOT"),
    (
        ListColumn("code", _("ข้อ"), lambda factor: factor.code),
        *columns_of(SwotFactor, "kind", "text_th", "group_th", "importance"),
        ListColumn(
            "evidence",
            _("หลักฐาน"),
            lambda factor: "; ".join(_named(each) for each in factor.evidence.all()),
            width=48,
        ),
        *columns_of(SwotFactor, "is_sample"),
    ),
)

TOWS = Listing(
    "tows",
    _("กลยุทธ์ TOWS"),
    (
        *columns_of(TowsStrategy, "number", "text_th"),
        ListColumn(
            "factors",
            _("จากปัจจัย"),
            lambda tows: ", ".join(each.code for each in tows.factors.all()),
        ),
        ListColumn(
            "approaches",
            _("เป็นแนวทาง"),
            lambda tows: ", ".join(each.code for each in tows.approaches.all()),
        ),
        *columns_of(TowsStrategy, "is_sample"),
    ),
)


@dataclass(frozen=True, slots=True)
class AlignedCell:
    """A cell of the matrix: an item above, and the issue, KPI or project of the row."""

    item: FrameworkItem
    row_code: str
    row_name: str
    cell: Cell


# Every cell, the empty ones too: they are the gaps. A project stands in each cell that it serves,
# so the money of cells must not be added up.
ALIGNMENT = Listing(
    "alignment",
    _("ความเชื่อมโยงกับแผนข้างบน"),
    (
        ListColumn("framework_code", _("แผนข้างบน"), lambda row: row.item.framework.code),
        ListColumn("item_code", _("รายการ"), lambda row: row.item.code),
        ListColumn("item_th", _("ชื่อรายการของแผน"), lambda row: row.item.name_th, width=48),
        ListColumn("row_code", _("แถว"), lambda row: row.row_code),
        ListColumn("row_name", _("ชื่อแถว"), lambda row: row.row_name, width=48),
        ListColumn("is_linked", _("เชื่อมโยง"), lambda row: row.cell.linked, "boolean"),
        ListColumn("projects", _("โครงการ"), lambda row: row.cell.projects, "integer"),
        ListColumn(
            "revised_baht",
            _("งบประมาณหลังโอน (บาท)"),
            lambda row: row.cell.baht if row.cell.projects else None,
            "money",
        ),
    ),
)

# A project with its money, None without a line in the books.
MAIN_TARGETS = Listing(
    "main-targets",
    _("เป้าหมายแผนแม่บทหลักของแต่ละโครงการ"),
    (
        ListColumn("code", _("รหัส"), lambda row: row[0].code),
        ListColumn("name_th", _("โครงการ"), lambda row: row[0].name_th, width=48),
        ListColumn("agency_code", _("รหัสหน่วยงาน"), lambda row: row[0].host_agency.code),
        ListColumn(
            "main_item_code", _("เป้าหมายหลัก"), lambda row: getattr(row[0].main_item, "code", None)
        ),
        ListColumn(
            "main_item_th",
            _("ชื่อเป้าหมายหลัก"),
            lambda row: getattr(row[0].main_item, "name_th", None),
            width=48,
        ),
        ListColumn("reason_th", _("เหตุผล"), lambda row: row[0].main_item_reason_th, width=48),
        ListColumn(
            "item_codes",
            _("รายการอื่นที่รับใช้"),
            lambda row: ", ".join(
                each.code for each in row[0].framework_items.all() if each != row[0].main_item
            ),
        ),
        ListColumn("revised_baht", _("งบประมาณหลังโอน (บาท)"), lambda row: row[1], "money"),
        ListColumn(
            "is_unconfirmed", _("ผลตรวจไม่ยืนยัน"), lambda row: row[0].is_unconfirmed, "boolean"
        ),
        ListColumn("is_sample", _("ข้อมูลตัวอย่าง"), lambda row: row[0].is_sample, "boolean"),
    ),
)
