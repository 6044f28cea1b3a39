"""Scorecards signed by both sides; a few of the present year still wait, and one amendment does."""

from dataclasses import replace
from datetime import date

from accounts.models import Post, User
from kpi.actions import LineChange, propose_amendment, sign_scorecard
from kpi.actions.scorecards import input_of
from kpi.models import KPI, Scorecard, Target
from kpi.rules.agreements import Side
from sakhon_portal.sample.book import PRESENT, STRATEGIST, Book, moment

# Agreed in the first days of the fiscal year.
SIGNED = {2569: date(2025, 10, 10), 2570: date(2026, 10, 12)}
# In the present year these have one signature, or none.
ONE_SIDE = ("MOPH", "MOPH-02")
NONE = ("DOAE", "MOPH-03")
AMENDED = "IND"


def sign_agreements(book: Book) -> int:
    """Sign what both sides agreed to; returns how many scorecards have both signatures."""
    signed = 0
    cards = Scorecard.objects.filter(fiscal_year__in=SIGNED, is_sample=True).select_related(
        "agency", "post__supervising_post"
    )
    for card in cards.order_by("fiscal_year", "level", "agency__code", "post__code"):
        whose = card.post.code if card.post else card.agency.code
        waits = card.fiscal_year_id == PRESENT and card.level != Scorecard.Level.PROVINCE
        if waits and whose in NONE:
            continue
        day = SIGNED[card.fiscal_year_id]
        sides = _sides(book, card, day)
        for side in (Side.OWNER, Side.SUPERVISOR):
            if waits and whose in ONE_SIDE and side is Side.SUPERVISOR:
                continue
            sign_scorecard(
                scorecard=card, side=side, seen=card.version, by=sides[side], at=moment(day)
            )
        signed += card.state == Scorecard.State.SIGNED
    _propose(book)
    return signed


def _sides(book: Book, card: Scorecard, day: date) -> dict[Side, User]:
    if card.post is not None:
        above = card.post.supervising_post
        assert isinstance(above, Post)
        return {
            Side.OWNER: book.holder(card.post.code, day),
            Side.SUPERVISOR: book.holder(above.code, day),
        }
    owner = (
        book.users[STRATEGIST]
        if card.level == Scorecard.Level.PROVINCE
        else book.person(card.agency.code, "approver")
    )
    return {Side.OWNER: owner, Side.SUPERVISOR: book.users["governor"]}


def _propose(book: Book) -> None:
    """One agency asks for other evidence; the governor has not answered yet."""
    card = Scorecard.objects.select_related("agency", "post").get(
        fiscal_year=PRESENT, level=Scorecard.Level.AGENCY, agency=book.agencies[AMENDED]
    )
    kpi = KPI.objects.filter(scorecard=card).with_rules().in_code_order()[0]
    given = input_of(kpi, list(Target.objects.filter(kpi=kpi)))
    propose_amendment(
        scorecard=card,
        lines=[
            LineChange(
                kpi,
                replace(given, expected_evidence_th="ทะเบียนจากระบบอนุญาตดิจิทัลของกรม พร้อมรายงานสรุป"),
            )
        ],
        reason="กรมเปลี่ยนเป็นระบบดิจิทัล จึงไม่มีรายงานกระดาษให้แนบ",
        seen=card.version,
        by=book.person(AMENDED, "approver"),
        at=moment(date(2027, 1, 11)),
    )
