"""Bad input wherever figures come in: a clear Thai sentence, nothing changed, the typed text kept."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from audit.models import Event
from budget.models import Allocation, MonthlyFigure
from kpi.models import KPI, Result
from projects.models import Progress
from tests.main_job.test_browser import Office, row_of, type_row

THAI = re.compile(r"[ก-๙]{4,}")


def office_of(username: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=username))
    return client


def facts() -> list[object]:
    """Give everything that an entry could have changed."""
    return [
        list(Result.objects.order_by("pk").values()),
        list(MonthlyFigure.objects.order_by("pk").values()),
        list(Progress.objects.order_by("pk").values()),
        Event.objects.count(),
    ]


def test_bad_input_is_refused_in_thai_changes_nothing_and_is_kept(sample, subtests):
    tawee = office_of("tawee")
    kpi = KPI.objects.get(code="4.5-DLA", fiscal_year=2570)
    line = Allocation.objects.get(code="2570-70-4-014-INV")
    before = facts()

    def results(**typed: str):
        sent = {f"{name}-{kpi.pk}": text for name, text in typed.items()}
        return tawee.post("/desk/kpis/entry/", {"quarter": "2570-1", **sent})

    def months(month: str, **typed: str):
        sent = {f"{name}-{line.pk}": text for name, text in typed.items()}
        return tawee.post("/desk/budget/months/", {"month": month, **sent})

    def refused(answer, *shown: str) -> None:
        page = answer.content.decode()
        assert answer.status_code in (200, 409, 422)
        for text in shown:
            assert text in page
        assert facts() == before
        said = re.search(r'role="alert".*?</(?:div|section)>', page, re.DOTALL)
        assert said, "nothing says what is wrong"
        assert THAI.search(said[0])

    with subtests.test("text for a number"):
        answer = results(version="0", numerator="หลายตัน", denominator="100,000", note="ชั่งแล้ว")
        refused(answer, 'value="หลายตัน"', 'value="100,000"', 'value="ชั่งแล้ว"')
    with subtests.test("text for money"):
        refused(months("2570-m01", version="0", disbursed="แสนหนึ่ง"), 'value="แสนหนึ่ง"')
    with subtests.test("negative money"):
        refused(months("2570-m01", version="0", disbursed="-5"), 'value="-5"')
    with subtests.test("more disbursed than allotted"):
        answer = months("2570-m01", version="0", disbursed="999,999,999.00", obligated="0")
        refused(answer, 'value="999,999,999.00"')
    with subtests.test("a closed quarter"):
        old = KPI.objects.get(code="4.5-DLA", fiscal_year=2569)
        answer = tawee.post(
            "/desk/kpis/entry/save/?quarter=2569-4",
            {"row": old.pk, "version": "9", "numerator": "1", "denominator": "2"},
        )
        assert answer.status_code == 409
        assert THAI.search(answer.json()["refusal"])
        assert facts() == before
    with subtests.test("another agency's row"):
        other = KPI.objects.get(code="3.1", fiscal_year=2570)
        answer = tawee.post(
            "/desk/kpis/entry/save/?quarter=2570-1", {"row": other.pk, "version": "0", "value": "1"}
        )
        assert answer.status_code == 404
        assert THAI.search(answer.content.decode())
        assert tawee.get("/desk/projects/70-3-008/2570-q1/").status_code == 404
        theirs = Allocation.objects.get(code="2570-70-3-008-REC")
        answer = tawee.post(
            "/desk/budget/months/save/?month=2570-m01",
            {"row": theirs.pk, "version": "0", "disbursed": "1"},
        )
        assert answer.status_code == 404
        assert facts() == before
    with subtests.test("words for a percentage"):
        page = tawee.get("/desk/projects/70-4-014/2570-q1/").content.decode()
        names = re.findall(r'name="(percent[^"]*)"', page)
        answer = tawee.post(
            "/desk/projects/70-4-014/2570-q1/",
            {"version": "0", names[0]: "ครึ่งหนึ่ง", "narrative_th": "ทำแล้ว", "action": "save"},
        )
        refused(answer, 'value="ครึ่งหนึ่ง"', "ทำแล้ว")
    with subtests.test("an upload that is not a workbook"):
        file = SimpleUploadedFile("ผลไตรมาส.xlsx", b"GIF89a" + b"\0" * 500)
        answer = tawee.post(
            "/spreadsheets/",
            {
                "kind": "kpi-results",
                "agency": kpi.agency_id,
                "period": "2570-q1",
                "action": "save",
                "file": file,
            },
            follow=True,
        )
        page = answer.content.decode()
        said = re.search(r'role="alert".*?</div>', page, re.DOTALL)
        assert said
        assert THAI.search(said[0])
        assert facts()[:3] == before[:3]


@pytest.mark.browser
def test_a_clash_and_an_expired_login_lose_nothing_that_was_typed(
    page, live_server, sample, pictures
):
    office = Office(page, live_server.url, pictures)
    office.sign_in("tawee")
    cells = row_of(page, "4.5-DLA").locator("[data-cell]:not(.note-in)")

    colleague = page.context.browser.new_context()
    beside = colleague.new_page()
    other = Office(beside, live_server.url, pictures)
    other.sign_in("tawee")
    type_row(beside, "4.5-DLA", "60,000", "100,000")
    cells.first.click()
    page.keyboard.type("70000")
    page.keyboard.press("Tab")
    page.keyboard.type("100000")
    page.keyboard.press("Enter")
    clash = page.locator("tr[data-more]")
    expect(clash).to_contain_text("60,000")
    expect(clash).to_contain_text(re.compile("70,?000"))
    expect(cells.first).to_have_value("70000")
    office.eyes.forget()
    office.eyes.look("clash")
    assert Result.objects.get(kpi__code="4.5-DLA", kpi__fiscal_year=2570).numerator == 60_000
    clash.get_by_role("button").first.click()
    expect(page.locator(".is-conflict")).to_have_count(0)
    expect(page.locator("[data-saved]")).to_contain_text("บันทึกแล้ว")

    # Somebody else's press of "sign out" at the same browser: the session is gone, the page stays.
    kept = Result.objects.get(kpi__code="4.5-DLA", kpi__fiscal_year=2570)
    page.context.clear_cookies(name="sessionid")
    cells.first.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("81234")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("[data-saved]")).to_contain_text("หมดเวลาใช้งาน")
    expect(cells.first).to_have_value("81234")
    unchanged = Result.objects.get(pk=kept.pk)
    assert (unchanged.version, unchanged.numerator) == (kept.version, kept.numerator)
    office.sign_in("tawee")
    expect(cells.first).to_have_value(re.compile("81,?234"))
    expect(page.locator("[data-saved]")).to_contain_text("บันทึกแล้ว")
    assert Result.objects.get(pk=kept.pk).numerator == 81_234
    assert office.eyes.faults == []
    colleague.close()
