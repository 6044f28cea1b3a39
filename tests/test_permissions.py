"""Every address × method × role × (own agency, another's) against the table written by hand."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

from tests import permission_table as table
from tests.conftest import LONG
from tests.factories import NOON
from tests.permission_table import ANONYMOUS, LOGIN, METHODS, ROLES, TABLE, Answer, Answers, Door
from tests.worlds import World

# Knocking at every door is no test of what lies behind it: it shall not count as one.
pytestmark = pytest.mark.usefixtures("untraced")
EVERYBODY = (ANONYMOUS, *ROLES)
REFUSALS = frozenset({401, 403, 404, 405, 409, 415})


def addresses(patterns: Any, space: str = "", route: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name of every address, or its route where it has no name."""
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, inner, here)
        elif isinstance(pattern, URLPattern):
            yield (f"{space}{pattern.name}" if pattern.name else here), here


def test_every_address_is_in_the_table():
    listed = set(TABLE) | table.SIGN_IN_OPEN | table.SIGN_IN_OWN
    # Routes carry the language's prefix, and a test before this one may have left English on.
    with override("th"):
        found = {
            name
            for name, route in addresses(get_resolver().url_patterns)
            if not route.startswith("admin/")
        }
    assert found - listed == set(), "say in tests/permission_table.py who may do what there"
    assert set(TABLE) - found == set(), "no such address"


class Visitors:
    """One signed-in client for each role; every request is undone after its answer."""

    def __init__(self, world: World) -> None:
        self.world = world
        # A fault is an answer like others here: it is shown with its door.
        self.clients = {ANONYMOUS: Client(raise_request_exception=False)}
        for role, user in world.people.items():
            client = Client(raise_request_exception=False)
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            self.clients[role] = client

    def value(self, what: str, place: Any) -> Any:
        if what.startswith("'"):
            return what[1:]
        for source in (place, self.world):
            if hasattr(source, what.partition(".")[0]):
                return attrgetter(what)(source)
        raise LookupError(what)

    def url(self, name: str, at: Any, place: Any) -> str:
        return reverse(name, kwargs={key: self.value(what, place) for key, what in at.items()})

    def ask(self, role: str, method: str, url: str, sent: dict[str, Any]) -> Answer:
        client = self.clients[role]
        api = url.startswith("/api/")
        with transaction.atomic():
            if method == "GET":
                answer = client.get(url)
            elif method == "POST" and not api:
                answer = client.post(url, sent)
            else:
                send = getattr(client, method.lower())
                answer = send(url, sent, content_type="application/json")
            transaction.set_rollback(True)
        if answer.status_code == 302 and "/accounts/login/" in answer["Location"]:
            return LOGIN
        if answer.streaming:
            b"".join(answer.streaming_content)
        return answer.status_code

    def sent(self, door: Door, place: Any) -> dict[str, Any]:
        return {
            key: self.value(what[1:], place) if str(what).startswith("=") else what
            for key, what in door.sent.items()
        }


@pytest.fixture
def visitors(db, caplog):
    with time_machine.travel(NOON, tick=False), caplog.at_level(logging.CRITICAL):
        yield Visitors(World())


def asked_by(answers: Answers) -> tuple[str, ...]:
    """Return everybody; on PostgreSQL, where the rules are no others, one for each answer.

    What another database can change is whether a door answers at all; `make test-long` asks everybody.
    """
    if LONG or connection.vendor == "sqlite":
        return EVERYBODY
    first_of: dict[Answer, str] = {}
    for role in EVERYBODY:
        first_of.setdefault(answers[role], role)
    return tuple(first_of.values())


# In slices, so that the cores share them.
SLICES = 4
slices = pytest.mark.parametrize("part", range(SLICES))


def doors_of(part: int) -> dict[str, dict[str, Door]]:
    return {name: TABLE[name] for name in sorted(TABLE)[part::SLICES]}


@slices
def test_every_door_answers_as_the_table_says(visitors, part):
    world = visitors.world
    wrong: dict[str, list[str]] = defaultdict(list)
    for name, doors in doors_of(part).items():
        for method, door in doors.items():
            for whose, place, wanted in (
                ("own", world.own, door.own),
                ("other", world.other, door.other),
            ):
                if wanted is None:
                    continue
                url = visitors.url(name, door.at, place) + door.query
                for role in asked_by(wanted):
                    answer = visitors.ask(role, method, url, visitors.sent(door, place))
                    if answer != wanted[role]:
                        fault = f"{method} {name} {whose}: {answer}, not {wanted[role]}"
                        wrong[fault].append(role)
    assert not wrong, "\n" + "\n".join(f"{what}: {' '.join(who)}" for what, who in wrong.items())


@slices
def test_no_door_opens_by_a_method_that_the_table_does_not_name(visitors, part):
    wrong = []
    for name, doors in doors_of(part).items():
        door = next(iter(doors.values()))
        url = visitors.url(name, door.at, visitors.world.own)
        for method in METHODS:
            if method in doors:
                continue
            for role in asked_by(door.own):
                answer = visitors.ask(role, method, url, {})
                if answer != LOGIN and answer not in REFUSALS:
                    wrong.append(f"{method} {name} {role}: {answer}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_a_colleagues_personal_rows_are_hidden(visitors):
    wrong = []
    for name, at in table.PERSONAL.items():
        for place in (visitors.world.own, visitors.world.other):
            url = visitors.url(name, at, place)
            for role in EVERYBODY:
                if role in table.PERSONAL_READERS:
                    continue
                answer = visitors.ask(role, "GET", url, {})
                if answer not in (LOGIN, 401, 403, 404):
                    wrong.append(f"{name} {role}: {answer}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_lists_hold_no_row_of_another_agency_or_colleague(visitors):
    world, wrong = visitors.world, []
    for name, row, key in (
        ("result-list", "result", "id"),
        ("progress-list", "progress", "id"),
        ("disbursement-list", "figure", "id"),
        ("allocation-list", "allocation", "id"),
        ("upload-list", "upload", "id"),
        ("contract-list", "contract", "id"),
        ("transfer-list", "transfer", "id"),
        ("monthly-progress-list", "month_report", "id"),
        ("resolution-list", "resolution", "id"),
        ("kpi-list", "kpi", "id"),
        ("risk-list", "risk", "id"),
        ("inspection-list", "inspection", "id"),
        ("finding-list", "finding", "id"),
    ):
        for role in EVERYBODY:
            answer = visitors.clients[role].get(reverse(name), {"page_size": 200})
            if answer.status_code != 200:
                continue
            body = answer.json()
            found = {each[key] for each in (body["results"] if isinstance(body, dict) else body)}
            if role not in table.PROVINCE and getattr(world.other, row).pk in found:
                wrong.append(f"{name} {role}: another agency's row")
            personal = getattr(world.own, f"{row}_personal", None)
            if personal is not None and role != "hr" and personal.pk in found:
                wrong.append(f"{name} {role}: a colleague's personal row")
    assert not wrong, "\n" + "\n".join(wrong)


def test_an_account_belongs_to_its_person(visitors):
    wrong = []
    for name in sorted(table.SIGN_IN_OWN):
        url = "/" + name if "/" in name else reverse(name, kwargs=_key_of(name))
        if visitors.ask(ANONYMOUS, "GET", url, {}) not in (LOGIN, 405, 404):
            wrong.append(name)
    assert not wrong


def _key_of(name: str) -> dict[str, int]:
    return {"pk": 1} if name in ("mfa_remove_webauthn", "mfa_edit_webauthn") else {}


def test_the_admin_is_for_the_administrator(visitors):
    wrong = []
    lists = {
        f"admin:{name}"
        for name, _route in addresses(get_resolver("sakhon_portal.urls").url_patterns)
        for name in [name.removeprefix("admin:")]
        if _route.startswith("admin/") and name.endswith(("_changelist", "_add", "index"))
    }
    assert lists
    for name in sorted(lists):
        for role in EVERYBODY:
            if role == "admin":
                continue  # what it opens is held by tests/accounts/test_admin.py
            answer = visitors.ask(role, "GET", reverse(name), {})
            if answer not in (LOGIN, 302, 403, 404):
                wrong.append(f"{name} {role}: {answer}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_files_of_a_report_are_only_changed_by_who_reports_it(visitors):
    world, wrong = visitors.world, []
    for role in ROLES:
        for place in (world.own, world.other):
            names = {"code": place.project.code, "year": 2570, "number": 1}
            url = reverse(
                "projects:evidence-remove", kwargs={**names, "pk": place.progress_evidence.pk}
            )
            with transaction.atomic():
                visitors.clients[role].post(url)
                gone = not place.progress.evidence.exists()
                transaction.set_rollback(True)
            if gone != (role in ("reporter", "approver") and place is world.own):
                wrong.append(f"{role} {place.agency.code}: {gone}")
    assert not wrong
