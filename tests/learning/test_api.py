"""Machines read what officers are to learn and what the province holds; names are not in it."""

import pytest

from learning.models import Goal, Programme
from tests.house.machines import queries, rows
from tests.learning.conftest import YEAR
from tests.reports.factories import IssueFactory


def teach(number, issue):
    goal = Goal.objects.create(code=f"HR{number}", name_th="คนดิจิทัล", is_sample=True)
    goal.issues.add(issue)
    programme = Programme.objects.create(code=f"T{number}", name_th="ห้องทดลอง", goal=goal)
    programme.turnouts.create(level="local", invited=None, attended=0)


@pytest.mark.parametrize("path", ["learning-goals", "learning-rules", "learning-programmes"])
def test_nobody_reads_them_without_signing_in(client, place, path):
    assert client.get(f"/api/v1/{path}/").status_code == 401


def test_goals_rules_and_programmes_are_read_as_they_stand(client, place):
    issue = IssueFactory(code="4")
    teach(1, issue)
    client.force_login(place.officer)
    [goal] = rows(client, "learning-goals")
    assert (goal["code"], goal["issues"], goal["is_sample"]) == ("HR1", ["4"], True)
    rule = client.get(f"/api/v1/learning-rules/{YEAR}/").json()
    assert (rule["courses_least"], rule["digital_least"], rule["kpi"]) == (2, 1, None)
    assert (rule["from_date"], rule["until_date"]) == ("2026-10-01", "2027-09-30")
    [programme] = rows(client, "learning-programmes")
    # Nobody came is known; how many were asked is not.
    assert programme["turnouts"] == [{"level": "local", "invited": None, "attended": 0}]
    assert programme["goal"] == "HR1"
    first = {path: queries(client, path) for path in ("learning-goals", "learning-programmes")}
    for number in range(2, 5):
        teach(number, issue)
    assert first == {path: queries(client, path) for path in first}
