"""A project's own target counted in a KPI's indicator: linked, kept through changes, taken away."""

from dataclasses import replace
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from common.refusal import Refused
from kpi.models import IndicatorVersion, Scorecard
from projects.actions import TargetInput, link_target, register_projects, stored_input
from projects.models import Project, ProjectTarget
from projects.rules import links_kept
from strategy.models import Framework, FrameworkItem
from tests.factories import NOON, AgencyFactory, person, quarter_of
from tests.kpi.factories import kpi_of
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All is written at noon of a working day after the quarter."""


@pytest.fixture
def project():
    """A running project that answers a KPI in two years, with two targets of the KPI's unit."""
    quarter_of(2570, 1)
    project, _activities = project_with(100)
    kpi = kpi_of(project.host_agency, code="9.1", level=Scorecard.Level.PROVINCE)
    IndicatorVersion.objects.update(unit_th="ราย")
    project.kpis.add(kpi)
    for number, (name, unit) in enumerate(
        (("ผู้ผ่านอบรม", "ราย"), ("ผู้ได้งานทำ", "ราย"), ("ศูนย์ฝึก", "แห่ง")), 1
    ):
        ProjectTarget.objects.create(
            project=project, kind="output", number=number, name_th=name, unit_th=unit, target=D(9)
        )
    return project


@pytest.fixture
def indicator(project):
    return project.kpis.get().indicator


@pytest.fixture
def host(project):
    return person(Role.REPORTER, project.host_agency)


def target(project, number=1):
    return project.targets.select_related("project__host_agency", "indicator").get(number=number)


def links(project):
    return list(project.targets.order_by("number").values_list("indicator_id", flat=True))


def test_a_target_is_linked_and_taken_away_with_its_name_in_the_log(project, indicator, host):
    link_target(target=target(project), indicator=indicator, by=host, at=NOON)
    assert links(project) == [indicator.pk, None, None]
    link_target(target=target(project), indicator=None, by=host, at=NOON)
    assert links(project) == [None, None, None]
    first, second = Event.objects.filter(verb="projects.target.linked").order_by("pk")
    assert (first.before, first.after) == (
        {"indicator": None},
        {"target": "ผู้ผ่านอบรม", "indicator": indicator.code},
    )
    assert (second.before["indicator"], second.after["indicator"]) == (indicator.code, None)


def test_the_office_may_link_and_others_may_not(project, indicator):
    for who in (
        person(Role.REPORTER, AgencyFactory()),
        person(Role.VIEWER, project.host_agency),
        person(Role.GOVERNOR),
    ):
        with pytest.raises(Refused, match="เฉพาะหน่วยงานเจ้าภาพ"):
            link_target(target=target(project), indicator=indicator, by=who, at=NOON)
    assert links(project) == [None, None, None]
    link_target(target=target(project), indicator=indicator, by=person(Role.STRATEGIST), at=NOON)
    assert links(project) == [indicator.pk, None, None]


def test_what_cannot_be_counted_there_is_refused_and_nothing_changes(project, indicator, host):
    stranger = kpi_of(project.host_agency, code="9.2").indicator
    with pytest.raises(Refused, match="ยังไม่ตอบสนองตัวชี้วัด"):
        link_target(target=target(project), indicator=stranger, by=host, at=NOON)
    with pytest.raises(Refused, match="หน่วยนับไม่ตรงกัน รายการนี้นับเป็น “แห่ง” ตัวชี้วัดนับเป็น “ราย”"):
        link_target(target=target(project, 3), indicator=indicator, by=host, at=NOON)
    assert links(project) == [None, None, None]
    link_target(target=target(project), indicator=indicator, by=host, at=NOON)
    with pytest.raises(Refused, match="มีรายการอื่นของโครงการนี้ผูกไว้แล้ว"):
        link_target(target=target(project, 2), indicator=indicator, by=host, at=NOON)
    Project.objects.update(status=Project.Status.FINISHED)
    with pytest.raises(Refused, match="แฟ้มจึงปิดแล้ว"):
        link_target(target=target(project), indicator=None, by=host, at=NOON)
    assert links(project) == [indicator.pk, None, None]


def test_a_target_that_was_changed_meanwhile_is_left(project, indicator, host):
    seen = target(project)
    project.targets.filter(number=1).update(name_th="ผู้ผ่านการประเมิน")
    with pytest.raises(Refused) as refused:
        link_target(target=seen, indicator=indicator, by=host, at=NOON)
    assert refused.value.code == "changed_meanwhile"
    assert links(project) == [None, None, None]
    assert not Event.objects.filter(verb="projects.target.linked").exists()


def test_the_database_keeps_one_target_of_an_indicator(project, indicator):
    project.targets.filter(number=1).update(indicator=indicator)
    with pytest.raises(IntegrityError), transaction.atomic():
        project.targets.filter(number=2).update(indicator=indicator)


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ([("ก", "คน"), ("ข", "คน")], [7, 8]),
        ([("ข", "คน"), ("ก", "คน")], [8, 7]),
        ([("ข", "คน")], [8]),
        ([("ค", "คน"), ("ข", "คน")], [7, 8]),
        ([("ก", "แห่ง"), ("ข", "คน")], [None, 8]),
        ([("ค", "คน"), ("ก", "คน")], [None, 7]),
        ([("ก", "คน"), ("ก", "คน")], [7, None]),
        ([("ก", "คน"), ("ข", "คน"), ("ง", "คน")], [7, 8, None]),
        ([], []),
    ],
)
def test_a_link_follows_the_words_then_the_number(wanted, kept):
    assert links_kept([(1, "ก", "คน", 7), (2, "ข", "คน", 8)], wanted) == kept


def test_a_new_plan_keeps_the_links_where_the_rows_went(project, indicator):
    other = kpi_of(project.host_agency, code="9.2")
    IndicatorVersion.objects.update(unit_th="ราย")
    project.kpis.add(other)
    project.targets.filter(number=1).update(indicator=indicator)
    project.targets.filter(number=2).update(indicator=other.indicator)
    stored = stored_input(project)
    first, second, third = stored.targets
    turned = replace(stored, targets=[second, first, third])
    register_projects(projects=[turned], by=None, at=NOON)
    assert links(project) == [other.indicator_id, indicator.pk, None]
    less = replace(
        turned, targets=[replace(first, name_th="ผู้ผ่านการอบรม"), TargetInput("output", "ถนน")]
    )
    register_projects(projects=[less], by=None, at=NOON)
    assert links(project) == [other.indicator_id, None]
    # What is no longer answered is no longer counted in.
    register_projects(
        projects=[replace(less, kpis=[project.kpis.get(indicator=indicator)])], by=None, at=NOON
    )
    assert links(project) == [None, None]


def test_the_file_links_and_says_why_not(client, project, indicator, host):
    client.force_login(host)
    page = reverse("projects:project-file", args=[project.code])
    body = client.get(page).content.decode()
    assert "รายการของโครงการที่นับในตัวชี้วัดจังหวัด" in body
    address = reverse("projects:target-link", args=[project.code, 1])
    answer = client.post(address, {"indicator": indicator.pk, "stands": ""})
    assert answer.url == f"{page}#links"
    assert links(project) == [indicator.pk, None, None]
    body = client.get(page).content.decode()
    assert f'value="{indicator.pk}" selected' in body
    # Drawn before the link was set: what stands now is not overwritten.
    answer = client.post(address, {"indicator": "", "stands": ""}, follow=True)
    assert links(project) == [indicator.pk, None, None]
    for chosen, said in (("999999", "ไม่มีตัวชี้วัดนี้ให้ผูก"), ("x", "ไม่มีตัวชี้วัดนี้ให้ผูก")):
        answer = client.post(address, {"indicator": chosen, "stands": indicator.pk}, follow=True)
        assert said in answer.content.decode()
    assert (
        "เลิกผูก"
        in client.post(
            address, {"indicator": "", "stands": indicator.pk}, follow=True
        ).content.decode()
    )
    assert links(project) == [None, None, None]
    client.force_login(person(Role.REPORTER, AgencyFactory()))
    assert client.post(address, {"indicator": indicator.pk}).status_code == 404


def test_a_proposals_file_links_too_and_the_public_page_shows_it(client, project, indicator, host):
    Project.objects.update(status=Project.Status.PROPOSED)
    link_target(target=target(project), indicator=indicator, by=host, at=NOON)
    client.force_login(host)
    body = client.get(reverse("projects:project-file", args=[project.code])).content.decode()
    assert f'value="{indicator.pk}" selected' in body
    Project.objects.update(status=Project.Status.RUNNING)
    client.logout()
    body = client.get(reverse("projects:project-detail", args=[project.code])).content.decode()
    assert f'<td data-k="นับในตัวชี้วัดจังหวัด">{indicator.name_th}</td>' in body


def test_machines_link_and_read_it(client, project, indicator, host):
    client.force_login(host)
    address = f"/api/v1/projects/{project.code}/link/"
    sent = {"number": 1, "indicator": indicator.code}
    answer = client.post(address, sent, "application/json")
    assert answer.status_code == 200, answer.json()
    assert [row["indicator"] for row in answer.json()["targets"]] == [indicator.code, None, None]
    answer = client.post(address, sent | {"number": 2}, "application/json")
    assert answer.status_code == 409
    assert client.post(address, sent | {"number": 9}, "application/json").status_code == 404
    assert client.post(address, {"number": 1}, "application/json").status_code == 400
    answer = client.post(address, {"number": 1, "indicator": None}, "application/json")
    assert answer.status_code == 200
    assert links(project) == [None, None, None]


def test_the_matrix_says_how_many_projects_are_linked(client, project, indicator, host):
    framework = Framework.objects.create(code="MP", name_th="แผนแม่บท", order=1)
    FrameworkItem.objects.create(framework=framework, code="MP1", name_th="เกษตร", order=1)
    client.force_login(person(Role.STRATEGIST))
    page = "/desk/plans/alignment/?rows=kpis&year=2570"
    assert "ผูกโครงการไว้ 0 จาก 1 โครงการ" in client.get(page).content.decode()
    link_target(target=target(project), indicator=indicator, by=host, at=NOON)
    body = client.get(page).content.decode()
    assert "ผูกโครงการไว้ 1 จาก 1 โครงการ" in body
    # Its money stands there too, so what a visit did not confirm says so.
    assert "ผลตรวจไม่ยืนยัน" not in body
    Project.objects.update(unconfirmed_reason="งานไม่ตรงรายงาน")
    assert "ผลตรวจไม่ยืนยัน" in client.get(page).content.decode()


def test_the_migration_keeps_what_was_found_by_name_and_unit(project, indicator):
    name = indicator.name_th
    project.targets.filter(number=1).update(kind="indicator", name_th=name)
    project.targets.filter(number=2).update(kind="indicator", name_th=name)
    project.targets.filter(number=3).update(kind="indicator", name_th=name)
    import_module("projects.migrations.0007_link_targets_by_name").link(apps, None)
    # The last of a name and unit was read before; another unit never was.
    assert links(project) == [None, indicator.pk, None]
