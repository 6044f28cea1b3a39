"""The administrator keeps people and reference data, and touches no figure."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail

from accounts.actions.people import reset_second_factor
from accounts.models import Membership, Role, User
from audit.models import Event
from common.refusal import Refused
from tests.factories import NOON, AgencyFactory, UserFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(client):
    administrator = person(Role.ADMIN, is_staff=True)
    client.force_login(administrator)
    return client


def test_the_admin_opens_people_and_reference_data_but_no_figure(admin_client):
    assert admin_client.get("/admin/accounts/user/").status_code == 200
    assert admin_client.get("/admin/accounts/agency/").status_code == 200
    assert admin_client.get("/admin/audit/event/").status_code == 200
    assert admin_client.get("/admin/kpi/result/").status_code == 403
    assert admin_client.get("/admin/budget/allocation/").status_code == 403


def test_another_role_has_no_admin(client):
    client.force_login(person(Role.STRATEGIST))
    assert client.get("/admin/accounts/user/").status_code == 302
    client.force_login(UserFactory(is_staff=True))
    assert client.get("/admin/accounts/user/").status_code == 403


def test_an_invitation_and_a_role_go_through_their_verbs(admin_client):
    answer = admin_client.post(
        "/admin/accounts/user/add/",
        {"username": "somchai", "full_name_th": "สมชาย", "email": "somchai@example.test"},
    )
    assert answer.status_code == 302
    invited = User.objects.get(username="somchai")
    assert not invited.has_usable_password()
    answer = admin_client.post(
        "/admin/accounts/membership/add/",
        {
            "user": invited.pk,
            "agency": AgencyFactory().pk,
            "role": Role.ADMIN,
            "from_date": "2026-10-01",
        },
    )
    assert answer.status_code == 302
    invited.refresh_from_db()
    assert invited.is_staff
    assert Membership.objects.filter(user=invited).count() == 1


def with_second_factor(**attributes):
    user = UserFactory(is_sample=False, email="head@example.test", **attributes)
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=user, type=kind, data={"secret": "x"})
    return user


def reset(admin_client, *users):
    return admin_client.post(
        "/admin/accounts/user/",
        {"action": "reset_second_factor", "_selected_action": [user.pk for user in users]},
        follow=True,
    ).content.decode()


def test_whoever_lost_the_telephone_gets_a_new_second_factor(
    admin_client, django_capture_on_commit_callbacks
):
    head, other = with_second_factor(), with_second_factor()
    with django_capture_on_commit_callbacks(execute=True):
        page = reset(admin_client, head)
    assert "ส่งอีเมลแจ้งแล้ว" in page
    assert set(Authenticator.objects.values_list("user", flat=True)) == {other.pk}
    event = Event.objects.get(verb="accounts.second_factor.reset")
    assert (event.subject_id, event.role) == (head.pk, Role.ADMIN)
    assert [letter.to for letter in mail.outbox] == [["head@example.test"]]

    page = reset(admin_client, head)
    assert "ยังไม่ได้ตั้งการยืนยันตัวตนขั้นที่สอง" in page
    assert Event.objects.filter(verb="accounts.second_factor.reset").count() == 1


def test_nobody_resets_the_own_second_factor_or_without_the_role(client):
    me = with_second_factor(is_superuser=True, is_staff=True)
    client.force_login(me)
    assert "ของตนเองไม่ได้" in reset(client, me)
    with pytest.raises(Refused) as refused:
        reset_second_factor(user=me, by=person(Role.STRATEGIST), at=NOON)
    assert refused.value.code == "not_admin"
    assert Authenticator.objects.filter(user=me).count() == 2
    assert not Event.objects.filter(verb="accounts.second_factor.reset").exists()


def test_whoever_has_no_address_is_reset_without_a_letter(django_capture_on_commit_callbacks):
    head = with_second_factor()
    User.objects.filter(pk=head.pk).update(email="")
    head.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        # By the operator's command line, as whoever is nobody's user.
        reset_second_factor(user=head, by=None, at=NOON)
    assert not Authenticator.objects.exists()
    assert mail.outbox == []


def test_no_page_shows_the_secret_of_a_second_factor(client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True, is_sample=True))
    assert client.get("/admin/mfa/authenticator/").status_code == 404
