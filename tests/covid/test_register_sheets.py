"""An incident's registers as workbooks: brought in, mended, taken back, and said no to at their cells."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Agency, Area, Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from covid import actions as covid
from covid.models import (
    CaseFinding,
    Facility,
    Factory,
    FactoryInspection,
    Order,
    SupplyRequest,
    Vaccination,
)
from spreadsheets import actions
from submissions.actions import Withdrawal
from submissions.models import FiscalYear
from tests.factories import NOON, TODAY, person, quarter_of
from tests.spreadsheets.sheets import workbook
from tests.spreadsheets.test_registers import comes_back, in_the_way

YEAR = 2570
FACTORIES = ["ที่", "ชื่อโรงงาน", "อำเภอ", "คนไทย", "ต่างด้าว", "สถานะ", "วันที่เริ่ม"]
ROUNDS = ["ที่", "วันที่", "อำเภอ", "ประเภทสถานที่", "สถานที่", "ตรวจ (คน)", "พบเชื้อ"]
VACCINE = ["เลขที่", "ณ วันที่", "เข็มที่", "กลุ่มเป้าหมาย", "อำเภอ", "ฉีดสะสม", "เป้าหมาย"]


@pytest.fixture
def year(scene):
    quarter_of(YEAR, 1)
    for n, name in enumerate(("เมืองสมุทรสาคร", "กระทุ่มแบน")):
        Area.objects.filter(pk=scene.districts[n].pk).update(name_th=name)
    return FiscalYear.objects.get(year=YEAR)


def agency_of(scene):
    return Agency.objects.get(memberships__user=scene.operator)


def send(scene, year, kind, rows, by=None):
    return actions.receive_upload(
        file=workbook(rows), name="ทะเบียน.xlsx", kind=kind, agency=agency_of(scene),
        period=year, action="draft", by=by or scene.operator, at=NOON,
    )  # fmt: skip


def bring_in(scene, year, kind, rows):
    upload = send(scene, year, kind, rows)
    assert upload.report["errors"] == []
    actions.commit_upload(upload=upload, confirmed=True, by=scene.operator, at=NOON)
    return upload


def undo(scene, upload):
    actions.undo_upload(upload=upload, by=scene.operator, at=NOON)


def told(upload):
    return {(each["code"], each["cell"]) for each in upload.report["errors"]}


def be(day):
    return f"{day.day}/{day.month}/{day.year + 543}"


def test_a_list_of_factories_is_brought_in_mended_and_taken_back(scene, year):
    rows = [
        ["บัญชีโรงงานที่ดำเนินมาตรการ Bubble & Seal"],
        FACTORIES,
        ["3-74-001", "โรงงานปลากระป๋อง", "เมืองสมุทรสาคร", "๑๒๐", 480, "เตรียมการ", ""],
        ["3-74-002", "โรงงานน้ำแข็ง", "กระทุ่มแบน", 20, 0, "อยู่ระหว่าง Bubble & Seal", be(TODAY)],
    ]
    upload = bring_in(scene, year, "covid-factories", rows)
    canned = Factory.objects.get(code="3-74-001")
    assert (canned.thai_workers, canned.foreign_workers, canned.area) == (
        120,
        480,
        scene.districts[0],
    )
    assert Factory.objects.get(code="3-74-002").from_date == TODAY
    comes_back("covid-factories", agency_of(scene), year, scene.operator)
    code = "flu/3-74-001"
    again = [["รหัสโรงงาน", "แรงงานต่างด้าว"], [code, 500]]
    mended = bring_in(scene, year, "covid-factories", again)
    canned.refresh_from_db()
    assert (canned.foreign_workers, canned.thai_workers, canned.version) == (500, 120, 2)
    assert in_the_way(upload, scene.operator) == [f"{code}: มีผู้แก้ไขรายการนี้หลังจากนำเข้า"]
    undo(scene, mended)
    canned.refresh_from_db()
    assert canned.foreign_workers == 480


@pytest.mark.parametrize(
    ("kind", "model", "head", "row"),
    [
        ("covid-facilities", Facility, ["รหัส", "ชื่อสถานที่", "ประเภท", "อำเภอ", "จำนวนเตียง"],
         ["F9", "โรงพยาบาลสนามใหม่", "โรงพยาบาลสนาม", "เมืองสมุทรสาคร", 100]),
        ("covid-orders", Order, ["คำสั่งที่", "เรื่อง", "ลงวันที่", "มีผลตั้งแต่", "สั่งปิด"],
         ["12/2570", "ปิดตลาดกลาง", be(TODAY), be(TODAY), "ตลาดกลาง"]),
        ("covid-factories", Factory, FACTORIES,
         ["3-74-001", "โรงงาน", "กระทุ่มแบน", 1, 2, "เตรียมการ", ""]),
        ("covid-case-findings", CaseFinding, ROUNDS,
         [1, be(TODAY), "กระทุ่มแบน", "ตลาด", "ตลาดน้ำ", 90, 0]),
        ("covid-vaccinations", Vaccination, VACCINE,
         [1, be(TODAY), 2, "ผู้สูงอายุ 60 ปีขึ้นไป", "กระทุ่มแบน", 50, ""]),
        ("covid-supply-requests", SupplyRequest,
         ["ลำดับ", "วันที่ขอ", "ผู้ขอ", "อำเภอ", "รายการ", "หน่วย", "จำนวนที่ขอ"],
         [1, be(TODAY), "รพ.กระทุ่มแบน", "กระทุ่มแบน", "ชุดตรวจ", "ชุด", 500]),
    ],
)  # fmt: skip
def test_a_new_row_of_every_register_is_made_and_an_undo_takes_it_away(
    scene, year, kind, model, head, row
):
    before = set(model.objects.values_list("pk", flat=True))
    upload = bring_in(scene, year, kind, [head, row])
    [made] = model.objects.exclude(pk__in=before)
    assert made.incident == scene.incident
    comes_back(kind, agency_of(scene), year, scene.operator)
    undo(scene, upload)
    assert set(model.objects.values_list("pk", flat=True)) == before
    gone = Event.objects.get(verb=f"covid.{model._meta.model_name}.withdrawn")
    assert gone.before
    assert gone.actor_id == scene.operator.pk


def test_a_round_of_inspections_is_brought_in_mended_and_taken_back(scene, year):
    place = {
        "area": scene.districts[0],
        "thai_workers": 5,
        "foreign_workers": 9,
        "status": "preparing",
    }
    for code, name in (("A-1", "โรงน้ำแข็ง"), ("B/2", "ปลากระป๋อง"), ("C-3", "ปลากระป๋อง")):
        row = covid.FactoryInput(code=code, name_th=name, **place)
        covid.put_factory(
            incident=scene.incident, row=row, instead_of=None, by=scene.operator, at=NOON
        )
    head = ["ลำดับ", "โรงงาน", "วันที่ตรวจ", "ผู้ตรวจ", "สุ่มตรวจ", "พบเชื้อ", "ผลการตรวจ", "หมายเหตุ"]
    rows = [
        head,
        [1, "โรงน้ำแข็ง", be(TODAY), "สสจ.", 20, 0, "ผ่าน", ""],
        [2, "flu/B/2 ปลากระป๋อง", be(TODAY), "สสจ.", "", "", "ให้แก้ไข", "จุดล้างมือ"],
    ]
    upload = bring_in(scene, year, "covid-factory-inspections", rows)
    first, second = FactoryInspection.objects.order_by("factory__code")
    assert (first.factory.code, first.tested, first.found) == ("A-1", 20, 0)
    assert (second.factory.code, second.tested, second.note) == ("B/2", None, "จุดล้างมือ")
    comes_back("covid-factory-inspections", agency_of(scene), year, scene.operator)
    wrong = [[*head], [3, "ปลากระป๋อง", be(TODAY), "สสจ.", "", "", "ผ่าน", ""],
             [4, "", be(TODAY), "สสจ.", "", "", "ผ่าน", ""]]  # fmt: skip
    assert told(send(scene, year, "covid-factory-inspections", wrong)) == {
        ("several_choices", "B2"), ("required", "B3")
    }  # fmt: skip
    for row, says in (
        ([5, "โรงน้ำแข็ง", be(TODAY), "สสจ.", "", "", "ผ่าน", ""], "มีผลการตรวจของวันนี้แล้ว"),
        ([f"FI-{first.pk}", "", be(TODAY), "สสจ.", 20, 0, "ไม่ผ่าน", ""], "เขียนในหมายเหตุ"),
    ):
        [error] = send(scene, year, "covid-factory-inspections", [head, row]).report["errors"]
        assert says in error["text"]
    undo(scene, upload)
    assert not FactoryInspection.objects.exists()
    assert Event.objects.filter(verb="covid.factoryinspection.withdrawn").count() == 2


def test_an_inspection_is_put_right_on_its_page_as_it_was_seen(scene):
    row = covid.FactoryInput("A-1", "โรงน้ำแข็ง", scene.districts[0], 5, 9, "preparing")
    factory = covid.put_factory(
        incident=scene.incident, row=row, instead_of=None, by=scene.operator, at=NOON
    )
    visit = covid.InspectionInput(day=TODAY, inspector_th="สสจ.", outcome="passed")
    seen = covid.inspect_factory(factory=factory, row=visit, by=scene.operator, at=NOON)
    address = f"/desk/covid/inspections/{seen.pk}/"
    client = scene.client
    assert address in client.get(f"/desk/covid/factories/{factory.pk}/").content.decode()
    assert 'name="version" value="1"' in client.get(address).content.decode()
    typed = {"day": be(TODAY), "inspector_th": "สสจ.", "outcome": "failed", "version": "1"}
    assert client.post(address, typed).status_code == 409
    assert client.post(address, {**typed, "day": ""}).status_code == 422
    assert client.post(address, {**typed, "note": "จุดล้างมือ"}).status_code == 302
    assert client.post(address, {**typed, "note": "อื่น"}).status_code == 409
    seen.refresh_from_db()
    assert (seen.outcome, seen.note, seen.version) == ("failed", "จุดล้างมือ", 2)
    changed = Event.objects.filter(verb="covid.factory.inspected").latest("pk")
    assert (changed.before["outcome"], changed.after["outcome"]) == ("passed", "failed")


def test_what_was_inspected_since_stays(scene, year):
    rows = [FACTORIES, ["A-1", "โรงงาน", "กระทุ่มแบน", 1, 2, "เตรียมการ", ""]]
    upload = bring_in(scene, year, "covid-factories", rows)
    visit = covid.InspectionInput(day=TODAY, inspector_th="สสจ.", outcome="passed")
    factory = Factory.objects.get(code="A-1")
    covid.inspect_factory(factory=factory, row=visit, by=scene.operator, at=NOON)
    assert in_the_way(upload, scene.operator) == ["flu/A-1: มีการตรวจโรงงานแล้ว"]
    assert FactoryInspection.objects.exists()


def test_what_cannot_be_is_said_at_its_cell(scene, year):
    rows = [
        ROUNDS,
        [1, be(TODAY), "บางแพ", "ตลาด", "ตลาดน้ำ", 90, 0],
        [2, be(TODAY), "กระทุ่มแบน", "เรือ", "ตลาดน้ำ", 90, 0],
        [3, be(TODAY), "กระทุ่มแบน", "ตลาด", "", 90, 0],
        [4, be(TODAY), "กระทุ่มแบน", "ตลาด", "ก" * 301, 90, 0],
        [5, be(TODAY), "กระทุ่มแบน", "ตลาด", "ตลาดใหม่", 90_000_000, 0],
        [6, be(TODAY), "กระทุ่มแบน", "ตลาด", "ตลาดใหม่", -1, 0],
        ["CF-99", be(TODAY), "กระทุ่มแบน", "ตลาด", "ตลาดใหม่", 1, 0],
    ]
    assert told(send(scene, year, "covid-case-findings", rows)) == {
        ("not_a_choice", "C2"), ("not_a_choice", "D3"), ("required", "E4"), ("too_long", "E5"),
        ("whole", "F6"), ("whole", "F7"), ("unknown_row", "A8"),
    }  # fmt: skip
    assert not CaseFinding.objects.exists()


@pytest.mark.parametrize(
    ("kind", "head", "row", "says"),
    [
        ("covid-case-findings", ROUNDS, [1, be(TODAY), "กระทุ่มแบน", "ตลาด", "ตลาดน้ำ", 9, 10],
         "พบ 10 ราย มากกว่าที่ตรวจ"),
        ("covid-case-findings", ROUNDS,
         [1, be(TODAY + timedelta(days=1)), "กระทุ่มแบน", "ตลาด", "ตลาดน้ำ", 9, 1], "วันนี้ยังมาไม่ถึง"),
        ("covid-factories", FACTORIES,
         ["A", "โรงงาน", "กระทุ่มแบน", 1, 2, "หยุดผลิตตามคำสั่ง", ""], "วันเริ่ม"),
        ("covid-orders", ["เลขที่", "เรื่อง", "ลงวันที่", "มีผลตั้งแต่", "ถึงวันที่"],
         ["1/2570", "ปิดตลาด", be(TODAY), be(TODAY), be(TODAY - timedelta(days=1))], "ก่อน"),
        ("covid-facilities", ["รหัส", "ชื่อสถานที่", "ประเภท", "อำเภอ", "จำนวนเตียง"],
         ["F1", "ซ้ำ", "โรงพยาบาลสนาม", "กระทุ่มแบน", 1], "มีสถานที่รหัส F1 แล้ว"),
        ("covid-vaccinations", VACCINE,
         [1, be(TODAY), 1, "ผู้สูงอายุ 60 ปีขึ้นไป", "กระทุ่มแบน", 60, 50], "เป้าหมาย"),
        ("covid-supply-requests",
         ["ลำดับ", "วันที่ขอ", "ผู้ขอ", "อำเภอ", "รายการ", "หน่วย", "จำนวนที่ขอ", "ให้แล้ว"],
         [1, be(TODAY), "รพ.", "กระทุ่มแบน", "ชุดตรวจ", "ชุด", 5, 6], "ให้"),
    ],
)  # fmt: skip
def test_the_verbs_own_sentence_is_said_at_the_row(scene, year, kind, head, row, says):
    counted = [model.objects.count() for model in (CaseFinding, Factory, Order, Facility)]
    [error] = send(scene, year, kind, [head, row]).report["errors"]
    assert says in error["text"]
    assert error["row"] == 2
    assert counted == [model.objects.count() for model in (CaseFinding, Factory, Order, Facility)]


def test_a_cell_that_a_row_cannot_do_without_is_not_emptied(scene, year):
    rows = [["รหัส", "ชื่อสถานที่", "จำนวนเตียง"], ["flu/F1", "", 60], ["flu/C1", "ใหม่", ""]]
    upload = send(scene, year, "covid-facilities", rows)
    assert told(upload) == {("empty", "B2"), ("empty", "C3")}
    scene.field.refresh_from_db()
    assert scene.field.beds == 50


def test_a_name_that_is_a_dash_stays_one(scene, year):
    Facility.objects.filter(pk=scene.field.pk).update(name_th="-")
    comes_back("covid-facilities", agency_of(scene), year, scene.operator)
    rows = [["รหัส", "ชื่อสถานที่", "จำนวนเตียง"], ["flu/F1", "-", 70]]
    bring_in(scene, year, "covid-facilities", rows)
    scene.field.refresh_from_db()
    assert (scene.field.name_th, scene.field.beds) == ("-", 70)


def test_running_totals_that_are_brought_in_together_are_held_against_each_other(scene, year):
    first, second = TODAY - timedelta(days=1), TODAY
    group, place = "ผู้สูงอายุ 60 ปีขึ้นไป", "กระทุ่มแบน"
    rows = [
        VACCINE,
        [1, be(second), 1, group, place, 150, ""],
        [2, be(first), 1, group, place, 100, ""],
    ]
    bring_in(scene, year, "covid-vaccinations", rows)
    one, two = (Vaccination.objects.get(day=day) for day in (first, second))
    columns = ["เลขที่", "ฉีดสะสม"]
    for low, high in ((200, 250), (20, 25)):
        bring_in(
            scene, year, "covid-vaccinations",
            [columns, [f"VC-{one.pk}", low], [f"VC-{two.pk}", high]],
        )  # fmt: skip
        assert list(Vaccination.objects.order_by("day").values_list("given", flat=True)) == [
            low,
            high,
        ]
    falling = [columns, [f"VC-{one.pk}", 30], [f"VC-{two.pk}", 29]]
    errors = send(scene, year, "covid-vaccinations", falling).report["errors"]
    assert {each["row"] for each in errors} == {2, 3}


def test_with_two_incidents_open_a_new_row_says_whose_it_is(scene, year):
    other = covid.open_incident(
        code="flood", name_th="น้ำท่วม", name_en="", start_date=TODAY, by=scene.operator, at=NOON
    )
    head = ["รหัส", "เหตุการณ์", "ชื่อสถานที่", "ประเภท", "อำเภอ", "จำนวนเตียง"]
    rest = ["ศูนย์พักพิง", "โรงพยาบาลสนาม", "กระทุ่มแบน", 9]
    assert told(send(scene, year, "covid-facilities", [head, ["F1", "", *rest]])) == {
        ("no_incident", "B2")
    }
    bring_in(
        scene, year, "covid-facilities",
        [head, ["F1", "น้ำท่วม", *rest], ["flood/F2", "", *rest]],
    )  # fmt: skip
    assert set(Facility.objects.filter(incident=other).values_list("code", flat=True)) == {
        "F1",
        "F2",
    }
    comes_back("covid-facilities", agency_of(scene), year, scene.operator)


def test_nobody_else_sends_and_a_closed_incident_takes_nothing(scene, year):
    row = [1, be(TODAY), "กระทุ่มแบน", "ตลาด", "ตลาดน้ำ", 9, 1]
    with pytest.raises(Refused):
        send(scene, year, "covid-case-findings", [ROUNDS, row], by=person(Role.REPORTER))
    covid.close_incident(incident=scene.incident, end_date=TODAY, by=scene.operator, at=NOON)
    assert told(send(scene, year, "covid-case-findings", [ROUNDS, row])) == {("no_incident", "A2")}
    stale = [Withdrawal(scene.field.pk, scene.field.version)]
    with pytest.raises(Refused, match="ปิดแล้ว"):
        covid.withdraw_rows(model=Facility, entries=stale, by=scene.operator, at=NOON)


def test_a_registers_page_leads_to_its_form(scene, year):
    client = scene.client
    for register, kind in (("factories", "covid-factories"), ("facilities", "covid-facilities")):
        page = client.get(f"/desk/covid/{register}/").content.decode()
        assert f'href="/spreadsheets/?kind={kind}"' in page
        answer = client.get(f"/spreadsheets/?kind={kind}")
        for form in ("which", "form"):
            asked = answer.context[form]
            assert (asked["kind"].value(), asked["period"].value()) == (kind, str(YEAR))
    assert "?kind=" not in as_reader(scene).get("/desk/covid/facilities/").content.decode()


def as_reader(scene):
    client = Client()
    client.force_login(person(Role.GOVERNOR), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_row_of_a_closed_incident_becomes_none_of_another(scene, year):
    covid.close_incident(incident=scene.incident, end_date=TODAY, by=scene.operator, at=NOON)
    covid.open_incident(
        code="flood", name_th="น้ำท่วม", name_en="", start_date=TODAY, by=scene.operator, at=NOON
    )
    head = ["รหัส", "ชื่อสถานที่", "ประเภท", "อำเภอ", "จำนวนเตียง"]
    row = ["flu/F1", "ศูนย์พักพิง", "โรงพยาบาลสนาม", "กระทุ่มแบน", 9]
    assert told(send(scene, year, "covid-facilities", [head, row])) == {("unknown_row", "A2")}


@pytest.mark.parametrize("row_code", ["new", "known"])
def test_a_day_of_another_year_is_refused_at_its_cell(scene, year, row_code):
    seen = covid.CaseFindingInput(TODAY, scene.districts[1], "market", "ตลาด", 9, 1)
    kept = covid.put_case_finding(
        incident=scene.incident, row=seen, instead_of=None, by=scene.operator, at=NOON
    )
    code = 1 if row_code == "new" else f"CF-{kept.pk}"
    row = [code, "9/12/2568", "กระทุ่มแบน", "ตลาด", "ตลาด", 9, 1]
    assert told(send(scene, year, "covid-case-findings", [ROUNDS, row])) == {("other_year", "B2")}


def test_a_changed_order_leaves_its_old_words_in_the_log(scene):
    typed = {"number": "1/2570", "issued_date": TODAY, "from_date": TODAY}
    order = covid.OrderInput(name_th="ปิดตลาด", **typed)
    put = {"incident": scene.incident, "by": scene.operator, "at": NOON}
    kept = covid.put_order(order=order, instead_of=None, **put)
    covid.put_order(
        order=covid.OrderInput(name_th="เปิดตลาด", **typed), instead_of=kept, version=1, **put
    )
    changed = Event.objects.filter(verb="covid.order.put").latest("pk")
    assert (changed.before["name_th"], changed.after["name_th"]) == ("ปิดตลาด", "เปิดตลาด")


def test_a_facility_is_changed_as_it_was_seen(scene):
    typed = {
        "code": "F1", "name_th": "ชื่อใหม่", "kind": "field_hospital", "beds": "60",
        "area": str(scene.districts[0].pk),
    }  # fmt: skip
    address = f"/desk/covid/facilities/{scene.field.pk}/"
    page = scene.client.get(address)
    assert 'name="version" value="1"' in page.content.decode()
    assert scene.client.post(address, {**typed, "version": "1"}).status_code == 302
    late = scene.client.post(address, {**typed, "beds": "70", "version": "1"})
    assert late.status_code == 409
    scene.field.refresh_from_db()
    assert (scene.field.beds, scene.field.version) == (60, 2)


def test_rows_are_kept_together_or_not_at_all(scene):
    good = covid.CaseFindingInput(TODAY, scene.districts[0], "market", "ตลาด", 9, 1)
    bad = covid.CaseFindingInput(TODAY, scene.districts[0], "market", "ตลาดใหม่", 9, 10)
    entries = [covid.RegisterEntry(scene.incident, each) for each in (good, bad, good)]
    with pytest.raises(EntriesRefused) as refused:
        covid.put_rows(entries=entries, by=scene.operator, at=NOON)
    assert {n: why.code for n, why in refused.value.by_entry.items()} == {1: "invalid", 2: "taken"}
    assert not CaseFinding.objects.exists()


def test_the_second_change_of_one_row_in_a_list_is_refused(scene):
    place = covid.FactoryInput("B1", "โรงงาน", scene.districts[0], 1, 2, "preparing")
    [kept] = covid.put_rows(
        entries=[covid.RegisterEntry(scene.incident, place)], by=scene.operator, at=NOON
    )
    twice = [covid.RegisterEntry(scene.incident, place, kept, 1)] * 2
    with pytest.raises(EntriesRefused) as refused:
        covid.put_rows(entries=twice, by=scene.operator, at=NOON)
    assert {n: why.code for n, why in refused.value.by_entry.items()} == {1: "changed_meanwhile"}
    assert Factory.objects.get().version == 1


def test_a_register_is_kept_by_as_many_statements_however_long_it_is(scene, year):
    def entries(count, known=None):
        return [
            covid.RegisterEntry(
                scene.incident,
                covid.FactoryInput(
                    f"{count}-{n}", f"โรงงาน {n}", scene.districts[0], n, n, "preparing"
                ),
                known and known[n],
                known[n].version if known else 0,
            )
            for n in range(count)
        ]

    def asked(wanted):
        with CaptureQueriesContext(connection) as queries:
            kept = covid.put_rows(entries=wanted, by=scene.operator, at=NOON)
        return kept, len(queries)

    few, of_few = asked(entries(2))
    many, of_many = asked(entries(60))
    assert of_many == of_few
    _few, of_few = asked(entries(2, few))
    changed, of_many = asked(entries(60, many))
    assert of_many == of_few
    assert {each.version for each in changed} == {2}
    assert Factory.objects.filter(version=2).count() == 62
