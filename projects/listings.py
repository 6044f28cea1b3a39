"""Columns of the project lists as files: English names, nothing rounded."""

from django.utils.translation import gettext_lazy as _

from common.downloads import ListColumn, Listing, columns_of
from projects.models import Checklist, Finding, Inspection, Risk

PROJECTS = Listing(
    "projects",
    _("โครงการของจังหวัด"),
    (
        ListColumn("code", _("รหัส"), lambda row: row.project.code),
        ListColumn("name_th", _("โครงการ"), lambda row: row.project.name_th, width=52),
        ListColumn("name_en", _("ชื่ออังกฤษ"), lambda row: row.project.name_en, width=40),
        ListColumn(
            "issue", _("ประเด็นการพัฒนา"), lambda row: getattr(row.project.issue, "code", None)
        ),
        ListColumn("agency_code", _("รหัสหน่วยงาน"), lambda row: row.project.host_agency.code),
        ListColumn(
            "agency_th", _("หน่วยงานเจ้าภาพ"), lambda row: row.project.host_agency.name_th, width=32
        ),
        ListColumn("status", _("สถานะ"), lambda row: row.project.status),
        ListColumn("start_date", _("เริ่ม"), lambda row: row.project.start_date, "date"),
        ListColumn("end_date", _("สิ้นสุด"), lambda row: row.project.end_date, "date"),
        ListColumn(
            "delivered_percent",
            _("ความก้าวหน้า (ร้อยละ)"),
            lambda row: row.project.figure_delivered,
            "percent",
            places=4,
        ),
        ListColumn(
            "planned_percent",
            _("แผน (ร้อยละ)"),
            lambda row: row.project.figure_planned,
            "percent",
            places=4,
        ),
        ListColumn("standing", _("ผลตามแผน"), lambda row: row.project.figure_standing),
        ListColumn(
            "revised_baht",
            _("งบประมาณหลังโอน (บาท)"),
            lambda row: row.money.revised_baht if row.money else None,
            "money",
        ),
        ListColumn(
            "disbursed_baht",
            _("เบิกจ่ายสะสม (บาท)"),
            lambda row: row.money.disbursed_baht if row.money else None,
            "money",
        ),
        ListColumn(
            "is_unconfirmed",
            _("ผลตรวจไม่ยืนยัน"),
            lambda row: row.project.is_unconfirmed or bool(row.project.figure_is_unconfirmed),
            "boolean",
        ),
        ListColumn("is_sample", _("ข้อมูลตัวอย่าง"), lambda row: row.project.is_sample, "boolean"),
    ),
)

RISKS = Listing(
    "risks",
    _("ทะเบียนความเสี่ยง"),
    (
        *columns_of(Risk, "code", "agency.code", "category.code"),
        ListColumn("subject", _("สิ่งที่มีความเสี่ยง"), lambda row: row.subject_label, width=40),
        *columns_of(Risk, "step_th", "name_th", "cause_th", "control_th", "likelihood", "impact"),
        *columns_of(Risk, "response", "now_likelihood", "now_impact"),
        ListColumn("score", _("คะแนน"), lambda row: row.score, "integer"),
        *columns_of(Risk, "level", "state", "is_sample"),
    ),
)

INSPECTIONS = Listing(
    "inspections",
    _("การตรวจติดตาม"),
    (
        *columns_of(Inspection, "project.code", "project.name_th", "planned_date", "purpose_th"),
        *columns_of(Inspection, "team_th", "place_th", "state", "visited_date", "summary_th"),
        ListColumn("findings", _("ข้อตรวจพบ"), lambda row: row.finding_count, "integer"),
        ListColumn("open_findings", _("ยังไม่ยืนยัน"), lambda row: row.open_count, "integer"),
        *columns_of(Inspection, "is_sample"),
    ),
)

FINDINGS = Listing(
    "findings",
    _("ข้อตรวจพบ"),
    (
        *columns_of(Finding, "inspection.project.code", "inspection.planned_date", "number"),
        *columns_of(Finding, "text_th", "severity", "place_th", "corrective_th", "owner.code"),
        *columns_of(Finding, "owner.name_th", "due_date", "state"),
        ListColumn("is_sample", _("ข้อมูลตัวอย่าง"), lambda row: row.inspection.is_sample, "boolean"),
    ),
)

CHECKLISTS = Listing(
    "checklists",
    _("แบบตรวจ"),
    columns_of(Checklist, "code", "name_th", "questions_th", "is_active"),
)
