"""Every list is given out whole as xlsx, csv and json, as the address filters it."""

import csv
import io
import json
import logging

import time_machine
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kpi.models import Scorecard
from tests.factories import NOON
from tests.kpi.factories import kpi_of
from tests.worlds import World

# Address, who opens it, the first column, and a filter that leaves nothing.
LISTS = (
    ("kpi:kpi-list", "strategist", "fiscal_year", {"q": "ไม่มีชื่อนี้"}),
    ("kpi:dictionary", "strategist", "fiscal_year", {"q": "ไม่มีชื่อนี้"}),
    ("projects:project-list", "strategist", "code", {"q": "ไม่มีชื่อนี้"}),
    ("projects:desk-list", "reporter", "code", {"q": "ไม่มีชื่อนี้"}),
    ("budget:year-table", "strategist", "fiscal_year", {"year": "2569"}),
    ("spreadsheets:desk", "strategist", "uploaded_at", None),
    ("meetings:meeting-list", "strategist", "committee", None),
    ("reminders:reminder-list", "strategist", "sent_at", {"q": "ไม่มีชื่อนี้"}),
)


def body(answer):
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


def rows_of(client, address, query):
    """Return the three files' cells as rows of texts without the headings."""
    text = body(client.get(address, query | {"download": "csv"})).decode()
    assert text.startswith("\ufeff")
    names, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    records = json.loads(body(client.get(address, query | {"download": "json"})))
    assert all(list(record) == names for record in records)
    assert len(records) == len(rows)
    book = io.BytesIO(body(client.get(address, query | {"download": "xlsx"})))
    cells = CalamineWorkbook.from_filelike(book).get_sheet_by_index(0).to_python()
    assert len(cells) == len(rows) + 2  # the title and the labels
    return names, rows


def test_every_list_is_given_out_as_it_is_filtered(db, caplog):
    with time_machine.travel(NOON, tick=False), caplog.at_level(logging.CRITICAL):
        world = World()
        kpi_of(world.own.agency, code="P.1", issue=world.issue, level=Scorecard.Level.PROVINCE)
        for name, role, first, nothing in LISTS:
            client = Client()
            client.force_login(
                world.people[role], backend="django.contrib.auth.backends.ModelBackend"
            )
            address = reverse(name)
            page = client.get(address).content.decode()
            names, rows = rows_of(client, address, {})
            assert names[0] == first, name
            assert all(name.isascii() and " " not in name for name in names)
            assert rows or name == "reminders:reminder-list", name
            assert "?download=csv" in page, name
            if nothing is not None:
                assert rows_of(client, address, nothing)[1] == [], name


def test_the_public_downloads_only_what_it_reads(db, caplog):
    with time_machine.travel(NOON, tick=False), caplog.at_level(logging.CRITICAL):
        World()
        _names, rows = rows_of(Client(), reverse("kpi:kpi-list"), {})
        assert rows == []  # nothing is published
        answer = Client().get(reverse("kpi:dictionary"), {"download": "csv"})
        assert answer.status_code == 302
