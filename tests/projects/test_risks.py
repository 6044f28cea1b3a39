"""The risk register: scores, the map as data, reviews that grow, who may, and its pages."""

from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Role
from accounts.rules import standing_of
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from projects.actions.risks import (
    ReviewInput,
    RiskInput,
    StatedCategory,
    add_risk_action,
    change_risk,
    close_risk,
    finish_risk_action,
    load_risk_categories,
    register_risks,
    review_risks,
    set_risk_map,
)
from projects.dues.steps import steps_due_for
from projects.models import Risk, RiskAction, RiskCategory, RiskReview
from projects.resources.risks import RiskReviewSheet
from projects.rules.risks import risk_map_of, why_not_map
from projects.scoring.risks import full_map, growths_in_a_row, usual_level
from submissions.models import FiscalYear, PeriodState, Quarter
from tests.factories import NOON, TODAY, AgencyFactory, person, quarter_of, set_state
from tests.kpi.factories import kpi_of
from tests.projects.factories import YEAR, project_with

CELLS = [(row, column) for row in range(1, 6) for column in range(1, 6)]


# ── Arithmetic ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("likelihood", "impact", "level"),
    [(1, 1, 1), (1, 3, 1), (2, 2, 2), (3, 3, 2), (2, 5, 3), (4, 4, 3), (4, 5, 4), (5, 5, 4)],
)
def test_the_usual_level_of_a_cell(likelihood, impact, level):
    assert usual_level(likelihood, impact) == level


def test_a_stated_cell_goes_before_the_usual_one():
    assert full_map({(1, 5): 4})[1, 5] == 4
    assert set(full_map({})) == set(CELLS)
    assert why_not_map(full_map({})) is None
    assert "โอกาส 2 ผลกระทบ 5" in why_not_map(full_map({(1, 5): 4}))


@pytest.mark.parametrize(
    ("scores", "growths"),
    [
        ([], 0),
        ([9], 0),
        ([9, 9], 0),
        ([9, 12], 1),
        ([9, 12, 16], 2),
        ([9, 12, 12], 0),
        ([9, 12, 6, 8], 1),
        ([16, 12, 16, 20], 2),
    ],
)
def test_growth_is_counted_from_the_last_review_backwards(scores, growths):
    assert growths_in_a_row(scores) == growths


@given(st.lists(st.integers(1, 25), max_size=8))
def test_growths_are_the_longest_rising_tail(scores):
    count = growths_in_a_row(scores)
    tail = scores[len(scores) - count - 1 :] if scores else []
    assert tail == sorted(set(tail))
    if scores and count + 1 < len(scores):
        assert scores[-count - 2] >= scores[-count - 1]


# ── Verbs ────────────────────────────────────────────────────────────────────
@pytest.fixture
def world(db):
    """An agency with its people, a project, a KPI, an open quarter and a category."""

    class World:
        agency = AgencyFactory(code="RK")
        reporter = person(Role.REPORTER, agency)
        head = person(Role.APPROVER, agency)
        strategist = person(Role.STRATEGIST)
        quarter = quarter_of(YEAR, 1)

    World.project, _activities = project_with(host_agency=World.agency)
    World.kpi = kpi_of(World.agency, code="9.1")
    World.category = RiskCategory.objects.create(code="FR", name_th="ทุจริต", order=1)
    World.year = FiscalYear.objects.get(year=YEAR)
    return World


def stated(world, **changes):
    given = {
        "fiscal_year": world.year,
        "agency": world.agency,
        "category": world.category,
        "name_th": "งานล่าช้า",
        "cause_th": "ผู้รับจ้างรายเดียว",
        "likelihood": 3,
        "impact": 3,
        "response": "treat",
        "project": world.project,
    }
    return RiskInput(**{**given, **changes})


def register(world, **changes):
    [risk] = register_risks(entries=[stated(world, **changes)], by=world.reporter, at=NOON)
    return risk


def review(world, risk, likelihood, impact, **given):
    risk.refresh_from_db()
    entry = ReviewInput(risk, given.pop("quarter", world.quarter), likelihood, impact, **given)
    return review_risks(entries=[entry], by=world.reporter, at=NOON)[0]


def test_risks_get_numbers_levels_and_a_row_in_the_log(world):
    first = register(world)
    second = register(world, project=None, kpi=world.kpi, likelihood=5, impact=5)
    assert (first.code, second.code) == ("R70-001", "R70-002")
    assert (first.level, second.level) == (2, 4)
    assert (first.subject_kind, second.subject_kind) == ("โครงการ", "ตัวชี้วัด")
    event = Event.objects.filter(verb="projects.risk.registered").latest("pk")
    assert event.agency_code == "RK"
    assert event.after == {"score": 25, "level": 4}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"project": None}, "one_subject"),
        ({"cause_th": " "}, "no_text"),
        ({"likelihood": 6}, "off_the_map"),
        ({"impact": 0}, "off_the_map"),
    ],
)
def test_what_no_risk_is(world, changes, code):
    with pytest.raises(EntriesRefused) as refused:
        register(world, **changes)
    assert refused.value.by_entry[0].code == code
    assert not Risk.objects.exists()


def test_a_risk_stays_with_whom_it_concerns(world):
    other, _activities = project_with()
    for changes, code in (
        ({"project": other}, "others_subject"),
        ({"agency": AgencyFactory()}, "not_allowed"),
    ):
        with pytest.raises(EntriesRefused) as refused:
            register(world, **changes)
        assert refused.value.by_entry[0].code == code


def test_a_risk_that_grew_twice_in_a_row_is_raised(world):
    risk = register(world)
    review(world, risk, 3, 4)
    assert not Risk.objects.raised().exists()
    second = Quarter.objects.get(fiscal_year=YEAR, number=2)
    set_state(second, PeriodState.OPEN)
    review(world, risk, 4, 4, quarter=second)
    assert list(Risk.objects.raised()) == [risk]
    risk.refresh_from_db()
    assert (risk.score, risk.level, risk.growths, risk.is_raised) == (16, 3, 2, True)
    # The same quarter again takes its place: no third growth, and it falls back.
    review(world, risk, 2, 2, quarter=second)
    risk.refresh_from_db()
    assert (risk.score, risk.growths) == (4, 0)
    assert RiskReview.objects.count() == 2


def test_a_review_needs_an_open_quarter_and_notices_who_was_faster(world):
    risk = register(world)
    review(world, risk, 3, 4)
    with pytest.raises(EntriesRefused) as refused:
        review(world, risk, 3, 4, version=0)
    assert refused.value.by_entry[0].code == "changed_meanwhile"
    with pytest.raises(EntriesRefused):
        review(world, risk, 3, 9)
    set_state(world.quarter, PeriodState.CLOSED)
    with pytest.raises(EntriesRefused) as refused:
        review(world, risk, 1, 1)
    assert "ปิดแล้ว" in str(refused.value)


def test_a_stale_risk_is_not_written_over(world):
    risk = register(world)
    change_risk(risk=risk, changes={"name_th": "ใหม่"}, version=1, by=world.reporter, at=NOON)
    with pytest.raises(Refused) as refused:
        change_risk(risk=risk, changes={"name_th": "เก่า"}, version=1, by=world.reporter, at=NOON)
    assert refused.value.code == "changed_meanwhile"
    with pytest.raises(Refused) as refused:
        change_risk(risk=risk, changes={"cause_th": ""}, version=2, by=world.reporter, at=NOON)
    assert refused.value.code == "no_text"
    unchanged = change_risk(
        risk=risk, changes={"name_th": "ใหม่"}, version=2, by=world.reporter, at=NOON
    )
    assert unchanged.version == 2


def test_a_step_has_an_owner_and_a_day_and_is_owed_by_the_owner(world):
    risk = register(world)
    owner = AgencyFactory()
    owing = person(Role.REPORTER, owner)
    add = {"risk": risk, "text_th": "เร่งรัด", "owner": owner, "by": world.reporter, "at": NOON}
    for changes, code in (
        ({"owner": None}, "no_owner"),
        ({"due_date": None}, "no_due_date"),
        ({"due_date": TODAY - timedelta(days=1)}, "due_past"),
        ({"text_th": ""}, "no_text"),
        ({"by": owing}, "not_allowed"),
    ):
        with pytest.raises(Refused) as refused:
            add_risk_action(**{**add, "due_date": TODAY, **changes})
        assert refused.value.code == code
    step = add_risk_action(**add, due_date=TODAY + timedelta(days=3))
    [due] = steps_due_for(owing, NOON)
    assert (due.code, due.owner_ids, due.url) == (
        risk.code,
        (owing.pk,),
        f"/desk/risks/{risk.code}/",
    )
    assert steps_due_for(person(Role.REPORTER), NOON) == []
    end = {"action": step, "note_th": "ทำแล้ว", "by": owing, "at": NOON}
    for changes, code in (
        ({"state": "open"}, "no_end"),
        ({"state": "done", "note_th": ""}, "no_reason"),
        ({"state": "done", "by": person(Role.REPORTER)}, "not_allowed"),
    ):
        with pytest.raises(Refused) as refused:
            finish_risk_action(**{**end, **changes})
        assert refused.value.code == code
    finish_risk_action(**end, state="done")
    assert steps_due_for(owing, NOON) == []
    with pytest.raises(Refused, match="ปิดไปแล้ว"):
        finish_risk_action(**end, state="done")


def test_a_risk_is_closed_once_by_the_head_with_a_reason(world):
    risk = register(world)
    for who, reason, code in (
        (world.reporter, "หมดแล้ว", "not_allowed"),
        (world.head, " ", "no_reason"),
    ):
        with pytest.raises(Refused) as refused:
            close_risk(risk=risk, reason=reason, by=who, at=NOON)
        assert refused.value.code == code
    stale = Risk.objects.get()
    close_risk(risk=risk, reason="หมดแล้ว", by=world.head, at=NOON)
    with pytest.raises(Refused) as refused:
        close_risk(risk=stale, reason="หมดแล้ว", by=world.head, at=NOON)
    assert refused.value.code == "changed_meanwhile"
    with pytest.raises(Refused, match="ปิดไปแล้ว"):
        close_risk(risk=risk, reason="หมดแล้ว", by=world.head, at=NOON)
    with pytest.raises(EntriesRefused, match="ปิดแล้ว"):
        review(world, risk, 1, 1)


def test_the_map_is_data_of_a_year_and_moves_its_risks(world):
    risk = register(world)
    levels = {cell: max(3, level) for cell, level in full_map({}).items()}
    with pytest.raises(Refused):
        set_risk_map(fiscal_year=world.year, levels=levels, by=world.reporter, at=NOON)
    with pytest.raises(Refused) as refused:
        set_risk_map(fiscal_year=world.year, levels={(1, 1): 4}, by=world.strategist, at=NOON)
    assert refused.value.code == "map_falls"
    set_risk_map(fiscal_year=world.year, levels=levels, by=world.strategist, at=NOON)
    risk.refresh_from_db()
    assert risk.level == 3
    assert risk_map_of(YEAR + 1)[1, 1] == 3
    assert risk_map_of(YEAR - 1)[1, 1] == 1
    assert Event.objects.get(verb="projects.risk_map.set").after["3×3"] == 3


def test_categories_are_data(world):
    with pytest.raises(Refused):
        load_risk_categories(categories=[StatedCategory("X", "ใหม่")], by=world.reporter, at=NOON)
    with pytest.raises(Refused):
        load_risk_categories(categories=[StatedCategory(" ", "ใหม่")], by=None, at=NOON)
    tally = load_risk_categories(
        categories=[StatedCategory("FR", "การทุจริต", order=1)], by=world.strategist, at=NOON
    )
    assert (tally.added, tally.changed) == (0, 1)


def test_another_agency_and_the_public_see_no_risk(world):
    register(world)
    for user, count in (
        (world.reporter, 1),
        (person(Role.VIEWER), 1),
        (person(Role.REPORTER), 0),
    ):
        assert Risk.objects.visible_to(standing_of(user, TODAY)).count() == count


def test_the_sheet_reviews_the_open_risks_of_an_agency(world):
    risk = register(world)
    sheet = RiskReviewSheet()
    rows = sheet.rows_for(user=world.reporter, agency=world.agency, period=world.quarter, at=NOON)
    assert [(row.code, row.why_not, row.version) for row in rows] == [("R70-001", None, 0)]
    [prepared] = sheet.prepare(
        [(rows[0], {"likelihood": "4", "impact": "4", "note": "แย่ลง"})], period=world.quarter
    )
    stored = sheet.record([prepared.entry], by=world.reporter, at=NOON)
    sheet.submit(stored, by=world.reporter, at=NOON)
    risk.refresh_from_db()
    assert (risk.score, risk.growths) == (16, 1)


# ── Pages ────────────────────────────────────────────────────────────────────
def client_of(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def clock_stands(settings):
    settings.SAMPLE_TODAY = TODAY.isoformat()


def test_the_agency_registers_reviews_and_treats_in_the_browser(world, clock_stands):
    client = client_of(world.reporter)
    assert client.get("/desk/risks/new/").status_code == 200
    typed = {
        "agency": world.agency.pk,
        "subject": f"project-{world.project.pk}",
        "category": world.category.pk,
        "name_th": "งานล่าช้า",
        "cause_th": "ผู้รับจ้างรายเดียว",
        "likelihood": "3",
        "impact": "4",
        "response": "treat",
    }
    wrong = client.post("/desk/risks/new/", typed | {"cause_th": ""})
    assert wrong.status_code == 422
    assert "งานล่าช้า" in wrong.content.decode()
    assert client.post("/desk/risks/new/", typed).status_code == 302
    risk = Risk.objects.get()
    page = f"/desk/risks/{risk.code}/"
    reviewed = {
        "do": "review",
        "quarter": world.quarter.pk,
        "review_version": "0",
        "now_likelihood": "4",
        "now_impact": "4",
        "review_note": "ยังไม่ดีขึ้น",
    }
    assert client.post(page, reviewed).status_code == 302
    # Somebody reviewed meanwhile: what was typed stays on the page.
    late = client.post(page, reviewed | {"review_note": "พิมพ์ไว้แล้ว"})
    assert late.status_code == 409
    assert "พิมพ์ไว้แล้ว" in late.content.decode()
    step = {"do": "step", "step_text": "เร่งรัด", "step_due": "29 ม.ค. 2570"}
    no_owner = client.post(page, step)
    assert no_owner.status_code == 422
    assert "เลือกหน่วยงานที่รับผิดชอบกิจกรรม" in no_owner.content.decode()
    assert client.post(page, step | {"step_owner": world.agency.pk}).status_code == 302
    done = {"do": "end", "step": RiskAction.objects.get().pk, "step_state": "done"}
    assert client.post(page, done).status_code == 422
    assert client.post(page, done | {"step_note": "ครบ"}).status_code == 302
    assert client.post(page, {"do": "?"}).status_code == 404
    assert client.post(page, {"do": "close", "reason": "จบ"}).status_code == 409
    edit = f"{page}edit/"
    assert client.get(edit).status_code == 200
    changed = {key: typed[key] for key in ("category", "cause_th", "response")}
    changed |= {"name_th": "งานล่าช้ามาก"}
    assert client.post(edit, changed | {"version": "1"}).status_code == 409
    risk.refresh_from_db()
    assert client.post(edit, changed | {"version": risk.version}).status_code == 302
    assert "งานล่าช้ามาก" in client.get("/desk/risks/?q=มาก&level=3").content.decode()
    told = client.get("/desk/risks.csv").content.decode()
    assert told.splitlines()[1].startswith("R70-001,2570,RK,")
    for filters in ("?state=raised", "?state=closed", "?subject=kpi&agency=RK&category=FR"):
        assert "งานล่าช้ามาก" not in client.get(f"/desk/risks/{filters}").content.decode()
    assert client_of(world.head).post(page, {"do": "close", "reason": "จบ"}).status_code == 302
    assert client.get(edit).status_code == 403


def test_who_may_not_is_told_so(world, clock_stands):
    risk = register(world)
    stranger = client_of(person(Role.REPORTER))
    assert stranger.get(f"/desk/risks/{risk.code}/").status_code == 404
    assert stranger.get(f"/desk/risks/{risk.code}/edit/").status_code == 404
    assert "งานล่าช้า" not in stranger.get("/desk/risks/").content.decode()
    assert "งานล่าช้า" not in stranger.get("/desk/risks.csv").content.decode()
    viewer = client_of(person(Role.VIEWER))
    assert viewer.get("/desk/risks/new/").status_code == 403
    assert viewer.get(f"/desk/risks/{risk.code}/").status_code == 200
    assert viewer.get(f"/desk/risks/{risk.code}/edit/").status_code == 403
    scales = viewer.get("/desk/risks/scales/")
    assert "เฉพาะกลุ่มงานยุทธศาสตร์" in scales.content.decode()
    assert viewer.post("/desk/risks/scales/", {"do": "map"}).status_code == 422
    nobody = person(Role.VIEWER)
    nobody.memberships.all().delete()
    assert client_of(nobody).get("/desk/risks/").status_code == 404
    assert Client().get("/desk/risks/").status_code == 302


def test_the_strategy_office_sets_the_map_and_the_categories(world, clock_stands):
    client = client_of(world.strategist)
    cells = {f"cell-{row}-{column}": "2" for row, column in CELLS}
    assert client.post("/desk/risks/scales/?year=2570", cells).status_code == 302
    assert set(risk_map_of(YEAR).values()) == {2}
    falls = client.post("/desk/risks/scales/?year=2570", cells | {"cell-1-1": "4"})
    assert falls.status_code == 409
    kind = {"do": "category", "code": "GG", "category_th": "ธรรมาภิบาล", "order": "2"}
    assert client.post("/desk/risks/scales/?year=2570", kind).status_code == 302
    assert RiskCategory.objects.get(code="GG").is_active is False
    assert client.post("/desk/risks/scales/?year=2570", kind | {"code": ""}).status_code == 422


def test_a_raised_risk_stands_on_the_governors_page(world, clock_stands):
    risk = register(world)
    governor = client_of(person(Role.GOVERNOR))
    assert risk.name_th not in governor.get("/dashboard/").content.decode()
    Risk.objects.update(growths=2)
    assert risk.name_th in governor.get("/dashboard/").content.decode()


# ── API ──────────────────────────────────────────────────────────────────────
def test_the_api_registers_reviews_treats_and_closes(world, clock_stands):
    client = client_of(world.reporter)

    def post(url, given):
        return client.post(url, given, content_type="application/json")

    given = {
        "fiscal_year": YEAR,
        "agency": "RK",
        "category": "FR",
        "kpi": "9.1",
        "name_th": "ตัวเลขไม่ครบ",
        "cause_th": "ผู้รายงานน้อย",
        "likelihood": 2,
        "impact": 2,
        "response": "take",
    }
    assert post("/api/v1/risks/", given | {"kpi": "?"}).status_code == 400
    assert post("/api/v1/risks/", given | {"impact": 9}).status_code == 400
    assert post("/api/v1/risks/", given | {"project": world.project.code}).status_code == 409
    made = post("/api/v1/risks/", given)
    assert made.status_code == 201
    url = f"/api/v1/risks/{made.json()['code']}/"
    quarter = {"fiscal_year": YEAR, "quarter": 1, "likelihood": 3, "impact": 2}
    assert post(f"{url}review/", quarter).json()["score"] == 6
    assert post(f"{url}review/", quarter | {"version": 0}).status_code == 409
    assert post(f"{url}review/", quarter | {"fiscal_year": 2400}).status_code == 400
    step = {"text_th": "สอบทาน", "owner": "RK", "due_date": "2027-02-01"}
    no_owner = post(f"{url}steps/", {"text_th": "สอบทาน", "due_date": "2027-02-01"})
    assert no_owner.json()["owner"] == ["เลือกหน่วยงานที่รับผิดชอบ"]
    assert post(f"{url}steps/", step).status_code == 201
    ended = post(f"{url}steps/1/finish/", {"state": "done", "note_th": "แล้ว"})
    assert ended.json()["actions"][0]["state"] == "done"
    assert post(f"{url}close/", {"reason": "จบ"}).status_code == 409
    assert Client().get("/api/v1/risks/").json()["results"] == []
    assert Client().get(url).status_code == 404
