"""What is done about an incident: factories, case finding, vaccine and supplies."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Area, Role
from audit.models import Event
from common.refusal import Refused
from covid.actions import (
    CaseFindingInput,
    FactoryInput,
    InspectionInput,
    SupplyInput,
    VaccinationInput,
    inspect_factory,
    put_case_finding,
    put_factory,
    put_supply_request,
    put_vaccination,
)
from covid.models import CaseFinding, Factory, FactoryInspection, SupplyRequest, Vaccination
from covid.rollups import response_of
from tests.factories import NOON, TODAY, AreaFactory, person

YESTERDAY = TODAY - timedelta(days=1)
VERBS = {
    FactoryInput: put_factory,
    CaseFindingInput: put_case_finding,
    VaccinationInput: put_vaccination,
    SupplyInput: put_supply_request,
}


class Keeper:
    """Writes rows as an operator types them."""

    def __init__(self, scene):
        self.scene = scene
        self.given = {
            FactoryInput: {
                "code": "B1", "name_th": "โรงงาน", "thai_workers": 30, "foreign_workers": 70,
                "status": "in_force", "from_date": YESTERDAY,
            },
            CaseFindingInput: {
                "day": YESTERDAY, "place": "market", "place_th": "ตลาดกลาง", "tested": 40, "found": 3,
            },
            VaccinationInput: {
                "day": YESTERDAY, "dose": 1, "group": "elderly", "given": 50, "target": 200,
            },
            SupplyInput: {
                "day": YESTERDAY, "requester_th": "รพ.สนาม", "item_th": "ATK", "unit_th": "ชุด",
                "asked": 100, "given": 40,
            },
        }  # fmt: skip

    def put(self, kind, *, instead_of=None, version=0, by=None, **more):
        row = kind(**{**self.given[kind], "area": self.scene.districts[0], **more})
        return VERBS[kind](
            incident=self.scene.incident, row=row, instead_of=instead_of, version=version,
            by=by or self.scene.operator, at=NOON,
        )  # fmt: skip

    def visit(self, factory, **more):
        row = InspectionInput(
            **{"day": YESTERDAY, "inspector_th": "สสจ.", "outcome": "passed", **more}
        )
        return inspect_factory(factory=factory, row=row, by=self.scene.operator, at=NOON)


@pytest.fixture
def keeper(scene):
    return Keeper(scene)


def test_the_board_tells_what_is_done_in_one_query(keeper, django_assert_num_queries):
    incident, other = keeper.scene.incident, keeper.scene.districts[1]
    nothing = response_of(incident, TODAY)
    assert (nothing.factories, nothing.rounds, nothing.found, nothing.doses) == (0, 0, None, ())
    bad, fine = keeper.put(FactoryInput), keeper.put(FactoryInput, code="B2", area=other)
    keeper.put(FactoryInput, code="B3", status="preparing", from_date=None)
    keeper.visit(bad, day=TODAY - timedelta(days=2))
    keeper.visit(bad, outcome="to_mend", note="จุดคัดกรอง", tested=10, found=1)
    keeper.visit(fine)
    keeper.put(CaseFindingInput)
    keeper.put(CaseFindingInput, place_th="ชุมชน", tested=60, found=1)
    keeper.put(CaseFindingInput, place_th="หอพัก", tested=500, found=None)
    keeper.put(CaseFindingInput, place_th="เก่า", day=TODAY - timedelta(days=8))
    keeper.put(VaccinationInput, day=TODAY - timedelta(days=3), given=20)
    keeper.put(VaccinationInput)
    keeper.put(VaccinationInput, group="workers", target=None, given=900)
    keeper.put(VaccinationInput, dose=2, target=None, given=7)
    keeper.put(SupplyInput, needed_date=YESTERDAY)
    keeper.put(SupplyInput, item_th="ถัง", given=100)
    keeper.put(SupplyInput, item_th="เตียง", closed_reason="ยืมจากอำเภออื่นได้แล้ว")
    with django_assert_num_queries(1):
        found = response_of(incident, TODAY)
    assert (found.factories, found.workers, found.unsafe) == (2, 200, 1)
    # Tests that are not read yet are in neither side of the share.
    assert (found.rounds, found.tested, found.found) == (3, 100, 4)
    assert found.found_share == Decimal("4.00")
    assert [(each.dose, each.given, each.given_share) for each in found.doses] == [
        (1, 950, Decimal("25.00")),
        (2, 7, None),
    ]
    assert (found.short, found.overdue) == (1, 1)
    assert Event.objects.filter(verb="covid.vaccination.put").count() == 4
    assert Event.objects.filter(verb="covid.factory.inspected").count() == 3


@pytest.mark.parametrize(
    ("kind", "more", "sentence"),
    [
        (FactoryInput, {"from_date": None}, "ใส่วันเริ่มมาตรการ"),
        (FactoryInput, {"until_date": TODAY - timedelta(days=3)}, "ไม่ก่อนวันเริ่มมาตรการ"),
        (CaseFindingInput, {"found": 41}, "มากกว่าที่ตรวจ 40"),
        (CaseFindingInput, {"day": TODAY + timedelta(days=1)}, "ยังมาไม่ถึง"),
        (CaseFindingInput, {"day": TODAY - timedelta(days=30)}, "ก่อนวันเริ่ม"),
        (VaccinationInput, {"given": 201}, "เกินเป้าหมาย 200"),
        (VaccinationInput, {"dose": 0}, "1 ถึง 9"),
        (SupplyInput, {"given": 101}, "มากกว่าที่ขอ 100"),
        (SupplyInput, {"asked": 0, "given": 0}, "ไม่น้อยกว่า 1"),
        (SupplyInput, {"needed_date": TODAY - timedelta(days=5)}, "ไม่ก่อนวันที่ขอ"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_sentence(keeper, kind, more, sentence):
    with pytest.raises(Refused, match=sentence):
        keeper.put(kind, **more)
    tambon = AreaFactory(code="990101", kind=Area.Kind.TAMBON)
    with pytest.raises(Refused, match="เลือกอำเภอของจังหวัดนี้"):
        keeper.put(kind, area=tambon)
    with pytest.raises(Refused, match="เฉพาะผู้ปฏิบัติงาน"):
        keeper.put(kind, by=person(Role.STRATEGIST))
    models = (Factory, CaseFinding, Vaccination, SupplyRequest)
    assert not any(model.objects.exists() for model in models)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (FactoryInput, "รหัส B1 แล้ว"),
        (CaseFindingInput, "รอบของ ตลาดกลาง ในวันนี้แล้ว"),
        (VaccinationInput, "มียอดของเข็ม"),
    ],
)
def test_the_same_row_is_kept_once_and_changed_as_it_was_seen(keeper, kind, sentence):
    row = keeper.put(kind)
    with pytest.raises(Refused, match=sentence):
        keeper.put(kind)
    changed = keeper.put(kind, instead_of=row, version=1, note="แก้")
    assert (changed.note, changed.version) == ("แก้", 2)
    with pytest.raises(Refused, match="ระหว่างที่ท่านทำรายการ"):
        keeper.put(kind, instead_of=row, version=1, note="ช้ากว่า")


def test_a_running_total_never_falls(keeper):
    first = keeper.put(VaccinationInput, day=TODAY - timedelta(days=3), given=20)
    keeper.put(VaccinationInput)
    with pytest.raises(Refused, match="ลดลงไม่ได้"):
        keeper.put(VaccinationInput, day=TODAY, given=49)
    with pytest.raises(Refused, match="แก้วันถัดมาก่อน"):
        keeper.put(VaccinationInput, day=first.day, given=51, instead_of=first, version=1)
    assert keeper.put(VaccinationInput, day=TODAY, given=50).given == 50


def test_an_inspection_says_what_it_found(keeper):
    factory = keeper.put(FactoryInput)
    with pytest.raises(Refused, match="สุ่มตรวจด้วย"):
        keeper.visit(factory, found=1)
    with pytest.raises(Refused, match="มากกว่าที่ตรวจ"):
        keeper.visit(factory, tested=1, found=2)
    with pytest.raises(Refused, match="ต้องแก้ไขอะไร"):
        keeper.visit(factory, outcome="failed")
    keeper.visit(factory)
    with pytest.raises(Refused, match="ผลการตรวจของวันนี้แล้ว"):
        keeper.visit(factory)
    assert FactoryInspection.objects.count() == 1


def test_the_database_keeps_the_rules_too(keeper):
    factory = keeper.put(FactoryInput)
    keeper.visit(factory)
    for kind in (CaseFindingInput, VaccinationInput, SupplyInput):
        keeper.put(kind)
    broken = (
        (Factory, {"from_date": None}),
        (FactoryInspection, {"outcome": "failed"}),
        (FactoryInspection, {"found": 1}),
        (CaseFinding, {"found": 41}),
        (Vaccination, {"given": 201}),
        (Vaccination, {"dose": 10}),
        (SupplyRequest, {"given": 101}),
        (SupplyRequest, {"needed_date": TODAY - timedelta(days=9)}),
    )
    for model, values in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**values)


TYPED = {
    "factory": {
        "code": "B9", "name_th": "โรงงานใหม่", "thai_workers": "๑๐", "foreign_workers": "5",
        "status": "in_force", "from_date": "10 ม.ค. 70",
    },
    "case-finding": {
        "day": "10 ม.ค. 70", "place": "factory", "place_th": "โรงงานใหม่", "tested": "10",
    },
    "vaccination": {
        "day": "10 ม.ค. 70", "dose": "1", "group": "general", "given": "1,200",
    },
    "supply": {
        "day": "10 ม.ค. 70", "requester_th": "อบต.", "item_th": "เตียง", "unit_th": "เตียง",
        "asked": "4",
    },
}  # fmt: skip


@pytest.mark.parametrize("register", TYPED)
def test_registers_by_their_pages(scene, register):
    client = scene.client
    typed = {**TYPED[register], "area": scene.districts[0].pk, "incident": "flu"}
    url = reverse(f"covid:{register}-list")
    assert client.get(url).status_code == 200
    assert client.post(url, {**typed, "area": ""}).status_code == 422
    assert client.post(url, typed).status_code == 302
    page = client.get(url)
    [line] = page.context["lines"]
    assert line.title in page.content.decode()
    for form in ("csv", "json", "xlsx"):
        sent = client.get(url, {"download": form})
        assert b"".join(sent.streaming_content)
    edit = reverse(f"covid:{register}-edit", args=[line.row.pk])
    assert client.get(edit).status_code == 200
    changed = {**typed, "note": "แก้ไขแล้ว", "version": "1"}
    assert client.post(edit, changed).status_code == 302
    assert client.post(edit, changed).status_code == 409
    assert "แก้ไขแล้ว" in client.get(url + "?all=1").content.decode()


def test_a_factory_is_inspected_and_a_request_closed_by_their_pages(keeper):
    scene, factory = keeper.scene, keeper.put(FactoryInput)
    url = reverse("covid:factory-inspect", args=[factory.pk])
    visit = {"day": "11 ม.ค. 70", "inspector_th": "สสจ.", "outcome": "failed", "note": ""}
    client = scene.client
    answer = client.post(url, visit)
    assert (answer.status_code, "ต้องแก้ไขอะไร" in answer.content.decode()) == (409, True)
    assert client.post(url, {**visit, "day": "x"}).status_code == 422
    assert client.post(url, {**visit, "note": "ไม่มีจุดคัดกรอง"}).status_code == 302
    assert "ไม่ผ่าน" in client.get(reverse("covid:factory-list")).content.decode()
    keeper.put(SupplyInput)
    keeper.put(SupplyInput, item_th="ถัง", given=100)
    keeper.put(SupplyInput, item_th="หมอน", closed_reason="ไม่ต้องการแล้ว")
    text = client.get(reverse("covid:supply-list")).content.decode()
    assert all(word in text for word in ("ยังขาด", "ครบแล้ว", "ปิดแล้ว: ไม่ต้องการแล้ว"))
    keeper.scene.keep()
    board = client.get(reverse("covid:operations")).content.decode()
    assert "ตรวจล่าสุดไม่ผ่าน 1 แห่ง" in board


def test_without_an_incident_nothing_is_listed_nor_taken(db):
    operator = person(Role.OPERATOR)
    client = Client()
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("covid:factory-list")
    assert client.get(url).context["lines"] == []
    assert client.get(url, {"download": "csv"}).status_code == 200
    assert client.post(url, {}).status_code == 403


def test_the_api_reads_the_registers_for_those_who_operate_or_oversee(keeper):
    keeper.visit(keeper.put(FactoryInput))
    keeper.put(SupplyInput)
    client = keeper.scene.client
    [factory] = client.get(reverse("covid-factory-list")).json()["results"]
    assert factory["inspections"][0]["outcome"] == "passed"
    [supply] = client.get(reverse("covid-supply-request-list")).json()["results"]
    assert (supply["given"], supply["lacking"]) == (40, 60)
    client.force_login(person(Role.REPORTER), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("covid-factory-list")).json()["count"] == 0
