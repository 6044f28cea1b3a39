"""Machines read how a plan is made: its analysis, what people said, and who was told of it."""

import pytest
import time_machine

from accounts.models import Role
from audit.models import Event
from planning.actions import analysis, editions, participation
from planning.models import Consultation, ConsultationComment, SwotFactor
from strategy.models import Approach, EditionMove, PlanEdition, ProvinceFact
from tests.factories import NOON, TODAY, AgencyFactory, person
from tests.house.machines import queries, rows
from tests.planning.factories import valley
from tests.planning.test_plans import factor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def pair(edition, number):
    """Give an edition a strength with its figure, an opportunity, and what both ask for."""
    stated = analysis.EvidenceInput(label_th=f"โรงงาน {number}", value=6000, source_th="อุตสาหกรรม")
    given = {"by": None, "edition": edition}
    both = [factor(**given, evidence=[stated]), factor(**given, kind="O", text_th="ตลาดโลก")]
    analysis.add_tows(
        edition=edition,
        text_th=f"กลยุทธ์ {number}",
        factors=both,
        approaches=list(Approach.objects.filter(issue__edition=edition)),
        by=None,
        at=NOON,
    )


def test_an_analysis_is_traced_both_ways_and_a_drafts_stays_at_the_desk(
    client, edition, draft, strategist
):
    pair(edition, 1)
    hidden = factor(draft, strategist, text_th="ยังร่าง")
    first, second = rows(client, "swot-factors")
    assert [row["code"] for row in (first, second)] == ["O1", "S1"]
    [evidence] = second["evidence"]
    assert (evidence["label_th"], evidence["value"], evidence["kpi"]) == (
        "โรงงาน 1",
        "6000.0000",
        None,
    )
    assert second["tows"] == [1]
    [tows] = rows(client, "tows-strategies")
    assert (tows["factors"], tows["approaches"]) == (["O1", "S1"], ["1.1"])
    assert client.get(f"/api/v1/swot-factors/{hidden.pk}/").status_code == 404
    client.force_login(strategist)
    assert client.get(f"/api/v1/swot-factors/{hidden.pk}/").json()["text_th"] == "ยังร่าง"


@pytest.mark.parametrize("path", ["swot-factors", "tows-strategies"])
def test_a_longer_analysis_costs_no_more_queries(client, edition, path):
    pair(edition, 1)
    first = queries(client, path)
    for number in range(2, 5):
        pair(edition, number)
    assert len(rows(client, path)) >= 4
    assert queries(client, path) == first


def test_only_comments_that_are_shown_are_given_out(client, consultation, strategist):
    said = [
        editions.comment(
            consultation=consultation, sector="people", about_th="", text_th=text, at=NOON
        )
        for text in ("ขุดลอกก่อนฝน", "โฆษณา", "ยังไม่ตรวจ")
    ]
    judge = {"by": strategist, "at": NOON}
    editions.judge_comments(comments=said[:1], shown=True, **judge)
    editions.judge_comments(comments=said[1:2], shown=False, **judge)
    editions.answer_comment(
        comment=ConsultationComment.objects.get(pk=said[0].pk),
        version=2,
        answer_th="รับไว้",
        **judge,
    )
    [row] = rows(client, "consultations")
    assert (row["opens_date"], row["question_th"]) == ("2027-01-10", "ครบหรือยัง")
    assert [(each["text_th"], each["answer_th"]) for each in row["comments"]] == [
        ("ขุดลอกก่อนฝน", "รับไว้")
    ]


@pytest.fixture
def told(edition, strategist):
    """Tell two agencies of the edition by one letter; a third was told nothing."""
    channel = ProvinceFact.objects.create(key="c1", subject="channel", label_th="หนังสือราชการ")
    agencies = [AgencyFactory(code=code) for code in ("TLA", "TLB", "TLC")]

    def tell(reference):
        return participation.tell_agencies(
            edition=edition,
            channel=channel,
            told_date=TODAY,
            reference=reference,
            agencies=agencies[:2],
            by=strategist,
            at=NOON,
        )

    tell("สค 0017/1")
    return agencies, tell


def test_an_agency_acknowledges_for_itself_and_reads_of_no_other(client, told, strategist):
    agencies, _tell = told
    head = person(Role.APPROVER, agencies[0])
    assert client.get("/api/v1/announcements/").status_code == 401
    client.force_login(head)
    [row] = rows(client, "announcements")
    assert (row["channel"], row["told"], row["acknowledged"]) == ("c1", 2, 0)
    assert row["receipts"] == [{"agency": "TLA", "acknowledged_at": None}]
    address = f"/api/v1/announcements/{row['id']}/acknowledge/"
    answer = client.post(address)
    assert (answer.status_code, answer.json()["acknowledged"]) == (200, 1)
    assert answer.json()["receipts"][0]["acknowledged_at"]
    event = Event.objects.get(verb="planning.receipt.acknowledged")
    assert (event.actor_id, event.agency_code) == (head.pk, "TLA")
    again = client.post(address)
    assert (again.status_code, "รับทราบไว้แล้ว" in again.json()["detail"]) == (409, True)

    # Neither somebody without the say in it, nor an agency that was not told, nor the office.
    client.force_login(person(Role.INSPECTOR, agencies[1]))
    assert client.post(address).status_code == 409
    client.force_login(person(Role.APPROVER, agencies[2]))
    assert rows(client, "announcements") == []
    assert client.post(address).status_code == 404
    client.force_login(strategist)
    [row] = rows(client, "announcements")
    assert [each["agency"] for each in row["receipts"]] == ["TLA", "TLB"]
    assert client.post(address).status_code == 404
    assert Event.objects.filter(verb="planning.receipt.acknowledged").count() == 1


def test_more_announcements_cost_no_more_queries(client, told, strategist):
    _agencies, tell = told
    client.force_login(strategist)
    first = queries(client, "announcements")
    for number in range(2, 6):
        tell(f"สค 0017/{number}")
    assert queries(client, "announcements") == first


def sends(client, method, path, given=None):
    answer = getattr(client, method)(f"/api/v1/{path}/", given, content_type="application/json")
    return answer.status_code, answer.json() if answer.content else None


def test_the_office_writes_a_drafts_analysis_by_machine(client, edition, draft, strategist):
    client.force_login(strategist)
    stated = {"label_th": "โรงงาน", "value": "6000", "source_th": "อุตสาหกรรมจังหวัด"}
    given = {"edition": draft.pk, "kind": "S", "text_th": "ฐานอาหาร", "importance": 4}
    code, inside = sends(client, "post", "swot-factors", {**given, "evidence": [stated]})
    assert (code, inside["code"], inside["evidence"][0]["value"]) == (201, "S1", "6000.0000")
    _code, outside = sends(client, "post", "swot-factors", {**given, "kind": "O"})
    path = f"swot-factors/{inside['id']}"
    need = valley().need()
    code, shown = sends(client, "post", f"{path}/evidence", {"need": need.code})
    assert (code, len(shown["evidence"]), shown["version"]) == (200, 2, 2)
    assert sends(client, "post", f"{path}/evidence", {"label_th": "x"})[1]["code"] == "no_source"
    words = {"text_th": "ฐานอาหารทะเล", "importance": 5, "version": 2}
    assert sends(client, "put", path, words)[1]["text_th"] == "ฐานอาหารทะเล"
    assert sends(client, "put", path, words)[1]["code"] == "changed_meanwhile"
    assert sends(client, "put", path, {**words, "importance": 6})[0] == 400
    pair = {
        "edition": draft.pk,
        "text_th": "ส่งออก",
        "factors": [inside["id"], outside["id"]],
        "approaches": list(
            Approach.objects.filter(issue__edition=draft).values_list("pk", flat=True)
        ),
    }
    code, tows = sends(client, "post", "tows-strategies", pair)
    assert (code, tows["factors"], tows["approaches"]) == (201, ["O1", "S1"], ["1.1"])
    one = {**pair, "factors": [inside["id"]]}
    assert sends(client, "post", "tows-strategies", one)[1]["code"] == "tows"
    assert sends(client, "post", f"{path}/drop")[1]["code"] == "factor_used"
    assert sends(client, "post", f"tows-strategies/{tows['id']}/drop") == (204, None)
    assert sends(client, "post", f"{path}/drop") == (204, None)
    left = SwotFactor.objects.filter(edition=draft).values_list("kind", flat=True)
    assert list(left) == ["O"]
    # One in force never changes.
    assert sends(client, "post", "swot-factors", {**given, "edition": edition.pk})[1]["code"] == (
        "not_draft"
    )


def test_people_are_asked_and_answered_by_machine(client, consulted, draft, strategist):
    asked = {
        "edition": consulted.pk,
        "question_th": "ครบหรือยัง",
        "opens_date": str(TODAY),
        "closes_date": str(TODAY),
    }
    assert sends(client, "post", "consultations", asked)[0] == 401
    client.force_login(strategist)
    code, opened = sends(client, "post", "consultations", asked)
    assert (code, opened["comments"]) == (201, [])
    backwards = {**asked, "closes_date": "2026-01-01"}
    assert sends(client, "post", "consultations", backwards)[1]["code"] == "not_consulting"
    row = editions.comment(
        consultation=Consultation.objects.get(), sector="people", text_th="ขุดลอก", at=NOON
    )
    path = f"consultation-comments/{row.pk}"
    answer = {"answer_th": "รับไว้", "version": 1}
    assert sends(client, "post", f"{path}/answer", answer)[1]["code"] == "not_judged"
    client.logout()
    assert sends(client, "get", path)[0] == 404
    client.force_login(strategist)
    assert sends(client, "post", f"{path}/judge", {"shown": True})[1]["state"] == "shown"
    assert sends(client, "post", f"{path}/answer", answer)[1]["code"] == "changed_meanwhile"
    told = sends(client, "post", f"{path}/answer", {**answer, "version": 2})[1]
    assert (told["answer_th"], told["version"]) == ("รับไว้", 3)
    client.logout()
    assert sends(client, "get", path)[1]["answer_th"] == "รับไว้"
    assert sends(client, "post", f"{path}/answer", {**answer, "version": 3})[0] == 401
    client.force_login(person(Role.GOVERNOR))
    assert sends(client, "post", f"{path}/judge", {"shown": False})[1]["code"] == "not_strategist"


def test_an_edition_is_begun_as_a_copy_and_moved_on_by_machine(client, edition, strategist):
    pair(edition, 1)
    begun = {"plan": edition.plan.code, "based_on": edition.pk, "review_year": 2570}
    assert sends(client, "post", "plan-editions", begun)[0] == 401
    client.force_login(person(Role.GOVERNOR))
    refused = sends(client, "post", "plan-editions", begun)
    assert (refused[0], "จัดทำแผนได้" in refused[1]["detail"]) == (409, True)
    client.force_login(strategist)
    for bad in ({"plan": "none"}, {"based_on": 0}, {"based_on": None}, {"review_year": 2026}):
        assert sends(client, "post", "plan-editions", {**begun, **bad})[0] == 400, bad
    code, made = sends(client, "post", "plan-editions", begun)
    assert (code, made["state"], made["number"], made["based_on"]) == (201, "draft", 2, edition.pk)
    assert (made["vision_th"], made["moves"]) == ("วิสัยทัศน์", [])
    # Its analysis came with it, as on the page.
    assert SwotFactor.objects.filter(edition=made["id"]).count() == 2
    assert sends(client, "post", "plan-editions", begun)[1]["code"] == "in_work"

    path = f"plan-editions/{made['id']}"
    client.force_login(person(Role.REPORTER))
    assert sends(client, "get", path)[0] == 404
    assert sends(client, "post", f"{path}/move", {"to": "consultation"})[0] == 404
    assert sends(client, "post", "plan-editions", {**begun, "based_on": made["id"]})[0] == 404
    client.force_login(person(Role.GOVERNOR))
    assert sends(client, "post", f"{path}/move", {"to": "consultation"})[1]["code"] == "no_move"
    client.force_login(strategist)
    assert sends(client, "post", f"{path}/move", {"to": "somewhere"})[0] == 400
    assert sends(client, "post", f"{path}/move", {"to": "in_force"})[1]["code"] == "no_move"
    assert sends(client, "post", f"{path}/move", {"to": "consultation"})[1]["state"] == (
        "consultation"
    )
    assert sends(client, "post", f"{path}/move", {"to": "approved"})[1]["code"] == "no_decision"
    decided = {"to": "approved", "reference": "มติ 1/2570", "decided_date": str(TODAY)}
    approved = sends(client, "post", f"{path}/move", decided)[1]
    assert (approved["state"], approved["approved_date"]) == ("approved", str(TODAY))
    in_force = sends(client, "post", f"{path}/move", {"to": "in_force"})[1]
    assert [
        (row["from_state"], row["to_state"], row["reference"]) for row in in_force["moves"]
    ] == [
        ("draft", "consultation", ""),
        ("consultation", "approved", "มติ 1/2570"),
        ("approved", "in_force", ""),
    ]
    client.logout()
    assert sends(client, "get", path)[1]["state"] == "in_force"
    assert sends(client, "get", f"plan-editions/{edition.pk}")[1]["state"] == "superseded"
    assert sends(client, "post", f"{path}/move", {"to": "draft"})[0] == 401
    assert Event.objects.filter(verb="strategy.edition.moved", actor_id=strategist.pk).count() == 4


def test_another_plan_is_begun_by_machine(client, edition, strategist):
    given = {"kind": "five_year", "start_year": 2571, "end_year": 2575, "name_th": "แผนถัดไป"}
    path = "plan-editions/start-plan"
    assert sends(client, "post", path, given)[0] == 401
    client.force_login(person(Role.GOVERNOR))
    assert sends(client, "post", path, given)[1]["code"] == "not_allowed"
    client.force_login(strategist)
    assert sends(client, "post", path, {**given, "start_year": 2031})[0] == 400
    assert sends(client, "post", path, {**given, "end_year": 2570})[1]["code"] == "years"
    code, made = sends(client, "post", path, {**given, "based_on": edition.pk})
    assert (code, made["plan"], made["based_on"]) == (201, "2571-2575", edition.pk)
    assert sends(client, "post", path, given)[1]["code"] == "plan_there"
    assert [row["plan"] for row in rows(client, "plan-editions")][-1] == "2571-2575"


def test_more_editions_cost_no_more_queries(client, edition, strategist):
    first = queries(client, "plan-editions")
    for number in range(2, 5):
        row = PlanEdition.objects.create(plan=edition.plan, number=number, state="superseded")
        EditionMove.objects.create(
            edition=row, from_state="in_force", to_state="superseded", made_by=strategist,
            made_at=NOON,
        )  # fmt: skip
    assert len(rows(client, "plan-editions")) == 4
    assert queries(client, "plan-editions") == first


def test_a_consultation_is_closed_by_machine_and_says_why(client, consultation, strategist):
    path = f"consultations/{consultation.pk}"
    assert sends(client, "post", f"{path}/close", {"reason": "น้ำท่วม"})[0] == 401
    client.force_login(person(Role.GOVERNOR))
    refused = sends(client, "post", f"{path}/close", {"reason": "น้ำท่วม"})
    assert (refused[0], refused[1]["code"]) == (409, "not_closed")
    client.force_login(strategist)
    assert sends(client, "post", f"{path}/close", {})[0] == 400
    assert sends(client, "post", f"{path}/close", {"reason": " "})[0] == 400
    code, closed = sends(client, "post", f"{path}/close", {"reason": "น้ำท่วม"})
    assert (code, closed["closed_reason"]) == (200, "น้ำท่วม")
    assert closed["closes_date"] == str(consultation.closes_date)
    assert sends(client, "post", f"{path}/close", {"reason": "ซ้ำ"})[1]["code"] == "not_closed"
    client.logout()
    shown = sends(client, "get", path)[1]
    assert (shown["closed_reason"], shown["closed_at"] is not None) == ("น้ำท่วม", True)


def test_a_forum_is_written_down_and_put_right_by_machine(client, draft, strategist):
    given = {
        "title_th": "เวทีท่าจีน",
        "held_date": str(TODAY),
        "edition": draft.pk,
        "attendance": [{"sector": "people", "people": 40}, {"sector": "civil", "people": 0}],
    }
    assert sends(client, "post", "forums", given)[0] == 401
    client.force_login(person(Role.REPORTER))
    # A draft is the desk's: another does not know that it is there.
    assert sends(client, "post", "forums", given)[0] == 404
    assert sends(client, "post", "forums", {**given, "edition": None})[1]["code"] == (
        "not_strategist"
    )
    client.force_login(strategist)
    twice = [*given["attendance"], {"sector": "people", "people": 1}]
    for bad in ({"title_th": ""}, {"area": "none"}, {"edition": 0}, {"attendance": twice}):
        assert sends(client, "post", "forums", {**given, **bad})[0] == 400, bad
    below = [{"sector": "people", "people": -1}]
    assert sends(client, "post", "forums", {**given, "attendance": below})[0] == 400
    code, made = sends(client, "post", "forums", given)
    assert (code, made["edition"], made["version"]) == (201, draft.pk, 1)
    assert {row["sector"]: row["people"] for row in made["attendance"]} == {
        "people": 40, "civil": 0,
    }  # fmt: skip
    assert sends(client, "post", "forums", given)[1]["code"] == "forum_there"

    path = f"forums/{made['id']}"
    # What was read is what may be sent back.
    again = {name: made[name] for name in (*given, "place_th", "area", "minutes_th", "version")}
    code, same = sends(client, "put", path, again)
    assert (code, same["version"], same["attendance"]) == (200, 2, made["attendance"])
    late = sends(client, "put", path, {**again, "minutes_th": "สรุป"})
    assert (late[0], late[1]["code"]) == (409, "changed_meanwhile")
    future = {**again, "version": 2, "held_date": "2027-12-31"}
    assert sends(client, "put", path, future)[1]["code"] == "future"
    assert sends(client, "put", path, {**again, "version": None})[0] == 400
    changed = {**again, "version": 2, "minutes_th": "สรุป", "attendance": []}
    code, told = sends(client, "put", path, changed)
    assert (code, told["minutes_th"], told["attendance"]) == (200, "สรุป", [])
    event = Event.objects.filter(verb="planning.forum.amended").latest("pk")
    assert (event.actor_id, event.before["people"]) == (strategist.pk, 40)
    client.force_login(person(Role.GOVERNOR))
    refused = sends(client, "put", path, {**changed, "version": 3})
    assert (refused[0], refused[1]["code"]) == (409, "not_strategist")
    client.logout()
    assert sends(client, "put", path, {**changed, "version": 3})[0] == 401


def test_more_comments_cost_no_more_queries(client, consultation):
    def say(n):
        for _number in range(n):
            ConsultationComment.objects.create(
                consultation=consultation, sector="people", text_th="x", received_at=NOON,
                state="shown",
            )  # fmt: skip

    say(1)
    first = queries(client, "consultation-comments")
    say(5)
    assert len(rows(client, "consultation-comments")) == 6
    assert queries(client, "consultation-comments") == first


def test_what_the_public_sent_is_looked_at_and_what_was_funded_is_finished_by_machine(client):
    there = valley()
    shown, hidden = there.need(status="waiting"), there.need(status="waiting")
    client.force_login(there.people["local"])
    assert sends(client, "post", f"needs/{shown.code}/publish")[1]["status"] == "open"
    assert sends(client, "post", f"needs/{shown.code}/publish")[0] == 409
    assert sends(client, "post", f"needs/{hidden.code}/hide", {})[0] == 400
    assert sends(client, "post", f"needs/{hidden.code}/hide", {"reason": "โฆษณา"})[0] == 200
    money = {"baht": "1000", "fiscal_year": 2570, "source_th": "ข้อบัญญัติ"}
    assert sends(client, "post", f"needs/{shown.code}/finish", {"note": "เสร็จ"})[0] == 409
    funded = sends(client, "post", f"needs/{shown.code}/fund", money)[1]
    assert funded["status"] == "funded"
    done = sends(client, "post", f"needs/{shown.code}/finish", {"note": "ขุดลอกแล้ว 2 กม."})[1]
    assert (done["status"], done["answer_th"]) == ("done", "ขุดลอกแล้ว 2 กม.")
    hidden.refresh_from_db()
    assert (hidden.status, hidden.answer_th) == ("hidden", "โฆษณา")
