"""What deploy/ and the image say is what the portal does: command lines, files, logs, units."""

import configparser
import gzip
import json
import os
import re
import shlex
import signal
import socket
import stat
import subprocess
import sys
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import brotli  # type: ignore[import-untyped]
import pytest
import yaml
from celery.schedules import crontab
from django.conf import settings

from reports.tasks import write_once
from sakhon_portal.celery import app
from sakhon_portal.hashed import HashedFiles
from sakhon_portal.watching import event_without_rows, without_rows
from tests.house import migrated
from tests.house.layout import ROOT
from tests.house.waiting import wait_until

BIN = Path(sys.executable).parent
UNITS = sorted((ROOT / "deploy").glob("*.service"))
WARM = "worker: Warm shutdown (MainProcess)"
HASHED = re.compile(r"\.[0-9a-f]{12}\.[a-z0-9.]+$")


def unit_of(path):
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(path, encoding="utf-8")
    return unit


def command_of_image():
    return json.loads(re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.M)[-1])


def command_of_service(name):
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["services"][name]["command"]


def command_of_unit(name):
    line = unit_of(ROOT / "deploy" / f"portal-{name}.service")["Service"]["ExecStart"]
    return shlex.split(line.replace("%%", "%"))


# ── Static files ─────────────────────────────────────────────────────────────
@pytest.fixture
def collected(tmp_path):
    """Our own modules, collected as the image does it, by somebody who lets nobody else read."""
    options = settings.STORAGES["staticfiles"]["OPTIONS"]
    storage = HashedFiles(location=tmp_path, base_url="/static/", **options)
    before = os.umask(0o077)
    try:
        for path in sorted((ROOT / "static" / "js").glob("*.js")):
            with path.open("rb") as file:
                storage.save(f"js/{path.name}", file)
        names = [f"js/{path.name}" for path in (tmp_path / "js").iterdir()]
        processed = list(storage.post_process({name: (storage, name) for name in names}))
    finally:
        os.umask(before)
    assert not [done for _name, _hashed, done in processed if isinstance(done, Exception)]
    return tmp_path


def test_a_module_imports_others_by_names_with_a_hash(collected):
    imported = [
        name
        for path in (collected / "js").glob("*.*.js")
        for name in re.findall(r'from\s*"\./([^"]+)"', path.read_text(encoding="utf-8"))
    ]
    assert len(imported) > 5
    assert [name for name in imported if not HASHED.search(name)] == []
    assert [name for name in imported if not (collected / "js" / name).exists()] == []


def test_whoever_serves_static_files_may_read_them(collected):
    manifest = collected / "staticfiles.json"
    assert stat.S_IMODE(manifest.stat().st_mode) == 0o644
    assert {stat.S_IMODE(path.stat().st_mode) for path in (collected / "js").glob("*.js")} == {
        0o644
    }
    assert stat.S_IMODE((collected / "js").stat().st_mode) == 0o755


def test_uploads_are_read_by_nobody_else(settings, tmp_path):
    assert settings.FILE_UPLOAD_PERMISSIONS & 0o007 == 0
    assert settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS & 0o007 == 0


def test_what_is_published_is_read_by_nginx_whatever_the_unit_hides(settings, tmp_path):
    settings.PUBLISHED_ROOT = tmp_path / "published"
    hidden = int(unit_of(ROOT / "deploy" / "portal-worker.service")["Service"]["UMask"], 8)
    before = os.umask(hidden)
    try:
        write_once("reports/2569/q4/index.html", lambda: b"<p>")
    finally:
        os.umask(before)
    for path in [settings.PUBLISHED_ROOT, *settings.PUBLISHED_ROOT.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o644), path


# ── Processes ────────────────────────────────────────────────────────────────
def test_unit_and_image_start_the_same_processes():
    def told(command):
        return [
            "127.0.0.1" if word.startswith("0.0.0.0") else word.partition(":8000")[0]
            for word in [command[0].rpartition("/")[2], *command[1:]]
        ]

    assert told(command_of_unit("web")) == told(command_of_image())
    assert command_of_unit("worker")[1:] == command_of_service("worker")[1:]
    assert [word for word in command_of_unit("beat")[1:] if "pidfile" not in word] == [
        word
        for word in command_of_service("beat")[1:]
        if "pidfile" not in word and "/tmp/" not in word
    ]


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def province(tmp_path):
    """The environment of a province, on a database and folders of its own."""
    (tmp_path / "var").mkdir()
    (tmp_path / "portal.sqlite3").write_bytes(migrated.database().read_bytes())
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "sakhon_portal.settings",
        "DEBUG": "off",
        "HTTPS": "on",
        "BEHIND_PROXY": "on",
        "TEMPLATE_DEBUG": "off",
        "ALLOWED_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "INFO",
        "REDIS_URL": "",
        "VAR_DIR": str(tmp_path / "var"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/portal.sqlite3",
        # Nothing may be written there, as in the image.
        "HOME": "/nowhere",
        "PYTHONUNBUFFERED": "1",
        # Whoever runs the tests may be root, which Celery warns of.
        "PYTHONWARNINGS": "ignore",
    }


def started(command, environment, log):
    with log.open("wb") as file:
        return subprocess.Popen(
            [str(BIN / command[0].rpartition("/")[2]), *command[1:]],
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
        )


def ended(process):
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(timeout=60)
    finally:
        process.kill()


def lines_of(log):
    lines = log.read_text(encoding="utf-8").splitlines()
    # One that is no JSON fails here; only Celery's word that it lets tasks finish is its own.
    return [json.loads(line) for line in lines if line not in ("", WARM)]


def test_gunicorn_serves_logs_in_json_and_ends_when_told(province, tmp_path):
    port, log = free_port(), tmp_path / "web.log"
    command = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in command_of_image()]
    # One that answers is not told to end while others are still starting.
    command += ["--workers", "1"]
    web = started(command, province, log)

    def answers():
        with suppress(OSError):
            return urlopen(f"http://127.0.0.1:{port}/healthz?q=somsri", timeout=60).status == 200
        return False

    try:
        wait_until(answers, "gunicorn's first answer", seconds=120)
    finally:
        status = ended(web)
    assert status == 0
    lines = lines_of(log)
    assert [line["request"] for line in lines if line["event"] == "request_finished"] == [
        "GET /healthz"
    ]
    assert "somsri" not in log.read_text()
    assert [line for line in lines if line["level"] in ("error", "critical")] == []


class Sentry(BaseHTTPRequestHandler):
    """A stand-in that keeps the envelopes it is sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}
        self.server.envelopes.append(unpack[self.headers.get("Content-Encoding")](body).decode())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_args):
        pass


@pytest.fixture
def sentry():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sentry)
    server.envelopes = []
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_error_reaches_sentry_without_whose_it_was(province, tmp_path, sentry):
    port, log = free_port(), tmp_path / "web.log"
    command = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in command_of_image()]
    environment = province | {
        "SENTRY_DSN": f"http://key@127.0.0.1:{sentry.server_port}/1",
        # No tables: every page that asks for a row fails.
        "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3",
    }
    asked = Request(
        f"http://127.0.0.1:{port}/search/?q=somsri",
        headers={
            "Cookie": "sessionid=of-kanda",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "203.0.113.9",
            "Authorization": "Token of-kanda",
        },
    )
    statuses = []

    def fails():
        with suppress(OSError):
            try:
                urlopen(asked, timeout=120)
            except HTTPError as error:
                statuses.append(error.code)
        return statuses == [500]

    web = started([*command, "--workers", "1"], environment, log)
    try:
        wait_until(fails, "the error", seconds=120)
        wait_until(
            lambda: "OperationalError" in "".join(sentry.envelopes), "the envelope", seconds=60
        )
    finally:
        status = ended(web)
    assert status == 0
    for said in ("".join(sentry.envelopes), log.read_text(encoding="utf-8")):
        assert "OperationalError" in said
        for secret in ("somsri", "of-kanda", "203.0.113.9"):
            assert secret not in said
    # Neither local variables nor the visitor.
    assert '"vars"' not in "".join(sentry.envelopes)
    assert '"user"' not in "".join(sentry.envelopes)
    # One error, told once.
    assert len([each for each in sentry.envelopes if '"exception"' in each]) == 1


def test_the_row_that_a_database_quotes_is_kept_back():
    quoted = "duplicate key value\nDETAIL:  Key (email)=(somsri@example.go.th) already exists."
    line = without_rows(None, "error", {"event": "x", "exception": [{"exc_value": quoted}]})
    assert line["exception"] == [{"exc_value": "duplicate key value"}]
    assert without_rows(None, "info", {"event": "x"}) == {"event": "x"}
    event = {"exception": {"values": [{"value": quoted}]}, "user": {"ip_address": "203.0.113.9"}}
    assert event_without_rows(event, {}) == {
        "exception": {"values": [{"value": "duplicate key value"}]},
        "request": {"method": None},
    }


@pytest.mark.worker
@pytest.mark.parametrize(("name", "sign"), [("worker", " ready"), ("beat", "Schedule")])
def test_celery_logs_in_json_and_ends_when_told(province, tmp_path, name, sign):
    log = tmp_path / f"{name}.log"
    command = command_of_unit(name)
    process = started(command, province, log)
    try:
        wait_until(lambda: sign in log.read_text(), f"{name}'s start", seconds=120)
    finally:
        status = ended(process)
    assert status == 0
    assert {"event", "level", "timestamp"} <= set.intersection(*map(set, lines_of(log)))


# ── Units ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_may_write_where_the_portal_writes_and_nowhere_else(path):
    service = unit_of(path)["Service"]
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert service["User"] == service["Group"] == "portal"
    assert service["ProtectSystem"] == "strict"
    assert f"VAR_DIR={service['ReadWritePaths']}\n" in example
    # Compiled parts of NumPy's kind and typst's fonts need no memory that is written and run, but
    # Python's ffi callbacks do; a unit that forbids it would end in a crash.
    assert "MemoryDenyWriteExecute" not in service


def test_a_running_task_is_let_finish():
    service = unit_of(ROOT / "deploy" / "portal-worker.service")["Service"]
    # mixed: the parent alone is told, and tells its children when they are done.
    assert service["KillMode"] == "mixed"
    assert int(service["TimeoutStopSec"]) >= 60


# ── The schedule ─────────────────────────────────────────────────────────────
def test_the_document_names_every_time_at_which_beat_starts_something():
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text[text.index("## What runs by itself") :].partition("**Seals.**")[0]
    for name, entry in app.conf.beat_schedule.items():
        when = entry["schedule"]
        if isinstance(when, crontab) and len(when.hour) == 1:
            said = f"{min(when.hour):02d}:{min(when.minute):02d}"
        elif isinstance(when, crontab):
            said = {10: "ten past each hour"}[min(when.minute)]
        else:
            said = {20: "every 20 seconds", 60: "each minute"}[int(when)]
        assert said in table, name
    named = set(re.findall(r"\b\d\d:\d\d\b", table))
    assert len(named) == sum(
        isinstance(entry["schedule"], crontab) and len(entry["schedule"].hour) == 1
        for entry in app.conf.beat_schedule.values()
    )


def test_whoever_is_served_is_let_finish_before_docker_kills():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    assert int(services["web"]["stop_grace_period"].removesuffix("s")) > 30
    assert int(services["worker"]["stop_grace_period"].removesuffix("s")) >= 60
