"""Restating a closed quarter: two people, a reason, and nothing else moves."""

from decimal import Decimal

import pytest

from accounts.models import Role
from audit.models import Event
from common.refusal import Refused
from kpi.actions.corrections import ResultCorrection
from kpi.models import KPI, Figure, Link, Scorecard, ScoreCurve, Target
from reports import actions, rollups
from reports.document import EditionMark, Frozen, Report, Words, plain, read, report_of
from reports.models import Freeze
from submissions.models import Quarter
from tests.factories import NOON, AgencyFactory, PostFactory, person
from tests.reports.factories import LATER, accepted, close, kpi_on, scorecard_of


def restate(province, value="80", **changes):
    province.result.refresh_from_db()
    given = {
        "quarter": province.quarter,
        "corrections": [
            ResultCorrection(province.result, province.result.version, value=Decimal(value))
        ],
        "reason": "นับซ้ำ",
        "by": province.strategist,
        "agreed_by": province.colleague,
        "at": LATER,
    }
    return actions.restate_quarter(**(given | changes))


def test_a_restatement_freezes_the_quarter_once_more(province):
    first = close(province)
    (second,) = restate(province)
    frozen = read(Frozen, second.document)
    assert second.number == 1
    assert (second.reason, second.agreed_by) == ("นับซ้ำ", province.colleague)
    assert frozen.kpis[0].ytd_value == Decimal("80.0000")
    assert frozen.kpis[0].score == Decimal("3.0000")
    assert frozen.province.score == Decimal("3.0000")
    assert read(Frozen, first.document).kpis[0].ytd_value == Decimal("96.3800")
    assert Event.objects.filter(verb="kpi.result.corrected").count() == 1
    assert Event.objects.filter(verb="reports.quarter.restated").count() == 1
    assert rollups.findings() == []


def test_later_closed_quarters_are_restated_with_it(province):
    close(province)
    second = Quarter.objects.get(fiscal_year=2570, number=2)
    actions.open_for_reporting(quarter=second, by=province.strategist, at=NOON)
    Target.objects.create(kpi=province.kpi, quarter=2, value=Decimal(100))
    accepted(province.kpi, second, "50")
    close(province, second, LATER)
    made = restate(province)
    assert [freeze.quarter.number for freeze in made] == [1, 2]
    assert read(Frozen, made[1].document).kpis[0].ytd_value == Decimal("130.0000")
    assert rollups.findings() == []


def test_a_correction_is_no_drift_and_reaches_the_quarters_still_open(province, work_off_jobs):
    close(province)
    second = Quarter.objects.get(fiscal_year=2570, number=2)
    actions.open_for_reporting(quarter=second, by=province.strategist, at=NOON)
    Target.objects.create(kpi=province.kpi, quarter=2, value=Decimal(100))
    accepted(province.kpi, second, "50")
    work_off_jobs()
    restate(province)
    work_off_jobs()
    assert not Event.objects.filter(verb="kpi.figure.drifted").exists()
    assert not Figure.objects.stale().exists()
    assert Figure.objects.get(kpi=province.kpi, quarter=second).ytd_value == Decimal(130)


def test_the_next_edition_says_what_was_corrected(province, work_off_jobs, published_root):
    close(province)
    actions.publish_report(quarter=province.quarter, by=province.strategist, at=NOON)
    work_off_jobs()
    first = (published_root / "reports/2570/q1/edition/1/index.html").read_bytes()
    restate(province)
    edition, _run = actions.publish_report(
        quarter=province.quarter, by=province.strategist, at=LATER
    )
    work_off_jobs()
    (correction,) = read(Report, edition.document).corrections
    assert (correction.before, correction.after) == ("96.38", "80.00")
    assert (correction.reason, correction.edition) == ("นับซ้ำ", 2)
    newest = (published_root / "reports/2570/q1/index.html").read_text()
    assert "นับซ้ำ" in newest
    assert (published_root / "reports/2570/q1/edition/1/index.html").read_bytes() == first
    assert rollups.findings() == []


def test_edited_weights_do_not_reach_a_restatement(province):
    other = kpi_on(province.card, province.curve, "1.2", province.issue)
    accepted(other, province.quarter, "100")
    close(province)
    KPI.objects.filter(pk=other.pk).update(weight=Decimal(1))
    (freeze,) = restate(province)
    assert read(Frozen, freeze.document).province.score == Decimal("4.0000")


def test_an_edited_target_is_not_smuggled_in(province):
    close(province)
    Target.objects.update(value=Decimal(50))
    with pytest.raises(Refused, match="ถูกแก้หลังปิดไตรมาส"):
        restate(province)
    assert Freeze.objects.count() == 1


def test_an_edited_curve_is_not_smuggled_in(province):
    close(province)
    ScoreCurve.objects.update(points=[["0", "1"], ["100", "5"]])
    with pytest.raises(Refused, match="ถูกแก้หลังปิดไตรมาส"):
        restate(province)


def test_a_parent_moves_with_its_child(province):
    agency = AgencyFactory()
    card = scorecard_of(Scorecard.Level.AGENCY, agency)
    parent = kpi_on(province.card, province.curve, "1.9", province.issue)
    child = kpi_on(card, province.curve, "A-1")
    Link.objects.create(parent=parent, child=child, kind=Link.Kind.SHARE)
    province.result = accepted(child, province.quarter, "60")
    frozen = read(Frozen, close(province).document)
    assert {row.code: row.ytd_value for row in frozen.kpis}["1.9"] == Decimal("60.0000")
    (freeze,) = restate(province, value="90")
    rows = {row.code: row for row in read(Frozen, freeze.document).kpis}
    assert rows["1.9"].ytd_value == rows["A-1"].ytd_value == Decimal("90.0000")
    assert rows["1.9"].corrected
    assert not rows["1.1"].corrected
    assert rollups.findings() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": "  "}, "เหตุผล"),
        ({"agreed_by": "self"}, "สองคน"),
        ({"agreed_by": "reporter"}, "กลุ่มงานยุทธศาสตร์"),
    ],
)
def test_a_restatement_needs_a_reason_and_two_people(province, changes, said):
    close(province)
    people = {"self": province.strategist, "reporter": person(Role.REPORTER, province.office)}
    given = {name: people.get(value, value) for name, value in changes.items()}
    with pytest.raises(Refused, match=said):
        restate(province, **given)
    province.result.refresh_from_db()
    assert province.result.value == Decimal("96.38")


def test_an_open_quarter_is_not_restated(province):
    with pytest.raises(Refused, match="ยังไม่ปิด"):
        restate(province)


def test_a_correction_of_what_moved_on_is_refused(province):
    close(province)
    with pytest.raises(Refused, match="มีผู้อื่นแก้ไข"):
        restate(province, corrections=[ResultCorrection(province.result, 99, value=Decimal(1))])


def test_a_correction_stays_in_closed_quarters(province):
    close(province)
    second = Quarter.objects.get(fiscal_year=2570, number=2)
    actions.open_for_reporting(quarter=second, by=province.strategist, at=NOON)
    result = accepted(province.kpi, second, "1")
    with pytest.raises(Refused, match="ยังไม่ปิด"):
        restate(province, corrections=[ResultCorrection(result, 1, value=Decimal(2))])


def test_nothing_of_a_post_stands_in_a_document(province):
    agency = AgencyFactory()
    card = scorecard_of(Scorecard.Level.AGENCY, agency)
    post = PostFactory(agency=agency, code="POST-77", title_th="นักวิชาการสิ่งแวดล้อม")
    own = scorecard_of(Scorecard.Level.POST, agency, post)
    above = kpi_on(card, province.curve, "A-1")
    personal = kpi_on(own, province.curve, "P-77-1")
    Link.objects.create(parent=above, child=personal, kind=Link.Kind.SHARE)
    entry = accepted(personal, province.quarter, "41.5")
    freeze = close(province)
    text = str(freeze.document)
    for secret in ("P-77-1", "POST-77", "นักวิชาการสิ่งแวดล้อม"):
        assert secret not in text
    frozen = read(Frozen, freeze.document)
    assert {row.level for row in frozen.kpis} == {"province", "agency"}
    (contribution,) = (each for each in frozen.contributions if each.kpi_code == "A-1")
    assert contribution.posts == 1
    assert [each.id for each in contribution.post_entries] == [entry.pk]
    assert "post_entries" not in str(shape_of_report(frozen))


def shape_of_report(frozen):
    mark = EditionMark(1, "2027-01-13T12:00:00+07:00", "/x/", "/y/", 0, "")
    return plain(report_of(frozen, edition=mark, summary=Words(""), corrections=()))
