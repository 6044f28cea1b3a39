"""What a closed quarter refuses: rules on plain entries, races, and quarters that cannot be restated."""

from dataclasses import replace
from decimal import Decimal

import pytest
import time_machine

from accounts.models import Role, User
from accounts.rules import Standing
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from kpi.actions.corrections import ResultCorrection
from kpi.models import KPI, IndicatorVersion, Link, Result, Scorecard, Target
from reports import actions, rules
from reports.document import Frozen, read
from reports.models import Correction, Freeze, Restatement
from reports.rollups.checking import edited_since
from submissions.models import PeriodState, Quarter
from tests.factories import AgencyFactory
from tests.reports.factories import LATER, accepted, close, kpi_on, scorecard_of
from tests.reports.test_restating import restate

OPEN, CLOSED = PeriodState.OPEN, PeriodState.CLOSED
OFFICE = Standing(User(pk=1), frozenset({(Role.STRATEGIST, 1)}))
REPORTER = Standing(User(pk=2), frozenset({(Role.REPORTER, 5)}))
STRANGER = Standing(User(pk=3), frozenset({(Role.REPORTER, 6)}))
STILL_OPEN = "ไตรมาสนี้ยังไม่ปิด แก้ไขที่รายการได้เลย"
NOT_SIGNED = "แก้ไขย้อนหลังได้เฉพาะรายการที่ลงนามแล้วและมีตัวเลข"
NOT_YOURS = "เฉพาะผู้รายงานของหน่วยงานและกลุ่มงานยุทธศาสตร์ฯ เสนอแก้ไขได้"


def quarter_in(state, pk=1):
    return Quarter(pk=pk, number=1, fiscal_year_id=2570, state=state)


def entry(status="accepted", *, quarter=1, level=Scorecard.Level.AGENCY, **more):
    kpi = KPI(agency_id=5, scorecard=Scorecard(level=level, agency_id=5))
    return Result(kpi=kpi, quarter_id=quarter, status=status, **more)


@pytest.mark.parametrize(
    ("result", "state", "standing", "reopened", "says"),
    [
        (entry(), OPEN, OFFICE, {5}, STILL_OPEN),
        (entry(quarter=2), CLOSED, OFFICE, {5}, STILL_OPEN),
        (entry("draft"), CLOSED, OFFICE, {5}, NOT_SIGNED),
        (entry("returned"), CLOSED, REPORTER, {5}, NOT_SIGNED),
        (entry(is_not_applicable=True), CLOSED, OFFICE, {5}, NOT_SIGNED),
        (entry(), CLOSED, STRANGER, {5, 6}, NOT_YOURS),
        (entry(level=Scorecard.Level.POST), CLOSED, OFFICE, {5}, NOT_YOURS),
        (entry(level=Scorecard.Level.POST), CLOSED, REPORTER, {5}, NOT_YOURS),
        (
            *(entry(), CLOSED, REPORTER, {6}),
            "ไตรมาสนี้ไม่ได้เปิดให้หน่วยงานแก้ไข หรือสิ้นสุดแล้ว แจ้งกลุ่มงานยุทธศาสตร์ฯ ขอเปิด",
        ),
        (entry(), CLOSED, REPORTER, {5}, None),
        (entry(), PeriodState.PUBLISHED, OFFICE, set(), None),
    ],
)
def test_who_may_correct_which_entry(result, state, standing, reopened, says):
    assert rules.why_not_correct(result, quarter_in(state), standing, reopened) == says


@pytest.mark.parametrize(
    ("standing", "state", "given", "says"),
    [
        (
            *(REPORTER, CLOSED, {}),
            "เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด เปิด ปิด และเผยแพร่ไตรมาสได้",
        ),
        (OFFICE, OPEN, {}, STILL_OPEN),
        (OFFICE, CLOSED, {"waits": True}, "มีคำขอแก้ไขย้อนหลังของไตรมาสนี้รออยู่แล้ว"),
        (OFFICE, CLOSED, {"count": 0}, "เลือกรายการที่จะแก้ไขอย่างน้อยหนึ่งรายการ"),
        (OFFICE, CLOSED, {"reason": " "}, "ต้องบอกเหตุผลของการแก้ไขย้อนหลัง"),
        (OFFICE, CLOSED, {}, None),
    ],
)
def test_who_may_ask_for_a_restatement(standing, state, given, says):
    given = {"reason": "นับซ้ำ", "count": 1, "waits": False} | given
    reason = given.pop("reason")
    assert rules.why_not_ask_restatement(quarter_in(state), standing, reason, **given) == says


# ── Against stored rows ──────────────────────────────────────────────────────
@pytest.fixture
def closed(province):
    close(province)
    province.quarter.refresh_from_db()
    province.result.refresh_from_db()
    with time_machine.travel(LATER, tick=False):
        yield province


def proposed(place, **typed):
    given = {"version": place.result.version, "note": "นับซ้ำ", "value": Decimal(80)} | typed
    return actions.propose_corrections(
        quarter=place.quarter,
        proposed=[actions.Proposed(place.result, **given)],
        by=place.strategist,
        at=LATER,
    )


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"numerator": Decimal(3)}, "denominator", "กรอกตัวหาร"),
        ({"denominator": Decimal(3)}, "numerator", "กรอกตัวเลขที่ถูกต้อง"),
    ],
)
def test_half_a_ratio_is_no_correction(closed, typed, field, says):
    IndicatorVersion.objects.update(
        is_ratio=True, denominator_over_time="flow", scale=100, over_units="ratio"
    )
    with pytest.raises(EntriesRefused) as caught:
        proposed(closed, value=None, **typed)
    refusal = caught.value.by_entry[0]
    assert (refusal.field, str(refusal)) == (field, says)
    assert not Correction.objects.exists()


def test_a_correction_that_another_restatement_took_is_not_asked_for_again(closed):
    [correction] = proposed(closed)

    def ask():
        return actions.ask_restatement(
            quarter=closed.quarter,
            corrections=[correction],
            reason="นับซ้ำ",
            by=closed.strategist,
            at=LATER,
        )

    first = ask()
    actions.decline_restatement(restatement=first, by=closed.colleague, at=LATER)
    with pytest.raises(Refused) as caught:
        ask()
    assert caught.value.code == "changed_meanwhile"
    assert Restatement.objects.get() == first
    correction.refresh_from_db()
    assert correction.restatement == first
    assert Event.objects.filter(verb="reports.restatement.asked").count() == 1


def test_a_quarter_closed_without_a_document_is_not_restated(province):
    Quarter.objects.filter(pk=province.quarter.pk).update(
        state=CLOSED, closed_at=LATER, closed_by=province.strategist
    )
    with pytest.raises(Refused, match="ไม่มีค่าที่ปิดไว้") as caught:
        restate(province)
    assert caught.value.code == "unfrozen"
    province.result.refresh_from_db()
    assert (province.result.value, province.result.version) == (Decimal("96.38"), 1)
    assert not Freeze.objects.exists()


def test_what_was_edited_below_counts_as_edited_above(province):
    """A share's parent is judged by what was frozen too, at any distance; the sibling is not."""
    agencies = [AgencyFactory() for _ in range(2)]
    cards = [scorecard_of(Scorecard.Level.AGENCY, agency) for agency in agencies]
    top = kpi_on(province.card, province.curve, "1.9", province.issue)
    middle, beside = (kpi_on(cards[0], province.curve, code) for code in ("A-1", "A-2"))
    low = kpi_on(cards[1], province.curve, "B-1")
    for parent, child in ((top, middle), (top, beside), (middle, low)):
        Link.objects.create(parent=parent, child=child, kind=Link.Kind.SHARE)
    accepted(low, province.quarter, "60")
    frozen = read(Frozen, close(province).document)
    again = replace(
        frozen,
        targets=tuple(
            replace(row, value=Decimal(1)) if row.kpi_code == "B-1" else row
            for row in frozen.targets
        ),
    )
    assert edited_since(frozen, frozen) == set()
    assert edited_since(frozen, again) == {"B-1", "A-1", "1.9"}
    Target.objects.filter(kpi=low).update(value=50)
    with pytest.raises(Refused, match=r"1\.9, A-1, B-1") as caught:
        restate(
            province,
            corrections=[
                ResultCorrection(
                    Result.objects.get(kpi=low), Result.objects.get(kpi=low).version, Decimal(9)
                )
            ],
        )
    assert caught.value.code == "definition_edited"
    assert Result.objects.get(kpi=low).value == 60
    assert Freeze.objects.count() == 1
