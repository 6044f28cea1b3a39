"""The same chain for machines: tokens, verbs, job rows, and the report that anybody may read."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from kpi.models import Figure, Result


def client_of(username: str) -> APIClient:
    """Give a machine that speaks for a person by the token that the command shows once."""
    shown = io.StringIO()
    call_command("issue_token", username, stdout=shown)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {shown.getvalue().strip()}")
    return client


def typed(**figures: Any) -> dict[str, Any]:
    return {"fiscal_year": 2570, "quarter": 1, **figures}


def stands_at(code: str) -> str:
    figure = Figure.objects.get(kpi__code=code, quarter__fiscal_year=2570, quarter__number=1)
    return f"{figure.ytd_value:.4f}"


def test_a_quarter_goes_from_a_token_to_the_published_json(sample, work_off_jobs):
    reporter, head, strategist = (client_of(name) for name in ("tawee", "somjai", "strategist"))
    anybody = APIClient()
    wanted = typed(kpi="4.5-DLA", numerator="79000", denominator="100000")
    assert anybody.post("/api/v1/results/", wanted, format="json").status_code in (401, 403)

    kept = reporter.post("/api/v1/results/", wanted, format="json")
    assert kept.status_code == 201, kept.content.decode()
    entry = f"/api/v1/results/{kept.json()['id']}"
    assert reporter.post(f"{entry}/submit/").json()["status"] == "submitted"
    signed = head.post(f"{entry}/approve/")
    assert (signed.status_code, signed.json()["status"]) == (200, "approved")
    again = head.post(f"{entry}/approve/")
    assert again.status_code == 409
    assert again.json()["detail"]
    assert again.json()["code"]
    assert work_off_jobs() > 0
    assert stands_at("4.5-DLA") == stands_at("4.5") == "79.0000"

    waiting = Result.objects.get(kpi__code="4.2", quarter__fiscal_year=2570, quarter__number=1)
    accepted = strategist.post(f"/api/v1/results/{waiting.pk}/accept/")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    work_off_jobs()

    report = "/api/v1/reports/2570-q1"
    assert reporter.post(f"{report}/close/").status_code == 409
    unready = strategist.post(f"{report}/close/", {"missing_accepted": False}, format="json")
    assert unready.status_code == 409
    closed = strategist.post(f"{report}/close/", {"missing_accepted": True}, format="json")
    assert closed.status_code == 200, closed.content.decode()
    frozen = closed.json()["sha256"]
    text = {
        "text_th": "ไตรมาสแรกทำได้ตามแผน",
        "text_en": "The first quarter went to plan",
        "version": 0,
    }
    assert strategist.post(f"{report}/summary/", text, format="json").status_code == 200
    published = strategist.post(f"{report}/publish/")
    assert published.status_code == 202, published.content.decode()
    assert work_off_jobs() > 0

    answer = anybody.get("/reports/2570/q1.json")
    body = answer.getvalue()
    assert answer.status_code == 200
    assert "79.0" in json.dumps(json.loads(body))
    assert anybody.get(f"{report}/").status_code == 200
    late = reporter.post(
        "/api/v1/results/", wanted | {"numerator": "1", "version": 4}, format="json"
    )
    assert (late.status_code, bool(late.json()["detail"])) == (409, True)
    work_off_jobs()
    assert anybody.get("/reports/2570/q1.json").getvalue() == body
    assert frozen


@pytest.mark.parametrize("verb", ["approve", "return"])
def test_nobody_signs_what_he_sent_himself(sample, work_off_jobs, verb):
    head = client_of("approver")
    own = typed(kpi="2.3-MOPH-03", numerator="490", denominator="500")
    kept = head.post("/api/v1/results/", own, format="json")
    assert kept.status_code == 201, kept.content.decode()
    entry = f"/api/v1/results/{kept.json()['id']}"
    assert head.post(f"{entry}/submit/").status_code == 200
    refused = head.post(f"{entry}/{verb}/", {"reason": "ทดสอบ"}, format="json")
    assert refused.status_code == 409
    assert refused.json()["detail"]
    assert Result.objects.get(pk=kept.json()["id"]).status == "submitted"
