"""Published files, answered before Django wakes: no query, no session, every header."""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import Any

Environ = Mapping[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Any, Any], Iterable[bytes]]

# What the folder holds, and nothing else: an address is matched before a file is looked for.
_PAGE = r"(?:en/)?reports/\d{4}/q[1-4](?:/edition/[1-9]\d{0,3})?"
_FILE = re.compile(
    rf"/(?:(?P<page>{_PAGE})/|(?P<file>{_PAGE}\.(?:pdf|csv|json))"
    r"|(?P<asset>reports/assets/[0-9a-f]{16}/(?:css|fonts|img)/[A-Za-z0-9-]+\.(?:css|woff2|svg)))",
    re.ASCII,
)
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}
# A page of a report runs no script and sends nothing but a search.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=60, must-revalidate"
PRECOMPRESSED = {"br": ".br", "gzip": ".gz"}
_KEPT_BYTES = 32 * 1024 * 1024
_LARGEST_KEPT = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A file ready to be sent."""

    stamp: tuple[int, int, int]
    body: bytes
    etag: str
    headers: tuple[tuple[str, str], ...]
    short_headers: tuple[tuple[str, str], ...]


def place_of(path: str) -> str | None:
    """Return the file under the published folder that an address names, or None."""
    found = _FILE.fullmatch(path)
    if found is None:
        return None
    if found["page"]:
        return f"{found['page']}/index.html"
    return found["file"] or found["asset"]


class PublishedFiles:
    """Answers published addresses from a folder; everything else goes to the application."""

    def __init__(
        self,
        application: Application,
        root: Path,
        *,
        headers: Mapping[str, str],
        https_only: bool,
        https_header: tuple[str, str] | None = None,
    ) -> None:
        self._application = application
        self._root = str(root)
        self._headers = tuple(headers.items())
        self._https_only = https_only
        self._https_header = https_header
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._kept_bytes = 0
        self._lock = Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if "/reports/" not in path or environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return self._application(environ, start_response)
        place = place_of(path)
        # Without HTTPS Django says where to go.
        if place is None or (self._https_only and not self._is_https(environ)):
            return self._application(environ, start_response)
        answer = self._answer(place, environ.get("HTTP_ACCEPT_ENCODING", ""))
        if answer is None:
            return self._application(environ, start_response)
        if _matches(environ.get("HTTP_IF_NONE_MATCH"), answer.etag):
            start_response(_status(HTTPStatus.NOT_MODIFIED), list(answer.short_headers))
            return []
        start_response("200 OK", list(answer.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def _is_https(self, environ: Environ) -> bool:
        """Whether the visitor used HTTPS, also where a proxy before us ended it."""
        if self._https_header:
            name, secure = self._https_header
            return bool(environ.get(name, "").split(",")[0].strip() == secure)
        return bool(environ.get("wsgi.url_scheme") == "https")

    def _answer(self, place: str, accepted: str) -> Answer | None:
        for coding, ending in PRECOMPRESSED.items():
            if _accepts(accepted, coding):
                answer = self._read(place, ending, coding)
                if answer is not None:
                    return answer
        return self._read(place, "", "")

    def _read(self, place: str, ending: str, coding: str) -> Answer | None:
        """Return the answer kept for a file, unless the file was replaced since."""
        name = f"{self._root}/{place}{ending}"
        try:
            seen = Path(name).stat()
        except OSError:
            return None
        stamp = (seen.st_ino, seen.st_size, seen.st_mtime_ns)
        kept = self._kept.get(name)
        if kept is not None and kept.stamp == stamp:
            return kept
        try:
            body = Path(name).read_bytes()
        except OSError:
            return None
        answer = self._made(place, coding, stamp, body)
        if len(body) <= _LARGEST_KEPT:
            self._keep(name, answer)
        return answer

    def _made(self, place: str, coding: str, stamp: tuple[int, int, int], body: bytes) -> Answer:
        etag = f'"{hashlib.sha256(body).hexdigest()[:24]}{"-" + coding if coding else ""}"'
        kind = TYPES[place[place.rindex(".") :]]
        lasting = "/edition/" in place or "/assets/" in place
        short = (
            ("ETag", etag),
            ("Cache-Control", FOREVER if lasting else BRIEFLY),
            ("Vary", "Accept-Encoding"),
            *self._headers,
        )
        encoding = (("Content-Encoding", coding),) if coding else ()
        full = (("Content-Type", kind), ("Content-Length", str(len(body))), *encoding, *short)
        if kind == TYPES[".csv"]:
            name = place.removeprefix("en/").replace("/", "-")
            full = (*full, ("Content-Disposition", f'attachment; filename="{name}"'))
        return Answer(stamp, body, etag, full, short)

    def _keep(self, name: str, answer: Answer) -> None:
        with self._lock:
            before = self._kept.pop(name, None)
            self._kept_bytes -= len(before.body) if before else 0
            self._kept[name] = answer
            self._kept_bytes += len(answer.body)
            while self._kept_bytes > _KEPT_BYTES:
                _name, oldest = self._kept.popitem(last=False)
                self._kept_bytes -= len(oldest.body)


def _status(status: HTTPStatus) -> str:
    return f"{status.value} {status.phrase}"


def _accepts(accepted: str, coding: str) -> bool:
    """Whether the reader takes a coding; `br;q=0` is a no."""
    for each in accepted.split(","):
        name, _semicolon, weight = each.strip().partition(";")
        if name == coding:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _matches(wanted: str | None, etag: str) -> bool:
    if not wanted:
        return False
    return wanted == "*" or etag in (each.strip().removeprefix("W/") for each in wanted.split(","))
