"""Why something may not be kept about an incident: a sentence, or None."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import Area, Role
from accounts.rules import Standing
from common.references import what_points_at
from covid.models import Factory, FactoryInspection, Incident


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


def why_not_whole(needed: Sequence[int | None], beside: Sequence[int | None]) -> str | None:
    """Say why a day's figures are not whole: all that are needed, or none at all."""
    missing = [figure is None for figure in needed]
    if all(missing) and all(figure is None for figure in beside):
        return None
    return _("ใส่ตัวเลขให้ครบ ไม่มีให้ใส่ 0 หรือเว้นว่างทั้งแถว") if any(missing) else None


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


def why_not_facility(from_date: date | None, until_date: date | None) -> str | None:
    """Say why a facility's days do not follow each other."""
    if from_date and until_date and until_date < from_date:
        return _("วันปิดต้องไม่ก่อนวันเปิด")
    return None


def why_not_factory(status: str, from_date: date | None, until_date: date | None) -> str | None:
    """Say why a factory's days do not fit its status."""
    if status != Factory.Status.PREPARING and from_date is None:
        return _("ใส่วันเริ่มมาตรการ หรือเลือกสถานะ เตรียมการ")
    if until_date is not None and (from_date is None or until_date < from_date):
        return _("วันครบกำหนดต้องไม่ก่อนวันเริ่มมาตรการ")
    return None


def why_not_inspected(outcome: str, tested: int | None, found: int | None, note: str) -> str | None:
    """Say why an inspection does not stand: what was found needs the tests, a fault its words."""
    if found is not None and tested is None:
        return _("ใส่จำนวนที่สุ่มตรวจด้วย")
    if found is not None and (reason := why_not_found(found, tested)):
        return reason
    if outcome != FactoryInspection.Outcome.PASSED and not note.strip():
        return _("เขียนในหมายเหตุว่าต้องแก้ไขอะไร")
    return None


def why_not_vaccinated(dose: int, given: int, target: int | None, note: str) -> str | None:
    """Say why doses given do not stand: more than the target needs its reason."""
    if not 1 <= dose <= 9:
        return _("เข็มที่ต้องเป็น 1 ถึง 9")
    if target is not None and given > target and not note.strip():
        return _("ฉีด %(given)d คน เกินเป้าหมาย %(target)d คน ถ้าถูกต้องให้เขียนเหตุผลในหมายเหตุ") % {
            "given": given,
            "target": target,
        }
    return None


def why_not_fallen(given: int, before: int | None, after: int | None) -> str | None:
    """Say why a running total does not fit between the totals of the days around it."""
    if before is not None and given < before:
        return _("ฉีดสะสม %(given)d น้อยกว่ายอดของวันก่อนหน้า %(before)d ยอดสะสมลดลงไม่ได้") % {
            "given": given,
            "before": before,
        }
    if after is not None and given > after:
        return _("ฉีดสะสม %(given)d มากกว่ายอดของวันถัดมา %(after)d แก้วันถัดมาก่อน") % {
            "given": given,
            "after": after,
        }
    return None


def why_not_supplied(asked: int, given: int, day: date, needed_date: date | None) -> str | None:
    """Say why a request for supplies does not stand."""
    if asked < 1:
        return _("จำนวนที่ขอต้องไม่น้อยกว่า 1")
    if given > asked:
        return _("ให้แล้ว %(given)d มากกว่าที่ขอ %(asked)d ตรวจตัวเลข") % {
            "given": given,
            "asked": asked,
        }
    if needed_date is not None and needed_date < day:
        return _("วันที่ต้องการต้องไม่ก่อนวันที่ขอ")
    return None


def words_of_figure(kind: str) -> str:
    """Return what a figure of an incident is called."""
    return {
        "cases": _("ผู้ติดเชื้อรายใหม่"),
        "deaths": _("ผู้เสียชีวิต"),
        "found": _("ร้อยละที่พบเชื้อจากการค้นหาเชิงรุก"),
        "vaccinated": _("ร้อยละของเป้าหมายที่ฉีดวัคซีนเข็มที่ 1"),
        "occupied": _("ร้อยละการครองเตียง"),
    }[kind]


def what_rests_on(model: type[Model], keys: Collection[int]) -> dict[int, str]:
    """Say by row of a register what was kept about it, so that it stays."""
    return what_points_at(model, keys)
