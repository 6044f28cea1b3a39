"""Each role lands where its work is."""

import pytest

from accounts.models import Role
from tests.factories import PASSWORD, UserFactory, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.REPORTER, "/desk/"),
        (Role.APPROVER, "/desk/"),
        (Role.STRATEGIST, "/desk/"),
        (Role.GOVERNOR, "/dashboard/"),
        (Role.VIEWER, "/dashboard/"),
        (Role.COMPTROLLER, "/desk/budget/"),
        (Role.ADMIN, "/admin/"),
        (None, "/"),
    ],
)
def test_a_person_lands_where_the_role_works(client, role, place):
    user = person(role) if role else UserFactory()
    user.set_password(PASSWORD)
    user.save()
    answer = client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert answer.status_code == 302
    assert answer.headers["Location"] == place
