"""What a form calls its fields: as written in `labels.json`, or as the province has set them.

The national system names its forms and fields anew now and then, so no label stands in code.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from common.asked import once
from reports.models import FieldLabel

FILE = Path(__file__).resolve().parent / "labels.json"


@dataclass(frozen=True, slots=True)
class Label:
    """A field of a form: the section it stands in, its label, and whether it is asked for."""

    form: str
    key: str
    section: str
    label: str
    is_required: bool


@cache
def _written() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


def form_names() -> list[str]:
    """Return the names of the forms that have labels."""
    return list(_written())


def title_of(form: str) -> str:
    """Return what a form is called."""
    return str(_written()[form]["title"])


def _set_here() -> dict[tuple[str, str], FieldLabel]:
    return {(row.form, row.key): row for row in FieldLabel.objects.all()}


def labels_of(form: str) -> list[Label]:
    """Return the fields of a form in order, as the province calls them; one query for all forms."""
    set_here_by_key = once("field labels", _set_here)
    found = []
    for section in _written()[form]["sections"]:
        for field in section["fields"]:
            set_here = set_here_by_key.get((form, field["key"]))
            found.append(
                Label(
                    form=form,
                    key=field["key"],
                    section=section["label"],
                    label=set_here.label_th if set_here else field["label"],
                    is_required=set_here.is_required if set_here else field.get("required", False),
                )
            )
    return found
