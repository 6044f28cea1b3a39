"""What an asked-for plan would do to the KPIs that the project answers."""

from dataclasses import replace
from decimal import Decimal

import pytest

from accounts.models import Role
from accounts.rules import standing_of
from kpi.models import KPI, IndicatorVersion
from projects.actions import ProjectInput, TargetInput, request_change, stored_input
from projects.models import ChangeRequest, ProjectTarget
from projects.scoring import share_after
from projects.views.effects import effect_of
from tests.factories import NOON, TODAY, person, quarter_of
from tests.kpi.factories import kpi_of
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All is read at noon of a working day after the quarter."""


@pytest.fixture
def project():
    quarter_of(2570, 1)
    project, activities = project_with(60, 40)
    for activity in activities:
        activity.plan.create(fiscal_year_id=2570, month=12, percent=D(100))
    kpi = kpi_of(project.host_agency, code="9.1")
    KPI.objects.filter(pk=kpi.pk).update(year_target=D(1000))
    IndicatorVersion.objects.update(unit_th="ราย", over_units="sum", direction="higher")
    project.kpis.add(kpi)
    return project


def given(project: ProjectInput, name, unit, target):
    row = TargetInput(ProjectTarget.Kind.OUTPUT.value, name, unit, target)
    return replace(project, targets=[row])


def effect(project, before, after, *, linked=True, name="ผู้รับบริการของโครงการ", new_name=""):
    indicator = project.kpis.get().indicator if linked else None
    ProjectTarget.objects.create(
        project=project,
        kind="output",
        number=1,
        name_th=name,
        unit_th="ราย",
        target=before,
        indicator=indicator,
    )
    host = person(Role.REPORTER, project.host_agency)
    wanted = given(stored_input(project), new_name or name, "ราย", after)
    change = request_change(project=project, given=wanted, reason_th="ลดเป้า", by=host, at=NOON)
    [found] = effect_of(change, standing_of(host, TODAY)).kpis
    return found


def test_a_lower_target_takes_its_part_from_the_kpi(project):
    found = effect(project, D(200), D(150))
    assert (found.is_linked, found.before, found.after) == (True, D(200), D(150))
    assert (found.change, found.percent) == (D(-50), D(95))


def test_without_a_link_nothing_is_made_up(project):
    found = effect(project, D(200), D(150), linked=False, name=project.kpis.get().indicator.name_th)
    assert (found.is_linked, found.change, found.percent) == (False, None, None)


def test_a_renamed_row_stays_linked_and_another_unit_forecasts_nothing(project):
    found = effect(project, D(200), D(150), new_name="ผู้รับบริการ ณ จุดบริการ")
    assert (found.before, found.after) == (D(200), D(150))
    IndicatorVersion.objects.update(unit_th="แห่ง")
    change = ChangeRequest.objects.get()
    [found] = effect_of(change, standing_of(change.asked_by, TODAY)).kpis
    assert (found.is_linked, found.percent) == (True, None)


@pytest.mark.parametrize(
    ("rules", "before", "after", "target"),
    [
        ({"over_units": "mean"}, D(200), D(150), D(1000)),
        ({"direction": "lower"}, D(200), D(150), D(1000)),
        ({}, None, D(150), D(1000)),
        ({}, D(200), D(150), None),
        ({}, D(200), D(150), D(0)),
    ],
)
def test_what_does_not_add_up_is_shown_without_a_forecast(project, rules, before, after, target):
    IndicatorVersion.objects.update(**rules)
    KPI.objects.update(year_target=target)
    found = effect(project, before, after)
    assert (found.is_linked, found.percent) == (True, None)


def test_a_share_needs_a_target_above_zero():
    assert share_after(D(400), D(100), D(0)) == D(75)
    with pytest.raises(ValueError, match="positive"):
        share_after(D(0), D(1), D(1))
