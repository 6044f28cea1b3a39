"""Invitations, roles from–to, posts and their holders."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from accounts.actions import people
from accounts.models import Holding, Membership, Role, User
from accounts.rules import in_line_above, standing_of
from audit.models import Event
from common.refusal import Refused
from tests.factories import (
    NOON,
    PASSWORD,
    TODAY,
    AgencyFactory,
    HoldingFactory,
    MembershipFactory,
    PostFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db


def invite(by=None, **changes):
    invitation = {
        "username": "kanda",
        "full_name_th": "กานดา ทะเลงาม",
        "email": "kanda@example.test",
    }
    return people.invite_user(
        invitation=people.Invitation(**{**invitation, **changes}), by=by, at=NOON
    )


def test_an_invited_person_sets_the_password_once_by_the_link(
    client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        user = invite()
    assert not user.has_usable_password()
    letter = mail.outbox[0]
    assert letter.to == ["kanda@example.test"]
    path = people.invitation_address(user).removeprefix("http://testserver")
    assert path.split("/")[3] in letter.body

    page = client.get(path, follow=True)
    answer = client.post(
        page.redirect_chain[-1][0], {"new_password1": PASSWORD, "new_password2": PASSWORD}
    )
    assert answer.status_code == 302
    assert User.objects.get().check_password(PASSWORD)
    assert "หมดอายุ" in client.get(path, follow=True).content.decode()


def test_a_national_id_is_no_password(client):
    path = people.invitation_address(invite()).removeprefix("http://testserver")
    address = client.get(path, follow=True).redirect_chain[-1][0]
    page = client.post(
        address, {"new_password1": "1-1037-00123-45-6", "new_password2": "1-1037-00123-45-6"}
    )
    assert "เลขประจำตัวประชาชน" in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "code"), [({"email": ""}, "no_email"), ({"username": "KANDA"}, "username_taken")]
)
def test_an_invitation_that_cannot_be_is_refused(changes, code):
    UserFactory(username="kanda")
    with pytest.raises(Refused) as refusal:
        invite(**changes)
    assert refusal.value.code == code
    assert User.objects.count() == 1


def test_only_an_administrator_keeps_accounts():
    with pytest.raises(Refused, match="ผู้ดูแลระบบ"):
        invite(by=person(Role.STRATEGIST))
    assert invite(by=person(Role.ADMIN)).username == "kanda"
    assert invite(by=UserFactory(is_superuser=True), username="other").username == "other"
    assert set(Event.objects.values_list("verb", flat=True)) == {"accounts.user.invited"}


def test_a_role_runs_from_to_and_ends_on_a_day():
    user, agency = UserFactory(), AgencyFactory()
    grant = {"user": user, "agency": agency, "role": Role.REPORTER, "by": None, "at": NOON}
    membership = people.grant_role(**grant, from_date=TODAY)
    assert standing_of(user, TODAY).is_role_of(Role.REPORTER, agency.pk)
    assert not standing_of(user, TODAY - timedelta(days=1)).pairs
    with pytest.raises(Refused, match="อยู่แล้ว"):
        people.grant_role(**grant, from_date=TODAY)
    with pytest.raises(Refused, match="ก่อนวันเริ่มต้น"):
        people.grant_role(**grant, from_date=TODAY, until_date=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="ก่อนวันเริ่มต้น"):
        people.end_role(membership=membership, until_date=date(2020, 1, 1), by=None, at=NOON)
    people.end_role(membership=membership, until_date=TODAY, by=None, at=NOON)
    with pytest.raises(Refused, match="สิ้นสุดไปแล้ว"):
        people.end_role(membership=membership, until_date=TODAY, by=None, at=NOON)
    assert standing_of(user, TODAY).pairs
    assert not standing_of(user, TODAY + timedelta(days=1)).pairs


def test_a_post_passes_from_holder_to_holder_and_may_stand_vacant():
    post, before, after = PostFactory(), UserFactory(), UserFactory()
    people.appoint_holder(post=post, user=before, from_date=date(2026, 1, 1), by=None, at=NOON)
    people.appoint_holder(post=post, user=after, from_date=TODAY, by=None, at=NOON)
    assert not standing_of(before, TODAY).post_ids
    assert standing_of(after, TODAY).post_ids == {post.pk}
    with pytest.raises(Refused, match="เริ่มวันเดียวกัน"):
        people.appoint_holder(post=post, user=before, from_date=TODAY, by=None, at=NOON)
    people.vacate_post(post=post, until_date=TODAY, by=None, at=NOON)
    assert Holding.objects.filter(until_date=None).count() == 0
    with pytest.raises(Refused, match="ว่างอยู่แล้ว"):
        people.vacate_post(post=post, until_date=TODAY, by=None, at=NOON)


def test_the_line_above_is_found_at_any_distance_and_never_runs_in_a_circle():
    top = PostFactory()
    middle = PostFactory(supervising_post=top)
    officer = PostFactory(supervising_post=middle)
    assert in_line_above(officer, {top.pk})
    assert in_line_above(officer, {middle.pk})
    assert not in_line_above(officer, {officer.pk})
    type(top).objects.filter(pk=top.pk).update(supervising_post=officer)
    officer.refresh_from_db()
    assert not in_line_above(PostFactory(supervising_post=officer), {-1})


def test_an_inactive_user_is_nobody():
    user = person(Role.REPORTER)
    user.is_active = False
    assert standing_of(user, TODAY).pairs == frozenset()
    assert not standing_of(user, TODAY).has(Role.REPORTER)


@pytest.mark.parametrize(
    ("role", "is_sample", "led_to_second_factor"),
    [
        (Role.APPROVER, False, True),
        (Role.STRATEGIST, False, True),
        (Role.ADMIN, False, True),
        (Role.REPORTER, False, False),
        (Role.APPROVER, True, False),
    ],
)
def test_who_signs_has_a_second_factor(client, role, is_sample, led_to_second_factor):
    MembershipFactory(user=(user := UserFactory(is_sample=is_sample)), role=role)
    client.force_login(user)
    for _again in range(2):
        answer = client.get("/desk/reminders/")
        assert (answer.headers.get("Location") == reverse("mfa_index")) == led_to_second_factor


def test_too_many_wrong_passwords_are_throttled(client):
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    for _try in range(5):
        answer = client.post(
            "/accounts/login/", {"login": user.username, "password": "wrong-wrong"}
        )
    assert answer.status_code == 429
    # The right password does not help while the door is shut.
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_nobody_can_sign_up(client):
    page = client.get("/accounts/signup/")
    assert page.status_code in (200, 404)
    client.post(
        "/accounts/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.exists()
    assert not Membership.objects.exists()


def test_a_holder_is_found_by_post():
    holding = HoldingFactory()
    assert str(holding.post_id) in str(holding)
