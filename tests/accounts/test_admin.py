"""The administrator keeps people and reference data, and touches no figure."""

import pytest

from accounts.models import Membership, Role, User
from tests.factories import AgencyFactory, UserFactory, person

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
