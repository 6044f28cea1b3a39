"""The gallery in real Chromium: clean for axe, no sideways scroll, a grid to type in."""

import json
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, Route, expect

from accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Desk:
    """The gallery's page, with what its grid sent and what it is answered."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.sent: list[dict[str, str]] = []
        self.answers: dict[str, tuple[int, object]] = {}
        self.away = False
        page.route(f"{address}/desk/gallery/", self.answer)

    def open(self) -> "Desk":
        self.page.goto(f"{self.address}/desk/gallery/")
        return self

    def answer(self, route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
            return
        if self.away:
            route.abort("internetdisconnected")
            return
        body = {key: value[0] for key, value in parse_qs(
            route.request.post_data or "", keep_blank_values=True
        ).items()}  # fmt: skip
        self.sent.append(body)
        ready = {"ok": True, "saved_at": "14:03", "version": int(body["version"]) + 1}
        status, answer = self.answers.get(body["row"], (200, ready))
        route.fulfill(status=status, content_type="application/json", body=json.dumps(answer))

    def cell(self, name: str):
        return self.page.locator(f'input[name="{name}"]')

    @property
    def saved(self):
        return self.page.locator("[data-saved]")


@pytest.fixture
def cookie(live_server) -> dict[str, str]:
    client = Client()
    client.force_login(User.objects.create(username="staff", is_staff=True, is_sample=True))
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


@pytest.fixture
def desk(page: Page, live_server, cookie) -> Desk:
    page.context.add_cookies([cookie])
    return Desk(page, live_server.url).open()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_gallery_is_clean_at_every_width_and_in_both_colours(
    browser: Browser, live_server, cookie, pictures: Path, width: int, scheme: str
):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale="th-TH"
    )
    context.add_cookies([cookie])
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(f"{live_server.url}/desk/gallery/")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=pictures / f"gallery-{width}-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for summary in page.locator("details.as-table > summary").all():
        summary.click()
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert faults == []
    context.close()


def test_the_first_empty_figure_waits_and_enter_goes_from_figure_to_figure(desk: Desk):
    expect(desk.cell("value-4")).to_be_focused()
    desk.cell("value-1").click()
    desk.page.keyboard.press("Enter")
    expect(desk.cell("numerator-2")).to_be_focused()
    desk.page.keyboard.press("Tab")
    expect(desk.cell("denominator-2")).to_be_focused()
    desk.page.keyboard.press("Tab")
    expect(desk.cell("value-4")).to_be_focused()
    desk.page.keyboard.press("ArrowUp")
    expect(desk.cell("numerator-2")).to_be_focused()
    desk.page.keyboard.press("ArrowUp")
    expect(desk.cell("value-1")).to_be_focused()
    assert desk.sent == []


def test_a_left_cell_is_saved_and_what_was_understood_is_shown(desk: Desk):
    desk.answers["4"] = (200, {
        "ok": True, "saved_at": "14:03", "version": 2, "understood": {"value": "9,842"},
        "ytd": "26,310", "achievement": "93.02", "state_html": '<span class="wf">ร่าง 14:03</span>',
    })  # fmt: skip
    desk.cell("value-4").fill("๙,๘๔๒")
    desk.page.keyboard.press("Enter")
    expect(desk.saved).to_contain_text("บันทึกแล้ว 14:03 น.")
    assert desk.sent == [{"row": "4", "version": "1", "value": "๙,๘๔๒"}]
    row = desk.page.locator('tr[data-row="4"]')
    expect(row).to_contain_text("อ่านได้ว่า 9,842")
    expect(row).to_contain_text("26,310")
    expect(row).to_contain_text("ร่าง 14:03")
    expect(desk.cell("value-4")).to_have_attribute("data-version", "2")


def test_a_block_of_a_spreadsheet_is_pasted_over_the_rows_and_undone_at_once(desk: Desk):
    desk.cell("value-1").click()
    desk.page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        "5\r\n410\t420\r\n3\r\n11\r\n",
    )
    expect(desk.cell("numerator-2")).to_have_value("410")
    expect(desk.cell("denominator-2")).to_have_value("420")
    expect(desk.cell("value-4")).to_have_value("11")
    expect(desk.saved).to_contain_text("บันทึกแล้ว")
    assert [body["row"] for body in desk.sent] == ["1", "2", "4"]
    desk.page.keyboard.press("Control+z")
    expect(desk.cell("value-1")).to_have_value("4.21")
    expect(desk.cell("value-4")).to_have_value("")


def test_a_clash_shows_both_values_and_either_can_be_taken(desk: Desk):
    clash = {"theirs": {"value": "8"}, "by": "นายสันต์", "at": "13:59", "version": 5}
    desk.answers["4"] = (409, {"clash": clash})
    desk.cell("value-4").fill("9")
    desk.page.keyboard.press("Enter")
    box = desk.page.locator('tr[data-more="4"]')
    expect(box).to_contain_text("ยังไม่มีค่าใดถูกทับ")
    expect(desk.cell("value-4")).to_have_value("9")
    del desk.answers["4"]
    box.get_by_role("button", name="ใช้ 9 ของฉัน").click()
    expect(desk.saved).to_contain_text("บันทึกแล้ว")
    assert desk.sent[-1] == {"row": "4", "version": "5", "value": "9"}
    desk.answers["4"] = (409, {"clash": clash | {"version": 7}})
    desk.cell("value-4").fill("10")
    desk.page.keyboard.press("Enter")
    box.get_by_role("button", name="ใช้ 8 ของนายสันต์").click()
    expect(desk.cell("value-4")).to_have_value("8")
    expect(desk.cell("value-4")).to_have_attribute("data-version", "7")


def test_an_error_stands_under_its_row_and_the_text_stays(desk: Desk):
    desk.answers["4"] = (422, {"errors": {"value": "กรอกเป็นตัวเลข"}})
    desk.cell("value-4").fill("สิบ")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator('tr[data-more="4"]')).to_contain_text("กรอกเป็นตัวเลข")
    expect(desk.cell("value-4")).to_have_attribute("aria-invalid", "true")
    expect(desk.cell("value-4")).to_have_value("สิบ")
    desk.answers["4"] = (409, {"refusal": "ไตรมาสนี้ปิดแล้ว"})
    desk.cell("value-4").fill("10")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator('tr[data-more="4"]')).to_contain_text("ไตรมาสนี้ปิดแล้ว")


def test_what_was_typed_without_a_connection_waits_on_the_device_and_is_sent_later(desk: Desk):
    desk.away = True
    desk.cell("value-4").fill("12")
    desk.page.keyboard.press("Enter")
    expect(desk.saved).to_contain_text("เก็บไว้ในเครื่องนี้ 1 แถว")
    desk.away = False
    desk.open()
    expect(desk.cell("value-4")).to_have_value("12")
    expect(desk.saved).to_contain_text("บันทึกแล้ว")
    assert desk.sent[-1]["value"] == "12"


def test_signing_out_clears_the_device(desk: Desk):
    desk.away = True
    desk.cell("value-4").fill("12")
    desk.page.keyboard.press("Enter")
    expect(desk.saved).to_contain_text("เก็บไว้ในเครื่องนี้")
    desk.page.locator("details.account > summary").click()
    desk.page.get_by_role("button", name="ออกจากระบบ").first.click()
    desk.page.wait_for_url(lambda url: "/desk/gallery/" not in url)
    kept = desk.page.evaluate(
        "Object.keys(localStorage).filter(key => key.startsWith('portal:typed'))"
    )
    assert kept == []


def test_an_ended_session_leads_to_the_sign_in_and_keeps_the_text(desk: Desk):
    desk.answers["4"] = (403, {})
    desk.cell("value-4").fill("7")
    desk.page.keyboard.press("Enter")
    link = desk.page.get_by_role("link", name="เข้าสู่ระบบแล้วทำต่อ")
    expect(link).to_have_attribute("href", "/accounts/login/?next=%2Fdesk%2Fgallery%2F&expired=1")


@pytest.mark.parametrize("same", [True, False])
def test_a_sign_in_in_another_tab_lets_the_page_save_only_for_the_same_person(
    desk: Desk, same: bool
):
    grid = desk.page.locator("form[data-grid]")
    stale = grid.get_attribute("data-csrf")

    def renewed(route: Route) -> None:
        if route.request.method == "POST" and route.request.headers["x-csrftoken"] == stale:
            route.fulfill(status=403, body="")
        elif route.request.method == "GET" and not same:
            text = route.fetch().text().replace('data-user="', 'data-user="another-')
            route.fulfill(status=200, content_type="text/html", body=text)
        else:
            route.fallback()

    desk.page.route(f"{desk.address}/desk/gallery/", renewed)
    desk.cell("value-4").fill("7")
    desk.page.keyboard.press("Enter")
    if same:
        expect(desk.saved).to_contain_text("บันทึกแล้ว")
        assert [body["value"] for body in desk.sent] == ["7"]
    else:
        expect(desk.page.get_by_role("link", name="เข้าสู่ระบบแล้วทำต่อ")).to_be_visible()
        assert desk.sent == []
    expect(desk.cell("value-4")).to_have_value("7")


def test_a_slash_goes_to_the_search_and_the_calendar_writes_the_buddhist_year(desk: Desk):
    desk.page.locator("h1").click()
    desk.page.keyboard.press("/")
    expect(desk.page.locator("input[data-search]").first).to_be_focused()
    desk.page.get_by_role("button", name="เปิดปฏิทิน").click()
    calendar = desk.page.get_by_role("dialog", name="เลือกวันที่")
    expect(calendar).to_contain_text("มกราคม 2570")
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#id_inspected_date")).to_have_value("16 ม.ค. 2570")


def test_the_calendar_of_an_english_page_speaks_english(desk: Desk):
    # The gallery is not translated: its page is told that it is English.
    def in_english(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace('<html lang="th"', '<html lang="en"')
        )

    desk.page.route(f"{desk.address}/desk/gallery/", in_english)
    desk.open()
    day = desk.page.locator("#id_inspected_date")
    day.fill("15 Nov 2026")
    desk.page.keyboard.press("Alt+ArrowDown")
    calendar = desk.page.locator(".cal")
    expect(calendar).to_contain_text("November 2026")
    expect(calendar.locator("th").first).to_have_attribute("abbr", "Monday")
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Enter")
    expect(day).to_have_value("22 Nov 2026")


def test_days_headings_and_forms_have_room_in_the_cells_of_a_phone(desk: Desk):
    desk.page.set_viewport_size({"width": 390, "height": 900})
    runs_over = desk.page.evaluate(
        """() => {
            const table = document.createElement("table");
            table.className = "tbl cards";
            table.innerHTML = `<tbody><tr>
                <td class="nowrap" data-k="เวลา">17&nbsp;พ.ย.&nbsp;69 – 19&nbsp;พ.ย.&nbsp;69</td>
                <td class="n" data-k="ประมาณการ (บาท)">2,100</td>
                <td data-k="หน่วยงาน">สนง.อุตสาหกรรม</td>
                <td class="wide-m"><details open><form><input class="input"></form></details></td>
                </tr></tbody>`;
            document.querySelector("main .pan").append(table);
            const cells = [...table.querySelectorAll("td")];
            return cells.map((cell) => cell.scrollWidth - cell.clientWidth);
        }"""
    )
    assert runs_over == [0, 0, 0, 0]
    field = desk.page.locator(".wide-m form .input").bounding_box()
    assert field is not None
    assert field["width"] > 300


def test_the_button_that_signs_one_row_stands_clear_of_its_name_on_a_phone(desk: Desk):
    desk.page.set_viewport_size({"width": 390, "height": 900})
    desk.page.evaluate(
        """() => {
            const table = document.createElement("table");
            table.className = "tbl tbl--mid a2 cards approve";
            table.innerHTML = `<tbody><tr>
                <td class="check-cell"><button class="btn btn--small" type="button">ลงนามแถว</button></td>
                <th scope="row">ผู้สูงอายุติดเตียงที่ได้รับการเยี่ยมบ้าน</th></tr></tbody>`;
            document.querySelector("main .pan").append(table);
        }"""
    )
    button = desk.page.get_by_role("button", name="ลงนามแถว").bounding_box()
    name = desk.page.locator(".approve th").bounding_box()
    assert button is not None
    assert name is not None
    assert button["y"] + button["height"] <= name["y"]


def test_the_chosen_colours_stay_and_a_question_comes_before_what_cannot_be_undone(desk: Desk):
    desk.page.get_by_role("button", name="มืด").click()
    desk.open()
    expect(desk.page.locator("html")).to_have_attribute("data-theme", "dark")
    desk.page.get_by_role("button", name="ถอนรายงาน").click()
    dialog = desk.page.get_by_role("dialog", name="ยืนยัน")
    expect(dialog).to_contain_text("หัวหน้าจะไม่เห็นรายการอีก")
    dialog.get_by_role("button", name="ยกเลิก").click()
    expect(dialog).to_be_hidden()
