"""A filled form on paper: typst with Sarabun, tagged."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from common import paper, thaidates
from common.thainumbers import format_number
from reports.returns.form import Cell, Form, Part
from reports.returns.workbook import SAMPLE

TEMPLATE = Path(__file__).resolve().parent.parent / "typst" / "return.typ"
PLACES = {"baht": 2, "percent": 2, "figure": 2, "count": 0}


def pdf_of(form: Form) -> bytes:
    """Set a form as a tagged PDF (UA-1)."""
    made = form.made_date or datetime(2000, 1, 1, tzinfo=UTC).date()
    told = {
        "title": form.title,
        "subject": form.subject,
        "sample": SAMPLE if form.is_sample else "",
        "wide": form.is_wide,
        "made": f"จัดทำจากระบบ {thaidates.format_date(made, 'long')}",
        "notes": list(form.notes),
        "parts": [_told(part) for part in form.parts],
    }
    stamp = datetime(made.year, made.month, made.day, tzinfo=UTC)
    return paper.pdf_of(TEMPLATE, "form", told, stamp=stamp)


def _told(part: Part) -> dict[str, Any]:
    storeys = [column.storey for column in part.columns]
    return {
        "title": part.title,
        "lines": [{"label": line.label, "value": _text(line.value, "baht")} for line in part.lines],
        "columns": [
            {"heading": c.heading, "storey": c.storey, "figure": c.kind in PLACES, "width": c.width}
            for c in part.columns
        ],
        "storeys": any(storeys),
        "rows": [
            {
                "sum": row.is_sum,
                "cells": [
                    _text(cell, column.kind)
                    for cell, column in zip(row.cells, part.columns, strict=True)
                ],
            }
            for row in part.rows
        ],
    }


def _text(cell: Cell, kind: str) -> str:
    if cell is None or cell == "":
        return "–"
    if isinstance(cell, Decimal | int):
        return format_number(Decimal(cell), PLACES.get(kind, 2))
    return str(cell)
