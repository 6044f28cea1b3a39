"""Who asks is who nginx says, never who the visitor says; the log keeps no secret of a link."""

import logging

import pytest
import structlog
from axes.models import AccessAttempt
from django.test import RequestFactory
from django.utils.translation import override

from accounts.models import Role
from audit.models import Event
from common.middleware import RequestLogMiddleware
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
VISITOR, FORGED, PROXY = "203.0.113.9", "198.51.100.1", "127.0.0.1"


def invite(client, **headers):
    admin = UserFactory(is_superuser=True, is_staff=True, is_sample=True)
    client.force_login(admin)
    answer = client.post(
        "/admin/accounts/user/add/",
        {"username": "somsri", "full_name_th": "สมศรี", "email": "somsri@example.go.th"},
        **headers,
    )
    assert answer.status_code == 302
    return Event.objects.get(verb="accounts.user.invited", role=Role.ADMIN).address


@pytest.mark.parametrize(
    ("behind", "said", "kept"),
    [
        (True, VISITOR, VISITOR),
        # A proxy that adds to what it was sent adds at the end.
        (True, f"{FORGED}, {VISITOR}", VISITOR),
        (True, "2001:db8::7", "2001:db8::7"),
        (True, "unknown", PROXY),
        (True, "", PROXY),
        (False, FORGED, PROXY),
    ],
)
def test_the_log_keeps_the_address_that_the_proxy_saw(client, settings, behind, said, kept):
    settings.BEHIND_PROXY = behind
    headers = {"HTTP_X_FORWARDED_FOR": said} if said else {}
    assert invite(client, REMOTE_ADDR=PROXY, **headers) == kept


def test_whoever_guesses_passwords_locks_out_nobody_elsewhere(client, settings):
    settings.BEHIND_PROXY = True
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip"}
    user = UserFactory()
    user.set_password("คลองมหาชัย-2570-สะพาน")
    user.save()

    def sign_in(name, password, address):
        return client.post(
            "/accounts/login/",
            {"login": name, "password": password},
            REMOTE_ADDR=PROXY,
            HTTP_X_FORWARDED_FOR=address,
        ).status_code

    # Another first word each time, as somebody would write who hopes to be taken for many.
    for turn in range(2):
        sign_in(f"guess{turn}", "wrong", f"198.51.100.{turn}, {VISITOR}")
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {VISITOR}
    assert sign_in(user.username, "คลองมหาชัย-2570-สะพาน", f"198.51.100.9, {VISITOR}") != 302
    assert sign_in(user.username, "คลองมหาชัย-2570-สะพาน", "203.0.113.50") == 302


def test_wrong_passwords_for_a_name_shut_its_door_only_where_they_came_from(client, settings):
    settings.BEHIND_PROXY = True
    user = UserFactory()
    user.set_password("คลองมหาชัย-2570-สะพาน")
    user.save()

    def sign_in(password, address):
        return client.post(
            "/accounts/login/",
            {"login": user.username, "password": password},
            REMOTE_ADDR=PROXY,
            HTTP_X_FORWARDED_FOR=address,
        ).status_code

    assert [sign_in("wrong", VISITOR) for _try in range(6)][-1] == 429
    assert sign_in("คลองมหาชัย-2570-สะพาน", VISITOR) == 429
    assert sign_in("คลองมหาชัย-2570-สะพาน", "203.0.113.50") == 302


def test_nobody_escapes_the_throttle_of_the_api_by_another_name(client, settings, monkeypatch):
    settings.BEHIND_PROXY = True
    monkeypatch.setattr(
        "rest_framework.throttling.AnonRateThrottle.THROTTLE_RATES", {"anon": "3/min"}
    )
    answers = [
        client.get("/api/v1/", HTTP_X_FORWARDED_FOR=f"198.51.100.{turn}, {VISITOR}").status_code
        for turn in range(5)
    ]
    assert answers == [200, 200, 200, 429, 429]
    assert client.get("/api/v1/", HTTP_X_FORWARDED_FOR="203.0.113.50").status_code == 200


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("/search/?q=สมศรี", "GET /search/"),
        ("/accounts/invitation/MQ/c8x-0123/", "GET /accounts/invitation/MQ/…/"),
        ("/en/accounts/invitation/MQ/c8x-0123/", "GET /en/accounts/invitation/MQ/…/"),
        ("/accounts/password/reset/key/1-c8x-0123/", "GET /accounts/password/reset/key/1-…/"),
        ("/calendar/0123456789abcdef.ics", "GET /calendar/….ics"),
        ("/nowhere/", "GET /nowhere/"),
        ("/scores/agency/3/2570-q3/", "GET /scores/agency/3/2570-q3/"),
    ],
)
def test_a_line_of_the_log_holds_neither_search_nor_secret(asked, kept):
    # As LocaleMiddleware has set it by then.
    with override("en" if asked.startswith("/en/") else "th"):
        assert RequestLogMiddleware.format_request(RequestFactory().get(asked)) == kept


def test_a_request_is_logged_under_the_id_that_came_with_it(client, settings):
    settings.DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
    # Whatever level the run logs at: the lines are taken before they are judged.
    logging.getLogger("django_structlog").setLevel(logging.INFO)
    try:
        with structlog.testing.capture_logs(
            processors=[structlog.contextvars.merge_contextvars]
        ) as lines:
            client.get("/healthz?q=สมศรี", HTTP_X_REQUEST_ID="of-nginx")
    finally:
        logging.getLogger("django_structlog").setLevel(logging.NOTSET)
    assert {(line["request"], line["request_id"]) for line in lines} == {
        ("GET /healthz", "of-nginx")
    }


@pytest.mark.parametrize("address", ["/", "/desk/", "/healthz"])
def test_a_host_that_is_not_ours_is_refused_in_a_sentence(client, settings, address):
    settings.ALLOWED_HOSTS = ["portal.example.go.th"]
    answer = client.get(address, HTTP_HOST="203.0.113.77")
    assert answer.status_code == 400
    assert "คำขอไม่สมบูรณ์" in answer.content.decode()
