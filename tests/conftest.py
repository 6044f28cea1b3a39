"""The environment of every test, named before Django reads its settings, and shared fixtures."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# Everything a run writes lies here: database, broker, mail, uploads, published files.
PLAYGROUND = Path(tempfile.mkdtemp(prefix="sakhon-tests-"))
(PLAYGROUND / "static").mkdir()
RUN = uuid.uuid4().hex[:8]
# The processes of xdist inherit it from the one that starts them.
WHOLE_RUN = os.environ.setdefault("TESTS_WHOLE_RUN", RUN)
LONG = os.environ.get("LONG") == "1"


def _owner_removes_playground(owner: int = os.getpid()) -> None:
    if os.getpid() == owner:
        shutil.rmtree(PLAYGROUND, ignore_errors=True)


atexit.register(_owner_removes_playground)

_database_url = os.environ.get("DATABASE_URL", "")
os.environ.update(
    {
        "DJANGO_SETTINGS_MODULE": "sakhon_portal.settings",
        "SECRET_KEY": "only-for-tests-" + "t" * 50,
        "DEBUG": "off",
        "HTTPS": "off",
        "TEMPLATE_DEBUG": "on",
        "SAMPLE_TODAY": "",
        "SITE_ADDRESS": "http://testserver",
        "ALLOWED_HOSTS": "*",
        "BEHIND_PROXY": "off",
        "EMAIL_URL": "memorymail://",
        "SENTRY_DSN": "",
        "VAR_DIR": str(PLAYGROUND),
        # Only a server is taken from outside; a file would be the developer's own.
        "DATABASE_URL": _database_url
        if _database_url.startswith("postgres")
        else f"sqlite:///{PLAYGROUND}/portal.sqlite3",
        "REDIS_URL": os.environ.get("REDIS_URL", ""),
        # Two runs on one Redis never meet.
        "CELERY_QUEUE": f"tests-{RUN}",
        "CACHE_PREFIX": f"tests-{RUN}",
        "LOG_LEVEL": "ERROR",
        # Playwright's loop runs in the thread of the test, where Django would refuse queries.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }
)

# Only now may Django be woken; whoever imports a model above this line would wake it too early.
import django

django.setup()
# Inherited, it would wake Django in the processes of xdist before they have an environment of
# their own; they would then share the folders and the queue of this one.
os.environ.pop("DJANGO_SETTINGS_MODULE", None)

import psycopg2
import pytest
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone, translation
from hypothesis import settings as hypothesis_settings

from jobruns import runner
from jobruns.models import JobRun
from tests.house import chromium, migrated, rows

hypothesis_settings.register_profile(
    "gate", max_examples=100, deadline=None, derandomize=True, print_blob=True
)
hypothesis_settings.register_profile("long", max_examples=2000, deadline=None, print_blob=True)
hypothesis_settings.load_profile("long" if LONG else "gate")


# ── What runs ────────────────────────────────────────────────────────────────
def pytest_report_header() -> list[str]:
    return [
        f"database: {settings.DATABASES['default']['ENGINE'].rsplit('.', 1)[1]}",
        f"broker: {'redis' if settings.REDIS_URL else 'filesystem'}",
        f"seed counts: {'full' if LONG else 'short'}",
        f"browser: {chromium.found() or chromium.ABSENT}",
    ]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Iterator[None]:
    """Name what failed once more, last: above it stand whole pages, and a log may be cut."""
    yield
    for outcome in ("failed", "error"):
        for report in terminalreporter.stats.get(outcome, ()):
            terminalreporter.write_line(f"{outcome}: {report.nodeid}")


# Minutes long, the longest first. Where processes share the tests they are spread among the others:
# one that began last would keep all but its own process waiting.
LONGEST = (
    "tests/main_job/test_browser.py",
    "tests/main_job/test_bad_input.py",
    "tests/test_permissions.py",
    "tests/main_job/test_links.py",
    "tests/kpi/test_appraisal_privacy.py",
)


def _spread(items: list[pytest.Item]) -> None:
    longest = [each for path in LONGEST for each in items if each.nodeid.startswith(path)]
    others = [each for each in items if not each.nodeid.startswith(LONGEST)]
    step = len(others) // (len(longest) or 1) + 1
    items[:] = []
    for place in range(0, max(len(others), len(longest) * step), step):
        items += [*longest[place // step : place // step + 1], *others[place : place + step]]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        _spread(items)
    on_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    for item in items:
        if "untraced" in getattr(item, "fixturenames", ()):
            # Last, so that what it stands on, the loading of the sample for one, counts.
            item.fixturenames.remove("untraced")
            item.fixturenames.append("untraced")
        if {"page", "browser", "context"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser") and not chromium.found():
            item.add_marker(pytest.mark.skip(reason=chromium.ABSENT))
        if item.get_closest_marker("long") and not LONG:
            item.add_marker(pytest.mark.skip(reason="runs in make test-long"))
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="holds only on PostgreSQL: make test-services"))


@pytest.fixture(scope="session")
def seeds() -> Callable[[int, int], range]:
    """Give the seeds of a repeated check, `for seed in seeds(200, 2000)`: 2000 in test-long."""
    return lambda short, full: range(full if LONG else short)


# ── Database ─────────────────────────────────────────────────────────────────
@contextmanager
def _maintenance_cursor() -> Iterator["psycopg2.extensions.cursor"]:
    """Give a cursor on the server's own database, outside any transaction."""
    place = settings.DATABASES["default"]
    maintenance = psycopg2.connect(
        dbname="postgres",
        user=place["USER"] or None,
        password=place["PASSWORD"] or None,
        host=place["HOST"] or None,
        port=place["PORT"] or None,
    )
    maintenance.autocommit = True
    try:
        with maintenance.cursor() as cursor:
            yield cursor
    finally:
        maintenance.close()


TEMPLATE = f"test_template_{WHOLE_RUN}"


def _migrated_template() -> str:
    """Return the database that each process of a run copies; migrating takes PostgreSQL a minute.

    Django can only copy a template, so the template carries the locale.
    """
    address, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    with _maintenance_cursor() as cursor:
        # Held until the connection is closed: one process makes it, the others wait.
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [TEMPLATE])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
        if cursor.fetchone() is None:
            cursor.execute(
                f"CREATE DATABASE {TEMPLATE} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER "
                "icu ICU_LOCALE 'th-TH' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
            )
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
                cwd=ROOT,
                env=os.environ
                | {
                    "DATABASE_URL": f"{address}/{TEMPLATE}",
                    # A test database need not outlive a power cut.
                    "PGOPTIONS": "-c synchronous_commit=off",
                },
                check=True,
            )
    return TEMPLATE


def pytest_unconfigure(config: pytest.Config) -> None:
    on_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    if on_postgres and not hasattr(config, "workerinput"):
        with _maintenance_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Put SQLite into a file, as the portal runs; make PostgreSQL UTF-8 with ICU th-TH."""
    place = settings.DATABASES["default"]
    options = place.setdefault("TEST", {})
    if place["ENGINE"].endswith("sqlite3"):
        options["NAME"] = str(PLAYGROUND / "test.sqlite3")
        shutil.copyfile(migrated.database(), options["NAME"])
        # A test database need not outlive a power cut.
        place["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
        yield
        return
    # A test database need not outlive a power cut.
    place["OPTIONS"] = place.get("OPTIONS", {}) | {"options": "-c synchronous_commit=off"}
    options["TEMPLATE"] = _migrated_template()
    # Runs side by side on one server never share a database.
    options["NAME"] = f"test_{place['NAME']}_{RUN}"
    yield


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """Let SQLite start from the migrated copy; it goes with the playground."""
    return django_db_keepdb or settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """End what still holds the test database, such as a live server's thread, before it is dropped."""
    yield
    if connection.vendor == "postgresql":
        name = connection.settings_dict["NAME"]
        connection.close()
        with _maintenance_cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


@pytest.fixture(scope="session", autouse=True)
def _transactional_tests_leave_no_rows() -> Iterator[None]:
    flush = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda _case: rows.remove_all()
    yield
    TransactionTestCase._fixture_teardown = flush


@pytest.fixture(autouse=True)
def _language_starts_thai() -> None:
    """Let no test speak the language of an English page that one before it asked for."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _cache_starts_empty() -> Iterator[None]:
    """Let no test see another's throttle counts."""
    yield
    if not settings.REDIS_URL:
        cache.clear()
        return
    # clear() would empty the whole Redis database, the broker's queue with it.
    client = cache._cache.get_client()
    for key in client.scan_iter(f"tests-{RUN}:*"):
        client.delete(key)


@pytest.fixture
def untraced() -> Iterator[None]:
    """Let a crawl over every address, or the longest play in the browser, run at full speed.

    Tracing makes them half as long again, and knocking at every door is no test of what lies behind
    it: they count for no coverage, and its floors are reached without them. The marker of pytest-cov does not
    reach the tracer in the processes of xdist.
    """
    tracer, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    yield
    threading.settrace(of_threads)
    sys.settrace(tracer)


# ── Deferred work ────────────────────────────────────────────────────────────
@pytest.fixture
def work_off_jobs() -> Callable[[], int]:
    """Do the waiting job rows here and now, those they ask for too; gives how many were done.

    It stands in for the worker where a test is about what the work does, not about the worker.
    """

    def work_off() -> int:
        done = 0
        while waiting := JobRun.objects.waiting().order_by("pk").first():
            runner.perform(waiting.pk, at=timezone.now())
            done += 1
        return done

    return work_off


@pytest.fixture
def worker(transactional_db: None) -> Iterator[subprocess.Popen[str]]:
    """Run a real Celery worker on the test's database and broker until the test ends."""
    # Messages of tests before this one speak of rows that are gone; thousands take a minute to read.
    current_app.control.purge()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "sakhon_portal", "worker"),
            *("--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
        ],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": _url_of_the_test_database(),
            "LOG_LEVEL": "INFO",
            # The test is over when the worker is stopped: nothing is waited for.
            "REMAP_SIGTERM": "SIGQUIT",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if " ready" in line:
            break
    else:
        pytest.fail("the worker did not start:\n" + "".join(said))
    # Nobody reads on; a full pipe would stop the worker.
    drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
    process.stdout.close()
    yield process
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    drain.wait()


def _url_of_the_test_database() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    address, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    return f"{address}/{name}"


# ── Browser ──────────────────────────────────────────────────────────────────
@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    return browser_type_launch_args | {
        "executable_path": chromium.found(),
        "args": chromium.flags(),
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    return browser_context_args | {
        "locale": "th-TH",
        "timezone_id": "Asia/Bangkok",
        "viewport": {"width": 1280, "height": 900},
    }


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Give the git-ignored folder where browser tests keep pictures of the pages they saw."""
    folder = ROOT / "tests" / "pictures"
    folder.mkdir(exist_ok=True)
    return folder
