"""Set words and placed figures as a tagged PDF: typst with Sarabun, the same bytes for the same words."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst

from common import typeface


def pdf_of(template: Path, name: str, told: Mapping[str, Any], *, stamp: datetime) -> bytes:
    """Return a PDF (UA-1) of a typst template, which reads `told` as the JSON input `name`.

    `stamp` is the document's date, so that nothing in it depends on when it is made.
    """
    made: bytes = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=[str(typeface.folder())],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={name: json.dumps(told, ensure_ascii=False, default=_number)},
        timestamp=int(stamp.timestamp()),
    )
    return made


def _number(value: Decimal) -> float:
    """Typst places bars by floats; every figure that people read is text already."""
    return float(value)
