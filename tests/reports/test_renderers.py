"""One document, four faces: they say the same, and Thai comes out whole."""

import csv
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pypdf
import pytest

from common.tables import unescape_text
from reports.document import Report, canonical, plain, read, sha256
from reports.renderers.page import page_of
from reports.renderers.paper import pdf_of
from reports.renderers.tables import csv_of, data_sets
from tests.reports.documents import kpi, report

SHA = "a" * 64


def page(language="th", **changes):
    return page_of(report(**changes), SHA, assets="/reports/assets/x", language=language).decode()


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    path = tmp_path_factory.mktemp("paper") / "report.pdf"
    path.write_bytes(pdf_of(report(), SHA, site="https://sakhon.example", language="th"))
    return path


def test_a_document_is_read_back_as_it_was_written():
    made = report()
    assert read(Report, json.loads(canonical(plain(made)))) == made


def test_the_same_document_gives_the_same_bytes():
    assert canonical(plain(report())) == canonical(plain(report()))
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert page() == page()
    again = [pdf_of(report(), SHA, site="https://x.example", language="th") for _ in range(2)]
    assert again[0] == again[1]


# ── The page ─────────────────────────────────────────────────────────────────
class Outline(HTMLParser):
    """The page's headings, ids and what could run."""

    def __init__(self):
        super().__init__()
        self.headings, self.ids, self.forbidden, self._inside = [], [], [], ""

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag in {"h1", "h2"}:
            self._inside = tag
        if "id" in names:
            self.ids.append(names["id"])
        if tag == "script" or "style" in names or any(name.startswith("on") for name in names):
            self.forbidden.append(tag)

    def handle_endtag(self, tag):
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, text):
        if self._inside:
            self.headings.append((self._inside, text))


def outline(text):
    parser = Outline()
    parser.feed(text)
    return parser


def test_the_page_has_its_parts_in_order():
    assert outline(page().replace("\xa0", " ")).headings == [
        ("h1", "รายงานผลการดำเนินงานตามแผนพัฒนาจังหวัด ไตรมาส 4 ปีงบประมาณ พ.ศ. 2569"),
        ("h2", "สรุป"),
        ("h2", "คะแนนมาจากไหน"),
        ("h2", "ประเด็นการพัฒนา"),
        ("h2", "ตัวชี้วัด 9 รายการ"),
        ("h2", "เบิกจ่ายสะสมรายเดือน (ร้อยละ)"),
        ("h2", "อ้างอิงฉบับนี้"),
        ("h2", "คะแนนรายหน่วยงาน"),
        ("h2", "เป้าหมายตามมติคณะรัฐมนตรี"),
        ("h2", "เงินตามแหล่ง"),
        ("h2", "โครงการ"),
        ("h2", "บันทึกการแก้ไขหลังปิดไตรมาส"),
    ]


def test_the_page_runs_nothing_and_repeats_no_id():
    found = outline(page())
    assert found.forbidden == []
    assert len(found.ids) == len(set(found.ids))


def test_the_page_points_at_nothing_that_a_deploy_changes():
    text = page()
    assert "/static/" not in text
    assert "/reports/assets/x/css/portal.css" in text


def test_the_five_states_look_different():
    text = page()
    for mark in ("st--notdue", "st--na", "st--missing", "st--late"):
        assert mark in text
    assert re.search(r'class="n d0 strong">\s*(?:<a [^>]*>)?0\b', text)


def test_sample_data_is_marked_and_real_data_is_not():
    assert "ข้อมูลตัวอย่าง" in page()
    assert "ข้อมูลตัวอย่าง" not in page(is_sample=False)


def test_what_was_corrected_is_said():
    assert "นับซ้ำ 9 ฟาร์ม" in page()
    assert "บันทึกการแก้ไขหลังปิดไตรมาส" not in page(corrections=())


def test_hostile_words_stay_words():
    text = page(kpis=(kpi(name=read_words("<script>alert(1)</script>")),))
    assert "<script>" not in text


def read_words(text):
    return report().kpis[0].name.__class__(text)


def test_an_empty_quarter_is_a_page_too():
    nothing = {
        "issues": (),
        "kpis": (),
        "projects": (),
        "agencies": (),
        "money_rows": (),
        "money_targets": (),
        "money_months": (),
        "curves": (),
        "corrections": (),
        "previous_score": None,
    }
    assert "ฉบับนี้ไม่มีบทสรุป" in page(**nothing, summary=read_words(""))
    assert pdf_of(report(**nothing), SHA, site="https://x.example", language="en")


# ── Paper ────────────────────────────────────────────────────────────────────
needs_poppler = pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="poppler-utils is not installed"
)


@needs_poppler
def test_sarabun_is_embedded_and_nothing_else(paper):
    listed = subprocess.run(
        ["pdffonts", str(paper)], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    assert listed
    assert all("+Sarabun-" in line for line in listed)
    assert all(line.split()[-5] == "yes" for line in listed)


@needs_poppler
def test_thai_comes_out_of_the_paper_whole(paper):
    text = subprocess.run(
        ["pdftotext", str(paper), "-"], capture_output=True, text=True, check=True
    ).stdout
    said = text.replace("\n", "")
    for words in (
        "น้ำเสีย",
        "การดำเนินงาน",
        "บำบัด",
        "ต่ำกว่าเป้า",
        "ข้อมูลตัวอย่าง",
        "ขึ้น",
        "สิ่งแวดล้อม",
        "เพิ่ม",
    ):
        assert words in said
    assert "ขึ้ขึ้" not in said
    assert "สิ่สิ่" not in said


def test_the_paper_is_tagged_and_says_what_it_is(paper):
    document: Any = pypdf.PdfReader(paper)
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "th"
    assert "/StructTreeRoot" in root
    assert "ไตรมาส\xa04" in document.metadata.title
    assert len(document.pages) >= 2


def test_figures_are_on_the_paper(paper):
    text = "".join(each.extract_text() for each in pypdf.PdfReader(paper).pages)
    for figure in ("4.0656", "193,880,120.50", "101.45", "91.28"):
        assert figure in text


# ── Tables ───────────────────────────────────────────────────────────────────
def test_the_csv_opens_in_excel_and_has_english_names():
    content = csv_of(report())
    assert content.startswith(b"\xef\xbb\xbf")
    names = content.decode("utf-8-sig").splitlines()[0].split(",")
    assert all(re.fullmatch(r"[a-z0-9_]+", name) for name in names)
    assert len(names) == len(set(names))


def test_a_figure_that_a_visit_did_not_confirm_says_so_on_the_page_and_in_the_data():
    made = report()
    told = "ผลตรวจไม่ยืนยัน"
    assert told not in page()
    doubted = replace(made.projects[0], is_unconfirmed=True)
    assert told in page(projects=(doubted, *made.projects[1:]))
    projects = next(
        each for each in data_sets(replace(made, projects=(doubted,))) if each.name == "projects"
    )
    column = [each.name for each in projects.columns].index("is_unconfirmed")
    assert projects.rows[0][column] is True


def rows_of_csv(table):
    text = csv_of(report()).decode("utf-8-sig")
    return [row for row in csv.DictReader(io.StringIO(text)) if row["table"] == table]


def test_csv_and_json_and_document_hold_the_same_figures():
    made = report()
    document = json.loads(canonical(plain(made)))
    rows = rows_of_csv("kpis")
    assert [row["code"] for row in rows] == [row["code"] for row in document["kpis"]]
    for row, told in zip(rows, document["kpis"], strict=True):
        for column, field in (
            ("ytd_value", "ytd_value"),
            ("achievement_percent", "achievement"),
            ("score", "score"),
        ):
            given = told[field]
            assert (row[column] == "") == (given is None)
            if given is not None:
                assert Decimal(row[column]) == Decimal(given)
        assert row["ytd_state"] == told["ytd_state"]
        assert unescape_text(row["name_th"]) == told["name"]["th"]


def test_page_shows_the_figures_of_the_document():
    text = page()
    for line in report().money_rows:
        assert f"{line.money.disbursed:,.2f}" in text


def test_data_sets_have_one_row_for_each_line():
    made = {each.name: each for each in data_sets(report())}
    assert len(made["kpis"].rows) == 10
    assert len(made["projects"].rows) == 2
    assert len(made["budget"].rows) == 2
    assert len(made["scores"].rows) == 1 + 2 + 1
    assert all(len(row) == len(each.columns) for each in made.values() for row in each.rows)
