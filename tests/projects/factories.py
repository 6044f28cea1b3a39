"""Projects for tests."""

from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from projects.models import Activity, ActivityPlan, Project, ProjectPlan, ProjectYear
from submissions.actions import prepare_fiscal_year
from tests.factories import AgencyFactory

YEAR = 2570


class ProjectFactory(DjangoModelFactory[Project]):
    class Meta:
        model = Project

    code = factory.Sequence(lambda n: f"70-{n:03}")
    name_th = factory.Sequence(lambda n: f"โครงการที่ {n}")
    host_agency = factory.SubFactory(AgencyFactory)
    status = Project.Status.RUNNING
    start_date = date(2026, 10, 1)
    end_date = date(2027, 9, 30)


class ActivityFactory(DjangoModelFactory[Activity]):
    class Meta:
        model = Activity

    project = factory.SubFactory(ProjectFactory)
    number = factory.Sequence(lambda n: n % 30000)
    name_th = factory.Sequence(lambda n: f"กิจกรรมที่ {n}")
    agency = factory.SelfAttribute("project.host_agency")
    weight = Decimal(1)
    start_date = factory.SelfAttribute("project.start_date")
    end_date = factory.SelfAttribute("project.end_date")


def project_with(
    *weights: int, planned: int = 20, year: int = YEAR, **attributes: object
) -> tuple[Project, list[Activity]]:
    """Make a running project with activities of these weights, planned to so much by Q1."""
    prepare_fiscal_year(year=year)
    project = ProjectFactory(**attributes)
    ProjectYear.objects.create(project=project, fiscal_year_id=year)
    activities = [
        ActivityFactory(project=project, number=n, weight=Decimal(weight))
        for n, weight in enumerate(weights, start=1)
    ]
    for activity in activities:
        ActivityPlan.objects.create(
            activity=activity, fiscal_year_id=year, month=3, percent=Decimal(planned)
        )
    if not activities:
        ProjectPlan.objects.create(
            project=project, fiscal_year_id=year, month=3, percent=Decimal(planned)
        )
    return project, activities
