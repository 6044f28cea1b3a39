"""Without the telephone: a recovery code opens the door once; without codes an administrator helps."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from accounts.actions.people import reset_second_factor
from accounts.models import Role, User
from common import clock
from submissions.actions import delegate_signature
from tests.factories import NOON, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "คลองมหาชัย-2570-สะพาน"


@pytest.fixture
def head():
    user = UserFactory(is_sample=False)
    user.set_password(PASSWORD)
    user.save()
    MembershipFactory(user=user, role=Role.APPROVER)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


def codes_of(user):
    return (
        Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
        .wrap()
        .get_unused_codes()
    )


def led_to(client, address, **fields):
    return client.post(address, fields).headers.get("Location", "")


def signed_in_by(user, code):
    """Sign in anew, in another browser; return whether the code led to the desk."""
    client = Client()
    asked = led_to(client, "/accounts/login/", login=user.username, password=PASSWORD)
    assert asked.startswith("/accounts/2fa/authenticate/")
    assert client.get("/desk/").status_code == 302
    led_to(client, asked, code=code)
    return client.get("/desk/").status_code == 200


def test_a_recovery_code_opens_the_door_once(head):
    first, second = codes_of(head)[:2]
    assert not signed_in_by(head, "00000000")
    assert signed_in_by(head, first)
    assert not signed_in_by(head, first)
    assert signed_in_by(head, second)


def test_after_a_reset_the_password_leads_to_a_new_second_factor_and_nowhere_else(head):
    code = codes_of(head)[0]
    reset_second_factor(user=head, by=None, at=NOON)
    client = Client()
    login = led_to(client, "/accounts/login/", login=head.username, password=PASSWORD)
    assert "/2fa/authenticate/" not in login
    assert client.get("/desk/").headers["Location"] == "/accounts/2fa/"
    assert not Authenticator.objects.filter(user=head).exists()
    assert code not in client.get("/accounts/2fa/").content.decode()


@pytest.mark.parametrize("how", ["given", "lent"])
def test_a_role_that_comes_during_a_session_asks_for_the_second_factor_at_once(client, head, how):
    official = UserFactory(is_sample=False)
    agency = head.memberships.get().agency
    MembershipFactory(user=official, role=Role.REPORTER, agency=agency)
    client.force_login(official)
    assert client.get("/desk/").status_code == 200
    if how == "given":
        MembershipFactory(user=official, role=Role.STRATEGIST)
    else:
        today = clock.today()
        delegate_signature(
            agency=agency,
            lender=head,
            deputy=official,
            from_date=today,
            until_date=today,
            reason="ไปราชการ",
            at=clock.now(),
        )
    assert client.get("/desk/").headers["Location"] == "/accounts/2fa/"
    TOTP.activate(official, generate_totp_secret())
    assert client.get("/desk/").status_code == 200


def test_a_stranger_from_elsewhere_makes_no_account(client, settings):
    """No provider is configured; even if one were, nobody makes an account by signing in there."""
    assert settings.SOCIALACCOUNT_PROVIDERS == {}
    answer = client.get("/accounts/3rdparty/signup/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")
    before = User.objects.count()
    assert client.post("/accounts/signup/", {"username": "x"}).status_code in (200, 403)
    assert User.objects.count() == before
