"""Needs: who decides where, how they come up, and what is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Agency, Area, Membership, Role
from accounts.rules import standing_of
from audit.models import Event
from common.refusal import Refused
from planning import actions, workflow
from planning.models import Criterion, Need, NeedContact, NeedScore
from planning.rules import needs as rules
from projects.models import Project
from tests.factories import NOON, TODAY, AgencyFactory, person
from tests.planning.factories import planner_elsewhere, valley
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def there():
    return valley()


def told(there, **given):
    return actions.NeedInput(
        title_th=given.pop("title_th", "ขุดลอกคลอง"),
        category=there.category,
        area=given.pop("area", there.areas["village"]),
        **given,
    )


def fresh(need):
    return Need.objects.with_place().get(pk=need.pk)


@pytest.mark.parametrize(
    ("kind", "areas", "level"),
    [
        (Agency.Kind.LOCAL, ["tambon"], "local"),
        (Agency.Kind.LOCAL, ["province"], "local"),
        (Agency.Kind.UNIT, ["village", "tambon"], "village"),
        (Agency.Kind.UNIT, ["tambon"], "tambon"),
        (Agency.Kind.DISTRICT, ["district"], "district"),
        (Agency.Kind.REGIONAL, ["province"], "province"),
        (Agency.Kind.REGIONAL, [], None),
    ],
)
def test_the_level_of_an_agency(kind, areas, level):
    assert rules.level_of(kind, areas) == level


def test_a_need_begins_at_the_level_of_whoever_writes_it_down(there):
    [need] = actions.record_needs(needs=[told(there)], by=there.people["village"], at=NOON)
    assert (need.level, need.status, need.code) == ("village", "open", f"N70-{need.pk:05d}")
    event = Event.objects.get(verb="planning.need.recorded")
    assert event.agency_code == "V-village"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"title_th": "  "}, "เขียนว่าต้องการอะไร"),
        ({"latitude": Decimal("13.5")}, "ทั้งละติจูดและลองจิจูด"),
    ],
)
def test_what_is_told_must_stand(there, given, says):
    with pytest.raises(Refused, match=says):
        actions.record_needs(needs=[told(there, **given)], by=there.people["local"], at=NOON)
    assert not Need.objects.exists()


def test_a_need_names_a_tambon_or_village(there):
    with pytest.raises(Refused, match="เลือกตำบลหรือหมู่บ้าน"):
        actions.record_needs(
            needs=[told(there, area=there.areas["district"])], by=there.people["district"], at=NOON
        )


def test_a_spot_outside_the_province_is_refused(there):
    square = [[[100, 13], [101, 13], [101, 14], [100, 14], [100, 13]]]
    Area.objects.filter(kind="province").update(
        boundary={"type": "MultiPolygon", "coordinates": [square]}
    )
    far = told(there, latitude=Decimal("18.79"), longitude=Decimal("98.98"))
    with pytest.raises(Refused, match="นอกจังหวัด"):
        actions.tell_need(need=far, contact=actions.ContactInput(), at=NOON)
    near = told(there, latitude=Decimal("13.55"), longitude=Decimal("100.3"))
    assert actions.tell_need(need=near, contact=actions.ContactInput(), at=NOON).pk


def test_the_same_need_of_a_place_is_written_once(there):
    actions.record_needs(needs=[told(there)], by=there.people["local"], at=NOON)
    with pytest.raises(Refused) as refused:
        actions.record_needs(
            needs=[told(there, title_th="อีกเรื่อง"), told(there)],
            by=there.people["local"],
            at=NOON,
        )
    assert list(refused.value.by_entry) == [1]
    assert Need.objects.count() == 1


def test_nobody_writes_down_a_need_of_another_place(there):
    with pytest.raises(Refused, match="นอกเขต"):
        actions.record_needs(needs=[told(there)], by=planner_elsewhere(), at=NOON)
    with pytest.raises(Refused, match="ยังไม่ได้ระบุพื้นที่"):
        actions.record_needs(needs=[told(there)], by=person(Role.PLANNER), at=NOON)


def test_a_need_comes_up_level_by_level(there):
    [need] = actions.record_needs(needs=[told(there)], by=there.people["village"], at=NOON)
    for level, above in zip(
        ("village", "tambon", "local", "district"),
        ("tambon", "local", "district", "province"),
        strict=True,
    ):
        assert need.level == level
        [need] = actions.send_up(needs=[fresh(need)], by=there.people[level], at=NOON)
        assert need.level == above
    assert [step.to_level for step in need.steps.order_by("pk")] == [
        *("village", "tambon", "local", "district", "province")
    ]


def test_a_level_where_nobody_plans_is_skipped(there):
    Membership.objects.filter(agency__code__in=["V-tambon", "V-district"]).update(
        until_date=TODAY - timedelta(days=1)
    )
    need = there.need(level="village")
    [need] = actions.send_up(needs=[need], by=there.people["village"], at=NOON)
    assert need.level == "local"
    [need] = actions.send_up(needs=[fresh(need)], by=there.people["local"], at=NOON)
    assert need.level == "province"


@pytest.mark.parametrize("level", ["village", "tambon", "local", "district"])
@pytest.mark.parametrize("by", ["village", "tambon", "local", "district", "province"])
def test_only_the_level_where_it_stands_decides(there, level, by):
    need = there.need(level=level)
    seats = rules.seats_of(standing_of(there.people[by], TODAY))
    why_not = rules.why_not_send_up(need, seats)
    assert (why_not is None) is (level == by)
    if why_not:
        assert need.get_level_display() in why_not
        with pytest.raises(Refused) as refused:
            actions.send_up(needs=[need], by=there.people[by], at=NOON)
        assert fresh(need).level == level
        assert next(iter(refused.value.by_entry.values())).code == "wrong_level"


def test_nothing_is_higher_than_the_province(there):
    with pytest.raises(Refused, match="สูงสุด"):
        actions.send_up(needs=[there.need(level="province")], by=there.strategist, at=NOON)


def test_one_that_may_not_go_keeps_the_others_back(there):
    needs = [there.need(), there.need(level="district")]
    with pytest.raises(Refused):
        actions.send_up(needs=needs, by=there.people["local"], at=NOON)
    assert {need.level for need in Need.objects.all()} == {"local", "district"}


def test_a_returned_need_goes_back_with_a_reason_and_up_again(there):
    need = there.need()
    [need] = actions.send_up(needs=[need], by=there.people["local"], at=NOON)
    district = there.people["district"]
    with pytest.raises(Refused, match="เพิ่มข้อมูลอะไร"):
        actions.return_need(need=fresh(need), reason=" ", by=district, at=NOON)
    need = actions.return_need(need=fresh(need), reason="ขาดแบบแปลน", by=district, at=NOON)
    assert (need.level, need.status, need.answer_th) == ("local", "returned", "ขาดแบบแปลน")
    with pytest.raises(Refused, match="ส่งกลับมาแล้ว"):
        actions.return_need(need=fresh(need), reason="x", by=there.people["local"], at=NOON)
    [need] = actions.send_up(needs=[fresh(need)], by=there.people["local"], at=NOON)
    assert (need.level, need.status) == ("district", "open")


def test_a_need_that_began_here_cannot_go_back(there):
    with pytest.raises(Refused, match="เริ่มที่ระดับนี้"):
        actions.return_need(need=there.need(), reason="x", by=there.people["local"], at=NOON)


def test_a_refused_need_has_an_answer_and_is_over(there):
    need = there.need()
    with pytest.raises(Refused, match="เหตุผล"):
        actions.reject_need(need=need, reason="", by=there.people["local"], at=NOON)
    need = actions.reject_need(need=need, reason="มีแล้ว", by=there.people["local"], at=NOON)
    assert (need.status, need.answer_th, need.answered_at) == ("rejected", "มีแล้ว", NOON)
    for verb, given in (
        (actions.reject_need, {"reason": "x"}),
        (actions.rank_need, {"points": {}}),
    ):
        with pytest.raises(Refused, match="ไม่รับดำเนินการ"):
            verb(need=fresh(need), by=there.people["local"], at=NOON, **given)


def test_a_need_is_not_merged_into_itself(there):
    need = there.need()
    with pytest.raises(Refused, match="รวมเรื่องกับตัวเองไม่ได้"):
        actions.merge_need(need=need, into=need, by=there.people["local"], at=NOON)
    assert fresh(need).status == "open"
    assert not Event.objects.exists()


def test_duplicates_follow_the_main_one(there):
    first, second, main = there.need(), there.need(), there.need()
    by = there.people["local"]
    actions.merge_need(need=first, into=second, by=by, at=NOON)
    actions.merge_need(need=fresh(second), into=fresh(main), by=by, at=NOON)
    assert {need.pk for need in main.merged.all()} == {first.pk, second.pk}
    assert [step.other_id for step in first.steps.order_by("pk")] == [second.pk, main.pk]
    assert main.steps.get(kind="took_in").other_id == second.pk
    assert fresh(main).status == "open"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"level": "district"}, "ระดับเดียวกัน"),
        ({"status": "rejected", "answer_th": "x"}, "รับเรื่องอื่นมารวมไม่ได้"),
    ],
)
def test_what_may_not_take_a_need_in(there, given, says):
    with pytest.raises(Refused, match=says):
        actions.merge_need(
            need=there.need(), into=there.need(**given), by=there.people["local"], at=NOON
        )


def test_a_merged_need_takes_none_in(there):
    by = there.people["local"]
    first, second, third = there.need(), there.need(), there.need()
    actions.merge_need(need=first, into=second, by=by, at=NOON)
    with pytest.raises(Refused, match="ถูกรวมกับเรื่องอื่นแล้ว"):
        actions.merge_need(need=third, into=fresh(first), by=by, at=NOON)


def test_points_are_given_whole_and_changed(there):
    need, by = there.need(), there.people["local"]
    keys = list(Criterion.objects.order_by("order").values_list("pk", flat=True))
    with pytest.raises(Refused, match="ครบทุกเกณฑ์"):
        actions.rank_need(need=need, points={keys[0]: 3}, by=by, at=NOON)
    with pytest.raises(Refused, match="0 ถึง 5"):
        actions.rank_need(need=need, points={keys[0]: 6, keys[1]: 1}, by=by, at=NOON)
    for points in ({keys[0]: 3, keys[1]: 1}, {keys[0]: 5, keys[1]: 0}, {keys[0]: 5, keys[1]: 0}):
        actions.rank_need(need=need, points=points, by=by, at=NOON)
    assert dict(NeedScore.objects.values_list("criterion_id", "points")) == points
    # The third time said nothing new.
    assert Event.objects.filter(verb="planning.need.ranked").count() == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"baht": Decimal(0)}, "baht"),
        ({"source_th": " "}, "no_reason"),
        ({"fiscal_year": 2500}, "fiscal_year"),
    ],
)
def test_money_is_named(there, given, code):
    money = {"baht": Decimal(1000), "fiscal_year": 2570, "source_th": "ข้อบัญญัติ", **given}
    need = there.need()
    with pytest.raises(Refused) as refused:
        actions.fund_need(need=need, by=there.people["local"], at=NOON, **money)
    assert refused.value.code == code
    assert fresh(need).status == "open"


def test_a_funded_need_is_finished_with_a_word(there):
    need, by = there.need(), there.people["local"]
    with pytest.raises(Refused, match="จัดสรรงบประมาณแล้ว"):
        actions.finish_need(need=need, note="เสร็จ", by=by, at=NOON)
    need = actions.fund_need(
        need=need, baht=Decimal(1000), fiscal_year=2570, source_th="ข้อบัญญัติ", by=by, at=NOON
    )
    with pytest.raises(Refused, match="เฉพาะหน่วยงานที่จัดสรร"):
        actions.finish_need(need=fresh(need), note="เสร็จ", by=there.people["district"], at=NOON)
    need = actions.finish_need(need=fresh(need), note="เสร็จแล้ว 2 รุ่น", by=by, at=NOON)
    assert (need.status, need.answer_th) == ("done", "เสร็จแล้ว 2 รุ่น")


def test_only_the_strategy_office_takes_a_need_as_a_project(there):
    project, _activities = project_with(code="70-001")
    for level in ("local", "district"):
        with pytest.raises(Refused, match="เฉพาะกลุ่มงานยุทธศาสตร์"):
            actions.adopt_need(
                need=there.need(level=level), project=project, by=there.people[level], at=NOON
            )
    need = actions.adopt_need(
        need=there.need(level="province"), project=project, by=there.strategist, at=NOON
    )
    assert (need.status, need.project) == ("adopted", project)
    Project.objects.update(status="cancelled")
    project.refresh_from_db()
    with pytest.raises(Refused, match="ยกเลิก"):
        actions.adopt_need(
            need=there.need(level="province"), project=project, by=there.strategist, at=NOON
        )


def test_two_people_do_not_answer_one_need(there):
    need, by = there.need(), there.people["local"]
    seen = fresh(need)
    actions.reject_need(need=need, reason="มีแล้ว", by=by, at=NOON)
    with pytest.raises(Refused) as refused:
        actions.fund_need(
            need=seen, baht=Decimal(1), fiscal_year=2570, source_th="ข้อบัญญัติ", by=by, at=NOON
        )
    assert refused.value.code == "changed_meanwhile"
    assert fresh(need).status == "rejected"


# ── What the public tells ────────────────────────────────────────────────────
def test_what_the_public_tells_waits_for_a_look(there):
    contact = actions.ContactInput(name="ผู้แจ้ง", phone="034")
    need = actions.tell_need(need=told(there), contact=contact, at=NOON)
    assert (need.status, need.level) == ("waiting", "village")
    assert not Need.objects.public().exists()
    [need] = actions.publish_needs(needs=[fresh(need)], by=there.people["local"], at=NOON)
    assert need.status == "open"
    with pytest.raises(Refused, match="เผยแพร่แล้ว"):
        actions.hide_need(need=fresh(need), reason="x", by=there.people["local"], at=NOON)


def test_what_is_kept_back_says_why_and_may_be_shown_after_all(there):
    need = actions.tell_need(need=told(there), contact=actions.ContactInput(), at=NOON)
    assert not NeedContact.objects.exists()
    with pytest.raises(Refused, match="เหตุผลที่ไม่เผยแพร่"):
        actions.hide_need(need=fresh(need), reason="", by=there.people["local"], at=NOON)
    with pytest.raises(Refused, match="เฉพาะผู้จัดทำแผนในพื้นที่"):
        actions.hide_need(need=fresh(need), reason="x", by=planner_elsewhere(), at=NOON)
    need = actions.hide_need(need=fresh(need), reason="โฆษณา", by=there.people["local"], at=NOON)
    assert need.status == "hidden"
    [need] = actions.publish_needs(needs=[fresh(need)], by=there.strategist, at=NOON)
    assert need.status == "open"


def test_a_look_at_a_contact_is_logged_and_not_for_others(there):
    need = actions.tell_need(need=told(there), contact=actions.ContactInput(name="ผู้แจ้ง"), at=NOON)
    assert actions.open_contact(need=fresh(need), by=there.people["local"], at=NOON).name
    assert Event.objects.filter(verb="planning.contact.viewed").count() == 1
    with pytest.raises(Refused):
        actions.open_contact(need=fresh(need), by=planner_elsewhere(), at=NOON)
    with pytest.raises(Refused):
        actions.open_contact(need=fresh(need), by=person(Role.GOVERNOR), at=NOON)


def test_contacts_are_forgotten_a_year_after_the_answer(there):
    need = actions.tell_need(need=told(there), contact=actions.ContactInput(name="ผู้แจ้ง"), at=NOON)
    actions.hide_need(need=fresh(need), reason="โฆษณา", by=there.strategist, at=NOON)
    assert actions.forget_contacts(by=None, at=NOON + timedelta(days=300)) == 0
    assert actions.forget_contacts(by=None, at=NOON + timedelta(days=366)) == 1
    assert not NeedContact.objects.exists()


def test_every_status_has_its_moves_and_words():
    assert set(workflow.NEXT) == set(workflow.Status) == set(Need.Status.values)
    assert set(workflow.UPWARD) == {level.value for level in workflow.Level}
    assert AgencyFactory().pk
