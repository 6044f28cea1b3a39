"""Columns of the list of uploads as a file."""

from django.utils.translation import gettext_lazy as _

from common.downloads import ListColumn, Listing
from spreadsheets.actions import period_key

UPLOADS = Listing(
    "uploads",
    _("ไฟล์ที่ส่งเข้ามา"),
    (
        ListColumn("uploaded_at", _("ส่งเมื่อ"), lambda row: row.uploaded_at, "datetime", width=20),
        ListColumn("kind", _("แบบ"), lambda row: row.kind, width=24),
        ListColumn("agency_code", _("รหัสหน่วยงาน"), lambda row: row.agency.code),
        ListColumn("period", _("รอบรายงาน"), lambda row: period_key(row.period)),
        ListColumn("file", _("ชื่อไฟล์"), lambda row: row.original_name, width=40),
        ListColumn("sha256", _("SHA-256"), lambda row: row.sha256, width=64),
        ListColumn("size_bytes", _("ขนาด (ไบต์)"), lambda row: row.size_bytes, "integer"),
        ListColumn("state", _("สถานะ"), lambda row: row.state),
        ListColumn("uploaded_by", _("ผู้ส่ง"), lambda row: row.uploaded_by.get_full_name(), width=28),
        ListColumn(
            "committed_at", _("นำเข้าเมื่อ"), lambda row: row.committed_at, "datetime", width=20
        ),
        ListColumn("undone_at", _("ยกเลิกเมื่อ"), lambda row: row.undone_at, "datetime", width=20),
    ),
)
