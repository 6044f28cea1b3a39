"""The report as PDF: typst with Sarabun, tagged, the same bytes for the same report."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import translation

from common import paper
from reports.document import Report
from reports.renderers.story import as_words, number, story_of

TEMPLATE = Path(__file__).resolve().parent.parent / "typst" / "report.typ"


def pdf_of(report: Report, sha256: str, *, site: str, language: str) -> bytes:
    """Set a report as a tagged PDF (UA-1); `site` stands before the permanent address."""
    with translation.override(language):
        told = _placed(report, sha256)
    return paper.pdf_of(
        TEMPLATE,
        "report",
        told | {"site": site},
        stamp=datetime.fromisoformat(report.edition.published_at),
    )


def _placed(report: Report, sha256: str) -> dict[str, Any]:
    """Add to the story the numbers that paper places by itself."""
    story = story_of(report, sha256)
    told = asdict(story)
    for line in [*told["issues"], told["whole"]]:
        line["work_text"], line["money_text"] = number(line["work"]), number(line["money"])
    for step in told["steps"]:
        for name in ("start", "track", "width"):
            step[name] = Decimal(step[name])
    for line, row in zip(told["agencies"], report.agencies, strict=True):
        line["percent_place"] = row.total.percent
    told["months"] = [
        {"name": name, "rate": rate, "text": number(rate)} for name, rate in story.months
    ]
    told["time_text"] = number(story.time_passed)
    return {
        "story": told,
        "words": as_words(story),
        "sha_groups": [sha256[at : at + 8] for at in range(0, 64, 8)],
    }
