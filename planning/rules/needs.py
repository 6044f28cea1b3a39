"""At which level a person decides about needs, and why he or she may not: a sentence, or None."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Agency, Area, Membership, Role
from accounts.rules import Standing
from planning import workflow
from planning.models import (
    FactorEvidence,
    ForumProposal,
    Need,
    NeedPhoto,
    NeedScore,
    NeedStep,
)
from planning.models.needs import LevelChoices
from planning.workflow import Level, Status

FINEST_FIRST = (
    (Area.Kind.VILLAGE, Level.VILLAGE),
    (Area.Kind.TAMBON, Level.TAMBON),
    (Area.Kind.DISTRICT, Level.DISTRICT),
    (Area.Kind.PROVINCE, Level.PROVINCE),
)


@dataclass(frozen=True, slots=True)
class Seat:
    """From where a person decides: an agency, its level and places; no places: the whole province."""

    agency: Agency | None
    level: Level
    area_ids: frozenset[int]

    def covers(self, area_ids: Collection[int]) -> bool:
        """Whether a need with these places (its own and those around it) lies in the seat's reach."""
        return not self.area_ids or not self.area_ids.isdisjoint(area_ids)

    @property
    def word(self) -> str:
        return str(LevelChoices(self.level.value).label)


def level_of(agency_kind: str, area_kinds: Iterable[str]) -> Level | None:
    """Return the level at which an agency plans: local ones by what they are, others by place."""
    if agency_kind == Agency.Kind.LOCAL:
        return Level.LOCAL
    there = set(area_kinds)
    return next((level for kind, level in FINEST_FIRST if kind in there), None)


def seats_of(standing: Standing) -> list[Seat]:
    """Return the seats of a person, the lowest first; two queries for a planner."""
    found: list[Seat] = []
    agency_ids = standing.agencies(Role.PLANNER)
    if agency_ids:
        found = [
            seat
            for agency in Agency.objects.filter(pk__in=agency_ids).prefetch_related("areas")
            if (seat := _seat_of(agency))
        ]
    if standing.has(Role.STRATEGIST):
        found.append(Seat(None, Level.PROVINCE, frozenset()))
    return sorted(found, key=lambda seat: workflow.UPWARD.index(seat.level))


def _seat_of(agency: Agency) -> Seat | None:
    areas = list(agency.areas.all())
    level = level_of(agency.kind, (area.kind for area in areas))
    if level is None or not areas:
        return None
    return Seat(agency, level, frozenset(area.pk for area in areas))


def seats_in_service(day: date) -> list[Seat]:
    """Return the seats where somebody plans on a day; the province's always is. Two queries."""
    planning = Membership.objects.current(day).with_role(Role.PLANNER).values("agency")
    agencies = Agency.objects.active().filter(pk__in=planning).prefetch_related("areas")
    found = [seat for agency in agencies if (seat := _seat_of(agency))]
    return [*found, Seat(None, Level.PROVINCE, frozenset())]


def level_from(lowest: Sequence[Level], area_ids: Collection[int], seats: Sequence[Seat]) -> Level:
    """Return the first of the levels where somebody plans for the place; at last the province."""
    for level in lowest:
        if any(seat.level == level and seat.covers(area_ids) for seat in seats):
            return level
    return Level.PROVINCE


def why_not_open_desk(standing: Standing) -> str | None:
    """Say why a person has no desk of needs."""
    if standing.has(Role.PLANNER) or standing.sees_province:
        return None
    return _("หน้านี้สำหรับผู้จัดทำแผนระดับพื้นที่และกลุ่มงานยุทธศาสตร์ฯ ความต้องการที่เผยแพร่แล้วอยู่ที่ /needs/")


def why_not_record(seats: Sequence[Seat], area_ids: Collection[int]) -> str | None:
    """Say why a need of a place may not be written down by somebody with these seats."""
    if not seats:
        return no_seat()
    if not any(seat.covers(area_ids) for seat in seats):
        return _("พื้นที่นี้อยู่นอกเขตของหน่วยงานท่าน เลือกตำบลหรือหมู่บ้านในเขต")
    return None


def no_seat() -> str:
    """Say what is missing where a person plans for no place."""
    return _("หน่วยงานของท่านยังไม่ได้ระบุพื้นที่ที่รับผิดชอบ จึงยังไม่รู้ว่าอยู่ระดับใด แจ้งผู้ดูแลระบบให้ระบุพื้นที่ของหน่วยงาน")


def seat_for(need: Need, seats: Sequence[Seat]) -> Seat | None:
    """Return the seat from which the need is decided now, if the person has it."""
    return next(
        (seat for seat in seats if seat.level.value == need.level and seat.covers(need.area_ids)),
        None,
    )


def why_not_decide(need: Need, seats: Sequence[Seat]) -> str | None:
    """Say why this person may not decide about a need where it stands now."""
    if Status(need.status) not in workflow.PENDING:
        return _("เรื่องนี้สถานะ “%(status)s” แล้ว ดำเนินการซ้ำไม่ได้") % {
            "status": need.get_status_display()
        }
    if not seats:
        return no_seat()
    if seat_for(need, seats) is None:
        return _("เรื่องนี้อยู่ที่ระดับ%(there)s ส่วนท่านพิจารณาระดับ%(here)s จึงดำเนินการไม่ได้") % {
            "there": need.get_level_display(),
            "here": ", ".join(dict.fromkeys(seat.word for seat in seats)),
        }
    return None


def why_not_amend(need: Need, seats: Sequence[Seat]) -> str | None:
    """Say why the words and numbers of a need may not be put right."""
    if need.origin == Need.Origin.PUBLIC:
        return _("เรื่องที่ประชาชนแจ้ง แก้ถ้อยคำไม่ได้")
    return why_not_decide(need, seats)


def what_rests_on(keys: Collection[int]) -> dict[int, str]:
    """Say by key what was built on needs since they were written down; five queries for all."""
    rested: tuple[tuple[QuerySet[Any], str], ...] = (
        (NeedStep.objects.exclude(kind=NeedStep.Kind.RECORDED), _("มีผู้ดำเนินการต่อแล้ว")),
        (NeedScore.objects.all(), _("ให้คะแนนจัดลำดับแล้ว")),
        (NeedPhoto.objects.all(), _("มีภาพแนบแล้ว")),
        (FactorEvidence.objects.all(), _("ใช้เป็นหลักฐานของปัจจัย SWOT แล้ว")),
        (ForumProposal.objects.all(), _("เป็นคำตอบของข้อเสนอในเวทีแล้ว")),
    )
    found: dict[int, str] = {}
    for rows, sentence in rested:
        for key in rows.filter(need__in=keys).values_list("need", flat=True):
            found.setdefault(key, sentence)
    return found


def why_not_send_up(need: Need, seats: Sequence[Seat]) -> str | None:
    """Say why a need may not be sent up."""
    if reason := why_not_decide(need, seats):
        return reason
    if need.level == Level.PROVINCE:
        return _("เรื่องนี้อยู่ที่ระดับจังหวัดซึ่งเป็นระดับสูงสุดแล้ว รับเป็นโครงการ จัดสรรงบประมาณ หรือไม่รับพร้อมเหตุผล")
    return None


def why_not_return(need: Need, seats: Sequence[Seat], below: str | None) -> str | None:
    """Say why a need may not go back; `below` is the level it came from."""
    if reason := why_not_decide(need, seats):
        return reason
    if need.status == Status.RETURNED:
        return _("เรื่องนี้ถูกส่งกลับมาแล้ว ส่งขึ้นอีกครั้ง จัดสรรงบประมาณ หรือไม่รับพร้อมเหตุผล")
    if below is None:
        return _("เรื่องนี้เริ่มที่ระดับนี้ ส่งกลับไม่ได้ ถ้าไม่รับให้เลือก “ไม่รับ” พร้อมเหตุผล")
    return None


def why_not_merge(need: Need, into: Need, seats: Sequence[Seat]) -> str | None:
    """Say why a need may not be merged into another."""
    if need.pk == into.pk:
        return _("รวมเรื่องกับตัวเองไม่ได้ เลือกเรื่องอื่นที่ซ้ำกัน")
    if reason := why_not_decide(need, seats):
        return reason
    if into.status == Status.MERGED:
        return _("เรื่องที่เลือกถูกรวมกับเรื่องอื่นแล้ว เลือกเรื่องหลักแทน")
    if Status(into.status) not in workflow.PENDING:
        return _("เรื่องที่เลือกสถานะ “%(status)s” แล้ว รับเรื่องอื่นมารวมไม่ได้") % {
            "status": into.get_status_display()
        }
    if into.level != need.level:
        return _("รวมได้เฉพาะเรื่องที่อยู่ระดับเดียวกัน เรื่องที่เลือกอยู่ที่ระดับ%(level)s") % {
            "level": into.get_level_display()
        }
    if seat_for(into, seats) is None:
        return _("เรื่องที่เลือกอยู่นอกเขตของหน่วยงานท่าน")
    return None


def why_not_adopt(need: Need, seats: Sequence[Seat]) -> str | None:
    """Say why a need may not become a project of the plan."""
    if reason := why_not_decide(need, seats):
        return reason
    if need.level != Level.PROVINCE or not any(seat.agency is None for seat in seats):
        return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ รับเรื่องเป็นโครงการของแผนได้ เมื่อเรื่องส่งขึ้นถึงระดับจังหวัดแล้ว")
    return None


def why_not_finish(need: Need, seats: Sequence[Seat]) -> str | None:
    """Say why a funded need may not be marked as done."""
    if need.status != Status.FUNDED:
        return _("ปิดเป็น “แล้วเสร็จ” ได้เฉพาะเรื่องที่จัดสรรงบประมาณแล้ว")
    if seat_for(need, seats) is None:
        return _("เฉพาะหน่วยงานที่จัดสรรงบประมาณปิดเรื่องได้")
    return None


def why_not_check(need: Need, seats: Sequence[Seat]) -> str | None:
    """Say why what the public sent may not be shown or kept back by this person."""
    if need.status not in (Status.WAITING, Status.HIDDEN):
        return _("เรื่องนี้เผยแพร่แล้ว")
    if not any(seat.covers(need.area_ids) for seat in seats):
        return _("เฉพาะผู้จัดทำแผนในพื้นที่ของเรื่องและกลุ่มงานยุทธศาสตร์ฯ ตรวจเรื่องก่อนเผยแพร่ได้")
    return None


def why_not_see_contact(need: Need, seats: Sequence[Seat]) -> str | None:
    """Say why this person may not see who told of a need: only who decides or checks there."""
    if any(seat.covers(need.area_ids) for seat in seats):
        return None
    return _("ข้อมูลติดต่อผู้แจ้งเปิดได้เฉพาะผู้จัดทำแผนในพื้นที่และกลุ่มงานยุทธศาสตร์ฯ")


# The province, with some room at its edges: a spot outside was typed wrongly.
EDGE_DEGREES = 0.05


def why_not_spot(
    latitude: float | None, longitude: float | None, box: tuple[float, float, float, float] | None
) -> str | None:
    """Say why a spot cannot be; `box` is west, south, east, north of the province."""
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        return _("ใส่ทั้งละติจูดและลองจิจูด หรือเว้นทั้งสองช่อง")
    if box is None:
        return None
    west, south, east, north = box
    inside = (
        west - EDGE_DEGREES <= longitude <= east + EDGE_DEGREES
        and south - EDGE_DEGREES <= latitude <= north + EDGE_DEGREES
    )
    return None if inside else _("จุดนี้อยู่นอกจังหวัด ตรวจละติจูด (เช่น 13.54721) และลองจิจูด (เช่น 100.27705)")
