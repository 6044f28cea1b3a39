"""The list of villages as a workbook: added, renamed, taken back, and only of one's own places."""

import pytest

from accounts.actions import places
from accounts.models import Agency, Area, Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from planning.actions.villages import keep_villages, take_villages_away
from spreadsheets import actions
from submissions.models import FiscalYear
from tests.factories import NOON, person, quarter_of
from tests.planning.factories import valley
from tests.spreadsheets.sheets import workbook
from tests.spreadsheets.test_registers import comes_back, in_the_way

pytestmark = pytest.mark.django_db
HEAD = ["ที่", "ตำบล", "หมู่ที่", "ชื่อหมู่บ้าน", "ชื่ออังกฤษ"]


class Desk:
    def __init__(self):
        quarter_of(2570, 1)
        self.year = FiscalYear.objects.get(year=2570)
        self.there = valley()
        self.planner = self.there.people["local"]
        self.agency = Agency.objects.get(memberships__user=self.planner)
        Area.objects.filter(code="740114").update(name_th="ท่าจีน")
        Area.objects.create(
            code="740115", kind="tambon", name_th="บางกระเจ้า", parent=Area.objects.get(code="7401")
        )

    def send(self, rows, by=None):
        return actions.receive_upload(
            file=workbook([HEAD, *rows]), name="หมู่บ้าน.xlsx", kind="villages", agency=self.agency,
            period=self.year, action="draft", by=by or self.planner, at=NOON,
        )  # fmt: skip

    def bring_in(self, *rows):
        upload = self.send(rows)
        assert upload.report["errors"] == []
        actions.commit_upload(upload=upload, confirmed=True, by=self.planner, at=NOON)
        return upload


@pytest.fixture
def desk():
    return Desk()


def names():
    villages = Area.objects.filter(kind="village").order_by("code")
    return dict(villages.values_list("code", "name_th"))


def test_a_list_of_villages_is_brought_in_renamed_and_taken_back(desk):
    before = names()
    upload = desk.bring_in(
        [1, "ท่าจีน", "๑", "บ้านท่าจีน", "Tha Chin"],
        [2, "ท่าจีน", 0, "ชุมชนตลาด", ""],
    )
    assert names() == before | {"74011401": "บ้านท่าจีน", "74011451": "ชุมชนตลาด"}
    comes_back("villages", desk.agency, desk.year, desk.planner)
    renamed = desk.bring_in(["74011451", "", "", "ชุมชนตลาดใหม่", ""])
    assert names()["74011451"] == "ชุมชนตลาดใหม่"
    event = Event.objects.get(verb="accounts.area.renamed")
    assert (event.before["name_th"], event.after["name_th"]) == ("ชุมชนตลาด", "ชุมชนตลาดใหม่")
    assert Area.objects.get(code="74011451").history.count() == 1
    assert in_the_way(upload, desk.planner) == ["74011451: มีผู้แก้ไขรายการนี้หลังจากนำเข้า"]
    actions.undo_upload(upload=renamed, by=desk.planner, at=NOON)
    assert names()["74011451"] == "ชุมชนตลาด"
    actions.undo_upload(upload=upload, by=desk.planner, at=NOON)
    assert names() == before
    assert Event.objects.filter(verb="accounts.area.withdrawn").count() == 2


def test_a_village_that_told_of_a_need_stays(desk):
    upload = desk.bring_in([1, "ท่าจีน", 1, "บ้านท่าจีน", ""])
    desk.there.need(area=Area.objects.get(code="74011401"))
    assert in_the_way(upload, desk.planner) == ["74011401: มีความต้องการของพื้นที่แล้ว"]
    assert "74011401" in names()


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        ([1, "ท่าฉลอม", 1, "บ้าน", ""], "not_a_choice", "B2"),
        ([1, "ท่าจีน", 51, "บ้าน", ""], "number", "C2"),
        ([1, "ท่าจีน", "", "บ้าน", ""], "required", "C2"),
        ([1, "ท่าจีน", 1, "", ""], "required", "D2"),
        ([1, "ท่าจีน", 1, "ก" * 201, ""], "too_long", "D2"),
        (["74011405", "", "", "", "Tha Chin"], "no_name", "D2"),
        (["74999999", "ท่าจีน", 1, "บ้าน", ""], "unknown_row", "A2"),
    ],
)
def test_what_cannot_be_a_village_is_said_at_its_cell(desk, row, code, cell):
    before = names()
    assert [(each["code"], each["cell"]) for each in desk.send([row]).report["errors"]] == [
        (code, cell)
    ]
    assert names() == before


def test_numbers_that_are_taken_and_places_elsewhere_are_refused_at_their_rows(desk):
    rows = [
        [1, "ท่าจีน", 5, "ซ้ำ", ""],
        [2, "บางกระเจ้า", 1, "ที่อื่น", ""],
        [3, "ท่าจีน", 6, "บ้าน", ""],
        [4, "ท่าจีน", 6, "ซ้ำในไฟล์", ""],
    ]
    said = {each["row"]: each["text"] for each in desk.send(rows).report["errors"]}
    assert said == {
        2: "มีหมู่ที่ 5 ของตำบลนี้แล้ว",
        3: "พื้นที่นี้ไม่อยู่ในความรับผิดชอบของท่าน",
        5: "มีหมู่ที่ 6 ของตำบลนี้แล้ว",
    }


def test_who_comes_too_late_and_who_plans_elsewhere_changes_nothing(desk):
    village = Area.objects.get(code="74011405")
    one, other = (places.VillageNames(village, name) for name in ("หนึ่ง", "สอง"))
    keep_villages(entries=[one], by=desk.planner, at=NOON)
    for entry, code in (
        (other, "changed_meanwhile"),
        (places.VillageNames(village, " "), "no_name"),
    ):
        with pytest.raises(EntriesRefused) as refused:
            keep_villages(entries=[entry], by=desk.planner, at=NOON)
        assert refused.value.by_entry[0].code == code
    stranger = person(Role.PLANNER)
    with pytest.raises(Refused):
        take_villages_away(villages=[Area.objects.get(code="74011405")], by=stranger, at=NOON)
    with pytest.raises(EntriesRefused):
        take_villages_away(villages=[village], by=desk.planner, at=NOON)
    assert names()["74011405"] == "หนึ่ง"
    with pytest.raises(Refused):
        desk.send([[1, "ท่าจีน", 1, "บ้าน", ""]], by=person(Role.REPORTER))
