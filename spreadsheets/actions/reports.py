"""What was understood of a workbook, as plain JSON for the page, the API and the record."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from common import thaidates
from common.readings import Note
from common.sheets import Figure, SheetResource
from common.workbooks.cells import column_name
from common.workbooks.layout import RowKind
from spreadsheets.actions.understanding import (
    ERROR,
    QUESTION,
    WARNING,
    Finding,
    Line,
    Understanding,
    labels_of,
    picture_of,
)

MOST_LISTED = 500


def note_as_json(note: Note) -> dict[str, Any]:
    """Return a note with its Thai sentence and what fills it, so that a page may translate it."""
    return {"code": note.code, "sentence": note.sentence, "params": dict(note.params)}


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """Return a finding with its place."""
    return {
        **note_as_json(finding.note),
        "level": finding.level,
        "sheet": finding.sheet,
        "row": finding.row + 1 if finding.row >= 0 else None,
        "column": column_name(finding.column) if finding.column >= 0 else "",
        "cell": finding.cell,
        "written": finding.written[:200],
        "text": str(finding.note),
    }


def report_of(found: Understanding, resource: SheetResource, *, period: str) -> dict[str, Any]:
    """Return the whole report: counts, findings, differences, and a picture of the sheet."""
    states = [line.state for line in found.lines]
    listed = {level: found.of_level(level) for level in (ERROR, QUESTION, WARNING)}
    changed = [line for line in found.lines if line.changes and not line.has_errors]
    layout = found.layout
    labels = labels_of(resource)
    return {
        "kind": resource.kind,
        "period": period,
        "sheet": found.sheet.name,
        "sheets": found.sheets,
        "tables": [{"sheet": each.sheet, "heading": each.heading} for each in found.tables],
        "heading": layout.heading_bottom if layout else None,
        "columns": dict(layout.columns) if layout else {},
        "layout": layout.fingerprint if layout else "",
        "dash_is_zero": found.dash_is_zero,
        "headings": [
            {"index": index, "letter": column_name(index), "text": text[:120]}
            for index, text in sorted(layout.headings.items())
        ]
        if layout
        else [],
        "counts": {
            "rows": len(found.lines),
            "new": states.count("new"),
            "changed": states.count("changed"),
            "unchanged": states.count("unchanged"),
            "refused": states.count("refused"),
            "subtotals": sum(
                kind in (RowKind.SUBTOTAL, RowKind.OVER) for kind in found.row_kinds.values()
            ),
            "errors": len(listed[ERROR]),
            "questions": len(listed[QUESTION]),
            "warnings": len(listed[WARNING]),
            "values": sum(len(line.changes) for line in changed),
            "unchanged_with_values": sum(
                1
                for line, state in zip(found.lines, states, strict=True)
                if state == "unchanged" and line.values
            ),
        },
        "errors": [finding_as_json(finding) for finding in listed[ERROR][:MOST_LISTED]],
        "questions": [finding_as_json(finding) for finding in listed[QUESTION][:MOST_LISTED]],
        "warnings": [finding_as_json(finding) for finding in listed[WARNING][:MOST_LISTED]],
        "changes": [change_as_json(line, resource, labels) for line in changed[:MOST_LISTED]],
        "changes_unlisted": max(0, len(changed) - MOST_LISTED),
        "picture": picture_of(found, resource),
        "is_sample": any(line.row.is_sample for line in found.lines),
    }


def change_as_json(
    line: Line, resource: SheetResource, labels: Mapping[str, str]
) -> dict[str, Any]:
    """Return one line of the difference table: old, written, understood, change in percent."""
    return {
        "code": line.row.code,
        "label": line.row.label,
        "is_new": line.row.is_new,
        "unit": line.row.unit,
        "decimals": line.row.decimals,
        "state": line.state,
        "cells": [
            {
                "field": name,
                "label": labels[name],
                "old": shown(line.row.stored.get(name), resource, name),
                "written": line.written(name),
                "new": shown(value, resource, name),
                "places": 2 if resource.column(name).reads == "money" else line.row.decimals,
                "unit": resource.column(name).unit_of(line.row)
                if resource.column(name).reads == "number"
                else "",
                "is_text": resource.column(name).reads in ("text", "choice", "date"),
                "change_percent": plain(_change(line.row.stored.get(name), value)),
            }
            for name, value in line.changes.items()
        ],
    }


def _change(old: Figure, new: Figure) -> Decimal | None:
    if not isinstance(old, Decimal) or not isinstance(new, Decimal) or old == 0:
        return None
    return ((new - old) / abs(old) * 100).quantize(Decimal("0.01"))


def shown(value: Figure, resource: SheetResource, name: str) -> str | None:
    """Return a figure as people read it in the table of differences: a choice by its name."""
    reads = resource.column(name).reads
    if value and reads == "choice":
        return resource.choices(name).get(str(value), str(value))
    if value and reads == "date":
        return thaidates.format_date(date.fromisoformat(str(value)))
    if value and reads == "text":
        return resource.said(name, str(value))
    return plain(value)


def plain(value: Figure) -> str | None:
    """Return a figure as JSON holds it, exact."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def from_plain(
    values: Iterable[tuple[str, str | None]], resource: SheetResource
) -> dict[str, Figure]:
    """Return figures that `plain` gave, by the kind's own columns."""
    exact = resource.exact_columns
    return {
        name: value if value is None or name not in exact else _figure(value)
        for name, value in values
    }


def _figure(value: str) -> Figure:
    try:
        return Decimal(value)
    except InvalidOperation:
        return value  # ไม่เกี่ยวข้อง stands in a figure's column as a word
