"""The dictionary's pages: what is shown to whom, new rules from a quarter on, and refusals in place."""

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Area, Role
from audit.models import Event
from kpi.models import Indicator
from strategy.models import Framework, FrameworkItem
from submissions.models import PeriodState, Quarter
from tests.factories import NOON, AreaFactory, person, quarter_of
from tests.kpi.factories import kpi_of

pytestmark = pytest.mark.django_db
NEW = reverse("kpi:indicator-new")
TYPED = {
    "code": "S-01",
    "name_th": "จำนวนโรงงานที่ผ่านมาตรฐาน",
    "is_active": "on",
    "begins": "2570-1",
    "unit_th": "แห่ง",
    "decimals": "0",
    "scale": "1",
    "over_time": "flow",
    "over_units": "sum",
    "direction": "higher",
    "target_meaning": "level",
    "frequency": "quarterly",
    "lag_quarters": "0",
}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def office(client):
    quarter_of(2570, 1)
    strategist = person(Role.STRATEGIST)
    client.force_login(strategist)
    return strategist


def test_an_indicator_is_put_in_with_its_parts_and_alignment(client, office):
    districts = AreaFactory.create_batch(2, kind=Area.Kind.DISTRICT)
    framework = Framework.objects.create(code="NS", name_th="ยุทธศาสตร์ชาติ")
    item = FrameworkItem.objects.create(
        framework=framework, code="NS2", name_th="การสร้างความสามารถ"
    )
    answer = client.post(
        NEW,
        TYPED
        | {
            "by_district": "on",
            "by_sex": "ชาย | Male\nหญิง | Female\n",
            "framework_items": [item.pk],
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors
    indicator = Indicator.objects.get()
    assert list(indicator.framework_items.all()) == [item]
    version = indicator.versions.get()
    assert (version.from_year, version.from_quarter, version.decimals) == (2570, 1, 0)
    by_district, by_sex = version.disaggregations.order_by("order")
    assert [part.area for part in by_district.items.order_by("order")] == districts
    assert [item.name_en for item in by_sex.items.order_by("order")] == ["Male", "Female"]
    page = client.get(answer["Location"])
    assert "ชาย" in page.content.decode()


def test_words_change_at_once_and_rules_from_a_quarter(client, office):
    client.post(NEW, TYPED)
    edit = reverse("kpi:indicator-edit", args=["S-01"])
    renamed = TYPED | {"name_th": "ชื่อใหม่", "begins": "2570-2"}
    assert client.post(edit, renamed).status_code == 302
    indicator = Indicator.objects.get()
    assert (indicator.name_th, indicator.versions.count()) == ("ชื่อใหม่", 1)
    assert Event.objects.filter(verb="kpi.indicator.described").exists()

    assert client.post(edit, renamed | {"unit_th": "โรง"}).status_code == 302
    newest = indicator.versions.order_by("number").last()
    assert (newest.number, newest.from_quarter, newest.unit_th) == (2, 2, "โรง")
    assert indicator.versions.get(number=1).unit_th == "แห่ง"


def test_a_closed_quarter_is_not_offered(client, office):
    client.post(NEW, TYPED)
    Quarter.objects.filter(fiscal_year=2570, number=2).update(
        state=PeriodState.CLOSED, closed_at=NOON, closed_by=office
    )
    answer = client.post(
        reverse("kpi:indicator-edit", args=["S-01"]), TYPED | {"begins": "2570-2", "unit_th": "โรง"}
    )
    assert answer.status_code == 422
    assert "begins" in answer.context["form"].errors
    assert Indicator.objects.get().versions.count() == 1


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"over_time": "peak"}, 409, "ค่าสูงสุดของปีนำมารวมกันข้ามหน่วยงานไม่ได้"),
        ({"direction": "band"}, 409, "เป้าหมายเป็นช่วงใช้กับค่าที่รวมสะสมไม่ได้"),
        ({"over_units": "mean", "by_sex": "ชาย\nหญิง"}, 409, "จำแนกเป็นยอดย่อยที่รวมกันไม่ได้"),
        ({"is_ratio": "on"}, 409, "ให้ครบทั้งตัวตั้งและตัวหาร"),
        ({"code": "มี เว้น"}, 422, "ไม่เว้นวรรค"),
        ({"by_list": "ก\nข"}, 422, "ตั้งชื่อการจำแนกนี้"),
        ({"target_meaning": "milestone"}, 422, "อย่างน้อยสองขั้น"),
        ({"name_th": ""}, 422, "name_th"),
    ],
)
def test_a_refusal_keeps_what_was_typed_and_changes_nothing(
    client, office, changed, status, sentence
):
    answer = client.post(NEW, TYPED | {"definition_th": "คำที่พิมพ์ไว้"} | changed)
    page = answer.content.decode()
    assert answer.status_code == status
    assert sentence in page
    assert "คำที่พิมพ์ไว้" in page
    assert not Indicator.objects.exists()


def test_a_code_is_taken_once(client, office):
    client.post(NEW, TYPED)
    answer = client.post(NEW, TYPED | {"name_th": "อื่น"})
    assert answer.status_code == 422
    assert "รหัสนี้มีอยู่แล้ว" in answer.content.decode()
    assert Indicator.objects.get().name_th == TYPED["name_th"]


def test_the_list_filters_and_others_only_read(client):
    kpi = kpi_of()
    Indicator.objects.create(code="OLD", name_th="เลิกแล้ว", is_active=False)
    client.force_login(person(Role.REPORTER))
    page = reverse("kpi:indicator-list")
    assert kpi.indicator.name_th in client.get(page, {"state": "active"}).content.decode()
    assert "เลิกแล้ว" not in client.get(page, {"state": "active"}).content.decode()
    assert "เลิกแล้ว" in client.get(page, {"q": "OLD"}).content.decode()
    assert "ไม่พบตัวชี้วัด" in client.get(page, {"q": "ไม่มีแน่"}).content.decode()
    assert client.get(NEW).status_code == 403
    detail = client.get(reverse("kpi:indicator-detail", args=[kpi.indicator.code]))
    assert reverse("kpi:kpi-detail", args=[kpi.code]) not in detail.content.decode()


def test_the_api_puts_an_indicator_in_by_the_same_verb(client, office):
    rules = {
        name: TYPED[name]
        for name in ("unit_th", "decimals", "over_time", "over_units", "direction")
    }
    body = {"code": "A1", "name_th": "จาก API", "rules": rules | {"from_year": 2570}}
    send = {"content_type": "application/json"}
    assert client.post("/api/v1/indicators/", body, **send).status_code == 201
    body["rules"]["over_time"] = "peak"
    assert client.post("/api/v1/indicators/", body, **send).status_code == 409
    assert client.post("/api/v1/indicators/", {}, **send).status_code == 400
    assert Indicator.objects.get().versions.count() == 1
