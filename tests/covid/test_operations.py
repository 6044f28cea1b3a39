"""An incident's days: what is kept, what is refused, and the board that is made of them."""

import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from accounts.models import Area, Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from covid.actions import (
    OccupancyEntry,
    OrderInput,
    SituationEntry,
    close_incident,
    open_incident,
    put_order,
)
from covid.models import DailySituation, Facility, Incident, Occupancy, Order
from covid.rollups import board_of
from covid.scoring import NoAnswer, days_to_full
from covid.views.curves import cases_chart, vaccine_chart
from tests.covid.conftest import facility
from tests.factories import NOON, TODAY, AreaFactory, person
from tests.main_job.eyes import Eyes

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.mark.parametrize(
    ("free", "nets", "days", "reason", "counted"),
    [
        (100, [10, 10, 10, 10], "10.0", None, 4),
        (100, [10, 10, 10], None, NoAnswer.TOO_FEW_DAYS, 3),
        (100, [None, 10, None, 10, 10, None, 10], "10.0", None, 4),
        (100, [99, 10, 10, 10, 10, 10, 10, 10], "10.0", None, 7),
        (100, [0, 0, 0, 0], None, NoAnswer.NOT_FILLING, 4),
        (100, [-5, 1, 1, 1], None, NoAnswer.NOT_FILLING, 4),
        (10, [1, 2, 2, 2], "5.7", None, 4),
        (0, [1, 1, 1, 1], "0", NoAnswer.FULL, 4),
        (-3, [1, 1, 1, 1], "0", NoAnswer.FULL, 4),
        (None, [1, 1, 1, 1], None, NoAnswer.NOT_REPORTED, 4),
    ],
)
def test_days_to_full(free, nets, days, reason, counted):
    found = days_to_full(free, nets)
    assert found.days == (None if days is None else Decimal(days))
    assert (found.reason, found.counted) == (reason, counted)


@given(st.integers(1, 5000), st.lists(st.integers(-50, 80), min_size=4, max_size=20))
def test_more_free_beds_never_fill_sooner(free, nets):
    fewer, more = days_to_full(free, nets), days_to_full(free + 10, nets)
    assert fewer.reason == more.reason
    if fewer.days is not None:
        assert fewer.days <= more.days


def test_a_day_is_kept_and_the_board_made_of_it(scene):
    first = TODAY - timedelta(days=4)
    for offset in range(5):
        day = first + timedelta(days=offset)
        scene.keep(
            OccupancyEntry(scene.field, patients=10 + 2 * offset, admitted=3, discharged=1),
            OccupancyEntry(scene.centre, patients=5, admitted=1, discharged=1),
            day=day,
            situations=[SituationEntry(area, cases=4, deaths=0) for area in scene.districts],
        )
    board = board_of(scene.incident, TODAY)
    assert (board.total.beds, board.total.patients, board.total.free) == (70, 23, 47)
    assert (board.total.reported, board.total.facilities) == (2, 2)
    assert {line.kind: line.total.free for line in board.lines} == {
        "community": 15,
        "field_hospital": 32,
    }
    assert (board.until_full.days, board.until_full.mean_net) == (Decimal("23.5"), Decimal(2))
    assert (board.today.cases, board.today.deaths) == (8, 0)
    assert board.days[0].patients is None
    assert Event.objects.filter(verb="covid.day.recorded").count() == 5


def test_a_facility_without_a_figure_is_not_reported_and_not_empty(scene):
    scene.keep(OccupancyEntry(scene.field, patients=0, admitted=0, discharged=0))
    board = board_of(scene.incident, TODAY)
    assert (board.total.beds, board.total.reported, board.total.facilities) == (50, 1, 2)
    assert board.until_full.reason is NoAnswer.TOO_FEW_DAYS


def test_a_day_that_nobody_reported_has_no_free_beds_and_no_day_of_being_full(scene):
    page = scene.client.get("/desk/covid/?incident=flu")
    assert page.context["board"].until_full.reason is NoAnswer.NOT_REPORTED
    assert "วันนี้ยังไม่มีแห่งใดรายงาน" in page.content.decode()


def test_over_capacity_needs_its_reason_and_is_shown(scene):
    over = {"patients": 25, "admitted": 9, "discharged": 0}
    with pytest.raises(EntriesRefused, match="เกินเตียง 20"):
        scene.keep(OccupancyEntry(scene.centre, **over))
    assert not Occupancy.objects.exists()
    scene.keep(OccupancyEntry(scene.centre, **over, note="รอย้าย"))
    board = board_of(scene.incident, TODAY)
    assert [each.facility for each in board.over] == [scene.centre]
    assert board.total.free == -5
    with pytest.raises(IntegrityError), transaction.atomic():
        Occupancy.objects.update(note="")


def test_one_bad_row_keeps_the_whole_day_out(scene):
    with pytest.raises(EntriesRefused, match="มากกว่าที่ตรวจ") as refused:
        scene.keep(
            OccupancyEntry(scene.field, patients=1, admitted=1, discharged=0),
            situations=[SituationEntry(scene.districts[0], cases=9, deaths=0, tested=3)],
        )
    assert set(refused.value.by_entry) == {1}
    assert not Occupancy.objects.exists()
    assert not DailySituation.objects.exists()


def test_a_day_is_kept_by_as_many_statements_however_many_places_there_are(scene):
    places = [
        facility(scene.incident, scene.operator, code=f"H{n}", area=scene.districts[0])
        for n in range(30)
    ]

    def keep(some, patients, version):
        moves = None if patients is None else 0
        entries = [OccupancyEntry(each, patients, moves, moves, "", version) for each in some]
        with CaptureQueriesContext(connection) as queries:
            kept = scene.keep(*entries, day=TODAY)
        return kept.occupancies, len(queries)

    _few, of_few = keep(places[:2], 1, 0)
    many, of_many = keep(places[2:], 1, 0)
    assert of_many == of_few
    _few, of_few = keep(places[:2], 2, 1)
    changed, of_many = keep(places[2:], 2, 1)
    assert of_many == of_few
    assert {(each.patients, each.version) for each in Occupancy.objects.all()} == {(2, 2)}
    assert [each.pk for each in changed] == [each.pk for each in many]
    with pytest.raises(EntriesRefused) as refused:
        keep(places, None, 1)
    assert {why.code for why in refused.value.by_entry.values()} == {"changed_meanwhile"}
    assert Occupancy.objects.count() == 30
    keep(places, None, 2)
    assert not Occupancy.objects.exists()


def test_the_slower_of_two_operators_is_told(scene):
    entry = OccupancyEntry(scene.field, patients=4, admitted=4, discharged=0)
    scene.keep(entry)
    with pytest.raises(EntriesRefused):
        scene.keep(OccupancyEntry(scene.field, patients=7, admitted=7, discharged=0))
    scene.keep(entry)
    assert Occupancy.objects.get().version == 1
    scene.keep(OccupancyEntry(scene.field, patients=7, admitted=7, discharged=0, version=1))
    assert (Occupancy.objects.get().patients, Occupancy.objects.get().version) == (7, 2)


@pytest.mark.parametrize("role", ["reporter", "approver", "strategist", "governor", "viewer", "hr"])
def test_only_operators_keep_days_places_and_orders(scene, role):
    other = person(role)
    entry = OccupancyEntry(scene.field, patients=1, admitted=1, discharged=0)
    with pytest.raises(Refused, match="เฉพาะผู้ปฏิบัติงาน"):
        scene.keep(entry, by=other)
    with pytest.raises(Refused, match="เฉพาะผู้ปฏิบัติงาน"):
        facility(scene.incident, other, code="X", area=scene.districts[0])
    assert not Occupancy.objects.exists()


def test_days_places_and_orders_that_cannot_be(scene):
    entry = OccupancyEntry(scene.field, patients=1, admitted=1, discharged=0)
    with pytest.raises(Refused, match="ยังมาไม่ถึง"):
        scene.keep(entry, day=TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="ก่อนวันเริ่ม"):
        scene.keep(entry, day=TODAY - timedelta(days=30))
    tambon = AreaFactory(code="990101", kind=Area.Kind.TAMBON)
    with pytest.raises(Refused, match="เลือกอำเภอของจังหวัดนี้"):
        facility(scene.incident, scene.operator, code="X", area=tambon)
    with pytest.raises(Refused, match="รหัส F1 แล้ว"):
        facility(scene.incident, scene.operator, code="F1", area=scene.districts[0])
    with pytest.raises(Refused, match="ไม่ก่อนวันเปิด"):
        facility(
            scene.incident, scene.operator, code="X", area=scene.districts[0],
            from_date=TODAY, until_date=TODAY - timedelta(days=1),
        )  # fmt: skip
    order = {"number": "1/2570", "name_th": "คำสั่ง", "issued_date": TODAY, "from_date": TODAY}

    def put(**more):
        return put_order(
            incident=scene.incident, order=OrderInput(**{**order, **more}), instead_of=None,
            by=scene.operator, at=NOON,
        )  # fmt: skip

    with pytest.raises(Refused, match="ไม่ก่อนวันที่มีผล"):
        put(until_date=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="ไม่ตรงกับนามสกุล"):
        put(file=SimpleUploadedFile("a.pdf", b"no"))
    kept = put(file=SimpleUploadedFile("คำสั่ง.pdf", PDF), until_date=TODAY)
    with pytest.raises(Refused, match="เลขที่ 1/2570 แล้ว"):
        put()
    assert (Order.objects.get(), kept.file_name) == (kept, "คำสั่ง.pdf")
    board = board_of(scene.incident, TODAY)
    assert (board.orders, board.began) == ((kept,), (kept,))
    assert board_of(scene.incident, TODAY + timedelta(days=1)).ended == (kept,)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.update(until_date=TODAY - timedelta(days=3))


def test_orders_stand_on_the_curves_with_their_days_for_the_public_too(scene):
    """Also one that ended already; one from before the curve's days is not drawn."""
    begins = TODAY - timedelta(days=20)
    Incident.objects.filter(pk=scene.incident.pk).update(start_date=begins - timedelta(days=40))
    scene.incident.refresh_from_db()

    def put(number, from_date, until_date=None):
        order = OrderInput(
            number=number, name_th=f"คำสั่งที่ {number}", issued_date=from_date,
            from_date=from_date, until_date=until_date,
        )  # fmt: skip
        return put_order(
            incident=scene.incident, order=order, instead_of=None, by=scene.operator, at=NOON
        )

    put("9/2569", begins - timedelta(days=30))
    over = put("1/2570", begins, begins + timedelta(days=2))
    last = put("2/2570", TODAY)
    scene.keep(
        OccupancyEntry(scene.field, patients=1, admitted=1, discharged=0),
        situations=[
            SituationEntry(area, cases=4, deaths=0, vaccinated=7) for area in scene.districts
        ],
    )
    board = board_of(scene.incident, TODAY)
    assert board.entered == (over, last)
    for chart in (cases_chart(board), vaccine_chart(board)):
        assert [each.texts for each in chart.events] == [
            ("1/2570 คำสั่งที่ 1/2570",),
            ("2/2570 คำสั่งที่ 2/2570",),
        ]
        assert chart.events[-1].period == chart.periods[-1]
        assert (chart.figures.heads[-1], chart.figures.rows[-1][-1]) == (
            "คำสั่งที่เริ่มมีผล",
            "2/2570 คำสั่งที่ 2/2570",
        )
    desk = scene.client.get(reverse("covid:operations")).content.decode()
    assert desk.count('class="g-event"') == 4
    public = Client().get(reverse("covid:incident", args=["flu"])).content.decode()
    assert public.count('class="g-event"') == 2
    assert "1/2570 คำสั่งที่ 1/2570</li>" in public


def test_a_closed_incident_takes_no_more(scene):
    with pytest.raises(Refused, match="รหัส flu แล้ว"):
        open_incident(
            code="flu", name_th="ซ้ำ", name_en="", start_date=TODAY, by=scene.operator, at=NOON
        )
    with pytest.raises(Refused, match="ไม่ก่อนวันเริ่ม"):
        close_incident(
            incident=scene.incident, end_date=date(2020, 1, 1), by=scene.operator, at=NOON
        )
    with pytest.raises(Refused, match="เปิดหรือปิดเหตุการณ์ได้"):
        close_incident(incident=scene.incident, end_date=TODAY, by=person(Role.REPORTER), at=NOON)
    close_incident(incident=scene.incident, end_date=TODAY, by=scene.operator, at=NOON)
    scene.incident = Incident.objects.get(pk=scene.incident.pk)
    with pytest.raises(Refused, match="ปิดแล้ว"):
        scene.keep(OccupancyEntry(scene.field, patients=1, admitted=1, discharged=0))
    with pytest.raises(Refused, match="ปิดไปแล้ว"):
        close_incident(incident=scene.incident, end_date=TODAY, by=scene.operator, at=NOON)


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_grid_names_what_is_wrong_and_keeps_what_was_typed(scene):
    client = signed_in(scene.operator)
    url = f"/desk/covid/day/?incident=flu&day={TODAY.isoformat()}"
    field, area = f"f{scene.field.pk}", f"a{scene.districts[0].pk}"
    answer = client.post(url, {f"{field}-patients": "๑๒", f"{field}-note": "ที่พิมพ์ไว้"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "ให้ครบทั้งสามช่อง" in text
    assert "ที่พิมพ์ไว้" in text
    assert client.post(url, {f"{field}-patients": "มาก"}).status_code == 422
    assert client.post(url, {f"{area}-cases": "3"}).status_code == 422
    full = {f"{field}-patients": "99", f"{field}-admitted": "0", f"{field}-discharged": "0"}
    answer = client.post(url, full)
    assert answer.status_code == 409
    assert "เกินเตียง 50" in answer.content.decode()
    assert not Occupancy.objects.exists()
    good = {**full, f"{field}-patients": "๑๒", f"{area}-cases": "3", f"{area}-deaths": "0"}
    assert client.post(url, good).status_code == 302
    assert Occupancy.objects.get().patients == 12
    assert DailySituation.objects.get().cases == 3
    # A page that is behind loses, and what was typed is still there.
    answer = client.post(url, {**good, f"{field}-patients": "13"})
    assert answer.status_code == 409
    assert 'value="13"' in answer.content.decode()


def test_registers_by_their_pages(scene):
    client = signed_in(scene.operator)
    place = {
        "code": "N1", "name_th": "ใหม่", "kind": "home", "beds": "๑๐", "area": scene.districts[0].pk,
    }  # fmt: skip
    assert client.post("/desk/covid/facilities/", {**place, "beds": "x"}).status_code == 422
    assert client.post("/desk/covid/facilities/", place).status_code == 302
    assert client.post("/desk/covid/facilities/", place).status_code == 409
    kept = Facility.objects.get(code="N1")
    client.post(f"/desk/covid/facilities/{kept.pk}/", {**place, "beds": "12", "version": "1"})
    kept.refresh_from_db()
    assert kept.beds == 12
    order = {
        "number": "9/2570", "name_th": "คำสั่ง", "issued_date": "5 ม.ค. 70", "from_date": "6/1/2570",
        "file": SimpleUploadedFile("o.pdf", PDF),
    }  # fmt: skip
    assert client.post("/desk/covid/orders/", order).status_code == 302
    row = Order.objects.get()
    changed = {**order, "name_th": "คำสั่งแก้ไข", "version": "1"}
    del changed["file"]
    assert client.get(f"/desk/covid/orders/{row.pk}/").status_code == 200
    assert client.post(f"/desk/covid/orders/{row.pk}/", changed).status_code == 302
    assert client.post(f"/desk/covid/orders/{row.pk}/", changed).status_code == 409
    public = Client()
    assert "คำสั่งแก้ไข" in public.get("/covid/").content.decode()
    sent = public.get(f"/covid/orders/{row.pk}/file/")
    assert b"".join(sent.streaming_content) == PDF
    opened = {"code": "flood", "name_th": "น้ำท่วม", "start_date": "1 ม.ค. 70"}
    assert client.post("/desk/covid/incidents/", opened).status_code == 302
    assert client.post("/desk/covid/incidents/", opened).status_code == 409
    listed = client.get("/desk/covid/incidents/", {"download": "json"})
    assert {row["code"]: row["is_open"] for row in json.loads(listed.getvalue())} == {
        "flood": True, scene.incident.code: True,
    }  # fmt: skip
    flood = Incident.objects.get(code="flood")
    client.post(f"/desk/covid/incidents/{flood.pk}/close/", {"end_date": "x"})
    assert Incident.objects.get(pk=flood.pk).is_open
    client.post(f"/desk/covid/incidents/{flood.pk}/close/", {"end_date": "12 ม.ค. 70"})
    assert not Incident.objects.get(pk=flood.pk).is_open


def test_the_days_paper_is_one_page_in_thai(scene):
    scene.keep(OccupancyEntry(scene.field, patients=12, admitted=3, discharged=1))
    answer = signed_in(person(Role.GOVERNOR)).get("/desk/covid/daily.pdf?incident=flu")
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 1
    assert "38 / 50" in pages[0].extract_text()


def test_the_api_writes_a_day_by_the_same_verb(scene):
    url = reverse("covid-occupancy-list")
    typed = {
        "incident": "flu", "facility": "C1", "day": TODAY.isoformat(), "patients": 30,
        "admitted": 2, "discharged": 0,
    }  # fmt: skip
    client = signed_in(scene.operator)
    over = client.post(url, typed, content_type="application/json")
    assert (over.status_code, "เกินเตียง" in over.json()["detail"]) == (409, True)
    kept = client.post(url, {**typed, "patients": 3}, content_type="application/json")
    assert (kept.status_code, kept.json()["patients"]) == (201, 3)
    assert signed_in(person(Role.VIEWER)).get(url).json()["count"] == 1
    assert signed_in(person(Role.REPORTER)).get(url).json()["count"] == 0


@pytest.mark.browser
def test_a_day_is_typed_and_seen_on_the_board(
    page, live_server, transactional_db, scene, pictures, settings
):
    settings.SAMPLE_TODAY = "2027-01-13"
    eyes = Eyes(page, pictures, live_server.url)
    value = signed_in(scene.operator).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
    for offset in range(4, 0, -1):
        scene.keep(
            OccupancyEntry(scene.field, patients=40 - offset, admitted=3, discharged=1),
            day=TODAY - timedelta(days=offset),
        )
    eyes.visit("/desk/covid/day/?incident=flu", "incident-day")
    for name, typed in (("patients", "๔๒"), ("admitted", "4"), ("discharged", "1")):
        page.fill(f"#id_f{scene.field.pk}-{name}", typed)
    page.fill(f"#id_a{scene.districts[0].pk}-cases", "7")
    page.fill(f"#id_a{scene.districts[0].pk}-deaths", "0")
    page.get_by_role("button", name="บันทึกวันนี้").click()
    page.wait_for_load_state()
    eyes.visit("/desk/covid/?incident=flu", "incident-board")
    assert "8 / 50" in page.locator("main").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="สรุปหนึ่งหน้า PDF").click()
    assert download.value.suggested_filename == f"flu-{TODAY.isoformat()}.pdf"
    eyes.visit("/desk/covid/facilities/?incident=flu", "incident-places")
    eyes.visit("/desk/covid/orders/?incident=flu", "incident-orders")
    assert not eyes.faults, "\n".join(eyes.faults)
