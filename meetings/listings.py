"""Columns of what meetings asked for, as a file."""

from django.utils.translation import gettext_lazy as _

from common.downloads import ListColumn, Listing

RESOLUTIONS = Listing(
    "resolutions",
    _("ข้อสั่งการที่ยังไม่เสร็จ"),
    (
        ListColumn(
            "committee", _("คณะกรรมการ"), lambda row: row.meeting.committee.name_th, width=40
        ),
        ListColumn("meeting_number", _("ครั้งที่"), lambda row: row.meeting.number, "integer"),
        ListColumn("meeting_year", _("ปี"), lambda row: row.meeting.year, "integer"),
        ListColumn("number", _("ข้อ"), lambda row: row.number),
        ListColumn("text_th", _("ข้อสั่งการ"), lambda row: row.text_th, width=60),
        ListColumn("owner_code", _("รหัสหน่วยงาน"), lambda row: row.owner.code),
        ListColumn("owner_th", _("เจ้าภาพ"), lambda row: row.owner.name_th, width=32),
        ListColumn("due_date", _("กำหนดเสร็จ"), lambda row: row.due_date, "date"),
        ListColumn("progress_th", _("ความก้าวหน้า"), lambda row: row.progress_th, width=40),
        ListColumn("is_sample", _("ข้อมูลตัวอย่าง"), lambda row: row.is_sample, "boolean"),
    ),
)
