"""What the desk gives out comes back unchanged, whatever officials wrote in it."""

import io
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Membership, Role
from budget.models import Allocation, MonthlyFigure
from common.tables import csv_chunks
from common.thainumbers import normalise_text
from covid.models import Facility, Incident
from kpi.models import Result, Target
from learning.models import Course, Programme, Turnout
from planning.models import SwotFactor
from projects.models import Activity, Progress, Project, Risk, RiskReview
from spreadsheets import actions
from submissions.models import FiscalYear
from tests.factories import AgencyFactory, AreaFactory, UserFactory, person, quarter_of
from tests.kpi.cascades import Field
from tests.projects.factories import project_with
from tests.spreadsheets.conftest import AT
from tests.spreadsheets.test_kinds import Place, draft_edition

# No lone surrogate (no file holds one) and no NUL (no database does).
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    st.sampled_from(
        ["=1+1", "+66 34", "-", "@SUM(A1)", "'ก", "''", "\t=1", "\r\n=1", " ก  ข ", "_x0041_", "น้ํา",
         "\uff1d1", "\x0b", "ok\x01", "'=1", "–", "0", "รวม", "1,234", "ก\nข", "\u200bก"]
    ),
)  # fmt: skip
BAHT = st.one_of(
    st.none(), st.decimals(0, 400_000, places=2), st.sampled_from([Decimal("0.01"), Decimal(0)])
)
FIGURES = st.one_of(
    st.none(),
    st.decimals(-(10**9), 10**9, places=4),
    st.sampled_from([Decimal("0.5"), Decimal(1), Decimal("12345678901234.5678")]),
)
PERCENTS = st.one_of(st.none(), st.decimals(0, 100, places=4), st.just(Decimal("0.4633")))


def sent_back(kind, agency, period, by, *, as_csv):
    """Upload what the desk gives out of a kind."""
    which = {"kind": kind, "agency": agency, "period": period, "user": by, "at": AT}
    file = io.BytesIO()
    if as_csv:
        columns, rows = actions.table_of(**which)
        file.write(b"".join(csv_chunks(columns, rows)))
    else:
        actions.write_form(file, **which)
    file.seek(0)
    return actions.receive_upload(
        file=file, name="a.csv" if as_csv else "a.xlsx", kind=kind, agency=agency,
        period=period, action="draft", by=by, at=AT,
    )  # fmt: skip


def holds(kind, world, store, values):
    """Store values as if typed on the page, give out, send back: nothing differs, nothing is asked."""
    for as_csv in (False, True):
        with transaction.atomic():
            store(values)
            report = sent_back(kind, *world, as_csv=as_csv).report
            transaction.set_rollback(True)
        told = {name: report["counts"][name] for name in ("new", "changed", "errors", "questions")}
        assert told == dict.fromkeys(told, 0), (as_csv, report["changes"], report["errors"])
        assert report["counts"]["rows"] == len(values)


def year_of_all():
    return FiscalYear.objects.get(year=2570)


@pytest.fixture
def office(db):
    return AgencyFactory(code="OFFICE")


FEW = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def typed(reporter):
    return {"entered_by": reporter, "entered_at": AT}


@given(values=st.lists(st.tuples(BAHT, BAHT, TEXTS), min_size=3, max_size=3))
@FEW
def test_money_comes_back_unchanged(money, agency, october, reporter, typed, values):
    def store(values):
        MonthlyFigure.objects.bulk_create(
            MonthlyFigure(
                allocation=line, month=october, disbursed_to_date=spent, obligated=owed,
                note=note, **typed,
            )
            for line, (spent, owed, note) in zip(money, values, strict=True)
        )  # fmt: skip

    holds("monthly-disbursement", (agency, october, reporter), store, values)


@pytest.fixture
def kpis(db):
    field = Field()
    plain = [field.kpi(field.indicator(unit_th=unit)) for unit in ("ราย", "ร้อยละ")]
    return field, plain, person(Role.REPORTER, field.agency)


@given(values=st.lists(st.tuples(FIGURES, TEXTS), min_size=2, max_size=2))
@FEW
def test_kpi_results_come_back_unchanged(kpis, values):
    field, plain, by = kpis
    quarter = field.quarters[1]

    def store(values):
        Result.objects.bulk_create(
            Result(kpi=kpi, quarter=quarter, value=value, note=note, entered_by=by, entered_at=AT)
            for kpi, (value, note) in zip(plain, values, strict=True)
        )

    holds("kpi-results", (field.agency, quarter, by), store, values)


@pytest.fixture
def projects(agency):
    return [project_with(host_agency=agency, code=f"70-10{n}")[0] for n in (1, 2)]


@given(values=st.lists(st.tuples(PERCENTS, TEXTS, TEXTS), min_size=2, max_size=2))
@FEW
def test_progress_comes_back_unchanged(projects, agency, reporter, typed, values):
    quarter = quarter_of(2570, 1)

    def store(values):
        Progress.objects.bulk_create(
            Progress(
                project=project, quarter=quarter, percent=percent, narrative_th=narrative,
                note=note, **typed,
            )
            for project, (percent, narrative, note) in zip(projects, values, strict=True)
        )  # fmt: skip

    holds("project-progress", (agency, quarter, reporter), store, values)


# What a register's texts are stored as: spaces at the ends are no part of them.
WORDS = TEXTS.map(normalise_text)
OFTEN = settings(FEW, max_examples=3)


@given(values=st.lists(st.tuples(WORDS, WORDS, st.none() | st.integers(0, 10**6)), min_size=2,
                       max_size=2))  # fmt: skip
@OFTEN
def test_projects_come_back_unchanged(projects, agency, office, values):
    def store(values):
        for project, (objective, output, people) in zip(projects, values, strict=True):
            Project.objects.filter(pk=project.pk).update(
                objective_th=objective, output_th=output, beneficiaries=people
            )

    holds("projects", (agency, year_of_all(), person(Role.STRATEGIST, office)), store, values)


@given(values=st.lists(st.tuples(st.decimals(1, 100, places=4), BAHT), min_size=2, max_size=2))
@OFTEN
def test_activities_come_back_unchanged(agency, office, values):
    def store(values):
        _project, parts = project_with(1, 1, host_agency=agency)
        for part, (weight, budget) in zip(parts, values, strict=True):
            Activity.objects.filter(pk=part.pk).update(weight=weight, budget=budget)

    quarter_of(2570, 1)
    holds("activities", (agency, year_of_all(), person(Role.STRATEGIST, office)), store, values)


@given(values=st.lists(st.tuples(FIGURES, FIGURES), min_size=2, max_size=2))
@OFTEN
def test_targets_come_back_unchanged(kpis, office, values):
    field, plain, _by = kpis

    def store(values):
        for kpi, (first, last) in zip(plain, values, strict=True):
            Target.objects.bulk_create(
                [Target(kpi=kpi, quarter=1, value=first), Target(kpi=kpi, quarter=4, value=last)]
            )

    holds(
        "kpi-targets", (field.agency, year_of_all(), person(Role.STRATEGIST, office)), store, values
    )


@given(values=st.lists(st.tuples(TEXTS.filter(normalise_text), BAHT.filter(bool)), min_size=3,
                       max_size=3))  # fmt: skip
@OFTEN
def test_allotments_come_back_unchanged(money, agency, office, values):
    def store(values):
        for line, (name, amount) in zip(money, values, strict=True):
            Allocation.objects.filter(pk=line.pk).update(
                name_th=name, appropriation=amount, revised=amount, allotted=amount
            )

    holds("allotments", (agency, year_of_all(), person(Role.COMPTROLLER, office)), store, values)


ROLES = st.sets(st.sampled_from([Role.REPORTER, Role.APPROVER, Role.HR, Role.VIEWER]), min_size=1)


@given(values=st.lists(ROLES, min_size=2, max_size=2))
@OFTEN
def test_people_and_roles_come_back_unchanged(agency, october, office, values):
    def store(values):
        for roles in values:
            user = UserFactory()
            for role in roles:
                Membership.objects.create(user=user, agency=agency, role=role, from_date=AT.date())

    holds("memberships", (agency, year_of_all(), person(Role.ADMIN, office)), store, values)


@given(values=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), TEXTS), min_size=1,
                       max_size=1))  # fmt: skip
@OFTEN
def test_reviews_of_risks_come_back_unchanged(october, values):
    place = Place(october)

    def store(values):
        by = place.risk()
        RiskReview.objects.bulk_create(
            RiskReview(
                risk=Risk.objects.get(), quarter=quarter_of(2570, 1), likelihood=likelihood,
                impact=impact, note_th=note, reviewed_by=by, reviewed_at=AT,
            )
            for likelihood, impact, note in values
        )  # fmt: skip

    by = person(Role.REPORTER, place.agency)
    holds("risk-reviews", (place.agency, quarter_of(2570, 1), by), store, values)


@given(values=st.lists(st.tuples(WORDS.filter(bool), WORDS, st.booleans(),
                                 st.none() | st.decimals("0.01", 900, places=2)), max_size=3,
                       min_size=1))  # fmt: skip
@OFTEN
def test_courses_come_back_unchanged(agency, office, values):
    def store(values):
        Course.objects.bulk_create(
            Course(code=f"C{n}", name_th=name, provider_th=by, is_digital=is_so, hours=hours)
            for n, (name, by, is_so, hours) in enumerate(values)
        )

    quarter_of(2570, 1)
    holds("learning-courses", (agency, year_of_all(), person(Role.HR, agency)), store, values)


@given(values=st.lists(st.tuples(WORDS.filter(bool), WORDS, st.integers(0, 10**7)), min_size=1,
                       max_size=3))  # fmt: skip
@OFTEN
def test_places_with_beds_come_back_unchanged(agency, office, values):
    by = person(Role.OPERATOR, agency)

    def store(values):
        district = AreaFactory(code="7401")
        incident = Incident.objects.create(code="flu", name_th="ไข้หวัดใหญ่", is_open=True)
        Facility.objects.bulk_create(
            Facility(
                incident=incident, code=f"F/{n}", name_th=name, operator_th=operator, beds=beds,
                area=district, kind="community",
            )
            for n, (name, operator, beds) in enumerate(values)
        )  # fmt: skip

    quarter_of(2570, 1)
    holds("covid-facilities", (agency, year_of_all(), by), store, values)


PEOPLE = st.none() | st.integers(0, 1_000_000)


@given(values=st.lists(st.tuples(WORDS.filter(bool), WORDS, PEOPLE, PEOPLE), min_size=1,
                       max_size=3))  # fmt: skip
@OFTEN
def test_trainings_come_back_unchanged(agency, office, values):
    def store(values):
        for n, (name, outcome, invited, attended) in enumerate(values):
            row = Programme.objects.create(code=f"T{n}", name_th=name, outcome_th=outcome)
            Turnout.objects.create(
                programme=row, level="central", invited=invited, attended=attended
            )

    quarter_of(2570, 1)
    by = person(Role.STRATEGIST, office)
    holds("learning-programmes", (agency, year_of_all(), by), store, values)


@given(values=st.lists(st.tuples(st.sampled_from("SWOT"), WORDS.filter(bool), WORDS,
                                 st.integers(1, 5)), min_size=1, max_size=3))  # fmt: skip
@OFTEN
def test_factors_come_back_unchanged(agency, office, values):
    by = person(Role.STRATEGIST, office)

    def store(values):
        draft = draft_edition(by)
        SwotFactor.objects.bulk_create(
            SwotFactor(
                edition=draft, kind=kind, number=n, text_th=text, group_th=group, importance=weight
            )
            for n, (kind, text, group, weight) in enumerate(values, 1)
        )

    quarter_of(2570, 1)
    holds("swot-factors", (agency, year_of_all(), by), store, values)
