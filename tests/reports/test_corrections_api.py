"""Reopening, correcting and restating over the API: by the same two people as on the page."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import Role
from reports.models import Correction, Freeze, Reopening, Restatement
from submissions.models import PeriodState, Quarter
from tests.factories import AgencyFactory, person, set_state
from tests.reports.factories import LATER
from tests.reports.test_reopening import DAY, proposed, reopened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]


def call(client, user, path, data=None):
    client.force_login(user)
    if data is None:
        return client.get(f"/api/v1/{path}")
    return client.post(f"/api/v1/{path}", data, content_type="application/json")


def asked(place, **changes):
    quarter = place.quarter
    given = {
        "fiscal_year": quarter.fiscal_year_id,
        "quarter": quarter.number,
        "agency": place.agency.code,
        "until_date": str(DAY + timedelta(days=7)),
        "reason": "นับซ้ำ",
    }
    return given | changes


def correction(place, **changes):
    entry = place.result
    return {"result": entry.pk, "version": entry.version, "value": "80", "note": "นับซ้ำ"} | changes


def test_the_whole_way_from_reopening_to_a_restated_quarter(client, place):
    answer = call(client, place.strategist, "reopenings/", asked(place))
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    address = f"reopenings/{answer.json()['id']}/"
    # Nobody may correct before the second person agreed, and the first is not the second.
    assert call(client, place.reporter, address).status_code == 404
    refused = call(client, place.reporter, "corrections/", correction(place))
    assert refused.status_code == 409
    alone = call(client, place.strategist, f"{address}agree/", {})
    assert alone.status_code == 409
    assert "สองคน" in alone.json()["detail"]
    agreed = call(client, place.colleague, f"{address}agree/", {})
    assert (agreed.status_code, agreed.json()["state"]) == (200, "running")
    assert call(client, place.reporter, address).json()["state"] == "running"
    kept = call(client, place.reporter, "corrections/", [correction(place)])
    assert kept.status_code == 201
    [said] = kept.json()
    assert (said["kpi"], Decimal(said["value"]), said["restatement"]) == (
        *(place.result.kpi.code, Decimal(80), None),
    )
    before = place.result.value
    period = {key: asked(place)[key] for key in ("fiscal_year", "quarter")}
    restate = period | {"corrections": [said["id"]], "reason": "ตรวจพบนับซ้ำ"}
    assert call(client, place.reporter, "restatements/", restate).status_code == 409
    answer = call(client, place.strategist, "restatements/", restate)
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    address = f"restatements/{answer.json()['id']}/"
    assert call(client, place.reporter, address).status_code == 404
    assert call(client, place.strategist, f"{address}agree/", {}).status_code == 409
    place.result.refresh_from_db()
    assert place.result.value == before
    done = call(client, place.colleague, f"{address}agree/", {})
    assert done.status_code == 200
    assert (done.json()["state"], done.json()["corrections"]) == ("done", [said["id"]])
    assert [(each["quarter"], each["number"]) for each in done.json()["frozen"]] == [(1, 1)]
    assert Freeze.objects.get(number=1).sha256 == done.json()["frozen"][0]["sha256"]
    place.result.refresh_from_db()
    assert place.result.value == 80
    again = call(client, place.colleague, f"{address}agree/", {})
    assert again.status_code == 409
    listed = call(client, place.strategist, "restatements/?quarter__number=1").json()
    assert [each["state"] for each in listed["results"]] == ["done"]


def test_it_ends_by_itself_and_says_so(client, place):
    made = reopened(place, days=2)
    with time_machine.travel(LATER + timedelta(days=2), tick=False):
        told = call(client, place.reporter, f"reopenings/{made.pk}/")
        assert told.json()["state"] == "running"
        assert call(client, place.reporter, "corrections/", correction(place)).status_code == 201
    with time_machine.travel(LATER + timedelta(days=3), tick=False):
        told = call(client, place.reporter, f"reopenings/{made.pk}/")
        assert told.json()["state"] == "ended"
        late = call(client, place.reporter, "corrections/", correction(place, value="70"))
        assert late.status_code == 409
    assert Correction.objects.get().value == 80


def test_another_agency_finds_nothing_of_it(client, place):
    made = reopened(place)
    [kept] = proposed(place)
    stranger = person(Role.REPORTER, AgencyFactory())
    for path in (f"reopenings/{made.pk}/", f"corrections/{kept.pk}/"):
        assert call(client, stranger, path).status_code == 404
        assert call(client, person(Role.VIEWER), path).status_code == 200
    for path in ("reopenings/", "corrections/", "restatements/"):
        assert call(client, stranger, path).json()["results"] == []
    answer = call(client, stranger, f"reopenings/{made.pk}/agree/", {})
    assert answer.status_code == 404
    wrong = call(client, stranger, "corrections/", correction(place))
    assert wrong.status_code == 409
    assert not Correction.objects.exclude(pk=kept.pk).exists()
    client.logout()
    assert client.get("/api/v1/reopenings/").json()["results"] == []
    assert client.post("/api/v1/reopenings/", {}, "application/json").status_code == 401


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"reason": ""}, 400),
        ({"agency": "NONE"}, 400),
        ({"quarter": 5}, 400),
        ({"fiscal_year": 2599}, 400),
        ({"until_date": "soon"}, 400),
        ({"until_date": str(DAY + timedelta(days=31))}, 409),
        ({"quarter": 2}, 409),
    ],
)
def test_a_wrong_request_changes_nothing(client, place, changes, status):
    quarter = Quarter.objects.get(fiscal_year=place.quarter.fiscal_year_id, number=2)
    set_state(quarter, PeriodState.OPEN)
    answer = call(client, place.strategist, "reopenings/", asked(place, **changes))
    assert answer.status_code == status
    assert not Reopening.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"note": " "}, 409),
        ({"value": "-1"}, 409),
        ({"value": "many"}, 400),
        ({"version": 99}, 409),
        ({"result": 0}, 400),
    ],
)
def test_a_wrong_correction_is_refused_and_the_list_with_it(client, place, changes, status):
    reopened(place)
    answer = call(client, place.reporter, "corrections/", [correction(place, **changes)])
    assert answer.status_code == status
    assert not Correction.objects.exists()


def test_corrections_of_no_quarter_and_of_another_are_refused(client, place):
    empty = call(client, place.strategist, "corrections/", [])
    assert empty.status_code == 400
    reopened(place)
    [kept] = proposed(place)
    period = {"fiscal_year": place.quarter.fiscal_year_id, "quarter": 2}
    wrong = call(
        client,
        place.strategist,
        "restatements/",
        period | {"corrections": [kept.pk], "reason": "นับซ้ำ"},
    )
    assert wrong.status_code == 400
    assert not Restatement.objects.exists()


def test_the_office_declines_and_the_corrections_stay_with_it(client, place):
    reopened(place)
    [kept] = proposed(place)
    period = {key: asked(place)[key] for key in ("fiscal_year", "quarter")}
    given = period | {"corrections": [kept.pk], "reason": "นับซ้ำ"}
    made = call(client, place.strategist, "restatements/", given).json()
    told = call(client, place.colleague, f"restatements/{made['id']}/decline/", {})
    assert (told.status_code, told.json()["state"]) == (200, "declined")
    twice = call(client, place.colleague, f"restatements/{made['id']}/decline/", {})
    assert twice.status_code == 409
    taken = call(client, place.strategist, f"corrections/?restatement={made['id']}").json()
    assert [each["id"] for each in taken["results"]] == [kept.pk]
