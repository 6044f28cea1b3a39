"""A figure told apart: typed in the grid or through the API, kept as a draft, sent only if it adds up."""

from decimal import Decimal as D

import pytest
import time_machine

from accounts.models import Role
from common.refusal import EntriesRefused
from kpi import actions
from kpi.actions.definitions import IndicatorInput
from kpi.actions.disaggregations import DisaggregationInput, ItemInput
from kpi.models import DisaggregationItem, Result, ResultPart
from kpi.rules.surroundings import Typed
from spreadsheets import actions as desk
from submissions.models import Quarter
from tests.factories import NOON, AgencyFactory, person
from tests.kpi.factories import COUNT, RATIO, kpi_of
from tests.spreadsheets.sheets import workbook

pytestmark = pytest.mark.django_db
GRID = "/desk/kpis/entry/"
ITEMS = [ItemInput("m", "ชาย"), ItemInput("f", "หญิง")]


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


class Place:
    """An agency whose figure is told apart by sex, and who types it."""

    def __init__(self, rules=COUNT, *, is_required=False, ways=("ตามเพศ",)):
        self.agency = AgencyFactory()
        self.reporter = person(Role.REPORTER, self.agency)
        self.kpi = kpi_of(self.agency, rules=rules)
        told_apart = [
            DisaggregationInput("sex", name, ITEMS, is_required=is_required) for name in ways
        ]
        later = rules | {"from_year": 2570}
        actions.define_indicators(
            indicators=[IndicatorInput("I-1.1", "ตัวชี้วัด 1.1", later, disaggregations=told_apart)],
            by=None,
            at=NOON,
        )
        self.male, self.female = DisaggregationItem.objects.order_by("pk")[:2]
        self.quarter = Quarter.objects.get(fiscal_year=2570, number=1)

    def record(self, parts=None, version=0, **figures):
        entry = actions.ResultEntry(
            self.kpi.pk,
            self.quarter.pk,
            note="ตรวจแล้ว",
            version=version,
            parts=None
            if parts is None
            else dict(zip((self.male.pk, self.female.pk), parts, strict=True)),
            **figures,
        )
        [result] = actions.record_results(entries=[entry], by=self.reporter, at=NOON)
        return result

    def send(self, result):
        return actions.submit_results(entries=[result], by=self.reporter, at=NOON)


def kept():
    return list(ResultPart.objects.order_by("item__order").values_list("value", flat=True))


def why_not_send(place, result):
    with pytest.raises(EntriesRefused) as caught:
        place.send(result)
    return caught.value.by_entry[0]


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ((Typed(D(6)), Typed()), "ให้ครบ"),
        ((Typed(D(6)), Typed(D(3))), "ขาด 1"),
        ((Typed(D(6)), Typed(D(5))), "เกิน 1"),
    ],
)
def test_a_draft_keeps_parts_that_do_not_add_up_and_is_not_sent_with_them(parts, says):
    place = Place()
    result = place.record(parts, value=D(10))
    assert Result.objects.get().value == 10
    refusal = why_not_send(place, result)
    assert refusal.field == f"part-{place.male.pk}"
    assert says in str(refusal)
    mended = place.record((Typed(D(6)), Typed(D(4))), version=result.version, value=D(10))
    assert place.send(mended)[0].status == "submitted"
    assert kept() == [D(6), D(4)]


def test_what_may_be_told_apart_need_not_be():
    place = Place()
    assert place.send(place.record(value=D(10)))


def test_what_is_required_is_told_apart():
    place = Place(is_required=True)
    assert "ตามเพศ" in str(why_not_send(place, place.record(value=D(10))))


def test_both_parts_of_a_ratio_add_up_each_for_itself():
    place = Place(RATIO)
    half = (Typed(None, D(40), D(50)), Typed(None, D(55), D(49)))
    result = place.record(half, numerator=D(95), denominator=D(100))
    assert "ขาด 1" in str(why_not_send(place, result))


@pytest.mark.parametrize(
    "part", [Typed(D(-1)), Typed(None, D(1), D(2)), Typed(None, D(1), D(0))], ids=str
)
def test_a_wrong_part_is_refused_at_its_place_and_nothing_is_kept(part):
    place = Place()
    with pytest.raises(EntriesRefused) as caught:
        place.record((part, Typed(D(5))), value=D(10))
    assert caught.value.by_entry[0].field == f"part-{place.male.pk}"
    assert not Result.objects.exists()


def test_parts_of_another_indicator_are_refused():
    place = Place()
    with pytest.raises(EntriesRefused):
        actions.record_results(
            entries=[actions.ResultEntry(place.kpi.pk, place.quarter.pk, parts={0: Typed(D(1))})],
            by=place.reporter,
            at=NOON,
        )


def test_only_what_changed_is_written_and_not_applicable_has_no_parts():
    place = Place()
    whole = (Typed(D(6)), Typed(D(4)))
    first = place.record(whole, value=D(10))
    same = place.record(whole, version=first.version, value=D(10))
    assert same.version == first.version
    moved = place.record((Typed(D(5)), Typed(D(5))), version=first.version, value=D(10))
    assert (moved.version, kept()) == (first.version + 1, [D(5), D(5)])
    untouched = place.record(None, version=moved.version, value=D(11))
    assert kept() == [D(5), D(5)]
    place.record(
        None,
        version=untouched.version,
        is_not_applicable=True,
        not_applicable_reason="ไม่มีภารกิจ",
    )
    assert kept() == []


@pytest.mark.parametrize("rules", [COUNT, RATIO], ids=["value", "ratio"])
def test_the_grid_types_parts_row_by_row_and_as_one_form(client, rules):
    place = Place(rules)
    client.force_login(place.reporter)
    page = client.get(GRID).content.decode()
    assert "ตามเพศ" in page
    male, female = place.male.pk, place.female.pk
    if rules is RATIO:
        figures = {"numerator": "95", "denominator": "100"}
        parts = {f"part-{male}-n": "๕๐", f"part-{male}-d": "50", f"part-{female}-n": "40"}
        rest = {f"part-{female}-n": "45", f"part-{female}-d": "50"}
    else:
        figures = {"value": "95"}
        parts, rest = {f"part-{male}": "๕๐", f"part-{female}": "40"}, {f"part-{female}": "45"}
    sent = {"row": place.kpi.pk, "version": 0, "quarter": "2570-1", "note": "ก"}
    said = client.post(f"{GRID}save/", sent | figures | parts).json()
    assert "ขาด 5" in said["parts"] or "ยอดย่อยรวม 90" in said["parts"]
    assert "ตามเพศ" in said["warning"]
    again = client.post(f"{GRID}save/", sent | figures | parts).json()
    assert again["version"] == said["version"]
    form = {f"{name}-{place.kpi.pk}": text for name, text in (figures | parts | rest).items()}
    form |= {f"version-{place.kpi.pk}": said["version"], "quarter": "2570-1"}
    wrong = client.post(GRID, form | {f"{next(iter(rest))}-{place.kpi.pk}": "สี่สิบ"})
    assert wrong.status_code == 422
    assert "สี่สิบ" in wrong.content.decode()
    assert client.post(GRID, form).status_code == 302
    result = Result.objects.get()
    assert place.send(result)
    assert "หญิง" in client.get(f"/desk/kpis/results/{result.pk}/").content.decode()


def test_the_api_takes_and_tells_parts(client):
    place = Place()
    client.force_login(place.reporter)
    sent = {
        "kpi": place.kpi.code,
        "fiscal_year": 2570,
        "quarter": 1,
        "value": "10",
        "note": "ก",
        "parts": [
            {"told_apart": "ตามเพศ", "item": "m", "value": "6"},
            {"told_apart": "ตามเพศ", "item": "f", "value": "4"},
        ],
    }
    wrong = sent | {"parts": [{"told_apart": "ตามเพศ", "item": "x", "value": "6"}]}
    assert client.post("/api/v1/results/", wrong, "application/json").status_code == 400
    answer = client.post("/api/v1/results/", sent, "application/json")
    assert answer.status_code == 201
    assert [(each["item"], each["value"]) for each in answer.json()["parts"]] == [
        ("m", "6.0000"),
        ("f", "4.0000"),
    ]


# ---------------------------------------------------------------- as a sheet


def sheet_of(place, rows, action="draft"):
    head = ["รหัสตัวชี้วัด", "ผล / ตัวตั้ง", "ตัวหาร", "หมายเหตุ"]
    return desk.receive_upload(
        file=workbook([head, *rows]), name="a.xlsx", kind="kpi-results", agency=place.agency,
        period=place.quarter, action=action, by=place.reporter, at=NOON,
    )  # fmt: skip


def commit(place, upload):
    return desk.commit_upload(upload=upload, confirmed=True, by=place.reporter, at=NOON)


def given_out(place):
    which = {"kind": "kpi-results", "agency": place.agency, "period": place.quarter}
    return desk.table_of(**which, user=place.reporter, at=NOON)[1]


def test_the_form_has_a_row_for_each_part_and_takes_them_with_the_figure():
    place = Place()
    code = place.kpi.code
    assert [row[:2] for row in given_out(place)][1:] == [
        [f"{code}/m", "ตามเพศ: ชาย"],
        [f"{code}/f", "ตามเพศ: หญิง"],
    ]
    rows = [[code, 5, "", "ตรวจแล้ว"], [f"{code}/m", 2, "", ""], [f"{code}/f", 3, "", ""]]
    upload = sheet_of(place, [*rows, ["รวม", 5, "", ""]], action="submit")
    assert not upload.report["errors"] + upload.report["warnings"], upload.report
    commit(place, upload)
    assert (Result.objects.get().status, kept()) == ("submitted", [2, 3])


def test_parts_alone_leave_the_figure_and_an_undo_takes_them_back():
    place = Place()
    place.record(value=D(5))
    code = place.kpi.code
    upload = commit(place, sheet_of(place, [[f"{code}/m", "๒", "", ""], [f"{code}/f", 1, "", ""]]))
    assert (Result.objects.get().value, kept()) == (5, [2, 1])
    again = sheet_of(place, [[f"{code}/f", 3, "", ""]])
    assert [each["code"] for each in again.report["changes"]] == [f"{code}/f"]
    assert [row[5] for row in given_out(place)] == [5, 2, 1]
    desk.undo_upload(upload=upload, by=place.reporter, at=NOON)
    assert (Result.objects.get().value, kept()) == (5, [])


def test_parts_that_do_not_stand_are_said_at_their_own_rows():
    place = Place()
    code = place.kpi.code
    rows = [[code, 5, "", "ตรวจแล้ว"], [f"{code}/m", 2, "", ""], [f"{code}/f", 1, "", ""]]
    errors = sheet_of(place, rows, action="submit").report["errors"]
    assert [(each["cell"], "ขาด 2" in each["text"]) for each in errors] == [("B3", True)]
    rows[2][1] = "ไม่เกี่ยวข้อง"
    errors = sheet_of(place, rows).report["errors"]
    assert [(each["cell"], each["code"]) for each in errors] == [("B4", "part_not_applicable")]


def test_a_ratios_parts_have_a_denominator_each():
    place = Place(RATIO)
    code = place.kpi.code
    rows = [[code, 3, 10, "ตรวจแล้ว"], [f"{code}/m", 1, 4, ""], [f"{code}/f", 2, 6, ""]]
    commit(place, sheet_of(place, rows))
    parts = ResultPart.objects.order_by("item__order").values_list("numerator", "denominator")
    assert list(parts) == [(1, 4), (2, 6)]
    rows[1][2] = ""
    assert not sheet_of(place, rows).report["changes"]


def test_two_ways_to_tell_a_figure_apart_have_codes_of_their_own():
    place = Place(ways=("ตามเพศ", "ตามกลุ่ม"))
    codes = [row[0].removeprefix(place.kpi.code) for row in given_out(place)]
    assert codes == ["", "/1.m", "/1.f", "/2.m", "/2.f"]
