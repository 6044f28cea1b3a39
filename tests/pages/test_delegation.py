"""Lending a signature and taking it back."""

import pytest
import time_machine

from accounts.models import Role
from submissions.models import Delegation
from tests.factories import NOON, AgencyFactory, person

pytestmark = pytest.mark.django_db
PAGE = "/desk/delegation/"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def agency():
    return AgencyFactory()


@pytest.fixture
def head(agency):
    return person(Role.APPROVER, agency)


@pytest.fixture
def deputy(agency):
    return person(Role.REPORTER, agency)


def lend(client, deputy, /, **changes):
    typed = {
        "deputy": deputy.pk,
        "from_date": "14 ม.ค. 2570",
        "until_date": "20/01/2570",
        "reason": "ไปราชการ",
    }
    return client.post(PAGE, typed | changes)


def test_only_a_head_lends(client):
    client.force_login(person(Role.STRATEGIST))
    assert client.get(PAGE).status_code == 403


def test_a_signature_is_lent_with_thai_dates_and_taken_back(client, agency, head, deputy):
    client.force_login(head)
    answer = client.get(PAGE)
    assert deputy.get_full_name() in answer.content.decode()
    assert head.get_full_name() not in [
        label for _value, label in answer.context["form"].fields["deputy"].choices
    ]
    assert lend(client, deputy).status_code == 302
    loan = Delegation.objects.get()
    assert (loan.from_date.isoformat(), loan.until_date.isoformat()) == ("2027-01-14", "2027-01-20")
    assert "ไปราชการ" in client.get(PAGE).content.decode()
    revoke = f"{PAGE}{loan.pk}/revoke/"
    assert client.get(revoke).status_code == 405
    assert "ยกเลิกการมอบอำนาจแล้ว" in client.post(revoke, follow=True).content.decode()
    loan.refresh_from_db()
    assert loan.revoked_at == NOON
    assert "ไปแล้ว" in client.post(revoke, follow=True).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from_date": "วันศุกร์หน้า"}, "from_date"),
        ({"until_date": ""}, "until_date"),
        ({"reason": ""}, "reason"),
        ({"deputy": ""}, "deputy"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(client, head, deputy, changes, field):
    client.force_login(head)
    answer = lend(client, deputy, **changes)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"].data["from_date"] == changes.get("from_date", "14 ม.ค. 2570")
    assert not Delegation.objects.exists()


def test_a_refusal_of_the_verb_is_shown(client, head, deputy):
    client.force_login(head)
    answer = lend(client, deputy, until_date="1/1/2570")
    assert answer.status_code == 409
    assert "วันสิ้นสุด" in answer.content.decode()


def test_nobody_outside_the_agency_becomes_deputy(client, head):
    client.force_login(head)
    assert lend(client, person(Role.REPORTER)).status_code == 422


def test_another_agencys_loan_is_not_there(client, head, deputy):
    client.force_login(head)
    lend(client, deputy)
    loan = Delegation.objects.get()
    client.force_login(person(Role.APPROVER))
    assert client.post(f"{PAGE}{loan.pk}/revoke/").status_code == 404


def test_a_head_beside_the_lender_may_not_take_it_back(client, agency, head, deputy):
    client.force_login(head)
    lend(client, deputy)
    loan = Delegation.objects.get()
    client.force_login(person(Role.APPROVER, agency))
    answer = client.post(f"{PAGE}{loan.pk}/revoke/", follow=True)
    assert "เฉพาะผู้มอบอำนาจ" in answer.content.decode()
    loan.refresh_from_db()
    assert loan.revoked_at is None


def test_a_borrowed_signature_is_not_lent_on(client, head, deputy):
    client.force_login(head)
    lend(client, deputy, from_date="13/1/2570")
    client.force_login(deputy)
    assert client.get(PAGE).status_code == 403
