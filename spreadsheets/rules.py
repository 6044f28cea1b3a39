"""Who may send a workbook for an agency, confirm it, and take it back."""

from django.utils.translation import gettext as _

from accounts.models import Agency, Role
from accounts.rules import Standing
from common.sheets import SheetResource
from spreadsheets.models import Upload
from spreadsheets.workflow import NEXT, Status

Kind = SheetResource | type[SheetResource]


def why_not_send(kind: Kind, agency: Agency, standing: Standing) -> str | None:
    """Say why this person may not send a workbook of a kind for an agency."""
    if standing.has(*kind.province_senders):
        return None
    if any(standing.is_role_of(role, agency.pk) for role in kind.senders):
        return None
    roles = ", ".join(str(Role(role).label) for role in kind.senders or kind.province_senders)
    if kind.senders:
        return _("เฉพาะ%(roles)sของหน่วยงานนี้ นำเข้าแบบนี้ได้") % {"roles": roles}
    return _("เฉพาะ%(roles)s นำเข้าแบบนี้ได้") % {"roles": roles}


def sends(kind: Kind, standing: Standing) -> bool:
    """Say whether this person may send a workbook of a kind for any agency at all."""
    return standing.has(*kind.province_senders, *kind.senders)


def why_not_move(upload: Upload, to: Status) -> str | None:
    """Say why an upload has no way from where it stands."""
    if to in NEXT[Status(upload.state)]:
        return None
    return _("ไฟล์นี้อยู่ในสถานะ “%(state)s” จึงทำรายการนี้ไม่ได้") % {
        "state": Upload.State(upload.state).label
    }


def why_not_commit(
    upload: Upload, kind: Kind, standing: Standing, *, confirmed: bool
) -> str | None:
    """Say why a workbook may not be brought in."""
    if reason := why_not_send(kind, upload.agency, standing) or why_not_move(
        upload, Status.COMMITTED
    ):
        return reason
    counts = upload.report.get("counts", {})
    if counts.get("errors"):
        return _("ต้องแก้ %(count)d ช่องก่อนนำเข้า ยังไม่มีอะไรถูกบันทึก") % {"count": counts["errors"]}
    if not counts.get("new", 0) + counts.get("changed", 0) and not _submits(upload):
        return _("ไฟล์นี้ไม่เปลี่ยนค่าใดในระบบ จึงไม่มีอะไรต้องนำเข้า")
    if counts.get("questions") and not confirmed:
        return _("มีข้อสังเกต %(count)d ข้อที่ต้องยืนยันก่อนนำเข้า") % {"count": counts["questions"]}
    return None


def why_not_undo(upload: Upload, kind: Kind, standing: Standing) -> str | None:
    """Say why an import may not be taken back."""
    return why_not_send(kind, upload.agency, standing) or why_not_move(upload, Status.UNDONE)


def _submits(upload: Upload) -> bool:
    """Say whether there is anything to send although nothing changes."""
    return upload.action == Upload.Action.SUBMIT and bool(
        upload.report.get("counts", {}).get("unchanged_with_values")
    )
