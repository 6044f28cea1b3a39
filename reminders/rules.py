"""Who may read the log of reminders."""

from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.rules import Standing


def why_not_read_log(standing: Standing) -> str | None:
    """The strategy office chases the late; the auditor reads."""
    if standing.has(Role.STRATEGIST, Role.VIEWER, Role.GOVERNOR):
        return None
    return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานผู้ว่าราชการจังหวัด และผู้ตรวจสอบ ดูบันทึกการเตือนได้")
