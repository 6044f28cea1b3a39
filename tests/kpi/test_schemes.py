"""A year's scoring rules: kept by the strategy office through verbs and pages."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from jobruns.models import JobRun
from kpi import actions
from kpi.actions.definitions import CurveInput
from kpi.actions.schemes import BandInput, CompetencyInput, RoundInput, SchemeInput
from kpi.models import AssessmentScheme, Figure, ScoreCurve
from submissions.actions import prepare_fiscal_year
from submissions.models import FiscalYear, Quarter
from tests.factories import NOON, AgencyFactory, person
from tests.kpi.factories import kpi_of

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def year():
    prepare_fiscal_year(year=2570)
    return FiscalYear.objects.get(year=2570)


@pytest.fixture
def strategist():
    return person(Role.STRATEGIST)


def three(year):
    [curve] = actions.draw_curves(
        curves=[
            CurveInput(
                "three",
                year,
                "สามระดับ",
                "three",
                [("60", "50"), ("80", "75"), ("100", "100")],
                below_first="zero",
            )
        ],
        by=None,
        at=NOON,
    )
    return curve


def official(year, **change):
    whole = {
        "work_share": D(70),
        "bands": [BandInput(D(90), "ดีเด่น", "Outstanding"), BandInput(D(0), "ต้องปรับปรุง")],
        "rounds": [RoundInput(1, 2, "รอบ 1"), RoundInput(3, 4, "รอบ 2")],
        "competencies": [CompetencyInput("C1", "บริการ", D(60)), CompetencyInput("C2", "ทีม", D(40))],
    }
    return SchemeInput(year, "official", **(whole | change))


def set_one(scheme, by=None):
    [kept] = actions.set_schemes(schemes=[scheme], by=by, at=NOON)
    return AssessmentScheme.objects.whole().get(pk=kept.pk)


def test_a_scheme_is_kept_whole_and_logged_once(year, strategist):
    kept = set_one(official(year), strategist)
    assert [band.name_th for band in sorted(kept.bands.all(), key=lambda b: -b.limit)] == [
        "ดีเด่น",
        "ต้องปรับปรุง",
    ]
    assert kept.rounds.count() == 2
    assert kept.competencies.count() == 2
    set_one(official(year), strategist)
    assert Event.objects.filter(verb="kpi.scheme.set").count() == 1
    assert AssessmentScheme.objects.get().version == 1


def test_a_changed_scheme_replaces_its_lines(year, strategist):
    set_one(official(year))
    changed = set_one(
        official(
            year,
            work_share=D(80),
            rounds=[RoundInput(1, 4, "ทั้งปี")],
            competencies=[CompetencyInput("C2", "ทีม", D(100))],
        ),
        strategist,
    )
    assert (changed.work_share, changed.version) == (D(80), 2)
    assert [each.name_th for each in changed.rounds.all()] == ["ทั้งปี"]
    assert [each.code for each in changed.competencies.all()] == ["C2"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bands": [BandInput(D(60), "ก")]}, "ต่ำสุดต้องเริ่มจาก 0"),
        ({"competencies": [CompetencyInput("C1", "ก", D(99))]}, "รวมต้องเท่ากับ 100"),
        (
            {
                "competencies": [
                    CompetencyInput("C1", "ก", D(50)),
                    CompetencyInput("C1", "ข", D(50)),
                ]
            },
            "รหัสสมรรถนะซ้ำ",
        ),
        ({"rounds": [RoundInput(3, 4, "ก"), RoundInput(1, 2, "ข")]}, "รอบการประเมิน"),
        ({"work_share": D(120)}, "ไม่เกิน 100"),
        ({"least_coverage": D(101)}, "ความครอบคลุม"),
        ({"version": 7}, "ผู้อื่นแก้"),
    ],
)
def test_a_scheme_that_does_not_stand_is_refused_and_nothing_changes(year, change, said):
    before = set_one(official(year))
    with pytest.raises(EntriesRefused, match=said):
        set_one(official(year, **({"work_share": D(75)} | change)))
    assert AssessmentScheme.objects.get().version == before.version


def test_a_scheme_of_agencies_needs_the_years_own_three_levels(year):
    five = kpi_of().curve
    for curve, said in ((None, "ต้องเลือก"), (five, "สามระดับ")):
        with pytest.raises(EntriesRefused, match=said):
            set_one(
                SchemeInput(
                    year,
                    "agency",
                    D(100),
                    [BandInput(D(0), "ก")],
                    [RoundInput(1, 4, "ข")],
                    curve=curve,
                )
            )
    kept = set_one(
        SchemeInput(
            year,
            "agency",
            D(100),
            [BandInput(D(0), "ก")],
            [RoundInput(1, 4, "ข")],
            curve=three(year),
        )
    )
    assert kept.curve.code == "three"


def test_only_the_strategy_office_sets_rules(year):
    with pytest.raises(Refused, match="กลุ่มงานยุทธศาสตร์"):
        actions.set_schemes(schemes=[official(year)], by=person(Role.APPROVER), at=NOON)
    with pytest.raises(Refused, match="กลุ่มงานยุทธศาสตร์"):
        actions.copy_scoring_rules(from_year=year, to_year=year, by=person(Role.REPORTER), at=NOON)


def test_a_new_year_takes_what_it_lacks_from_the_year_before(year, strategist):
    curve = three(year)
    set_one(
        SchemeInput(
            year, "agency", D(70), [BandInput(D(0), "ก")], [RoundInput(1, 4, "ข")], curve=curve
        )
    )
    set_one(official(year))
    prepare_fiscal_year(year=2571)
    following = FiscalYear.objects.get(year=2571)
    set_one(official(following, work_share=D(50)))
    count = actions.copy_scoring_rules(from_year=year, to_year=following, by=strategist, at=NOON)
    assert count == 2
    copied = AssessmentScheme.objects.get(fiscal_year=2571, kind="agency")
    assert copied.curve.fiscal_year_id == 2571
    assert AssessmentScheme.objects.get(fiscal_year=2571, kind="official").work_share == 50
    assert actions.copy_scoring_rules(from_year=year, to_year=following, by=None, at=NOON) == 0


# ── Curves ───────────────────────────────────────────────────────────────────


def redraw(year, points, **more):
    return actions.draw_curves(
        curves=[CurveInput("five", year, "ห้าระดับ", more.pop("preset", "five"), points, **more)],
        by=None,
        at=NOON,
    )


@pytest.mark.parametrize(
    ("points", "preset", "said"),
    [
        (
            [("60", "1"), ("90", "2"), ("80", "3"), ("70", "4"), ("100", "5")],
            "five",
            "เรียงจากแย่ไปดี",
        ),
        ([("60", "1"), ("70", "2")], "five", "จุดครบตามลำดับคะแนน"),
        ([("60", "5"), ("70", "4")], "own", "ไม่ลดลง"),
        ([("60", "-1")], "own", "ติดลบ"),
        ([], "own", "อย่างน้อยหนึ่งจุด"),
    ],
)
def test_a_curve_that_is_none_is_refused(year, points, preset, said):
    kpi_of()
    with pytest.raises(EntriesRefused, match=said):
        redraw(year, points, preset=preset)
    assert ScoreCurve.objects.get().points[1] == ["70", "2"]


def test_a_curve_in_use_must_fit_the_kpis_that_it_scores(year):
    kpi_of(code="7.7")
    falling = [("100", "1"), ("90", "2"), ("80", "3"), ("70", "4"), ("60", "5")]
    with pytest.raises(EntriesRefused, match=r"เรียงจากแย่ไปดี .*7\.7"):
        redraw(year, falling, axis="value")


def test_a_redrawn_curve_gives_its_kpis_their_new_score(year, work_off_jobs):
    agency = AgencyFactory()
    kpi = kpi_of(agency)
    quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    writer, head = person(Role.REPORTER, agency), person(Role.APPROVER, agency)
    results = actions.record_results(
        entries=[actions.ResultEntry(kpi.pk, quarter.pk, value=D(9), note="ตามแผน")],
        by=writer,
        at=NOON,
    )
    results = actions.submit_results(entries=results, by=writer, at=NOON)
    actions.approve_results(entries=results, by=head, at=NOON)
    work_off_jobs()
    figure = Figure.objects.get(kpi=kpi, quarter=quarter)
    assert figure.score == D(4)
    redraw(year, [("50", "1"), ("60", "2"), ("70", "3"), ("80", "4"), ("90", "5")])
    assert JobRun.objects.waiting().filter(task="kpi.refresh_figures").exists()
    work_off_jobs()
    figure.refresh_from_db()
    assert figure.score == D(5)


# ── Pages ────────────────────────────────────────────────────────────────────


def posted(prefix, lines):
    sent = {f"{prefix}-lines": len(lines)}
    for place, line in enumerate(lines):
        sent |= {f"{prefix}-{place}-{name}": value for name, value in line.items()}
    return sent


def curve_form(points):
    return {
        "code": "own",
        "name_th": "ของเรา",
        "preset": "own",
        "axis": "achievement",
        "below_first": "hold",
    } | posted("point", points)


def test_a_curve_is_drawn_on_the_page_in_thai_digits(client, year, strategist):
    client.force_login(strategist)
    url = reverse("kpi:curve-new", args=[2570])
    answer = client.post(
        url,
        curve_form(
            [{"x": "๕๐", "score": "1"}, {"x": "", "score": ""}, {"x": "100", "score": "10"}]
        ),
    )
    assert answer.status_code == 302
    assert ScoreCurve.objects.get(code="own").points == [["50", "1"], ["100", "10"]]
    page = client.get(reverse("kpi:curve-edit", args=[2570, "own"])).content.decode()
    assert 'value="100"' in page


def test_points_out_of_order_are_said_in_place_and_what_was_typed_stays(client, year, strategist):
    client.force_login(strategist)
    answer = client.post(
        reverse("kpi:curve-new", args=[2570]),
        curve_form([{"x": "80.5", "score": "1"}, {"x": "50", "score": "2"}]),
    )
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "เรียงจากแย่ไปดี" in page
    assert 'value="80.5"' in page
    assert not ScoreCurve.objects.exists()


def test_half_a_line_and_words_for_figures_are_said_at_their_place(client, year, strategist):
    client.force_login(strategist)
    answer = client.post(
        reverse("kpi:curve-new", args=[2570]),
        curve_form([{"x": "มาก", "score": "1"}, {"x": "50", "score": ""}]),
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#id_point-0-x"' in page
    assert 'href="#id_point-1-score"' in page


def scheme_form(**change):
    return (
        {"version": 0, "work_share": "70", "basis_th": "ว 20"}
        | posted("band", [{"limit": "90", "name_th": "ดีเด่น"}, {"limit": "0", "name_th": "ปรับปรุง"}])
        | posted("round", [{"first_quarter": "1", "last_quarter": "2", "name_th": "รอบ 1"}])
        | posted("competency", [{"code": "C1", "name_th": "บริการ", "weight": "100"}])
        | change
    )


def test_a_scheme_is_set_on_the_page_and_a_stale_page_is_told(client, year, strategist):
    client.force_login(strategist)
    url = reverse("kpi:scheme-edit", args=[2570, "official"])
    assert client.post(url, scheme_form()).status_code == 302
    assert AssessmentScheme.objects.get().version == 1
    answer = client.post(url, scheme_form(work_share="75", version=0))
    assert answer.status_code == 409
    assert "ผู้อื่นแก้" in answer.content.decode()
    assert client.post(url, scheme_form(work_share="75", version=1)).status_code == 302
    page = client.get(reverse("kpi:scoring-rules") + "?year=2570").content.decode()
    assert "75.00" in page
    assert "ดีเด่น" in page


def test_the_rules_are_read_by_staff_and_changed_only_by_the_office(client, year):
    kpi_of()
    client.force_login(person(Role.REPORTER))
    page = client.get(reverse("kpi:scoring-rules")).content.decode()
    assert "ห้าระดับ" in page
    assert reverse("kpi:curve-new", args=[2570]) not in page
    assert client.get(reverse("kpi:curve-new", args=[2570])).status_code == 403
    assert client.get(reverse("kpi:scheme-edit", args=[2570, "nothing"])).status_code == 403


def test_the_page_copies_the_year_before(client, year, strategist):
    set_one(official(year))
    prepare_fiscal_year(year=2571)
    client.force_login(strategist)
    answer = client.post(reverse("kpi:rules-copy", args=[2571]), follow=True)
    assert "คัดลอกเกณฑ์แล้ว 1 รายการ" in answer.content.decode()
    answer = client.post(reverse("kpi:rules-copy", args=[2571]), follow=True)
    assert "ครบอยู่แล้ว" in answer.content.decode()
    client.force_login(person(Role.VIEWER))
    answer = client.post(reverse("kpi:rules-copy", args=[2571]), follow=True)
    assert "เฉพาะกลุ่มงานยุทธศาสตร์" in answer.content.decode()
