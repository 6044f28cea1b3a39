"""Analysis, consultations, forums and telling: verbs, refusals and the pages that show them."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from budget.models import Allocation
from common.refusal import Refused
from common.thaidates import format_date
from planning.actions import analysis, editions, participation
from planning.forms.fields import stamp_of
from planning.models import (
    Announcement,
    Consultation,
    ConsultationComment,
    Forum,
    SwotFactor,
    TowsStrategy,
)
from projects.models import Project
from strategy.actions.editions import move_edition
from strategy.models import (
    Approach,
    Framework,
    FrameworkItem,
    PlanEdition,
    ProvinceFact,
)
from tests.budget.factories import AllocationFactory
from tests.factories import NOON, TODAY, AgencyFactory, person
from tests.planning.factories import valley
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def factor(edition, by=None, **given):
    values = {"kind": "S", "text_th": "ฐานอาหาร", "importance": 4, **given}
    return analysis.add_factor(
        edition=edition, factor=analysis.FactorInput(**values), by=by, at=NOON
    )


# ── SWOT and TOWS ────────────────────────────────────────────────────────────
def test_factors_are_numbered_by_kind(draft, strategist):
    codes = [factor(draft, strategist, kind=kind).code for kind in "SSWO"]
    assert codes == ["S1", "S2", "W1", "O1"]


@pytest.mark.parametrize(
    ("given", "code"), [({"text_th": " "}, "factor"), ({"importance": 6}, "factor")]
)
def test_a_factor_must_stand(draft, strategist, given, code):
    with pytest.raises(Refused) as refused:
        factor(draft, strategist, **given)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        (analysis.EvidenceInput(), "evidence"),
        (analysis.EvidenceInput(label_th="ประชากร"), "no_source"),
    ],
)
def test_evidence_is_one_thing_with_its_source(draft, strategist, evidence, code):
    row = factor(draft, strategist)
    with pytest.raises(Refused) as refused:
        analysis.add_evidence(factor=row, evidence=evidence, by=strategist, at=NOON)
    assert refused.value.code == code
    assert not row.evidence.exists()


@pytest.mark.parametrize(
    ("kinds", "stands"), [("SO", True), ("WT", True), ("SWO", True), ("SW", False), ("OT", False)]
)
def test_a_strategy_pairs_inside_with_outside(draft, strategist, kinds, stands):
    factors = [factor(draft, strategist, kind=kind) for kind in kinds]

    def add():
        return analysis.add_tows(
            edition=draft, text_th="กลยุทธ์", factors=factors, approaches=[], by=strategist, at=NOON
        )

    if stands:
        assert add().number == 1
    else:
        with pytest.raises(Refused, match="จับคู่ปัจจัยภายใน"):
            add()


def test_the_analysis_of_an_edition_in_force_does_not_change(edition, strategist):
    row = factor(edition)
    for verb in (
        lambda: factor(edition, strategist),
        lambda: analysis.drop_factor(factor=row, by=strategist, at=NOON),
    ):
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.code == "not_draft"


def test_a_used_factor_is_not_dropped_and_a_copy_keeps_the_trace(client, edition, strategist):
    inside, outside = factor(edition), factor(edition, kind="O", text_th="ตลาดโลก")
    lonely = factor(edition, kind="T", text_th="น้ำเค็ม")
    analysis.add_tows(
        edition=edition,
        text_th="ยกระดับมาตรฐาน",
        factors=[inside, outside],
        approaches=list(Approach.objects.select_related("issue")),
        by=None,
        at=NOON,
    )
    copy = editions.start_next_edition(plan=edition.plan, source=edition, by=strategist, at=NOON)
    [tows] = TowsStrategy.objects.filter(edition=copy)
    assert {each.code for each in tows.factors.all()} == {"S1", "O1"}
    assert [each.issue.edition_id for each in tows.approaches.all()] == [copy.pk]
    used = SwotFactor.objects.get(edition=copy, kind="S")
    with pytest.raises(Refused, match="ใช้ปัจจัยนี้อยู่"):
        analysis.drop_factor(factor=used, by=strategist, at=NOON)
    answer = client.get(reverse("planning:swot", args=[edition.pk]))
    forward = {
        row.factor.code: row for _kind, _word, rows in answer.context["groups"] for row in rows
    }
    assert [each.code for each in forward["S1"].approaches] == ["1.1"]
    assert forward[lonely.code].tows == ()
    [back] = answer.context["backs"]
    assert {each.code for each in back.factors} == {"S1", "O1"}
    assert "ยังไม่มีอะไร" in answer.content.decode()


def test_the_strategy_office_writes_the_analysis_on_its_page(client, draft, strategist):
    client.force_login(strategist)
    add = reverse("planning:factor-add", args=[draft.pk])
    for kind in "WO":
        client.post(add, {"kind": kind, "text_th": f"ปัจจัย {kind}", "importance": "3"})
    assert client.post(add, {"kind": "S", "text_th": "", "importance": "3"}).status_code == 422
    weak, chance = SwotFactor.objects.filter(edition=draft).order_by("-kind")
    evidence = reverse("planning:evidence-add", args=[weak.pk])
    assert client.post(evidence, {"code": "NONE"}).status_code == 409
    told = {"label_th": "ประชากร", "value": "๕๘๔,๗๐๓", "source_th": "ทะเบียนราษฎร"}
    assert client.post(evidence, told).status_code == 302
    tows = reverse("planning:tows-add", args=[draft.pk])
    assert client.post(tows, {"text_th": "กลยุทธ์", "factors": [weak.pk]}).status_code == 409
    paired = {"text_th": "กลยุทธ์", "factors": [weak.pk, chance.pk]}
    assert client.post(tows, paired).status_code == 302
    body = client.get(reverse("planning:swot", args=[draft.pk])).content.decode()
    assert "584,703.00" in body
    assert "WO" in body


# ── Consultation ─────────────────────────────────────────────────────────────
def test_people_are_asked_only_about_what_is_out(draft, strategist):
    with pytest.raises(Refused, match="รับฟังความคิดเห็น"):
        editions.open_consultation(
            edition=draft,
            opens_date=TODAY,
            closes_date=TODAY,
            question_th="?",
            by=strategist,
            at=NOON,
        )


def test_the_days_of_a_consultation_are_in_order(consulted, strategist):
    with pytest.raises(Refused, match="วันปิดรับต้องไม่ก่อน"):
        editions.open_consultation(
            edition=consulted,
            opens_date=TODAY,
            closes_date=TODAY - timedelta(days=1),
            question_th="?",
            by=strategist,
            at=NOON,
        )
    assert not Consultation.objects.exists()


def say(consultation, at=NOON):
    return editions.comment(
        consultation=consultation, sector="people", text_th="ขุดลอกก่อนหน้าฝน", at=at
    )


@pytest.mark.parametrize(
    ("days", "says"), [(-4, "ยังไม่เปิดรับ"), (-3, None), (3, None), (4, "ปิดรับความคิดเห็นแล้ว")]
)
def test_comments_are_taken_from_a_day_to_a_day(consultation, days, says):
    at = NOON + timedelta(days=days)
    if says is None:
        assert say(consultation, at).state == "waiting"
        return
    with pytest.raises(Refused, match=says):
        say(consultation, at)
    assert not ConsultationComment.objects.exists()


def test_a_draft_taken_back_takes_no_comments(consultation, consulted, strategist):
    move_edition(edition=consulted, to="draft", by=strategist, at=NOON)
    consultation.refresh_from_db()
    with pytest.raises(Refused, match="ไม่ได้รับฟังความคิดเห็นแล้ว"):
        say(Consultation.objects.with_edition().get())


def test_a_comment_is_looked_at_then_answered_in_public(client, consultation, strategist):
    url = reverse("planning:consultation-detail", args=[consultation.pk])
    typed = {
        "sector": "people",
        "text_th": "ขุดลอกก่อนหน้าฝน",
        "consent": "on",
        "stamp": stamp_of(NOON - timedelta(seconds=30)),
    }
    assert client.post(url, {**typed, "consent": ""}).status_code == 422
    assert client.post(url, {**typed, "website": "x"}).status_code == 422
    assert client.post(url, typed).status_code == 302
    row = ConsultationComment.objects.get()
    assert "ขุดลอกก่อนหน้าฝน" not in client.get(url).content.decode()
    with pytest.raises(Refused, match="ตรวจความคิดเห็นนี้ก่อน"):
        editions.answer_comment(comment=row, version=1, answer_th="รับไว้", by=strategist, at=NOON)
    client.force_login(strategist)
    judge = reverse("planning:comment-judge", args=[row.pk])
    assert client.post(judge, {"shown": "yes"}).status_code == 302
    assert client.post(judge, {"answer_th": " ", "version": "2"}).status_code == 409
    # Judged since the page was read, and not read at all.
    assert client.post(judge, {"answer_th": "ชน", "version": "1"}).status_code == 409
    assert client.post(judge, {"answer_th": "ชน"}).status_code == 409
    desk = client.get(reverse("planning:edition-write", args=[consultation.edition_id]))
    assert '<input type="hidden" name="version" value="2">' in desk.content.decode()
    told = {"answer_th": "รับไว้ในแนวทาง 5.1", "version": "2"}
    assert client.post(judge, told).status_code == 302
    client.logout()
    body = client.get(url).content.decode()
    assert "ขุดลอกก่อนหน้าฝน" in body
    assert "รับไว้ในแนวทาง 5.1" in body


def test_a_closed_consultation_says_so_and_takes_nothing(client, consultation):
    Consultation.objects.update(closes_date=TODAY - timedelta(days=1))
    url = reverse("planning:consultation-detail", args=[consultation.pk])
    typed = {
        "sector": "people",
        "text_th": "สายไปแล้ว",
        "consent": "on",
        "stamp": stamp_of(NOON - timedelta(seconds=30)),
    }
    answer = client.post(url, typed)
    assert answer.status_code == 409
    assert "ปิดรับความคิดเห็นแล้ว" in answer.content.decode()
    assert not ConsultationComment.objects.exists()


def test_a_consultation_is_closed_before_its_last_day_and_says_why(
    client, consultation, strategist
):
    taken = say(consultation)
    public = reverse("planning:consultation-detail", args=[consultation.pk])
    desk = reverse("planning:edition-write", args=[consultation.edition_id])
    close = reverse("planning:consultation-close", args=[consultation.pk])
    client.force_login(person(Role.GOVERNOR))
    assert close not in client.get(desk).content.decode()
    assert client.post(close, {"reason": "น้ำท่วม"}).status_code == 409
    client.force_login(person(Role.PLANNER))
    assert client.post(close, {"reason": "น้ำท่วม"}).status_code == 403
    client.force_login(strategist)
    assert close in client.get(desk).content.decode()
    unsaid = client.post(close, {"reason": " "})
    assert unsaid.status_code == 422
    assert "ประชาชนจะเห็นเหตุผลนี้" in unsaid.content.decode()
    assert client.post(close, {"reason": "ก" * 301}).status_code == 422
    assert "ปิดรับก่อนกำหนดเมื่อ" not in client.get(public).content.decode()

    assert client.post(close, {"reason": "น้ำท่วม ประชาชนเดินทางไม่ได้"}).status_code == 302
    page = client.get(desk).content.decode()
    assert "ปิดรับก่อนกำหนดเมื่อ" in page
    assert close not in page
    again = client.post(close, {"reason": "ซ้ำ"})
    assert again.status_code == 409
    assert "ปิดรับความคิดเห็นไปแล้วตั้งแต่" in again.content.decode()
    event = Event.objects.get(verb="planning.consultation.closed")
    assert (event.actor_id, event.reason) == (strategist.pk, "น้ำท่วม ประชาชนเดินทางไม่ได้")
    assert event.before == {"closes": str(TODAY + timedelta(days=3))}
    assert event.after == {"closes": str(TODAY)}

    client.logout()
    body = client.get(public).content.decode()
    assert "ปิดรับก่อนกำหนดเมื่อ" in body
    assert "น้ำท่วม ประชาชนเดินทางไม่ได้" in body
    assert f"ปิดรับความคิดเห็นแล้วตั้งแต่ {format_date(TODAY)}" in body
    english = client.get("/en" + public).content.decode()
    assert f"Comments closed on {format_date(TODAY, lang='en')}" in english
    late = {
        "sector": "people",
        "text_th": "สายไปแล้ว",
        "consent": "on",
        "stamp": stamp_of(NOON - timedelta(seconds=30)),
    }
    assert client.post(public, late).status_code == 409
    # Whoever had read it before is refused too; what was taken stays and is answered.
    with pytest.raises(Refused, match="ปิดรับความคิดเห็นแล้ว"):
        say(consultation)
    assert list(ConsultationComment.objects.all()) == [taken]
    listed = client.get("/strategy/editions/").content.decode()
    assert "กำลังรับฟังความคิดเห็น" not in listed
    edition = client.get(reverse("planning:edition-detail", args=[consultation.edition_id]))
    assert "ปิดรับก่อนกำหนดเมื่อ" in edition.content.decode()


def test_a_consultation_that_was_not_open_yet_is_closed_too_and_a_past_one_is_not(
    consultation, strategist
):
    def close():
        fresh = Consultation.objects.with_edition().get()
        return editions.close_consultation(
            consultation=fresh, reason="ยกเลิก", by=strategist, at=NOON
        )

    days = {"opens_date": TODAY - timedelta(days=3), "closes_date": TODAY - timedelta(days=1)}
    Consultation.objects.update(**days)
    with pytest.raises(Refused, match="ปิดรับความคิดเห็นไปแล้วตั้งแต่"):
        close()
    days = {"opens_date": TODAY + timedelta(days=1), "closes_date": TODAY + timedelta(days=3)}
    Consultation.objects.update(**days)
    assert close().last_date == TODAY
    with pytest.raises(Refused, match="ปิดรับความคิดเห็นแล้วตั้งแต่"):
        say(consultation)
    assert not Consultation.objects.open_on(TODAY + timedelta(days=2)).exists()


def test_of_two_who_close_a_consultation_the_second_is_told(consultation, strategist):
    with pytest.raises(Refused, match="เหตุผลที่ปิดรับ"):
        editions.close_consultation(consultation=consultation, reason=" ", by=strategist, at=NOON)
    seen = Consultation.objects.with_edition().get()
    editions.close_consultation(consultation=consultation, reason="หนึ่ง", by=strategist, at=NOON)
    with pytest.raises(Refused) as late:
        editions.close_consultation(consultation=seen, reason="สอง", by=strategist, at=NOON)
    assert late.value.code == "changed_meanwhile"
    assert Consultation.objects.get().closed_reason == "หนึ่ง"


# ── Editions on their pages ──────────────────────────────────────────────────
def test_drafts_stay_at_the_desk(client, edition, draft, strategist):
    for url in (
        reverse("planning:edition-detail", args=[draft.pk]),
        reverse("planning:swot", args=[draft.pk]),
        f"/strategy/compare/?before={edition.pk}&after={draft.pk}",
    ):
        assert client.get(url).status_code == 404
    codes = [row["number"] for row in client.get("/api/v1/plans/").json()["results"]]
    assert draft.number not in codes
    client.force_login(strategist)
    assert client.get(reverse("planning:edition-detail", args=[draft.pk])).status_code == 200


def test_an_edition_is_begun_written_and_compared(client, edition, strategist):
    client.force_login(strategist)
    begun = client.post(
        "/desk/plans/",
        {"begin": edition.plan_id, "edition-source": edition.pk, "edition-review_year": "๒๕๗๑"},
    )
    copy = PlanEdition.objects.get(state="draft")
    assert begun["Location"] == reverse("planning:edition-write", args=[copy.pk])
    assert copy.review_year == 2571
    words = {"vision_th": "วิสัยทัศน์และน้ำสะอาด", "missions": "1. พันธกิจ | Mission\nข้อใหม่"}
    assert client.post(begun["Location"], words).status_code == 302
    url = reverse("planning:issue-write", args=[copy.pk, "new"])
    bad = {"code": "2", "name_th": "น้ำ", "order": "2", "approaches": "2.1", "items": "XX9 เหตุ"}
    refused = client.post(url, bad)
    assert refused.status_code == 422
    assert "XX9" in refused.content.decode()
    good = {**bad, "approaches": "2.1 กักเก็บน้ำ | Store water", "items": ""}
    assert client.post(url, good).status_code == 302
    compared = client.get(
        "/strategy/compare/", {"before": edition.pk, "after": copy.pk, "show": "changes"}
    )
    assert compared.context["tally"]["added"] >= 3
    body = compared.content.decode()
    assert "<ins>และน้ำสะอาด</ins>" in body
    assert "กักเก็บน้ำ" in body
    # In force it cannot be written: the page says what to do instead.
    locked = client.post(reverse("planning:edition-write", args=[edition.pk]), words)
    assert locked.status_code == 409
    assert "เริ่มฉบับใหม่จากสำเนา" in locked.content.decode()
    moved = client.post(
        reverse("planning:edition-move", args=[copy.pk]), {"to": "in_force"}, follow=True
    )
    assert moved.status_code == 409


def test_kpis_and_projects_stay_with_their_issue_over_editions(client, edition, strategist):
    issue = edition.issues.get()
    project, _activities = project_with(code="70-001", issue=issue, approach=issue.approaches.get())
    copy = editions.start_next_edition(plan=edition.plan, source=edition, by=strategist, at=NOON)
    move_edition(edition=copy, to="consultation", by=strategist, at=NOON)
    copy.refresh_from_db()
    move_edition(
        edition=copy,
        to="approved",
        reference="ก.บ.จ. 1/2570",
        decided_date=TODAY,
        by=strategist,
        at=NOON,
    )
    copy.refresh_from_db()
    move_edition(edition=copy, to="in_force", by=strategist, at=NOON)
    body = client.get(f"/issues/{edition.plan.start_year}-1/").content.decode()
    assert project.code in body


# ── Forums and telling ───────────────────────────────────────────────────────
def forum_of(strategist, **given):
    values = {
        "title_th": "เวทีอำเภอเมือง",
        "held_date": TODAY - timedelta(days=2),
        "attendance": {"people": 40, "private": 5},
        **given,
    }
    return participation.record_forum(
        forum=participation.ForumInput(**values), by=strategist, at=NOON
    )


def test_a_forum_is_written_down_once_after_it_was_held(strategist):
    forum_of(strategist)
    with pytest.raises(Refused, match="ในวันเดียวกันแล้ว"):
        forum_of(strategist)
    with pytest.raises(Refused, match="หลังจัดเวทีแล้ว"):
        forum_of(strategist, title_th="พรุ่งนี้", held_date=TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="เฉพาะกลุ่มงานยุทธศาสตร์"):
        forum_of(person(Role.PLANNER), title_th="อื่น")
    assert Forum.objects.count() == 1


def test_a_forum_is_put_right_on_its_page_as_it_was_seen(client, strategist):
    forum = forum_of(strategist, attendance={"people": 40, "civil": 0})
    forum_of(strategist, title_th="อีกเวที")
    url = reverse("planning:forum-amend", args=[forum.pk])
    client.force_login(person(Role.GOVERNOR))
    assert "บันทึกการแก้ไข" not in client.get(url).content.decode()
    public = reverse("planning:forum-detail", args=[forum.pk])
    assert url not in client.get(public).content.decode()
    client.force_login(strategist)
    assert url in client.get(public).content.decode()
    form = client.get(url).context["form"]
    typed = {name: value for name in form.fields if (value := form[name].value()) is not None}
    assert (typed["people"], typed["civil"], typed["version"]) == (40, 0, 1)
    assert "government" not in typed
    # What the page shows comes back as it is.
    assert client.post(url, typed).status_code == 302
    same = Event.objects.filter(verb="planning.forum.amended").get()
    assert (same.before, same.after) == ({}, {})

    assert client.post(url, typed | {"title_th": "", "version": 2}).status_code == 422
    assert client.post(url, typed | {"people": "-1", "version": 2}).status_code == 422
    twin = client.post(url, typed | {"title_th": "อีกเวที", "version": 2})
    assert (twin.status_code, "ในวันเดียวกันแล้ว" in twin.content.decode()) == (409, True)
    future = typed | {"held_date": (TODAY + timedelta(days=1)).isoformat(), "version": 2}
    assert client.post(url, future).status_code == 409
    changed = typed | {"people": "41", "government": "3", "minutes_th": "สรุปใหม่"}
    late = client.post(url, changed)
    assert late.status_code == 409
    # What was typed is still there.
    assert "สรุปใหม่" in late.content.decode()
    assert client.post(url, changed | {"version": 2}).status_code == 302
    forum.refresh_from_db()
    assert (forum.minutes_th, forum.version) == ("สรุปใหม่", 3)
    came = dict(forum.attendance.values_list("sector", "people"))
    assert came == {"people": 41, "civil": 0, "government": 3}
    event = Event.objects.filter(verb="planning.forum.amended").latest("pk")
    assert (event.actor_id, event.before["people"], event.after["people"]) == (
        strategist.pk, 40, 41,
    )  # fmt: skip
    client.force_login(person(Role.PLANNER))
    assert client.post(url, changed | {"version": 3}).status_code == 403


def test_each_proposal_gets_an_answer(client, strategist):
    there = valley()
    forum = forum_of(strategist)
    client.force_login(strategist)
    url = reverse("planning:proposal-add", args=[forum.pk])
    assert client.post(url, {"sector": "people", "text_th": ""}).status_code == 422
    assert client.post(url, {"sector": "people", "text_th": "ขุดลอกคลอง"}).status_code == 302
    proposal = forum.proposals.get()
    answer = reverse("planning:proposal-answer", args=[proposal.pk])
    half = {"outcome": "need", "answer_th": "รับ", "version": "1"}
    assert client.post(answer, half).status_code == 409
    missing = client.post(answer, {**half, "need": "N99-1"})
    assert missing.status_code == 422
    need = there.need()
    told = {**half, "answer_th": "บันทึกไว้แล้ว", "need": need.code.lower()}
    assert client.post(answer, told).status_code == 302
    again = client.post(answer, {**told, "answer_th": "อีกคน"})
    assert again.status_code == 409
    # Whoever mends an answer finds what was chosen.
    assert f'name="need" value="{need.code}"' in again.content.decode()
    proposal.refresh_from_db()
    assert (proposal.outcome, proposal.need_id) == ("need", need.pk)
    body = client.get("/strategy/forums/").content.decode()
    assert "1/1" in body


def test_that_everyone_was_told_is_a_figure(client, edition, strategist):
    channel = ProvinceFact.objects.create(key="c1", subject="channel", label_th="หนังสือราชการ")
    agencies = [AgencyFactory(), AgencyFactory()]
    client.force_login(strategist)
    told = {
        "edition": edition.pk,
        "channel": channel.pk,
        "told_date": "10 ม.ค. 2570",
        "reference": "สค 0017/1",
        "agencies": [agency.pk for agency in agencies],
    }
    url = reverse("planning:telling")
    assert client.post(url, {**told, "told_date": "1/2/2570"}).status_code == 409
    assert client.post(url, told).status_code == 302
    assert client.post(url, told).status_code == 409
    row = Announcement.objects.with_counts().get()
    assert (row.told, row.acknowledged) == (2, 0)
    head = person(Role.APPROVER, agencies[0])
    client.force_login(head)
    theirs = row.receipts.get(agency=agencies[1])
    mine = row.receipts.get(agency=agencies[0])
    client.post(reverse("planning:told"), {"receipt": [theirs.pk]})
    assert not row.receipts.filter(acknowledged_at__isnull=False).exists()
    assert client.post(reverse("planning:told"), {"receipt": [mine.pk]}).status_code == 302
    assert client.post(reverse("planning:told"), {"receipt": [mine.pk]}).status_code == 409
    client.force_login(strategist)
    page = client.get(url)
    assert page.context["knowing"] == 1
    assert head.get_full_name() in client.get(f"{url}{row.pk}/").content.decode()


def test_a_draft_is_not_told_of(draft, strategist):
    channel = ProvinceFact.objects.create(key="c1", subject="channel", label_th="หนังสือราชการ")
    with pytest.raises(Refused, match="เห็นชอบหรือใช้บังคับ"):
        participation.tell_agencies(
            edition=draft,
            channel=channel,
            told_date=TODAY,
            reference="1",
            agencies=[AgencyFactory()],
            by=strategist,
            at=NOON,
        )


# ── Alignment ────────────────────────────────────────────────────────────────
def test_the_matrix_shows_money_and_gaps_and_a_main_target_is_stated(client, edition, strategist):
    framework = Framework.objects.create(code="MP", name_th="แผนแม่บท")
    above = Framework.objects.create(code="NS", name_th="ยุทธศาสตร์ชาติ", order=1)
    strategy_item = FrameworkItem.objects.create(framework=above, code="NS5", name_th="น้ำ")
    item = FrameworkItem.objects.create(
        framework=framework, code="MP19", name_th="น้ำทั้งระบบ", serves=strategy_item
    )
    FrameworkItem.objects.create(framework=framework, code="MP01", name_th="ความมั่นคง", order=9)
    project, _activities = project_with(code="70-001", issue=edition.issues.get())
    AllocationFactory(code="A1", project=project)
    Allocation.objects.update(revised=1_500_000, appropriation=1_500_000, allotted=0)
    client.force_login(strategist)
    page = client.get("/desk/plans/alignment/", {"framework": "MP", "rows": "projects"})
    assert [row.code for row in page.context["without_any"]] == ["70-001"]
    url = reverse("planning:project-align", args=["70-001"])
    unknown = client.post(url, {"main_item": "MP99", "reason_th": "เพราะ"})
    assert unknown.status_code == 422
    assert "MP99" in unknown.content.decode()
    assert client.post(url, {"main_item": "MP19", "reason_th": "เพราะ"}).status_code == 302
    project.refresh_from_db()
    assert (project.main_item, project.main_item_reason_th) == (item, "เพราะ")
    for kind in ("issues", "projects", "kpis"):
        page = client.get("/desk/plans/alignment/", {"framework": "MP", "rows": kind})
        assert "MP01" in [each.code for each in page.context["unserved"]]
    page = client.get("/desk/plans/alignment/", {"framework": "NS", "rows": "projects"})
    [row] = page.context["rows"]
    # The master plan serves the national strategy, so the money stands behind it there too.
    assert (row.cells[0].projects, row.baht) == (1, 1_500_000)
    client.force_login(person(Role.GOVERNOR))
    assert client.post(url, {"main_item": "MP19", "reason_th": "x"}).status_code == 409


def test_the_matrix_is_taken_away_with_its_gaps_and_the_money_behind(client, edition, strategist):
    above = Framework.objects.create(code="NS", name_th="ยุทธศาสตร์ชาติ", order=1)
    framework = Framework.objects.create(code="MP", name_th="แผนแม่บท")
    water, safety = (
        FrameworkItem.objects.create(framework=framework, code=code, name_th=code, order=order)
        for order, code in enumerate(("MP19", "MP01"))
    )
    FrameworkItem.objects.create(framework=above, code="NS5", name_th="น้ำ")
    project, _activities = project_with(code="70-001", issue=edition.issues.get())
    bare, _activities = project_with(code="70-002", issue=edition.issues.get())
    project.framework_items.add(safety)
    Project.objects.filter(pk=project.pk).update(main_item=water, main_item_reason_th="เพราะ")
    AllocationFactory(code="A1", project=project)
    Allocation.objects.update(revised=1_500_000, appropriation=1_500_000, allotted=0)
    client.force_login(strategist)
    address = reverse("planning:alignment")
    asked = {"framework": "MP", "rows": "projects"}
    page = client.get(address, asked).content.decode()
    assert "framework=MP&amp;rows=projects&amp;download=csv" in page
    assert "list=main-targets&amp;download=csv" in page
    cells = {
        (each["row_code"], each["item_code"]): each for each in records(client, address, **asked)
    }
    assert {place: (each["projects"], each["revised_baht"]) for place, each in cells.items()} == {
        ("70-001", "MP19"): (1, "1500000.00"),
        ("70-001", "MP01"): (1, "1500000.00"),
        ("70-002", "MP19"): (0, None),
        ("70-002", "MP01"): (0, None),
    }
    assert {each["framework_code"] for each in cells.values()} == {"MP"}
    [higher] = records(client, address, framework="NS")
    assert (higher["item_code"], higher["row_code"]) == ("NS5", edition.issues.get().code)
    stated, missing = records(client, address, **asked, list="main-targets")
    assert (stated["main_item_code"], stated["reason_th"], stated["item_codes"]) == (
        "MP19", "เพราะ", "MP01",
    )  # fmt: skip
    assert stated["revised_baht"] == "1500000.00"
    assert (missing["code"], missing["main_item_code"], missing["revised_baht"]) == (
        bare.code, None, None,
    )  # fmt: skip
    client.force_login(person(Role.REPORTER, AgencyFactory()))
    assert client.get(address, {"download": "json"}).status_code == 403


# ── As files ─────────────────────────────────────────────────────────────────
def records(client, url, **asked):
    """Return a list's rows as json gives them."""
    answer = client.get(url, {"download": "json", **asked})
    assert "attachment" in answer["Content-Disposition"]
    return json.loads(b"".join(answer.streaming_content))


def test_an_analysis_is_taken_away_as_two_lists(client, edition, draft, strategist):
    stated = analysis.EvidenceInput(label_th="โรงงาน", value=6000, source_th="อุตสาหกรรม")
    both = [factor(edition, evidence=[stated]), factor(edition, kind="O", text_th="=ตลาดโลก")]
    approaches = list(Approach.objects.filter(issue__edition=edition))
    analysis.add_tows(
        edition=edition, text_th="ส่งออก", factors=both, approaches=approaches, by=None, at=NOON
    )
    url = reverse("planning:swot", args=[edition.pk])
    page = client.get(url).content.decode()
    assert "list=factors&amp;download=csv" in page
    assert "list=tows&amp;download=csv" in page
    opportunity, strength = records(client, url)
    assert (strength["code"], strength["importance"]) == ("S1", 4)
    assert strength["evidence"] == "โรงงาน 6000  (อุตสาหกรรม)"
    assert (opportunity["code"], opportunity["text_th"], opportunity["evidence"]) == (
        "O1", "=ตลาดโลก", "",
    )  # fmt: skip
    [tows] = records(client, url, list="tows")
    assert {*tows["factors"].split(", ")} == {"S1", "O1"}
    assert (tows["text_th"], tows["approaches"]) == ("ส่งออก", "1.1")
    hidden = reverse("planning:swot", args=[draft.pk])
    assert client.get(hidden, {"download": "json"}).status_code == 404


def test_only_shown_comments_are_taken_away(client, consultation, strategist):
    shown, waiting = say(consultation), say(consultation)
    editions.judge_comments(comments=[shown], shown=True, by=strategist, at=NOON)
    url = reverse("planning:consultation-detail", args=[consultation.pk])
    [record] = records(client, url)
    assert (record["text_th"], record["answer_th"]) == (shown.text_th, "")
    assert waiting.state == "waiting"


def test_who_acknowledged_is_taken_away_by_the_office(client, edition, strategist):
    channel = ProvinceFact.objects.create(key="c1", subject="channel", label_th="หนังสือราชการ")
    agencies = [AgencyFactory(code="TLA"), AgencyFactory(code="TLB")]
    row = participation.tell_agencies(
        edition=edition, channel=channel, told_date=TODAY, reference="สค 0017/1",
        agencies=agencies, by=strategist, at=NOON,
    )  # fmt: skip
    head = person(Role.APPROVER, agencies[1])
    participation.acknowledge(
        receipts=list(row.receipts.filter(agency=agencies[1]).select_related("agency")),
        by=head, at=NOON,
    )  # fmt: skip
    client.force_login(strategist)
    [told] = records(client, reverse("planning:telling"))
    assert (told["channel_label_th"], told["told"], told["acknowledged"]) == ("หนังสือราชการ", 2, 1)
    known = records(client, reverse("planning:told-detail", args=[row.pk]))
    assert {each["agency_code"]: bool(each["acknowledged_at"]) for each in known} == {
        "TLA": False, "TLB": True,
    }  # fmt: skip
    client.force_login(head)
    for url in (reverse("planning:telling"), reverse("planning:told-detail", args=[row.pk])):
        assert client.get(url, {"download": "json"}).status_code == 403
