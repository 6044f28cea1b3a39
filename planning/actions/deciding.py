"""Verbs by which the levels answer needs: rank, send up, return, merge, fund, adopt, reject, finish."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from audit.log import record
from common import fiscal
from common.refusal import Refused
from planning.actions.needs import move
from planning.models import Criterion, Need, NeedScore, NeedStep
from planning.rules import needs as rules
from planning.rules.needs import Seat
from planning.scoring import MOST_POINTS
from planning.workflow import Level, Status, levels_above
from projects.actions import ProjectInput, register_projects
from projects.models import Project
from strategy.models import Approach
from submissions.actions import prepare_fiscal_year, refuse_all
from submissions.rules import standing_of


def _seats(by: User, at: datetime) -> list[Seat]:
    return rules.seats_of(standing_of(by, fiscal.local_date(at)))


def _refuse(reason: str | None, code: str = "not_allowed") -> None:
    if reason:
        raise Refused(reason, code=code)


def _need_words(text: str, sentence: str) -> str:
    if not text.strip():
        raise Refused(sentence, code="no_reason")
    return text.strip()


@transaction.atomic
def rank_need(*, need: Need, points: Mapping[int, int], by: User, at: datetime) -> Need:
    """Give a need points (0–5) by the criteria of the level where it stands, by criterion id.

    :raises Refused: if the person does not decide there, or a criterion is missing or foreign.
    """
    seats = _seats(by, at)
    _refuse(rules.why_not_decide(need, seats))
    criteria = {row.pk: row for row in Criterion.objects.filter(level=need.level, is_active=True)}
    if set(points) != set(criteria):
        raise Refused(_("ให้คะแนนครบทุกเกณฑ์ของระดับนี้"), code="criteria")
    if any(not 0 <= given <= MOST_POINTS for given in points.values()):
        raise Refused(_("คะแนนเป็นจำนวนเต็ม 0 ถึง %(most)d") % {"most": MOST_POINTS}, code="points")
    before = dict(
        NeedScore.objects.filter(need=need, criterion__in=criteria).values_list(
            "criterion_id", "points"
        )
    )
    if before == dict(points):
        return need
    NeedScore.objects.bulk_create(
        [NeedScore(need=need, criterion_id=pk, points=given) for pk, given in points.items()],
        update_conflicts=True,
        unique_fields=["need", "criterion"],
        update_fields=["points"],
    )
    record(
        "planning.need.ranked",
        need,
        by=by,
        at=at,
        before={criteria[pk].name_th: given for pk, given in before.items()},
        after={criteria[pk].name_th: given for pk, given in points.items()},
    )
    return need


@transaction.atomic
def send_up(*, needs: Sequence[Need], by: User, at: datetime, note: str = "") -> list[Need]:
    """Send needs to the next level where somebody plans for the place, at last to the province.

    :raises EntriesRefused: if one does not stand at a level of the person, or cannot go higher.
    """
    seats = _seats(by, at)
    refuse_all(
        {
            position: Refused(reason, code="wrong_level")
            for position, need in enumerate(needs)
            if (reason := rules.why_not_send_up(need, seats))
        }
    )
    serving = rules.seats_in_service(fiscal.local_date(at))
    for need in needs:
        above = levels_above(Level(need.level))
        to = rules.level_from(above, need.area_ids, serving)
        move(
            need=need,
            by=by,
            at=at,
            kind=NeedStep.Kind.SENT_UP,
            to=Status.OPEN,
            level=to,
            note=note.strip(),
            answer="",
            seat=rules.seat_for(need, seats),
        )
    return list(needs)


def level_below(need: Need) -> str | None:
    """Return the level from which a need came to where it stands, None where it began there."""
    return (
        need.steps.filter(kind=NeedStep.Kind.SENT_UP, to_level=need.level)
        .order_by("-happened_at", "-pk")
        .values_list("from_level", flat=True)
        .first()
    )


@transaction.atomic
def return_need(*, need: Need, reason: str, by: User, at: datetime) -> Need:
    """Send a need back to the level it came from, with what is missing; everybody reads why.

    :raises Refused: if the person does not decide there, it began there, or there is no reason.
    """
    seats = _seats(by, at)
    below = level_below(need)
    _refuse(rules.why_not_return(need, seats, below))
    words = _need_words(reason, _("เขียนว่าต้องเพิ่มข้อมูลอะไร ระดับล่างและประชาชนจะเห็นเหตุผลนี้"))
    return move(
        need=need,
        by=by,
        at=at,
        kind=NeedStep.Kind.RETURNED,
        to=Status.RETURNED,
        level=Level(str(below)),
        note=words,
        seat=rules.seat_for(need, seats),
    )


@transaction.atomic
def reject_need(*, need: Need, reason: str, by: User, at: datetime) -> Need:
    """Say no to a need, with the reason that everybody reads.

    :raises Refused: if the person does not decide there, or there is no reason.
    """
    seats = _seats(by, at)
    _refuse(rules.why_not_decide(need, seats))
    words = _need_words(reason, _("เขียนเหตุผลที่ไม่รับ ประชาชนจะเห็นเหตุผลนี้"))
    return move(
        need=need,
        by=by,
        at=at,
        kind=NeedStep.Kind.REJECTED,
        to=Status.REJECTED,
        note=words,
        seat=rules.seat_for(need, seats),
    )


@transaction.atomic
def merge_need(*, need: Need, into: Need, by: User, at: datetime, note: str = "") -> Need:
    """Merge a need into another of the same level that says the same; both stay to be read.

    Needs that were merged into this one follow it, so that every duplicate leads to the main one.

    :raises Refused: if it is itself, another level, answered already, or out of reach.
    """
    seats = _seats(by, at)
    _refuse(rules.why_not_merge(need, into, seats), code="merge")
    seat = rules.seat_for(need, seats)
    words = note.strip() or _("ซ้ำกับเรื่อง %(code)s จึงรวมเป็นเรื่องเดียวกัน") % {"code": into.code}
    move(
        need=need,
        by=by,
        at=at,
        kind=NeedStep.Kind.MERGED,
        to=Status.MERGED,
        note=words,
        seat=seat,
        other=into,
        merged_into=into,
    )
    followers = list(Need.objects.filter(merged_into=need))
    for follower in followers:
        move(
            need=follower,
            by=by,
            at=at,
            kind=NeedStep.Kind.MERGED,
            to=Status.MERGED,
            note=words,
            seat=seat,
            other=into,
            merged_into=into,
        )
    move(
        need=into,
        by=by,
        at=at,
        kind=NeedStep.Kind.TOOK_IN,
        to=Status(into.status),
        answer="",
        seat=seat,
        other=need,
    )
    return need


@transaction.atomic
def fund_need(
    *,
    need: Need,
    baht: Decimal,
    fiscal_year: int,
    source_th: str,
    by: User,
    at: datetime,
    note: str = "",
) -> Need:
    """Fund a need at the level where it stands, from that level's own money.

    :raises Refused: if the person does not decide there, or the money is not named.
    """
    seats = _seats(by, at)
    _refuse(rules.why_not_decide(need, seats))
    if baht <= 0:
        raise Refused(_("ใส่งบประมาณที่จัดสรรมากกว่าศูนย์"), code="baht")
    source = _need_words(source_th, _("ระบุแหล่งงบประมาณ เช่น ข้อบัญญัติ อบต."))
    year_now = fiscal.fiscal_year_of(fiscal.local_date(at))
    if not year_now - 1 <= fiscal_year <= year_now + 5:
        raise Refused(
            _("ปีงบประมาณต้องอยู่ระหว่าง %(first)d ถึง %(last)d")
            % {"first": year_now - 1, "last": year_now + 5},
            code="fiscal_year",
        )
    words = note.strip() or _("จัดสรรจาก%(source)s ปีงบประมาณ %(year)d") % {
        "source": source,
        "year": fiscal_year,
    }
    return move(
        need=need,
        by=by,
        at=at,
        kind=NeedStep.Kind.FUNDED,
        to=Status.FUNDED,
        note=words,
        seat=rules.seat_for(need, seats),
        funded_baht=baht,
        funded_year=fiscal_year,
        funded_source_th=source,
    )


@transaction.atomic
def adopt_need(*, need: Need, project: Project, by: User, at: datetime, note: str = "") -> Need:
    """Answer a need with a project of the plan; from here on the need shows how the project goes.

    :raises Refused: if the person is not the strategy office, or the need has not come so far.
    """
    seats = _seats(by, at)
    _refuse(rules.why_not_adopt(need, seats))
    if project.status == Project.Status.CANCELLED:
        raise Refused(_("โครงการนี้ถูกยกเลิกแล้ว เลือกโครงการอื่น"), code="cancelled")
    return move(
        need=need,
        by=by,
        at=at,
        kind=NeedStep.Kind.ADOPTED,
        to=Status.ADOPTED,
        note=note.strip() or _("รับเข้าแผนพัฒนาจังหวัดเป็นโครงการ"),
        seat=rules.seat_for(need, seats),
        project=project,
    )


@transaction.atomic
def propose_project(
    *,
    need: Need,
    code: str,
    name_th: str,
    host_agency: Agency,
    approach: Approach,
    start_date: date,
    end_date: date,
    by: User,
    at: datetime,
) -> Need:
    """Make a proposed project out of a need, under an approach of the plan, and answer with it.

    :raises Refused: if the code is taken, the dates do not stand, or the need may not be adopted.
    """
    _refuse(rules.why_not_adopt(need, _seats(by, at)))
    if Project.objects.filter(code=code).exists():
        raise Refused(
            _("มีโครงการรหัส %(code)s แล้ว ใช้รหัสอื่นหรือเลือกโครงการนั้น") % {"code": code},
            code="code_taken",
        )
    if end_date < start_date:
        raise Refused(_("วันสิ้นสุดของโครงการต้องไม่ก่อนวันเริ่มต้น"), code="dates")
    first, last = fiscal.fiscal_year_of(start_date), fiscal.fiscal_year_of(end_date)
    if last - first > 4:
        raise Refused(_("โครงการยาวเกิน 5 ปีงบประมาณ แบ่งเป็นหลายโครงการ"), code="dates")
    for year in range(first, last + 1):
        prepare_fiscal_year(year=year)
    register_projects(
        projects=[
            ProjectInput(
                code=code,
                name_th=name_th,
                host_agency=host_agency,
                start_date=start_date,
                end_date=end_date,
                years={year: Decimal(1) for year in range(first, last + 1)},
                edition=approach.issue.edition,
                issue=approach.issue,
                approach=approach,
                areas=[area for area in need.places if area.kind != area.Kind.VILLAGE][:1],
                rationale_th=need.detail_th or need.title_th,
                beneficiaries=need.people_affected,
                is_sample=need.is_sample,
            )
        ],
        by=by,
        at=at,
    )
    project = Project.objects.get(code=code)
    return adopt_need(need=need, project=project, by=by, at=at)


@transaction.atomic
def finish_need(*, need: Need, by: User, at: datetime, note: str) -> Need:
    """Say that what was funded is done, and what came of it.

    :raises Refused: if it was not funded here, or nothing is said about the result.
    """
    seats = _seats(by, at)
    _refuse(rules.why_not_finish(need, seats))
    words = _need_words(note, _("เขียนสั้น ๆ ว่าทำอะไรเสร็จแล้ว ประชาชนจะเห็นข้อความนี้"))
    return move(
        need=need,
        by=by,
        at=at,
        kind=NeedStep.Kind.DONE,
        to=Status.DONE,
        note=words,
        seat=rules.seat_for(need, seats),
    )
