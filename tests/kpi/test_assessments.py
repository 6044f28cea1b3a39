"""Self-assessments and appraisals: written, sent or signed, frozen, acknowledged, each by its people."""

import io
import zipfile
from datetime import date, datetime, time
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Holding, Role
from audit.models import Event
from common.clock import ZONE
from common.refusal import Refused
from kpi import actions, rollups
from kpi.actions.schemes import BandInput, CompetencyInput, RoundInput, SchemeInput
from kpi.dues import agreements_due_for
from kpi.models import Appraisal, AssessmentRound, Figure, Result, Scorecard, SelfAssessment
from kpi.rules.assessed import assessed_as, holder_in_round
from submissions.models import Evidence, FiscalYear, PeriodState, Quarter
from submissions.rules import standing_of
from tests.factories import (
    NOON,
    AgencyFactory,
    HoldingFactory,
    MembershipFactory,
    PostFactory,
    UserFactory,
    person,
    set_state,
)
from tests.kpi.factories import kpi_of
from tests.kpi.test_schemes import three

pytestmark = pytest.mark.django_db
D = Decimal
# The round over quarters 1 and 2 is over.
APRIL = datetime(2027, 4, 5, 10, 0, tzinfo=ZONE)


class House:
    """An agency with a head and an officer below, each on a post, and somebody in every other role."""

    def __init__(self):
        self.agency = AgencyFactory(code="AG1", name_th="สำนักงานหนึ่ง")
        self.post_above = PostFactory(agency=self.agency, title_th="หัวหน้ากลุ่ม")
        self.post = PostFactory(
            agency=self.agency, code="P-7", title_th="นักวิเคราะห์", supervising_post=self.post_above
        )
        self.boss = self._holder(self.post_above, Role.APPROVER, "วีระ นาเกลือ")
        self.officer = self._holder(self.post, Role.REPORTER, "กานดา ทะเลงาม")
        self.hr = person(Role.HR, self.agency)
        self.kpi = kpi_of(self.agency, code="1.1")
        self.personal = kpi_of(
            self.agency, code="1.1-P", level=Scorecard.Level.POST, post=self.post
        )
        self.card = Scorecard.objects.get(pk=self.kpi.scorecard_id)
        self.own_card = Scorecard.objects.get(pk=self.personal.scorecard_id)
        self.year = FiscalYear.objects.get(year=2570)
        bands = [BandInput(D(90), "ดีเด่น"), BandInput(D(60), "ดี"), BandInput(D(0), "ปรับปรุง")]
        actions.set_schemes(
            schemes=[
                SchemeInput(
                    self.year,
                    "agency",
                    D(70),
                    bands,
                    [RoundInput(1, 2, "6 เดือน"), RoundInput(1, 4, "12 เดือน")],
                    curve=three(self.year),
                ),
                SchemeInput(
                    self.year,
                    "official",
                    D(70),
                    bands,
                    [RoundInput(1, 2, "รอบ 1"), RoundInput(3, 4, "รอบ 2")],
                    [
                        CompetencyInput("C1", "บริการที่ดี", D(50)),
                        CompetencyInput("C2", "ทำงานเป็นทีม", D(50)),
                    ],
                ),
            ],
            by=None,
            at=NOON,
        )
        for number, value in ((1, 9), (2, 8)):
            quarter = Quarter.objects.get(fiscal_year=2570, number=number)
            set_state(quarter, PeriodState.OPEN)
            for kpi in (self.kpi, self.personal):
                Result.objects.create(
                    kpi=kpi,
                    quarter=quarter,
                    status="approved",
                    value=D(value),
                    submitted_at=NOON,
                    submitted_by=self.officer,
                    approved_at=NOON,
                    approved_by=self.boss,
                    note="ตามแผน",
                )
        rollups.recompute(2570, at=APRIL)

    def _holder(self, post, role, name):
        user = UserFactory(full_name_th=name)
        MembershipFactory(user=user, agency=self.agency, role=role)
        HoldingFactory(post=post, user=user)
        return user

    def round(self, kind, number=1):
        return (
            AssessmentRound.objects.select_related("scheme__curve")
            .prefetch_related("scheme__bands", "scheme__competencies")
            .get(scheme__fiscal_year=2570, scheme__kind=kind, number=number)
        )

    # ── What people do ───────────────────────────────────────────────────────

    def write(self, *, by=None, **change):
        given = {"potential": D(80), "summary_th": "ทำได้ดี", "remarks": {self.kpi.pk: "ครบทุกอำเภอ"}}
        return actions.save_self_assessment(
            scorecard=self.card,
            round_=self.round("agency"),
            by=by or self.officer,
            at=APRIL,
            **({"version": 0} | given | change),
        )

    def send(self, version=1, *, by=None, at=APRIL):
        return actions.send_self_assessment(
            scorecard=self.card,
            round_=self.round("agency"),
            version=version,
            by=by or self.boss,
            at=at,
        )

    def appraise(self, levels=("4", "5"), *, by=None, version=0, number=1):
        round_ = self.round("official", number)
        asked = sorted(round_.scheme.competencies.all(), key=lambda each: each.order)
        return actions.save_appraisal(
            scorecard=self.own_card,
            round_=round_,
            levels={each.pk: D(level) for each, level in zip(asked, levels, strict=False)},
            comment_th="ตั้งใจทำงาน",
            development_th="อบรมการวิเคราะห์",
            version=version,
            by=by or self.boss,
            at=APRIL,
        )

    def sign(self, appraisal, *, by=None, at=APRIL):
        appraisal = Appraisal.objects.select_related(
            "scorecard__agency", "scorecard__post", "round__scheme"
        ).get(pk=appraisal.pk)
        return actions.sign_appraisal(
            appraisal=appraisal, version=appraisal.version, by=by or self.boss, at=at
        )


@pytest.fixture(autouse=True)
def _april():
    with time_machine.travel(APRIL, tick=False):
        yield


@pytest.fixture
def house():
    return House()


# ── e-SAR ────────────────────────────────────────────────────────────────────
# Achievement 17 of 20 = 85 %: five levels 3.5; three levels (60 80 100) 75 + 5/20 × 25 = 81.25.


def test_a_self_assessment_is_written_sent_and_stays_as_it_was_sent(house):
    house.write()
    sent = house.send()
    form = assessed_as(sent.frozen)
    assert form.sheet.total.percent == D("81.25")
    # 81.25 × 0.7 + 80 × 0.3
    assert (form.outcome.total, form.band.name_th) == (D("80.875"), "ดี")
    Figure.objects.filter(kpi=house.kpi).update(achievement=D(10))
    assert assessed_as(SelfAssessment.objects.get().frozen).sheet.total.percent == D("81.25")
    event = Event.objects.get(verb="kpi.self_assessment.sent")
    assert (event.agency_code, event.after["total"]) == ("AG1", "80.8750")
    with pytest.raises(Refused, match="ส่งแล้ว"):
        house.write(version=2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"potential": D(101)}, "ระหว่าง 0 ถึง 100"),
        ({"version": 5}, "ผู้อื่นบันทึก"),
    ],
)
def test_a_draft_that_cannot_be_kept_is_refused(house, change, said):
    with pytest.raises(Refused, match=said):
        house.write(**change)
    assert not SelfAssessment.objects.exists()


def test_two_who_write_at_once_do_not_overwrite_each_other(house):
    house.write()
    house.write(version=1, summary_th="ดีมาก")
    with pytest.raises(Refused, match="ผู้อื่นบันทึก"):
        house.write(version=1, summary_th="อื่น")
    assert SelfAssessment.objects.get().summary_th == "ดีมาก"


def test_who_may_write_and_who_may_send(house):
    for other in (person(Role.REPORTER), person(Role.STRATEGIST), house.hr):
        with pytest.raises(Refused, match="เฉพาะผู้รายงาน"):
            house.write(by=other)
    house.write()
    with pytest.raises(Refused, match="เฉพาะหัวหน้าส่วนราชการ"):
        house.send(by=house.officer)


@pytest.mark.parametrize(
    ("change", "at", "said"),
    [
        ({"summary_th": " "}, APRIL, "สรุปความเห็น"),
        ({"potential": None}, APRIL, "คะแนนศักยภาพ"),
        ({}, NOON, "ยังไม่สิ้นรอบ"),
    ],
)
def test_what_is_not_ready_is_not_sent(house, change, at, said):
    house.write(**change)
    with pytest.raises(Refused, match=said):
        house.send(at=at)
    assert SelfAssessment.objects.get().state == "draft"


def test_a_used_scheme_stays(house):
    house.write()
    house.send()
    with pytest.raises(Refused, match="ส่งหรือลงนามตามหลักเกณฑ์นี้แล้ว"):
        actions.set_schemes(
            schemes=[
                SchemeInput(
                    house.year,
                    "agency",
                    D(60),
                    [BandInput(D(0), "ก")],
                    [RoundInput(1, 2, "ข")],
                    curve=three(house.year),
                )
            ],
            by=None,
            at=APRIL,
        )


def esar_fields(house, **change):
    return {
        "version": 0,
        "potential": "๘๐",
        "summary_th": "ทำได้ดี",
        f"remark-{house.kpi.pk}": "ครบทุกอำเภอ",
    } | change


def test_the_self_assessments_page_from_draft_to_sent(client, house):
    url = reverse("kpi:esar", args=[house.card.pk, 1])
    client.force_login(house.officer)
    page = client.get(url).content.decode()
    assert "81.2500" in page
    assert "ตามแผน" in page
    assert client.post(url, esar_fields(house)).status_code == 302
    client.force_login(house.boss)
    page = client.get(url).content.decode()
    assert "80.8750" in page
    assert "ครบทุกอำเภอ" in page
    answer = client.post(reverse("kpi:esar-send", args=[house.card.pk, 1]), {"version": 1})
    assert answer.status_code == 302
    assert "ตัวเลขถูกตรึงไว้" in client.get(url).content.decode()
    assert "ส่งแล้ว" in client.get(reverse("kpi:esar-list") + "?year=2570").content.decode()


def test_what_is_typed_wrong_stays_and_is_said_at_its_field(client, house):
    client.force_login(house.officer)
    url = reverse("kpi:esar", args=[house.card.pk, 1])
    answer = client.post(url, esar_fields(house, potential="120"))
    assert answer.status_code == 422
    assert 'href="#id_potential"' in answer.content.decode()
    assert "ครบทุกอำเภอ" in answer.content.decode()
    answer = client.post(url, esar_fields(house, version=9))
    assert answer.status_code == 409
    answer = client.post(reverse("kpi:esar-send", args=[house.card.pk, 1]), {"version": 0})
    assert answer.status_code == 409


def test_another_agencys_self_assessment_is_not_found(client, house):
    client.force_login(person(Role.APPROVER))
    for name, more in (("kpi:esar", []), ("kpi:esar-file", ["xlsx"])):
        assert client.get(reverse(name, args=[house.card.pk, 1, *more])).status_code == 404
    client.force_login(person(Role.VIEWER))
    assert client.get(reverse("kpi:esar", args=[house.card.pk, 1])).status_code == 200


# ── Appraisal ────────────────────────────────────────────────────────────────
# Five levels: 85 % → 3.5 → 70 %; competencies (4 + 5) / 2 × 20 = 90 %; 70 × 0.7 + 90 × 0.3 = 76.


def test_an_appraisal_is_scored_signed_and_acknowledged(house):
    appraisal = house.sign(house.appraise())
    form = assessed_as(appraisal.frozen)
    assert (form.outcome.work, form.outcome.other) == (D(70), D(90))
    assert (form.outcome.total, form.band.name_th) == (D(76), "ดี")
    assert appraisal.assessed == house.officer
    actions.acknowledge_appraisal(appraisal=appraisal, by=house.officer, at=APRIL)
    assert Appraisal.objects.get().state == "acknowledged"
    with pytest.raises(Refused, match="รับทราบผลแล้ว"):
        actions.acknowledge_appraisal(appraisal=Appraisal.objects.get(), by=house.officer, at=APRIL)


def test_the_log_says_that_it_happened_and_nothing_of_what(house):
    appraisal = house.sign(house.appraise())
    actions.acknowledge_appraisal(appraisal=appraisal, by=house.officer, at=APRIL)
    events = Event.objects.filter(verb__startswith="kpi.appraisal.")
    assert {event.verb for event in events} == {
        "kpi.appraisal.saved",
        "kpi.appraisal.signed",
        "kpi.appraisal.acknowledged",
    }
    for event in events:
        assert (event.before, event.after, event.reason) == (None, None, "")
        assert "กานดา" not in event.subject_label


@pytest.mark.parametrize("who", ["officer", "hr", "strategist", "another head"])
def test_only_the_line_above_appraises(house, who):
    people = {"officer": house.officer, "hr": house.hr}
    by = people.get(who) or person(Role.STRATEGIST if who == "strategist" else Role.APPROVER)
    with pytest.raises(Refused, match="เฉพาะผู้บังคับบัญชาตามสายงาน"):
        house.appraise(by=by)
    appraisal = house.appraise()
    with pytest.raises(Refused, match="เฉพาะผู้บังคับบัญชาตามสายงาน"):
        house.sign(appraisal, by=by)
    if who != "officer":
        with pytest.raises(Refused, match="เฉพาะผู้รับการประเมิน"):
            actions.acknowledge_appraisal(appraisal=appraisal, by=by, at=APRIL)


def test_what_is_not_ready_is_not_signed(house):
    with pytest.raises(Refused, match="ระหว่าง 1 ถึง 5"):
        house.appraise(("6", "1"))
    half = house.appraise(("4",))
    with pytest.raises(Refused, match="คะแนนยังไม่ครบ"):
        house.sign(half)
    whole = house.appraise(version=1)
    with pytest.raises(Refused, match="ยังไม่สิ้นรอบ"):
        house.sign(whole, at=NOON)
    with pytest.raises(Refused, match="ยังไม่ลงนาม"):
        actions.acknowledge_appraisal(appraisal=whole, by=house.officer, at=APRIL)
    signed = house.sign(whole)
    with pytest.raises(Refused, match="ลงนามแล้ว"):
        house.appraise(version=signed.version)


def test_stale_scores_are_refused(house):
    house.appraise()
    house.appraise(("5", "5"), version=1)
    with pytest.raises(Refused, match="ผู้อื่นบันทึก"):
        house.appraise(version=1)
    with pytest.raises(Refused, match="ผู้อื่นบันทึก"):
        house.appraise(version=0)


def test_a_vacant_post_has_nobody_to_appraise_and_the_next_holder_is_not_the_last(house):
    holding = house.post.holdings.get()
    holding.until_date = date(2027, 2, 28)
    holding.save()
    assert holder_in_round(house.post, 2570, house.round("official")) == house.officer
    assert holder_in_round(house.post, 2570, house.round("official", 2)) is None
    with pytest.raises(Refused, match="ไม่มีผู้ดำรงตำแหน่ง"):
        house.appraise(number=2)
    HoldingFactory(post=house.post, user=UserFactory(), from_date=date(2027, 4, 1))
    assert holder_in_round(house.post, 2570, house.round("official")) == house.officer
    assert house.appraise().assessed == house.officer


def fields(house, *levels, **change):
    asked = sorted(house.round("official").scheme.competencies.all(), key=lambda each: each.order)
    return (
        {"version": 0, "kind": "official", "comment_th": "ดี", "development_th": ""}
        | {f"level-{each.pk}": level for each, level in zip(asked, levels, strict=True)}
        | change
    )


def url_of(house, name="appraisal", number=1, *more):
    return reverse(f"kpi:{name}", args=[house.own_card.pk, number, *more])


def test_the_appraisals_page_from_score_to_acknowledgement(client, house):
    client.force_login(house.boss)
    assert client.post(url_of(house), fields(house, "๔", "5")).status_code == 302
    page = client.get(url_of(house)).content.decode()
    assert "76.0000" in page
    assert client.post(url_of(house, "appraisal-sign"), {"version": 1}).status_code == 302
    client.force_login(house.officer)
    page = client.get(url_of(house))
    assert "76.0000" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert client.post(url_of(house, "appraisal-acknowledge")).status_code == 302
    assert Appraisal.objects.get().state == "acknowledged"
    listed = client.get(reverse("kpi:appraisal-list") + "?year=2570").content.decode()
    assert "รับทราบแล้ว" in listed
    assert "76.0" not in listed.split("h-people")[1]


def test_levels_typed_wrong_are_said_at_their_field(client, house):
    client.force_login(house.boss)
    answer = client.post(url_of(house), fields(house, "9", "มาก"))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert text.count("-error") >= 2
    assert 'value="9"' in text
    answer = client.post(url_of(house, "appraisal-sign"), {"version": 0})
    assert answer.status_code == 409
    assert client.post(url_of(house, "appraisal-acknowledge")).status_code == 409


def test_every_view_of_an_appraisal_is_logged(client, house):
    house.appraise()
    for user in (house.officer, house.boss, house.hr):
        client.force_login(user)
        assert client.get(url_of(house)).status_code == 200
    assert client.get(url_of(house, "appraisal-file", 1, "xlsx")).status_code == 200
    views = Event.objects.filter(verb="kpi.appraisal.viewed").order_by("pk")
    assert [(event.actor_id, event.after["as"]) for event in views] == [
        (house.officer.pk, "page"),
        (house.boss.pk, "page"),
        (house.hr.pk, "page"),
        (house.hr.pk, "xlsx"),
    ]


def test_nobody_else_finds_an_appraisal(client, house):
    house.appraise()
    others = [person(role, house.agency) for role in Role if role != Role.HR]
    next_holder = UserFactory()
    for user in (*others, person(Role.HR), next_holder):
        client.force_login(user)
        for name, more in (("appraisal", ()), ("appraisal-file", ("pdf",))):
            assert client.get(url_of(house, name, 1, *more)).status_code == 404
        listed = client.get(reverse("kpi:appraisal-list") + "?year=2570").content.decode()
        assert "P-7" not in listed
    assert not Event.objects.filter(verb="kpi.appraisal.viewed").exists()


# ── Files ────────────────────────────────────────────────────────────────────


def words_in(xlsx):
    with zipfile.ZipFile(io.BytesIO(xlsx)) as file:
        return file.read("xl/sharedStrings.xml").decode()


def test_the_forms_files_hold_the_usual_layout(client, house):
    house.sign(house.appraise())
    client.force_login(house.officer)
    answer = client.get(url_of(house, "appraisal-file", 1, "xlsx"))
    text = words_in(answer.content)
    for word in ("กานดา ทะเลงาม", "คะแนน (ก)", "น้ำหนัก (ข)", "ก × ข", "☑ ดี", "ลงชื่อ", "บริการที่ดี"):
        assert word in text
    assert answer["Cache-Control"] == "private, no-store"
    pdf = client.get(url_of(house, "appraisal-file", 1, "pdf"))
    assert pdf.content.startswith(b"%PDF-1.")
    assert pdf.content == client.get(url_of(house, "appraisal-file", 1, "pdf")).content


def test_the_self_assessments_files_list_remarks_and_evidence(client, house):
    house.write()
    file = Evidence.objects.create(
        file="evidence/a.pdf",
        original_name="รายงานการตรวจ.pdf",
        media_type="application/pdf",
        size_bytes=8,
        sha256="0" * 64,
        agency=house.agency,
        uploaded_by=house.officer,
        uploaded_at=NOON,
    )
    Result.objects.get(kpi=house.kpi, quarter__number=2).evidence.add(file)
    client.force_login(house.boss)
    page = client.get(reverse("kpi:esar", args=[house.card.pk, 1])).content.decode()
    assert reverse("submissions:evidence-file", args=[file.pk]) in page
    url = reverse("kpi:esar-file", args=[house.card.pk, 1, "xlsx"])
    text = words_in(client.get(url).content)
    for word in ("e-SAR", "ระดับ 75", "ครบทุกอำเภอ", "ศักยภาพ", "1.1 รายงานการตรวจ.pdf"):
        assert word in text
    assert client.get(url.replace("xlsx", "pdf")).content.startswith(b"%PDF-1.")


def waiting_appraisals(user, at=APRIL):
    found = agreements_due_for(standing_of(user, at.date()), at)
    return [(due.label, due.state.value) for due in found if due.kind == "kpi.appraisal"]


def test_an_appraisal_is_told_before_it_is_begun_and_waits_for_the_one_above_then_for_the_officer(
    house,
):
    def waits(user):
        return [label for label, _state in waiting_appraisals(user)]

    begin, told = "เริ่มประเมินรอบที่ %d", "รอผู้บังคับบัญชาเริ่มประเมินรอบที่ %d"
    # The first round is over; nobody has begun it.
    assert (waits(house.boss), waits(house.officer)) == ([begin % 1], [told % 1])
    appraisal = house.appraise()
    # The second runs already.
    assert waits(house.boss) == ["ประเมินและลงนามรอบที่ 1", begin % 2]
    assert waits(house.officer) == [told % 2]
    house.sign(appraisal)
    assert waits(house.boss) == [begin % 2]
    assert waits(house.officer) == ["รับทราบผลการประเมินรอบที่ 1", told % 2]
    assert waits(house.hr) == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 9, 30), []),
        (date(2026, 10, 1), [("เริ่มประเมินรอบที่ 1", "not_due")]),
        (date(2027, 3, 31), [("เริ่มประเมินรอบที่ 1", "not_due")]),
        (date(2027, 4, 1), [("เริ่มประเมินรอบที่ 1", "not_reported")]),
        (date(2027, 9, 30), [("เริ่มประเมินรอบที่ 1", "not_reported")]),
        # Of a year that is over only its last round is still asked for, half a year long.
        (date(2027, 10, 1), [("เริ่มประเมินรอบที่ 2", "not_reported")]),
        (date(2028, 3, 31), [("เริ่มประเมินรอบที่ 2", "not_reported")]),
        (date(2028, 4, 1), []),
    ],
)
def test_a_round_is_told_from_its_first_day_to_half_a_year_after_its_last(house, day, expected):
    at = datetime.combine(day, time(10), ZONE)
    assert waiting_appraisals(house.boss, at) == expected


def test_only_whoever_held_the_post_in_the_round_is_told_and_a_vacant_one_asks_nobody(house):
    Holding.objects.filter(post=house.post).update(until_date=date(2027, 4, 1))
    assert waiting_appraisals(house.boss) == []
    HoldingFactory(post=house.post, user=house.hr, from_date=date(2027, 4, 2))
    # Came after the first round, so nothing of it is told about this person.
    assert waiting_appraisals(house.hr) == []
    assert waiting_appraisals(house.boss) == []


def test_the_desk_leads_to_an_appraisal_that_is_not_begun(client, house):
    with time_machine.travel(APRIL, tick=False):
        for user in (house.boss, house.officer):
            client.force_login(user)
            page = client.get("/desk/").content.decode()
            address = reverse("kpi:appraisal", args=[house.own_card.pk, 1])
            assert address in page
            assert client.get(address).status_code == 200
        client.force_login(person(Role.REPORTER, house.agency))
        assert "เริ่มประเมินรอบที่" not in client.get("/desk/").content.decode()
