"""An agency that owes a KPI's figure, and a LINE that stands in for the real one."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from accounts.models import Role
from tests.factories import AgencyFactory, person
from tests.kpi.factories import kpi_of


@pytest.fixture
def agency(db):
    return AgencyFactory(name_th="สำนักงานประมง")


@pytest.fixture
def reporter(agency):
    return person(Role.REPORTER, agency)


@pytest.fixture
def kpi(agency):
    return kpi_of(agency)


class StandInLine:
    """A server that takes pushes as LINE does: a key that it took before answers 409.

    `answers` are statuses given first, in order; `hold` makes it take a push and never answer.
    """

    def __init__(self) -> None:
        self.tries: list[dict[str, Any]] = []
        self.taken: dict[str, dict[str, Any]] = {}
        self.answers: list[int] = []
        self.hold = threading.Event()
        self.release = threading.Event()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                push = json.loads(self.rfile.read(length))
                push["token"] = self.headers["Authorization"]
                key = self.headers["X-Line-Retry-Key"]
                stand_in.tries.append(push | {"key": key, "path": self.path})
                status = stand_in.answers.pop(0) if stand_in.answers else 200
                if status == 200 and key in stand_in.taken:
                    status = 409
                elif status == 200:
                    stand_in.taken[key] = push
                if stand_in.hold.is_set():
                    stand_in.release.wait(20)
                    return
                self.send_response(status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.release.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def line(settings) -> Iterator[StandInLine]:
    """Stand in for LINE, for this process and for workers that it starts."""
    stand_in = StandInLine()
    wanted = {"LINE_API_URL": stand_in.url, "LINE_CHANNEL_TOKEN": "token"}
    with pytest.MonkeyPatch.context() as patched:
        for name, value in wanted.items():
            setattr(settings, name, value)
            patched.setitem(os.environ, name, value)
        yield stand_in
    stand_in.close()
