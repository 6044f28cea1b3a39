"""The grid: typed row by row or as one form, sent, told, refused; static/js/grid.js reads the answers."""

from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Role
from kpi import actions
from kpi.grid import entry_grid
from kpi.models import KPI, Result, Scorecard
from submissions.models import Evidence, Quarter
from tests.factories import NOON, AgencyFactory, HoldingFactory, PostFactory, person, set_state
from tests.kpi.factories import COUNT, RATIO, kpi_of

pytestmark = pytest.mark.django_db
GRID = "/desk/kpis/entry/"
BAND = COUNT | {"over_time": "stock", "over_units": "mean", "direction": "band"}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def agency():
    return AgencyFactory()


@pytest.fixture
def reporter(client, agency):
    user = person(Role.REPORTER, agency)
    client.force_login(user)
    return user


def quarter(number=1):
    return Quarter.objects.get(fiscal_year=2570, number=number)


def record(kpi, by, value="10", **more):
    entry = actions.ResultEntry(kpi.pk, quarter().pk, value=Decimal(value), **more)
    [result] = actions.record_results(entries=[entry], by=by, at=NOON)
    return result


def save(client, kpi, **fields):
    return client.post(f"{GRID}save/", {"row": kpi.pk, "version": 0, "quarter": "2570-1", **fields})


def row_page(kpi):
    return f"{GRID}{kpi.pk}/?quarter=2570-1"


# ── One row at a time ────────────────────────────────────────────────────────
def test_a_ratio_answers_with_its_result(client, agency, reporter):
    kpi = kpi_of(agency, rules=RATIO)
    said = save(client, kpi, numerator="1", denominator="4").json()
    assert (said["result"], said["ytd"]) == ("25", "25") or said["result"].startswith("25")
    assert set(said) == {
        *("ok", "saved_at", "version", "understood", "result", "ytd"),
        *("achievement_html", "state_html", "warning", "counts", "parts", "quarter"),
    }


def test_a_clash_over_a_ratio_shows_both_parts(client, agency, reporter):
    kpi = kpi_of(agency, rules=RATIO)
    other = person(Role.REPORTER, agency)
    entry = actions.ResultEntry(
        kpi.pk, quarter().pk, numerator=Decimal("1.5"), denominator=Decimal(4)
    )
    actions.record_results(entries=[entry], by=other, at=NOON)
    answer = save(client, kpi, numerator="2", denominator="4")
    assert answer.status_code == 409
    clash = answer.json()["clash"]
    assert clash["theirs"] == {"numerator": "1.5000", "denominator": "4"}
    assert (clash["by"], clash["version"], clash["at"]) == (other.get_full_name(), 1, "12:00")


def test_a_refused_figure_is_named_at_its_field(client, agency, reporter):
    answer = save(client, kpi_of(agency), value="-1")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["value"])


def test_a_sent_row_answers_with_a_sentence(client, agency, reporter):
    kpi = kpi_of(agency)
    actions.submit_results(entries=[record(kpi, reporter)], by=reporter, at=NOON)
    answer = save(client, kpi, value="11", version=2)
    assert answer.status_code == 409
    assert set(answer.json()) == {"refusal", "code"}


def test_a_low_figure_is_kept_with_a_warning(client, agency, reporter):
    said = save(client, kpi_of(agency), value="5").json()
    assert "หมายเหตุ" in said["warning"]
    assert said["counts"] == {"all": 1, "filled": 1, "ready": 0, "sent": 0, "signed": 0}


def test_the_word_for_not_applicable_needs_its_reason_in_the_note(client, agency, reporter):
    kpi = kpi_of(agency)
    assert save(client, kpi, value="ไม่เกี่ยวข้อง").status_code == 422
    assert save(client, kpi, value="ไม่เกี่ยวข้อง", note="ไม่มีกรณี").status_code == 200
    stored = Result.objects.get()
    assert (stored.is_not_applicable, stored.not_applicable_reason) == (True, "ไม่มีกรณี")
    # An empty cell beside a new note leaves it not applicable; a figure takes it away.
    assert save(client, kpi, value="", note="แก้คำ", version=1).status_code == 200
    assert Result.objects.get().not_applicable_reason == "ไม่มีกรณี"
    assert save(client, kpi, value="3", version=2).status_code == 200
    assert not Result.objects.get().is_not_applicable


@pytest.mark.parametrize("named", ["2570-9", "2570", "x-1", "9999-1", "1" * 30 + "-1"])
def test_a_quarter_that_is_not_there_is_404(client, agency, reporter, named):
    kpi_of(agency)
    assert client.get(GRID, {"quarter": named}).status_code == 404


def test_a_row_that_is_not_there_is_404(client, agency, reporter):
    other = kpi_of(code="2")
    assert save(client, other, value="1").status_code == 404
    assert client.get(row_page(other)).status_code == 404
    assert client.get(f"{GRID}save/").status_code == 405


def test_where_no_quarter_is_open_the_page_says_so(client, reporter):
    assert client.get(GRID).context["grid"] is None
    assert client.post(f"{GRID}save/", {"row": 1}).status_code == 404
    assert client.post(f"{GRID}submit/").status_code == 404
    assert client.get(f"{GRID}1/").status_code == 404


# ── One form, without scripts ────────────────────────────────────────────────
def post_all(client, **fields):
    return client.post(GRID, {"quarter": "2570-1", **fields})


def test_a_form_keeps_what_was_typed_and_begins_no_empty_entry(client, agency, reporter):
    first, second = kpi_of(agency, code="1"), kpi_of(agency, code="2")
    fields = {
        f"value-{first.pk}": "๑๐",
        f"note-{first.pk}": "ดี",
        f"version-{first.pk}": "0",
        f"value-{second.pk}": " ",
        f"version-{second.pk}": "0",
    }
    assert post_all(client, **fields).status_code == 302
    stored = Result.objects.get()
    assert (stored.kpi, stored.value, stored.note) == (first, Decimal(10), "ดี")


def test_one_word_for_a_figure_keeps_the_form_as_it_was_typed(client, agency, reporter):
    first, second = kpi_of(agency, code="1"), kpi_of(agency, code="2")
    answer = post_all(client, **{f"value-{first.pk}": "สิบ", f"value-{second.pk}": "7"})
    assert answer.status_code == 422
    rows = {row.kpi.pk: row for row in answer.context["grid"].rows}
    assert rows[first.pk].value_text == "สิบ"
    assert rows[second.pk].value_text == "7"
    assert "value" in rows[first.pk].errors
    assert not Result.objects.exists()


def test_a_clash_in_a_form_says_what_the_other_typed(client, agency, reporter):
    kpi = kpi_of(agency)
    other = person(Role.REPORTER, agency)
    record(kpi, other, "7")
    answer = post_all(client, **{f"value-{kpi.pk}": "8", f"version-{kpi.pk}": "0"})
    assert answer.status_code == 409
    said = answer.content.decode()
    assert f"{other.get_full_name()} กรอกไว้ว่า 7" in said
    assert answer.context["grid"].rows[0].value_text == "8"
    assert Result.objects.get().value == Decimal(7)


def test_a_refused_field_in_a_form_is_shown_at_its_row(client, agency, reporter):
    kpi = kpi_of(agency)
    answer = post_all(client, **{f"value-{kpi.pk}": "-1"})
    assert answer.status_code == 409
    assert "value" in answer.context["grid"].rows[0].errors


def test_a_locked_row_of_a_form_is_left_alone(client, agency, reporter):
    kpi = kpi_of(agency)
    actions.submit_results(entries=[record(kpi, reporter)], by=reporter, at=NOON)
    assert post_all(client, **{f"value-{kpi.pk}": "9"}).status_code == 302
    assert Result.objects.get().value == Decimal(10)


# ── Sending ──────────────────────────────────────────────────────────────────
def submit(client, **more):
    return client.post(f"{GRID}submit/", {"quarter": "2570-1", **more}, follow=True)


def test_what_is_ready_is_sent_and_the_rest_is_named(client, agency, reporter):
    ready, low = kpi_of(agency, code="1"), kpi_of(agency, code="2")
    record(ready, reporter)
    record(low, reporter, "5")
    said = submit(client).content.decode()
    assert "ส่งให้หัวหน้าลงนามแล้ว 1 รายการ" in said
    assert "ยังไม่ได้ส่ง 1 รายการ" in said
    assert set(Result.objects.values_list("kpi__code", "status")) == {
        ("1", "submitted"),
        ("2", "draft"),
    }


def test_nothing_ready_says_what_is_needed(client, agency, reporter):
    kpi = kpi_of(agency)
    assert "ยังไม่มีรายการที่พร้อมส่ง" in submit(client).content.decode()
    record(kpi, reporter, "5")
    answer = submit(client, next="/desk/")
    assert "หมายเหตุ" in answer.content.decode()
    assert answer.redirect_chain[0][0] == "/desk/"
    assert submit(client, next="https://evil.example/").redirect_chain[0][0].startswith(GRID)


# ── One entry's own page ─────────────────────────────────────────────────────
def test_not_applicable_is_kept_with_its_reason(client, agency, reporter):
    kpi = kpi_of(agency)
    assert client.get(row_page(kpi)).status_code == 200
    assert client.post(row_page(kpi), {"reason": ""}).status_code == 422
    assert client.post(row_page(kpi), {"reason": "ไม่มีกรณี"}).status_code == 302
    assert Result.objects.get().is_not_applicable
    grid = entry_grid(reporter, quarter(), NOON)
    assert grid.rows[0].is_filled
    actions.submit_results(entries=[Result.objects.get()], by=reporter, at=NOON)
    assert client.post(row_page(kpi), {"reason": "อีกครั้ง"}).status_code == 409


def attach(client, kpi, content=b"1,2\n", name="หลักฐาน.csv"):
    return client.post(row_page(kpi), {"file": SimpleUploadedFile(name, content)})


def test_evidence_is_attached_and_taken_away_while_the_entry_can_be_typed(client, agency, reporter):
    kpi = kpi_of(agency)
    assert attach(client, kpi).status_code == 302
    assert "หลักฐาน.csv" in client.get(row_page(kpi)).content.decode()
    assert attach(client, kpi, name="b.csv").status_code == 302
    result = Result.objects.get()
    assert result.evidence.count() == 2
    first = Evidence.objects.order_by("pk")[0]
    remove = f"{GRID}{kpi.pk}/evidence/{first.pk}/remove/"
    assert client.post(remove, {"quarter": "2570-1"}, follow=True).status_code == 200
    assert result.evidence.count() == 1
    assert Evidence.objects.count() == 2
    assert client.post(remove, {"quarter": "2570-1"}).status_code == 404
    record(kpi, reporter, version=result.version)
    actions.submit_results(entries=[Result.objects.get()], by=reporter, at=NOON)
    second = Evidence.objects.order_by("pk")[1]
    kept = f"{GRID}{kpi.pk}/evidence/{second.pk}/remove/"
    client.post(kept, {"quarter": "2570-1"})
    assert result.evidence.count() == 1
    assert attach(client, kpi, name="c.csv").status_code == 422


def test_a_file_that_is_not_taken_is_refused_at_its_field(client, agency, reporter):
    kpi = kpi_of(agency)
    answer = attach(client, kpi, b"MZ", "a.exe")
    assert answer.status_code == 422
    assert "file" in answer.context["evidence_form"].errors
    assert client.post(row_page(kpi), {}).status_code == 422


def test_evidence_of_a_personal_entry_belongs_to_the_post(client, agency):
    post = PostFactory(agency=agency)
    kpi = kpi_of(agency, level=Scorecard.Level.POST, post=post)
    holder = HoldingFactory(post=post).user
    client.force_login(holder)
    assert attach(client, kpi).status_code == 302
    assert Evidence.objects.get().post == post
    assert entry_grid(holder, quarter(), NOON).is_personal


# ── What a row shows ─────────────────────────────────────────────────────────
def row_of(kpi, user):
    [row] = [row for row in entry_grid(user, quarter(), NOON).rows if row.kpi.pk == kpi.pk]
    return row


def test_a_row_shows_target_last_value_and_level(agency):
    user = person(Role.REPORTER, agency)
    kpi = kpi_of(agency)
    empty = row_of(kpi, user)
    assert (empty.achievement, empty.level, empty.still_needed) == (None, None, None)
    assert (empty.target, empty.version, empty.status) == ("10", 0, "")
    assert empty.is_flow
    assert empty.rule_words
    assert empty.days_late == 0
    record(kpi, user, "9.5")
    row = row_of(kpi, user)
    assert (row.value_text, row.achievement_text, row.level) == ("9.5000", "95.00", "watch")
    assert row.is_ready


def test_a_band_shows_both_edges(agency):
    user = person(Role.REPORTER, agency)
    kpi = kpi_of(agency)
    actions.define_indicators(
        indicators=[actions.definitions.IndicatorInput("I-b", "ช่วง", BAND)], by=None, at=NOON
    )
    edges = actions.definitions.TargetInput(low=Decimal(5), high=Decimal(9))
    [band] = actions.put_kpis(
        scorecard=kpi.scorecard,
        kpis=[
            actions.definitions.KPIInput(
                "b",
                KPI.indicator.field.related_model.objects.get(code="I-b"),
                kpi.curve,
                Decimal(1),
                dict.fromkeys(range(1, 5), edges),
                year_low=Decimal(5),
                year_high=Decimal(9),
            )
        ],
        by=None,
        at=NOON,
    )
    assert row_of(band, user).target == "5–9"


def test_a_kpi_known_once_a_year_is_not_asked_before(agency):
    user = person(Role.REPORTER, agency)
    kpi_of(agency, rules=COUNT | {"frequency": "yearly"})
    assert entry_grid(user, quarter(), NOON).rows == []


def test_a_closed_quarter_shows_its_rows_locked(client, agency, reporter):
    kpi = kpi_of(agency)
    record(kpi, reporter)
    set_state(quarter(), "closed")
    answer = client.get(GRID, {"quarter": "2570-1"})
    assert answer.context["grid"].rows[0].why_not
    assert reverse("kpi:entry") == GRID


# ── Several rows at once ─────────────────────────────────────────────────────
def test_a_block_keeps_what_can_be_kept_and_answers_each_row(client, agency, reporter):
    kept, wrong, clashing, same = (kpi_of(agency, code=f"1.{n}") for n in range(1, 5))
    record(clashing, person(Role.REPORTER, agency), "7")
    record(same, reporter, "8")
    answer = client.post(
        f"{GRID}save/",
        {
            "quarter": "2570-1",
            "rows": ",".join(str(each.pk) for each in (kept, wrong, clashing, same)),
            f"value-{kept.pk}": "๑๐",
            f"value-{wrong.pk}": "-1",
            f"value-{clashing.pk}": "9",
            f"value-{same.pk}": "8",
        },
    )
    rows = answer.json()["rows"]
    assert answer.status_code == 200
    assert (rows[str(kept.pk)]["ok"], rows[str(kept.pk)]["version"]) == (True, 1)
    assert list(rows[str(wrong.pk)]["errors"]) == ["value"]
    assert rows[str(clashing.pk)]["clash"]["theirs"] == {"value": "7", "counts": ""}
    assert rows[str(same.pk)]["version"] == 1
    assert Result.objects.get(kpi=kept).value == 10
    assert not Result.objects.filter(kpi=wrong).exists()


def test_a_block_with_an_unread_figure_or_a_closed_quarter_says_so_row_by_row(
    client, agency, reporter
):
    one, two = kpi_of(agency, code="1.1"), kpi_of(agency, code="1.2")
    block = {"quarter": "2570-1", "rows": f"{one.pk},{two.pk}", f"value-{two.pk}": "5"}
    said = client.post(f"{GRID}save/", {**block, f"value-{one.pk}": "สิบ"}).json()["rows"]
    assert list(said[str(one.pk)]["errors"]) == ["value"]
    assert said[str(two.pk)]["ok"]
    set_state(quarter(), "closed")
    said = client.post(f"{GRID}save/", {**block, f"value-{one.pk}": "4"}).json()["rows"]
    assert said[str(one.pk)]["refusal"]


def test_a_block_that_names_a_row_of_others_is_not_there(client, agency, reporter):
    theirs = kpi_of(AgencyFactory(), code="2.1")
    assert client.post(f"{GRID}save/", {"quarter": "2570-1", "rows": theirs.pk}).status_code == 404


# ── A flow typed as the year to date ─────────────────────────────────────────
@pytest.fixture
def second_quarter(agency, reporter):
    """A flow whose first quarter is sent with ten; its second has begun."""
    kpi = kpi_of(agency)
    actions.submit_results(entries=[record(kpi, reporter)], by=reporter, at=NOON)
    set_state(quarter(2), "open")
    return kpi


def save_second(client, kpi, **fields):
    return client.post(f"{GRID}save/", {"row": kpi.pk, "version": 0, "quarter": "2570-2", **fields})


def test_a_year_to_date_leaves_the_quarter_and_both_are_shown(client, second_quarter):
    said = save_second(client, second_quarter, value="25", counts="ytd").json()
    assert (said["quarter"], said["ytd"], said["version"]) == ("15", "25", 1)
    assert save_second(client, second_quarter, value="25", counts="ytd").json()["version"] == 1
    page = client.get(f"{GRID}?quarter=2570-2").content.decode()
    assert 'value="25"' in page
    assert '<option value="ytd" selected>' in page
    said = save_second(client, second_quarter, value="25", counts="", version=1).json()
    assert (said["quarter"], said["ytd"], said["version"]) == (None, "35", 2)


def test_a_year_to_date_below_what_was_reported_is_refused_at_its_cell(client, second_quarter):
    answer = save_second(client, second_quarter, value="9", counts="ytd")
    assert answer.status_code == 422
    assert "(10)" in answer.json()["errors"]["value"]
    assert not Result.objects.filter(quarter=quarter(2)).exists()


def test_choosing_how_a_figure_counts_begins_no_entry(client, second_quarter):
    assert save_second(client, second_quarter, value="", counts="ytd").json()["version"] == 0
    assert not Result.objects.filter(quarter=quarter(2)).exists()


def test_a_year_to_date_goes_without_scripts_too(client, second_quarter):
    key = second_quarter.pk
    posted = {"quarter": "2570-2", f"value-{key}": "8", f"counts-{key}": "ytd"}
    refused = client.post(GRID, posted)
    assert (refused.status_code, 'value="8"' in refused.content.decode()) == (409, True)
    assert '<option value="ytd" selected>' in refused.content.decode()
    client.post(GRID, posted | {f"value-{key}": "30"})
    result = Result.objects.get(quarter=quarter(2))
    assert (result.value, result.typed_as_ytd) == (Decimal(20), True)


def test_the_first_quarter_and_a_level_offer_no_year_to_date(client, agency, reporter):
    kpi_of(agency, rules=COUNT | {"over_time": "stock"})
    set_state(quarter(2), "open")
    for number in (1, 2):
        page = client.get(f"{GRID}?quarter=2570-{number}").content.decode()
        assert 'data-field="counts"' not in page
