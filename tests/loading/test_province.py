"""The province's folder: what it holds arrives, once; what is wrong with it is said at once."""

import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Agency, Area
from audit.models import Event
from budget.models import BudgetSource, CabinetTarget
from covid.models import FacilityCount, Incident, Measure, StatedFact
from meetings.models import Committee
from sakhon_portal.loading import load_province
from sakhon_portal.province import FolderError, Province, read_province
from strategy.models import Framework, FrameworkItem, Mission, Plan, PlanEdition
from tests.factories import NOON

FOLDER: Path = settings.BASE_DIR / "data" / "samut_sakhon"


def stated(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def province() -> Province:
    return read_province(FOLDER, year=2570)


@pytest.fixture
def broken(tmp_path):
    """A copy of the folder to spoil: `broken("areas.json", lambda top: …)`."""
    copy = tmp_path / "province"
    shutil.copytree(FOLDER, copy)

    def spoil(name, change):
        path = copy / name
        top = json.loads(path.read_text(encoding="utf-8"))
        change(top)
        path.write_text(json.dumps(top), encoding="utf-8")
        return copy

    spoil.folder = copy
    return spoil


@pytest.mark.django_db
def test_everything_the_folder_holds_arrives(province):
    load_province(province, by=None, at=NOON)
    assert Area.objects.of_kind("district").count() == 3
    assert Area.objects.of_kind("tambon").exclude(boundary=None).count() == 40
    listed = stated("agencies.json")
    assert Agency.objects.exclude(kind="unit").count() == len(listed["agencies"]) + 36
    assert Agency.objects.get(code="SM-0303").areas.count() == 4
    assert Agency.objects.get(code="AMP-7401").areas.get().code == "7401"
    assert Committee.objects.count() == len(listed["committees"])
    assert Committee.objects.get(code="ACCEL").seats.count() == 2
    assert Plan.objects.count() == 5
    assert Mission.objects.filter(edition__state="in_force").count() == 3
    assert Framework.objects.count() == 7
    assert FrameworkItem.objects.filter(framework__code="MP").count() == 23
    assert FrameworkItem.objects.get(code="MP01").serves.code == "NS1"
    assert BudgetSource.objects.count() == 7
    assert Incident.objects.count() == 1
    assert StatedFact.objects.get(key="cumulative_cases").value == 40452
    assert list(Measure.objects.order_by("order").values_list("order", flat=True)) == [*range(1, 8)]
    assert FacilityCount.objects.totals().get(kind="factory").beds == 33385


@pytest.mark.django_db
def test_an_unknown_target_gets_no_row_and_an_assumption_is_not_the_cabinets(province):
    load_province(province, by=None, at=NOON)
    stated_values = sum(
        value is not None
        for year in stated("disbursement_targets.json")["targets"]
        for name in ("quarters", "spending_quarters")
        for quarter in year.get(name, {}).values()
        for category, value in quarter.items()
        if category != "basis"
    )
    assert CabinetTarget.objects.count() == stated_values
    assert not CabinetTarget.objects.filter(fiscal_year=2568, quarter=1).exists()
    assumed = CabinetTarget.objects.filter(fiscal_year=2570)
    assert {target.kind for target in assumed} == {"assumption"}
    assert not assumed.filter(is_verified=True).exists()


@pytest.mark.django_db
def test_a_second_load_changes_nothing_and_logs_nothing(province):
    load_province(province, by=None, at=NOON)
    logged = Event.objects.count()
    again = load_province(province, by=None, at=NOON)
    assert {name: (tally.added, tally.changed) for name, tally in again.items()} == dict.fromkeys(
        again, (0, 0)
    )
    assert Event.objects.count() == logged


@pytest.mark.django_db
def test_a_changed_name_is_reported_and_logged_with_before_and_after(province):
    load_province(province, by=None, at=NOON)
    Agency.objects.filter(code="FISH").update(name_en="Something else")
    again = load_province(province, by=None, at=NOON)
    assert (again["agencies"].added, again["agencies"].changed) == (0, 1)
    event = Event.objects.get(verb="accounts.agency.changed")
    assert event.before == {"name_en": "Something else"}


@pytest.mark.django_db
def test_the_state_of_an_edition_is_set_once_and_stays_with_people(province):
    load_province(province, by=None, at=NOON)
    PlanEdition.objects.filter(plan__code="2571-2575").update(state="consultation")
    load_province(province, by=None, at=NOON)
    assert PlanEdition.objects.get(plan__code="2571-2575").state == "consultation"


def test_the_plan_in_force_follows_the_year():
    plans = {plan.code: plan.state for plan in read_province(FOLDER, year=2572).plans}
    assert plans["2566-2570"] == "superseded"
    assert plans["2571-2575"] == "in_force"


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("areas.json", lambda top: top["districts"][0].pop("name_th"), "“name_th” must be a text"),
        ("areas.json", lambda top: top["districts"][1].update(code="7401"), "occurs twice"),
        ("areas.json", lambda top: top["districts"][0].update(code="9999"), "no boundary for 9999"),
        ("agencies.json", lambda top: top["agencies"][0].update(kind="guild"), "must be one of"),
        ("agencies.json", lambda top: top["agencies"][0].update(area_code="99"), "not in areas"),
        (
            "agencies.json",
            lambda top: top["committees"][4]["seats"][1].update(agency="XX"),
            "agency XX is not in agencies.json",
        ),
        ("agencies.json", lambda top: top.update(agencies={}), "“agencies” must be a list"),
        (
            "provincial_plan.json",
            lambda top: top["plans"][0].update(period_be=[2564, 2561]),
            "order",
        ),
        ("provincial_plan.json", lambda top: top["plans"][0].pop("period_be"), "is missing"),
        (
            "frameworks.json",
            lambda top: top["frameworks"][1]["items"][0].update(related_national_strategy="NS9"),
            "serves NS9, which is not there",
        ),
        (
            "disbursement_targets.json",
            lambda top: top["targets"][0]["quarters"]["1"].update(overall=140),
            "0 to 100 percent",
        ),
        (
            "disbursement_targets.json",
            lambda top: top["targets"][0]["quarters"]["1"].update(overall="many"),
            "must be a number",
        ),
        (
            "disbursement_targets.json",
            lambda top: top["targets"][0]["quarters"]["1"].update(basis=""),
            "without its “basis”",
        ),
        (
            "disbursement_targets.json",
            lambda top: top["targets"][0]["quarters"].update({"5": {}}),
            "must be 1 to 4",
        ),
        ("covid_seed_facts.json", lambda top: top["facts"][0].update(value=-1), "not negative"),
        ("covid_seed_facts.json", lambda top: top["facts"][0].update(date_to="soon"), "a date"),
        (
            "covid_seed_facts.json",
            lambda top: top["facts"][0].update(district_code="99"),
            "area 99 is not in areas.json",
        ),
        ("incident.json", lambda top: top["facilities"][0].update(beds="no"), "fact no is not in"),
        (
            "incident.json",
            lambda top: top["facilities"][0].update(by_area={"99": {"sites": "a", "beds": "b"}}),
            "area 99 is not",
        ),
        ("incident.json", lambda top: top.update(incident=[]), "expected an object"),
        ("incident.json", lambda top: top.update(terms_shown=1), "a list of texts"),
        ("strategy_seed.json", lambda top: top["vision"].update(en=5), "“en” must be a text"),
    ],
)
def test_a_broken_folder_is_refused_with_the_place(broken, name, change, said):
    folder = broken(name, change)
    with pytest.raises(FolderError) as caught:
        read_province(folder, year=2570)
    assert any(said in finding for finding in caught.value.findings), caught.value.findings


def test_all_errors_are_said_at_once(broken):
    broken("areas.json", lambda top: top["districts"][0].pop("name_th"))
    broken("covid_seed_facts.json", lambda top: top["facts"][0].update(value=-1))
    with pytest.raises(FolderError) as caught:
        read_province(broken.folder, year=2570)
    assert len(caught.value.findings) == 2


def test_a_missing_file_and_one_that_is_not_json_are_named(broken):
    (broken.folder / "areas.json").unlink()
    (broken.folder / "agencies.json").write_text("{", encoding="utf-8")
    with pytest.raises(FolderError) as caught:
        read_province(broken.folder, year=2570)
    assert "areas.json: the file is missing" in caught.value.findings
    assert any("agencies.json: not JSON" in finding for finding in caught.value.findings)


@pytest.mark.django_db
def test_the_command_says_what_is_wrong_and_changes_nothing(broken):
    folder = broken("areas.json", lambda top: top["districts"][0].pop("name_th"))
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("load_province", str(folder))
    with pytest.raises(CommandError, match="no such folder"):
        call_command("load_province", str(folder / "nowhere"))
    assert not Area.objects.exists()


@pytest.mark.django_db
def test_the_command_reports_each_part(capsys):
    call_command("load_province", str(FOLDER))
    assert "areas          added 44, changed 0, left 0" in capsys.readouterr().out
