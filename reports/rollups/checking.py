"""Whether what was frozen and published is still what it was, and still what its inputs come to."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from budget.models import MonthlyFigure
from kpi.actions.recomputing import recompute_quarters
from kpi.models import Result
from projects.models import Progress
from reports import document as shape
from reports.models import Edition, Freeze
from reports.rollups.reading import frozen_of
from reports.rollups.totals import with_totals
from reports.scoring import limits_of
from submissions.models import PeriodState, Quarter

_ENTRIES = {"result": Result, "progress": Progress, "money": MonthlyFigure}


def findings() -> list[str]:
    """Return a sentence for each frozen quarter or published file that is not what it should be."""
    return [*_unfrozen(), *_changed_documents(), *_changed_files(), *_changed_quarters()]


def _unfrozen() -> Iterator[str]:
    closed = Quarter.objects.filter(state__in=(PeriodState.CLOSED, PeriodState.PUBLISHED))
    for quarter in closed.filter(freezes=None).in_time_order():
        yield f"quarter {quarter}: closed, but nothing was frozen"


def _changed_documents() -> Iterator[str]:
    for freeze in Freeze.objects.select_related("quarter").order_by("pk").iterator():
        if shape.sha256(shape.canonical(freeze.document)) != freeze.sha256:
            yield f"quarter {freeze.quarter}: frozen document {freeze.number} was changed"
    for edition in Edition.objects.with_quarter().order_by("pk").iterator():
        if shape.sha256(shape.canonical(edition.document)) != edition.sha256:
            yield f"{edition.address}: the document was changed"


def _changed_files() -> Iterator[str]:
    for edition in Edition.objects.finished().with_quarter().without_document().order_by("pk"):
        for name, file in sorted(edition.files.items()):
            path: Path = settings.PUBLISHED_ROOT / file["path"]
            if not path.is_file():
                yield f"{edition.address}: the file {name} is not there"
            elif hashlib.sha256(path.read_bytes()).hexdigest() != file["sha256"]:
                yield f"{edition.address}: the file {name} was changed"


def _changed_quarters() -> Iterator[str]:
    newest: dict[int, Freeze] = {}
    for freeze in Freeze.objects.select_related("quarter__fiscal_year").order_by("number"):
        newest[freeze.quarter_id] = freeze
    for freeze in newest.values():
        frozen = shape.read(shape.Frozen, freeze.document)
        limits = limits_of(freeze.quarter.fiscal_year.thresholds)
        if with_totals(frozen, limits) != frozen:
            yield f"quarter {freeze.quarter}: its scores are not what its rows come to"
        yield from _moved_entries(freeze.quarter, frozen)
        yield from _recomputed(freeze.quarter, frozen)


def _moved_entries(quarter: Quarter, frozen: shape.Frozen) -> Iterator[str]:
    """Name the contributing entries that were changed or removed since."""
    listed = [
        *(
            shape.EntryRef("result", entry.id, entry.version)
            for each in frozen.contributions
            for entry in each.entries
        ),
        *(entry for each in frozen.contributions for entry in each.post_entries),
        *frozen.project_entries,
        *frozen.money_entries,
    ]
    for kind, model in _ENTRIES.items():
        versions = {each.id: each.version for each in listed if each.kind == kind}
        rows = model._default_manager.filter(pk__in=versions).values_list("pk", "version")
        found = dict(rows)
        for pk, version in versions.items():
            if found.get(pk) != version:
                yield f"quarter {quarter}: {kind} {pk} is not the version {version} that counted"


def _recomputed(quarter: Quarter, frozen: shape.Frozen) -> Iterator[str]:
    """Compute the quarter's KPIs again as on the day of its close; nothing of it is kept.

    A KPI whose target, rules or curve was edited since is judged by what was frozen, not by them.
    """
    at = datetime.fromisoformat(frozen.closed_at)
    with transaction.atomic():
        recompute_quarters(year=quarter.fiscal_year_id, numbers={quarter.number}, at=at)
        again = frozen_of(quarter, at=at)
        transaction.set_rollback(True)
    edited = edited_since(frozen, again)
    now = {row.code: row for row in again.kpis}
    for row in frozen.kpis:
        found = now.get(row.code)
        if row.code in edited or found is None:
            continue
        for name in ("state", "value", "ytd_state", "ytd_value", "achievement", "score"):
            if getattr(row, name) != getattr(found, name):
                yield (
                    f"quarter {quarter}: KPI {row.code} was frozen with {name} "
                    f"{getattr(row, name)}, its inputs come to {getattr(found, name)}"
                )


def edited_since(frozen: shape.Frozen, again: shape.Frozen) -> set[str]:
    """Return the KPIs whose definition, or that of a KPI below them, is not what was frozen."""
    edited = {row.kpi_code for row in set(frozen.rules) ^ set(again.rules)}
    # Targets of later quarters are still to be agreed on and say nothing about this one.
    until = frozen.period.quarter
    targets = set(frozen.targets) ^ set(again.targets)
    edited |= {row.kpi_code for row in targets if row.quarter <= until}
    edited |= {link.parent_code for link in set(frozen.links) ^ set(again.links)}
    curves = {curve.code for curve in set(frozen.curves) ^ set(again.curves)}
    edited |= {row.code for row in frozen.kpis if row.curve_code in curves}
    kept = {row.code: row.curve_code for row in again.kpis}
    edited |= {row.code for row in frozen.kpis if kept.get(row.code) != row.curve_code}
    up = {link.child_code: link.parent_code for link in frozen.links if link.kind == "share"}
    for code in list(edited):
        above = up.get(code)
        while above is not None and above not in edited:
            edited.add(above)
            above = up.get(above)
    return edited
