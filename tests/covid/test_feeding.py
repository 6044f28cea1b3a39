"""A figure of an incident becomes a draft of a KPI, with its source in the remark."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Role
from audit.models import Event
from common.refusal import Refused
from covid.actions import (
    CaseFindingInput,
    OccupancyEntry,
    SituationEntry,
    VaccinationInput,
    feed_kpi,
    put_case_finding,
    put_vaccination,
)
from covid.document import FigureKind
from kpi.models import Result
from tests.factories import NOON, TODAY, AgencyFactory, MembershipFactory, person, quarter_of
from tests.kpi.factories import RATIO, kpi_of


@pytest.fixture
def quarter(scene):
    return quarter_of(2570, 2)


@pytest.fixture
def agency(scene):
    return AgencyFactory()


def test_figures_of_the_quarter_go_in_as_drafts_and_name_their_source(scene, quarter, agency):
    reporter = person(Role.REPORTER, agency)
    count = kpi_of(agency, code="7.1")
    ratio = kpi_of(agency, code="7.2", rules=RATIO)

    def feed(kind, kpi, by=reporter):
        return feed_kpi(
            incident=scene.incident, kind=FigureKind(kind), kpi=kpi, quarter=quarter, by=by, at=NOON
        )

    for kind in FigureKind:
        with pytest.raises(Refused, match="ยังไม่มีตัวเลขนี้"):
            feed(kind, count)
    for offset in (2, 1):
        scene.keep(
            OccupancyEntry(scene.field, patients=10 * offset, admitted=1, discharged=0),
            day=TODAY - timedelta(days=offset),
            situations=[SituationEntry(area, cases=3, deaths=1) for area in scene.districts],
        )
    place = {"area": scene.districts[0], "day": TODAY}
    put_case_finding(
        incident=scene.incident, instead_of=None, by=scene.operator, at=NOON,
        row=CaseFindingInput(**place, place="market", place_th="ตลาด", tested=50, found=2),
    )  # fmt: skip
    put_vaccination(
        incident=scene.incident, instead_of=None, by=scene.operator, at=NOON,
        row=VaccinationInput(**place, dose=1, group="elderly", given=30, target=90),
    )  # fmt: skip
    with pytest.raises(Refused, match="เฉพาะผู้รายงาน"):
        feed("cases", count, by=scene.operator)
    result = feed("cases", count)
    assert (result.value, result.status) == (12, "draft")
    assert "ไข้หวัดใหญ่" in result.note
    assert "ผู้ติดเชื้อรายใหม่" in result.note
    assert feed("deaths", count).value == 4
    sides = {
        kind: (found.numerator, found.denominator)
        for kind in ("found", "vaccinated", "occupied")
        if (found := feed(kind, ratio))
    }
    assert sides == {"found": (2, 50), "vaccinated": (30, 90), "occupied": (30, 100)}
    with pytest.raises(Refused):
        feed("found", count)
    assert Result.objects.count() == 2
    assert Event.objects.filter(verb="covid.kpi.fed").count() == 5


def test_the_page_feeds_a_kpi_that_the_operator_reports(scene, quarter, agency):
    url = reverse("covid:kpi-feed")
    assert "ไม่มีตัวชี้วัดที่ท่านรายงาน" in scene.client.get(url).content.decode()
    MembershipFactory(user=scene.operator, agency=agency, role=Role.REPORTER)
    kpi = kpi_of(agency, code="7.1")
    typed = {"kind": "cases", "kpi": kpi.pk, "quarter": quarter.pk, "incident": "flu"}
    assert scene.client.post(url, {**typed, "kind": "x"}).status_code == 422
    answer = scene.client.post(url, typed)
    assert (answer.status_code, "ยังไม่มีตัวเลขนี้" in answer.content.decode()) == (409, True)
    scene.keep(situations=[SituationEntry(scene.districts[0], cases=8, deaths=0)])
    assert scene.client.post(url, typed).status_code == 302
    assert Result.objects.get().value == 8
