"""Days of an incident as a workbook: given out, brought in, refused and taken back."""

from datetime import timedelta

import pytest

from accounts.models import Role
from common.refusal import Refused
from covid.actions import OccupancyEntry, SituationEntry
from covid.models import DailySituation, Occupancy
from spreadsheets import actions
from spreadsheets.actions.kinds import resource_of
from submissions.models import Month
from tests.factories import NOON, TODAY, person, quarter_of
from tests.spreadsheets.sheets import workbook
from tests.spreadsheets.test_registers import comes_back

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def month(scene):
    quarter_of(2570, 2)
    return Month.objects.get(fiscal_year=2570, number=4)


def send(kind, rows, month, by):
    agency = by.memberships.get().agency
    return actions.receive_upload(
        file=workbook(rows), name="a.xlsx", kind=kind, agency=agency, period=month, action="draft",
        by=by, at=NOON,
    )  # fmt: skip


def test_a_month_of_facilities_comes_back_and_is_taken_back(scene, month):
    operator = scene.operator
    scene.keep(OccupancyEntry(scene.field, 5, 1, 0), day=YESTERDAY)
    comes_back("covid-occupancies", operator.memberships.get().agency, month, operator)
    head = ["รหัสแถว", "ผู้ป่วยคงอยู่", "รับใหม่", "จำหน่าย", "หมายเหตุ"]
    rows = [
        head,
        [f"flu/F1/{YESTERDAY}", "๗", 3, 1, ""],
        [f"flu/C1/{YESTERDAY}", 0, 0, 0, ""],
    ]
    upload = send("covid-occupancies", rows, month, operator)
    assert not upload.report["errors"], upload.report["errors"]
    actions.commit_upload(upload=upload, confirmed=True, by=operator, at=NOON)
    kept = dict(Occupancy.objects.values_list("facility__code", "patients"))
    assert kept == {"F1": 7, "C1": 0}
    actions.undo_upload(upload=upload, by=operator, at=NOON)
    # What was not reported before is not reported again; it does not become zero.
    assert dict(Occupancy.objects.values_list("facility__code", "patients")) == {"F1": 5}


def test_a_line_that_cannot_be_is_said_with_its_reason_and_nothing_is_kept(scene, month):
    operator = scene.operator
    head = ["รหัสแถว", "ผู้ป่วยคงอยู่", "รับใหม่", "จำหน่าย"]
    rows = [head, [f"flu/C1/{YESTERDAY}", 21, 0, 0], [f"flu/F1/{YESTERDAY}", 1, "", ""]]
    upload = send("covid-occupancies", rows, month, operator)
    said = str(upload.report["errors"])
    assert "เกินเตียง 20" in said
    assert "ใส่ตัวเลขให้ครบ" in said
    assert not Occupancy.objects.exists()
    with pytest.raises(Refused):
        send("covid-occupancies", rows, month, person(Role.REPORTER))


def test_a_month_of_districts_comes_back_and_is_kept(scene, month):
    operator, area = scene.operator, scene.districts[0]
    scene.keep(situations=[SituationEntry(area, cases=3, deaths=0, tested=9)], day=YESTERDAY)
    comes_back("covid-situations", operator.memberships.get().agency, month, operator)
    head = ["รหัสแถว", "ติดเชื้อรายใหม่", "เสียชีวิต", "ตรวจ"]
    upload = send(
        "covid-situations", [head, [f"flu/{area.code}/{YESTERDAY}", 4, 1, 10]], month, operator
    )
    assert not upload.report["errors"], upload.report["errors"]
    actions.commit_upload(upload=upload, confirmed=True, by=operator, at=NOON)
    assert DailySituation.objects.get().cases == 4
    actions.undo_upload(upload=upload, by=operator, at=NOON)
    assert DailySituation.objects.get().cases == 3


def test_a_closed_incident_has_no_lines(scene, month):
    type(scene.incident).objects.update(is_open=False)
    resource = resource_of("covid-situations")
    agency = scene.operator.memberships.get().agency
    assert resource.rows_for(user=scene.operator, agency=agency, period=month, at=NOON) == []
