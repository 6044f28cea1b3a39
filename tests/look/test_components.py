"""Marks carry their words, addresses keep their filters, and pages keep to the house's rules."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal as D
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils.translation import override

from accounts.models import User
from common import charts
from common.scriptwords import WORDS
from common.states import CellState

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def draw(source: str, address: str = "/", **context: object) -> str:
    context["request"] = RequestFactory().get(address)
    return Template("{% load portal %}" + source).render(Context(context)).strip()


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


@pytest.mark.parametrize(
    ("source", "thai", "english"),
    [
        ("{{ day|thai_date }}", "13 ม.ค. 2570", "13 Jan 2027"),
        ("{{ day|thai_date:'brief' }}", "13 ม.ค. 70", "13 Jan 27"),
        ("{{ day|thai_date:'long' }}", "13 มกราคม 2570", "13 January 2027"),
        ("{{ day|thai_date:'numeric' }}", "13/01/2570", "13/01/2027"),
        ("{{ at|thai_date }}", "14 ม.ค. 2570", "14 Jan 2027"),
        ("{{ at|thai_datetime }}", "14 ม.ค. 2570 00:03 น.", "14 Jan 2027 00:03"),
        ("{{ at|thai_time }}", "00:03 น.", "00:03"),
        ("{{ day|be_year }}", "2570", "2027"),
        ("{{ 2570|be_year }}", "2570", "2027"),
        ("{{ 2570|fiscal_year }}", "2570", "2027"),
        ("{% quarter_name 2570 1 %}", "ไตรมาส 1/2570", "Q1 2027"),
        ("{% month_name 2570 1 %}", "ต.ค. 2569", "Oct 2026"),
        ("{{ n|number }}", "\u22121,234.50", "\u22121,234.50"),
        ("{{ n|number:0 }}", "\u22121,235", "\u22121,235"),
        ("{{ p|signed }}", "+3.00", "+3.00"),
        ("{{ n|signed }}", "\u22121,234.50", "\u22121,234.50"),
        ("{{ p|baht }}", "3.00 บาท", "3.00 baht"),
        ("{{ m|million_baht }}", "2.50", "2.50"),
        ("{{ p|percent }}", "3.00%", "3.00%"),
        ("{{ r|as_percent }}", "46.00", "46.00"),
        (
            "{{ none|number }}{{ none|thai_date }}{{ none|thai_datetime }}{{ none|thai_time }}",
            "",
            "",
        ),
        ("{{ none|be_year }}{{ none|fiscal_year }}{{ none|as_percent }}{{ none|signed }}", "", ""),
    ],
)
def test_dates_and_figures_speak_the_page_s_language(source, thai, english):
    things = {
        "day": date(2027, 1, 13),
        "at": datetime(2027, 1, 13, 17, 3, tzinfo=UTC),
        "n": D("-1234.5"),
        "p": D(3),
        "m": D(2_500_000),
        "r": D("0.46"),
        "none": None,
    }
    with override("th"):
        assert draw(source, **things).replace("\u00a0", " ") == thai
    with override("en"):
        assert draw(source, **things).replace("\u00a0", " ") == english


@pytest.mark.parametrize(
    ("call", "word"),
    [
        ("state 0 2", "0.00"),
        ("state", "–"),
    ],
)
def test_zero_is_a_value_and_not_due_is_a_dash(call, word):
    state = CellState.VALUE if word == "0.00" else CellState.NOT_DUE
    assert word in words(draw("{% cell_state " + call + " %}", state=state))


def test_the_other_states_have_a_word_and_not_only_a_mark():
    assert words(draw('{% cell_state "not_applicable" %}')) == "ไม่เกี่ยวข้อง"
    assert words(draw('{% cell_state "not_reported" %}')) == "ยังไม่รายงาน"
    assert words(draw('{% cell_state "late" days=3 %}')) == "เกินกำหนด 3 วัน"
    assert words(draw('{% cell_state "late" bare=True %}')) == "เกินกำหนด"


@pytest.mark.parametrize("status", ["", "draft", "submitted", "approved", "accepted", "returned"])
def test_every_status_has_a_badge_with_a_word(status):
    assert words(draw("{% workflow_badge status '14:03' %}", status=status)).endswith(" 14:03")


def test_a_level_is_said_even_where_a_figure_stands_for_it():
    assert words(draw('{% performance_badge "bad" "83.33" %}')) == "ต่ำกว่าเป้า 83.33"
    assert words(draw('{% performance_badge "good" fill=True %}')) == "ถึงเป้า"
    assert words(draw('{% performance_badge "" %}')) == "–"


def test_partial_coverage_is_dashed_and_full_is_plain():
    assert "cov--full" not in draw("{% coverage 8 11 %}")
    assert "ครอบคลุม 8 จาก 11 หน่วยงาน" in words(draw('{% coverage 8 11 "หน่วยงาน" %}'))
    assert "cov--full" in draw("{% coverage 3 3 %}")


def test_the_address_keeps_its_filters():
    address = "/x/?issue=2&sort=name&page=3"
    assert draw("{% query page=4 %}", address) == "?issue=2&amp;sort=name&amp;page=4"
    assert draw('{% query issue="" %}', address) == "?sort=name&amp;page=3"
    falling = draw('{% sort_heading "name" "ชื่อ" %}', address)
    assert 'href="?issue=2&amp;sort=-name"' in falling
    assert "เรียงจากน้อยไปมาก" in falling
    rising = draw('{% sort_heading "name" "ชื่อ" %}', "/x/?sort=-name")
    assert 'href="?sort=name"' in rising
    assert draw('{% aria_sort "name" %}', address) == 'aria-sort="ascending"'
    assert draw('{% aria_sort "name" %}', "/x/?sort=-name") == 'aria-sort="descending"'
    assert draw('{% aria_sort "code" %}', address) == ""


def test_the_pager_says_where_one_is():
    pages = Paginator(range(214), 25)
    second = draw("{% pager page %}", "/x/?issue=2&page=2", page=pages.page(2))
    assert "26–50 จาก 214" in words(second)
    assert 'href="?issue=2"' in second
    assert 'href="?issue=2&amp;page=3"' in second
    assert "<a" not in draw("{% pager page %}", page=Paginator(range(3), 25).page(1))
    assert draw("{% pager page %}", page=Paginator([], 25).page(1)) == ""


class Typed(forms.Form):
    amount = forms.DecimalField(label="วงเงิน", help_text="บาท", widget=forms.TextInput)
    reason = forms.CharField(label="เหตุผล", widget=forms.Textarea)
    kind = forms.ChoiceField(label="ชนิด", choices=[("1", "หนึ่ง")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="ตรวจแล้ว", required=False)
    place = forms.ChoiceField(label="ที่", choices=[("1", "หนึ่ง")], required=False)

    def clean(self):
        raise forms.ValidationError("ทั้งแบบยังไม่ครบ")


def test_a_wrong_field_says_so_keeps_its_text_and_is_linked_from_the_top():
    form = Typed({"amount": "สิบ", "reason": ""})
    field = draw('{% field form.amount affix="บาท" kind="num" understood="10" %}', form=form)
    assert 'value="สิบ"' in field
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_amount-hint id_amount-error"' in field
    assert 'id="id_amount-error"' in field
    assert "อ่านได้ว่า 10" in words(field)
    summary = draw("{% error_summary form other %}", form=form, other=None)
    assert 'href="#id_amount"' in summary
    assert "ทั้งแบบยังไม่ครบ" in words(summary)
    assert draw("{% error_summary form %}", form=Typed()) == ""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% field form.reason %}", 'class="area"'),
        ("{% field form.kind %}", "<fieldset"),
        ("{% field form.sure %}", 'class="check"'),
        ("{% field form.place %}", 'class="select"'),
        ('{% field form.amount kind="date" %}', "data-date"),
        ('{% field form.amount hint="" label="เงิน" %}', ">เงิน<"),
    ],
)
def test_each_kind_of_field_has_its_look(source, expected):
    assert expected in draw(source, form=Typed())


def test_crumbs_and_files_come_in_pairs():
    crumbs = draw('{% breadcrumb "บน" "/a/" "ล่าง" %}')
    assert '<a href="/a/">บน</a>' in crumbs
    assert '<span aria-current="page">ล่าง</span>' in crumbs
    assert '<a href="/a.csv">' in draw('{% downloads "CSV" "/a.csv" %}')


def test_small_filters():
    assert draw("{{ 2|d }}{{ none|d }}", none=None) == "d2d0"
    assert draw("{{ tags|undo_url }}", tags="undo=/desk/1/") == "/desk/1/"
    assert draw("{{ tags|undo_url }}", tags="undo=//evil.example/") == ""
    assert draw("{{ tags|undo_url }}", tags="safe") == ""
    assert draw("{{ list|joined }}", list=["ก", "", "ข"]) == "ก · ข"
    assert draw("{{ list|at:1 }}{{ list|at:5 }}", list=["ก", "ข"]) == "ข"
    assert (
        draw('{{ day|as_day|date:"Y" }}{{ none|as_day }}', day="2027-01-13", none=None)
        == "2027None"
    )


def test_a_message_can_be_taken_back():
    toast = draw('{% include "_components/toast.html" with text="ลงนามแล้ว" undo="/undo/" %}')
    assert 'action="/undo/"' in toast
    assert "เลิกทำ" in words(toast)


def test_the_fiscal_year_s_strip_has_its_quarters_where_they_begin():
    tide = {"fiscal_year": 2570, "day": 105, "days": 365, "quarter": 2}
    drawn = draw('{% include "_components/tide.html" %}', tide=tide, sample_today="2027-01-13")
    assert 'width="28.77%"' in drawn
    assert all(f'x="{place}%"' in drawn for place in ("25.21", "49.86", "74.79"))
    assert "วันนี้ในตัวอย่าง 13 ม.ค. 70" in words(drawn).replace("\u00a0", " ")
    assert draw('{% include "_components/tide.html" %}') == ""


def test_a_page_without_an_address_in_the_other_language_offers_none():
    assert Template('{% load portal %}{% in_other_language "en" %}').render(Context({})) == ""
    assert draw('{% in_other_language "en" %}', "/healthz") == ""
    assert draw('{% in_other_language "en" %}', "/accounts/login/?next=/a/") == (
        "/en/accounts/login/?next=/a/"
    )


def test_stable_addresses_stay_in_the_page_s_language():
    assert draw('{% site_path "/desk/" %}') == "/desk/"
    with override("en"):
        assert draw('{% site_path "/desk/" %}') == "/en/desk/"


def test_scripts_speak_english_on_english_pages():
    assert draw("{% js_words %}") == ""
    with override("en"):
        assert 'id="words"' in draw("{% js_words %}")


def test_sparklines_straight_from_figures():
    line = draw('{% spark values "แนวโน้ม" %}', values=[D(1), D(2)])
    assert 'aria-label="แนวโน้ม: 1.00, 2.00"' in line
    shape = charts.spark([D(1)], label="จุด")
    assert "<circle" in draw("{% sparkline shape %}", shape=shape)


# ── The house's rules ────────────────────────────────────────────────────────
def test_the_list_of_the_scripts_words_is_whole():
    spoken = set()
    for script in (ROOT / "static" / "js").glob("*.js"):
        spoken |= set(re.findall(r'\bt\(\s*"([^"]+)"', script.read_text(encoding="utf-8")))
    assert set(WORDS) == spoken


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_template_holds_an_inline_style_script_or_handler(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", text)
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or 'type="application/json"' in attributes


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_form_that_opens_in_a_cell_has_the_whole_row_on_a_phone(path):
    # A third of a phone leaves a field of a day 58 pixels.
    text = path.read_text(encoding="utf-8")
    for cell in re.finditer(r"<td\b([^>]*)>(.*?)</td>", text, re.DOTALL):
        table = re.match(r'<table class="([^"]*)"', text[text.rfind("<table", 0, cell.start()) :])
        looks = table.group(1).split() if table else []
        opens = "<details" in cell.group(2) and "<form" in cell.group(2)
        if opens and "cards" in looks and "approve" not in looks:
            assert re.search(r'class="[^"]*\bwide\b', cell.group(1)), cell.group(0)[:120]


def test_every_icon_that_a_template_shows_is_in_the_sprite():
    sprite = (ROOT / "templates/_components/sprite.html").read_text(encoding="utf-8")
    have = set(re.findall(r'id="i-([a-z]+)"', sprite))
    for path in TEMPLATES:
        used = set(re.findall(r'{% icon "([a-z]+)" %}', path.read_text(encoding="utf-8")))
        assert used <= have, path


def test_the_two_dark_blocks_of_the_stylesheet_stay_equal():
    css = (ROOT / "static/css/portal.css").read_text(encoding="utf-8")
    blocks = re.findall(
        r':root(?::not\(\[data-theme="light"\]\)|\[data-theme="dark"\]) {([^}]*)}', css
    )
    device, chosen = ([line.strip() for line in block.strip().splitlines()] for block in blocks[:2])
    assert device == chosen


# ── Pages ────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_the_gallery_is_for_staff_only(client: Client):
    assert client.get("/desk/gallery/").status_code == 302
    reporter = User.objects.create(username="reporter")
    client.force_login(reporter)
    assert client.get("/desk/gallery/").status_code == 404


@pytest.mark.django_db
def test_the_gallery_shows_every_component(client: Client):
    client.force_login(User.objects.create(username="staff", is_staff=True, is_sample=True))
    page = client.get("/desk/gallery/").content.decode()
    assert page.count("ดูเป็นตาราง") == 9
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert page.count("<h1") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/accounts/login/",
        "/accounts/login/?expired=1",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/done/",
        "/accounts/password/reset/key/1-nonsense/",
        "/accounts/inactive/",
    ],
)
def test_sign_in_pages_are_thai_and_answer(client: Client, address):
    page = client.get(address)
    assert page.status_code == 200
    assert "<h1>" in page.content.decode()


@pytest.mark.django_db
def test_pages_of_the_second_factor_answer(client: Client):
    user = User.objects.create_user("look", password="a-long-enough-phrase")
    client.post("/accounts/login/", {"login": "look", "password": "a-long-enough-phrase"})
    assert client.get("/accounts/reauthenticate/").status_code == 200
    client.post("/accounts/reauthenticate/", {"password": "a-long-enough-phrase"})
    for address in (
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/password/change/",
        "/accounts/logout/",
    ):
        page = client.get(address)
        assert page.status_code == 200, (address, user)
        assert "เข้าสู่ระบบ" in page.content.decode() or "ออกจากระบบ" in page.content.decode()


@pytest.mark.django_db
def test_a_wrong_password_keeps_the_name_and_says_what_to_do(client: Client):
    page = client.post("/accounts/login/", {"login": "kanda", "password": "wrong"}).content.decode()
    assert 'value="kanda"' in page
    assert "ยังเข้าสู่ระบบไม่ได้" in page


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_what_to_do_next(client: Client):
    client.force_login(User.objects.create(username="somebody"))
    page = client.get("/desk/nowhere/")
    assert page.status_code == 404
    assert "ไม่พบหน้านี้" in page.content.decode()


@pytest.mark.parametrize("name", ["400", "403", "404", "409", "429", "csrf", "session_expired"])
@pytest.mark.django_db
def test_every_error_page_stands_with_little_context(name):
    drawn = draw("{% include 'errors/" + name + ".html' %}", refusal="ปิดแล้ว")
    assert "<h1>" in drawn


def test_the_page_of_our_own_fault_needs_no_context():
    assert "ระบบขัดข้อง" in Template("{% include '500.html' %}").render(Context({}))


def test_every_block_of_the_stylesheet_is_closed_before_the_next_layer():
    sheet = (ROOT / "static" / "css" / "portal.css").read_text(encoding="utf-8")
    depth = 0
    for number, line in enumerate(re.sub(r"/\*.*?\*/", _blank, sheet, flags=re.S).split("\n"), 1):
        if line.startswith("@layer"):
            assert depth == 0, f"line {number}: a layer inside an open block loses its priority"
        depth += line.count("{") - line.count("}")
        assert depth >= 0, f"line {number}: closed more than was opened"
    assert depth == 0


def _blank(comment: re.Match[str]) -> str:
    return "\n" * comment[0].count("\n")
