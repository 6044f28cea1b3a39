"""Every list of the desk and of the public is downloaded whole, as xlsx, csv and json."""

import io
import json

from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests.test_query_growth import API, PAGES, world  # noqa: F401  the world is a fixture

# What is no list: work to be done, joined pages, one thing, forms to type in.
NO_LISTS = {
    *("pages:desk", "pages:dashboard", "pages:home", "pages:strategy", "pages:search"),
    *("pages:approval-list", "pages:delegation-list", "pages:area-list"),
    *("kpi:entry", "kpi:scoring-rules", "kpi:what-if", "kpi:esar-list"),
    *("budget:month-grid", "budget:overview", "budget:budget-public"),
    *("reports:quarter-list", "reports:report-list", "reports:open-data", "reminders:mine"),
    *("planning:plan-desk", "planning:need-tell"),
    *("planning:need-record", "covid:operations", "covid:day-grid"),
    # A file already.
    "projects:risk-csv",
    # Personal rows, whose every look is logged.
    *("kpi:appraisal-list", "learning:officer-list"),
}
LISTS = [
    (role, name)
    for role, names in PAGES.items()
    for name in names
    if ":" in name and name not in {*NO_LISTS, *API}
] + [("hr", "learning:programme-list"), ("operator", "covid:incident-list")]


def content(answer):
    return b"".join(answer.streaming_content)


def test_every_list_is_downloaded_in_three_formats(world):  # noqa: F811
    assert len({name for _role, name in LISTS}) >= 24
    for role, name in LISTS:
        client = Client()
        if role != "anonymous":
            client.force_login(
                world.people[role], backend="django.contrib.auth.backends.ModelBackend"
            )
        page = client.get(reverse(name)).content.decode()
        address = reverse(name)
        assert all(f"download={each}" in page for each in ("xlsx", "csv", "json")), (role, name)
        csv = content(client.get(address, {"download": "csv"})).decode()
        records = json.loads(content(client.get(address, {"download": "json"})))
        book = CalamineWorkbook.from_filelike(
            io.BytesIO(content(client.get(address, {"download": "xlsx"})))
        )
        heading = csv.splitlines()[0]
        assert heading.startswith("\ufeff"), (role, name)
        columns = heading.removeprefix("\ufeff").split(",")
        assert all(record.keys() == set(columns) for record in records), (role, name)
        rows = book.get_sheet_by_index(0).to_python()
        assert len(rows) == len(records) + 2, (role, name)  # a title and the headings


def test_the_findings_of_visits_are_a_list_of_their_own(world):  # noqa: F811
    client = Client()
    client.force_login(
        world.people["inspector"], backend="django.contrib.auth.backends.ModelBackend"
    )
    asked = {"download": "json", "list": "findings"}
    records = json.loads(content(client.get(reverse("projects:inspection-list"), asked)))
    assert records
    assert {"number", "severity", "owner_code", "due_date"} <= records[0].keys()
