"""Machines read what officers are to learn and what the province holds; names are not in it."""

import pytest

from learning.models import Course, Goal, Programme
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


def sends(client, method, path, given):
    answer = getattr(client, method)(f"/api/v1/{path}/", given, content_type="application/json")
    return answer.status_code, answer.json()


def test_hr_keeps_the_catalogue_by_machine(client, place):
    course = {"code": "N1", "name_th": "ใหม่", "hours": "3.5", "is_digital": True}
    client.force_login(place.officer)
    assert sends(client, "post", "learning-courses", course)[0] == 409
    client.force_login(place.hr)
    code, made = sends(client, "post", "learning-courses", course)
    assert (code, made["hours"], made["is_digital"], made["version"]) == (201, "3.5000", True, 1)
    code, refused = sends(client, "post", "learning-courses", course)
    assert (code, refused["code"]) == (409, "code_taken")
    newer = {**course, "name_th": "ใหม่กว่า", "version": 1}
    path = f"learning-courses/{made['id']}"
    assert sends(client, "put", path, newer)[1]["name_th"] == "ใหม่กว่า"
    assert sends(client, "put", path, newer)[1]["code"] == "changed_meanwhile"
    assert sends(client, "post", "learning-courses", {"code": "N2"})[0] == 400
    assert set(Course.objects.values_list("code", "name_th")) == {
        ("D1", "ดิจิทัล"), ("P1", "ธรรมาภิบาล"), ("N1", "ใหม่กว่า")
    }  # fmt: skip


def test_the_office_keeps_trainings_by_machine(client, place):
    Goal.objects.create(code="G1", name_th="คนดิจิทัล")
    training = {
        "code": "T1",
        "name_th": "ห้องทดลอง",
        "goal": "G1",
        "start_date": "2026-12-01",
        "turnouts": [{"level": "local", "attended": 0}, {"level": "central", "invited": 9}],
    }
    client.force_login(place.strategist)
    code, made = sends(client, "post", "learning-programmes", training)
    assert (code, made["goal"]) == (201, "G1")
    assert made["turnouts"] == [
        {"level": "central", "invited": 9, "attended": None},
        {"level": "local", "invited": None, "attended": 0},
    ]
    path = f"learning-programmes/{made['id']}"
    twice = {**training, "turnouts": [{"level": "local"}, {"level": "local"}], "version": 1}
    assert sends(client, "put", path, twice)[0] == 400
    ended = {**training, "end_date": "2026-11-30", "version": 1}
    assert sends(client, "put", path, ended)[1]["code"] == "dates"
    assert sends(client, "put", path, {**ended, "end_date": "2026-12-02"})[1]["version"] == 2
    assert sends(client, "put", path, {**training, "version": 1})[1]["code"] == "changed_meanwhile"
    client.force_login(place.head)
    assert sends(client, "put", path, {**training, "version": 2})[0] == 409
    assert str(Programme.objects.get().end_date) == "2026-12-02"
