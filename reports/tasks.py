"""The files of a published edition: rendered from its one document, written once, never again."""

import gzip
import hashlib
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import transaction

from jobruns.models import JobRun
from jobruns.runner import job, report_progress
from reports.document import Report, canonical, read
from reports.models import Edition
from reports.renderers.page import page_of
from reports.renderers.paper import pdf_of
from reports.renderers.tables import csv_of
from submissions.models import Month, PeriodState, Quarter

_LANGUAGES = ("th", "en")
_ASSETS = (
    "css/portal.css",
    "img/mark.svg",
    *(f"fonts/Sarabun-{face}.woff2" for face in ("Regular", "Medium", "SemiBold", "Bold")),
)
_COMPRESSED = {".html", ".csv", ".json", ".css", ".svg"}


@job("reports.publish_edition")
def publish_edition(run: JobRun, *, edition_id: int) -> None:
    """Write an edition's files, mark it published, and let the newest address lead to it."""
    edition = Edition.objects.select_related("quarter").get(pk=edition_id)
    if edition.finished_at is None:
        report = read(Report, edition.document)
        assets = write_assets()
        renderers = _renderers(report, edition, assets)
        files = {}
        for done, (name, (place, render)) in enumerate(renderers.items()):
            report_progress(run, done=done, total=len(renderers) + 1, label=name)
            content = write_once(place, render)
            files[name] = {
                "path": place,
                "sha256": hashlib.sha256(content).hexdigest(),
                "size": len(content),
            }
        _mark_published(edition, files, at=run.started_at)
    lead_to_newest(edition.quarter)
    report_progress(run, done=1, total=1, label="")


def _renderers(
    report: Report, edition: Edition, assets: str
) -> dict[str, tuple[str, Callable[[], bytes]]]:
    """Return where each file lies and how it is made; pages last, for they point at the rest."""
    place = report.edition.address.strip("/")
    site = settings.SITE_ADDRESS

    def page(language: str) -> Callable[[], bytes]:
        return lambda: page_of(report, edition.sha256, assets=assets, language=language)

    def paper(language: str) -> Callable[[], bytes]:
        return lambda: pdf_of(report, edition.sha256, site=site, language=language)

    return {
        "json": (f"{place}.json", lambda: canonical(edition.document)),
        "csv": (f"{place}.csv", lambda: csv_of(report)),
        "pdf": (f"{place}.pdf", paper("th")),
        "pdf-en": (f"en/{place}.pdf", paper("en")),
        "html-th": (f"{place}/index.html", page("th")),
        "html-en": (f"en/{place}/index.html", page("en")),
    }


@transaction.atomic
def _mark_published(
    edition: Edition, files: dict[str, dict[str, object]], *, at: datetime | None
) -> None:
    """Note the files, once; the quarter is published from now on."""
    unfinished = Edition.objects.filter(pk=edition.pk, finished_at=None)
    if not unfinished.update(files=files, finished_at=at):
        return
    quarter = edition.quarter
    Quarter.objects.filter(pk=quarter.pk, state=PeriodState.CLOSED).update(
        state=PeriodState.PUBLISHED
    )
    Month.objects.filter(
        fiscal_year=quarter.fiscal_year_id,
        number__range=(quarter.number * 3 - 2, quarter.number * 3),
        state=PeriodState.CLOSED,
    ).update(state=PeriodState.PUBLISHED)


def lead_to_newest(quarter: Quarter) -> None:
    """Let the quarter's own address hold the files of its newest finished edition."""
    newest = (
        Edition.objects.filter(quarter=quarter, finished_at__isnull=False)
        .order_by("-number")
        .first()
    )
    if newest is None:
        return
    edition = f"/edition/{newest.number}"
    for file in newest.files.values():
        content = (settings.PUBLISHED_ROOT / file["path"]).read_bytes()
        _put(file["path"].replace(edition, ""), content)


def write_assets() -> str:
    """Keep a copy of the stylesheet and fonts for good, and return the address it is under.

    A published page points here, so that a later look of the portal does not change it.
    """
    contents = {
        name: Path(str(finders.find(name))).read_bytes() for name in _ASSETS if finders.find(name)
    }
    digest = hashlib.sha256()
    for name, content in sorted(contents.items()):
        digest.update(name.encode() + content)
    place = f"reports/assets/{digest.hexdigest()[:16]}"
    for name, content in contents.items():
        write_once(f"{place}/{name}", lambda content=content: content)  # type: ignore[misc]
    return f"/{place}"


def write_once(place: str, render: Callable[[], bytes]) -> bytes:
    """Write a published file unless it is there, and return what it holds from now on."""
    path = settings.PUBLISHED_ROOT / place
    if path.exists():
        return path.read_bytes()
    content = render()
    for ending, coded in _codings(path, content):
        _link(path.with_name(path.name + ending), coded)
    return _link(path, content)


def _codings(path: Path, content: bytes) -> list[tuple[str, bytes]]:
    if path.suffix not in _COMPRESSED:
        return []
    return [
        (".gz", gzip.compress(content, 9, mtime=0)),
        (".br", brotli.compress(content)),
    ]


def _link(path: Path, content: bytes) -> bytes:
    """Give a whole file its name; where somebody was first, theirs stays."""
    drafted = _draft(path, content)
    try:
        os.link(drafted, path)
    except FileExistsError:
        return path.read_bytes()
    finally:
        drafted.unlink()
    return content


def _put(place: str, content: bytes) -> None:
    """Replace a file in one step."""
    path = settings.PUBLISHED_ROOT / place
    for ending, coded in [*_codings(path, content), ("", content)]:
        target = path.with_name(path.name + ending)
        if not target.exists() or target.read_bytes() != coded:
            _draft(target, coded).replace(target)


def _open_folder(folder: Path) -> None:
    """Make a folder that nginx may read too, whatever this process keeps from others."""
    if folder.exists():
        return
    _open_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)


def _draft(path: Path, content: bytes) -> Path:
    _open_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(0o644)
    return Path(name)
