"""Why something may not be kept about an incident: a sentence, or None."""

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Area, Role
from accounts.rules import Standing
from covid.models import Incident


def why_not_operate(incident: Incident, standing: Standing) -> str | None:
    """Say why this person may not keep the incident's figures, facilities and orders."""
    if not standing.has(Role.OPERATOR):
        return _("เฉพาะผู้ปฏิบัติงานเหตุการณ์ฉุกเฉิน บันทึกได้")
    if not incident.is_open:
        return _("เหตุการณ์นี้ปิดแล้ว แก้ไขไม่ได้ ต้องเปิดเหตุการณ์ใหม่")
    return None


def why_not_open(standing: Standing) -> str | None:
    """Say why this person may not open or close an incident."""
    if standing.has(Role.OPERATOR, Role.STRATEGIST, Role.GOVERNOR):
        return None
    return _("เฉพาะผู้ปฏิบัติงานเหตุการณ์ฉุกเฉิน กลุ่มงานยุทธศาสตร์ฯ และสำนักงานผู้ว่าราชการจังหวัด เปิดหรือปิดเหตุการณ์ได้")


def why_not_place(area: Area) -> str | None:
    """Say why a facility cannot stand in an area."""
    if area.kind != Area.Kind.DISTRICT:
        return _("เลือกอำเภอของจังหวัดนี้")
    return None


def why_not_day(incident: Incident, day: date, today: date) -> str | None:
    """Say why a day's figures cannot be kept."""
    if day > today:
        return _("วันนี้ยังมาไม่ถึง บันทึกได้ถึงวันนี้เท่านั้น")
    if incident.start_date and day < incident.start_date:
        return _("วันที่อยู่ก่อนวันเริ่มของเหตุการณ์")
    return None


def why_not_occupied(beds: int, patients: int, note: str) -> str | None:
    """Say why a facility's day does not stand: over capacity needs its reason."""
    if patients > beds and not note.strip():
        return _("ผู้ป่วย %(patients)d คน เกินเตียง %(beds)d เตียง ถ้าถูกต้องให้เขียนเหตุผลในหมายเหตุ") % {
            "patients": patients,
            "beds": beds,
        }
    return None


def why_not_found(cases: int, tested: int | None) -> str | None:
    """Say why more were found than tested."""
    if tested is not None and cases > tested:
        return _("พบ %(cases)d ราย มากกว่าที่ตรวจ %(tested)d ราย ตรวจว่าสลับช่องหรือไม่") % {
            "cases": cases,
            "tested": tested,
        }
    return None


def why_not_order(from_date: date, until_date: date | None) -> str | None:
    """Say why an order's days do not follow each other."""
    if until_date is not None and until_date < from_date:
        return _("วันสิ้นสุดของคำสั่งต้องไม่ก่อนวันที่มีผล")
    return None
