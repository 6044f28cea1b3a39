"""In real Chromium: whoever signs entries sets up the second factor, and is asked for it from then on."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.utils import timezone

from accounts.models import Role
from tests.factories import MembershipFactory, UserFactory
from tests.main_job.eyes import Eyes

pytestmark = pytest.mark.browser
PASSWORD = "คลองมหาชัย-2570-สะพาน"


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.fixture
def head(transactional_db):
    user = UserFactory(is_sample=False)
    user.set_password(PASSWORD)
    user.save()
    MembershipFactory(user=user, role=Role.APPROVER)
    return user


def sign_in(page, user):
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()


def test_a_head_sets_up_the_second_factor_and_signs_in_by_it(page, live_server, head, pictures):
    eyes = Eyes(page, pictures, live_server.url)
    eyes.go("/accounts/login/?next=/desk/")
    sign_in(page, head)
    assert page.url.endswith("/accounts/2fa/"), "no way to the desk without it"
    eyes.look("second-factor")
    page.get_by_role("link", name="เปิดใช้แอปยืนยันตัวตน").click()
    # What concerns the account's safety asks for the password once more.
    page.wait_for_url("**/accounts/reauthenticate/**")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/totp/activate/")
    secret = page.locator("code").inner_text().strip()
    eyes.look("second-factor-set-up")

    page.fill("input[name=code]", wrong(code_of(secret)))
    page.press("input[name=code]", "Enter")
    page.wait_for_load_state()
    assert not Authenticator.objects.filter(user=head).exists()
    assert page.locator("input[name=code]").get_attribute("aria-invalid") == "true"

    secret = page.locator("code").inner_text().strip()
    page.fill("input[name=code]", code_of(secret))
    page.press("input[name=code]", "Enter")
    page.wait_for_load_state()
    assert Authenticator.objects.filter(user=head, type=Authenticator.Type.TOTP).count() == 1
    eyes.go("/desk/")
    assert page.url.endswith("/desk/")

    # Another day, another place: the password alone leads nowhere.
    page.context.clear_cookies()
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        eyes.go("/accounts/login/?next=/desk/")
        sign_in(page, head)
        assert "/2fa/authenticate/" in page.url
        eyes.look("second-factor-asked")
        eyes.go("/desk/")
        assert "/2fa/authenticate/" in page.url
        page.fill("input[name=code]", code_of(secret))
        page.press("input[name=code]", "Enter")
        page.wait_for_url("**/desk/")
    assert not eyes.faults, "\n".join(eyes.faults)
