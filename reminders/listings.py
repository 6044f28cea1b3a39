"""Columns of the log of reminders as a file."""

from django.utils.translation import gettext_lazy as _

from common.downloads import ListColumn, Listing

REMINDERS = Listing(
    "reminders",
    _("บันทึกการเตือน"),
    (
        ListColumn("sent_at", _("ส่งเมื่อ"), lambda row: row.sent_at, "datetime", width=20),
        ListColumn("to", _("ถึง"), lambda row: row.user.get_full_name(), width=32),
        ListColumn("subject", _("เรื่อง"), lambda row: row.subject, width=60),
        ListColumn("body", _("ข้อความ"), lambda row: row.body, width=60),
        ListColumn("state", _("สถานะ"), lambda row: row.state),
    ),
)
