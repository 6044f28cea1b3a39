"""Minutes of the sample's forums on paper: set from what the sample states, marked as sample."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from common import paper, thaidates
from planning.models.participation import Sector
from sakhon_portal.sample.book import moment

TEMPLATE = Path(__file__).resolve().parent / "minutes.typ"


def minutes_of(stated: Mapping[str, Any]) -> SimpleUploadedFile:
    """Set a stated forum's minutes as a PDF: who came, what was said and proposed."""
    held = date.fromisoformat(stated["day"])
    told = {
        "title": stated["title_th"],
        "day": thaidates.format_date(held, "long", "th"),
        "place": stated["place_th"],
        "attendance": [
            [str(Sector(sector).label), str(people)]
            for sector, people in stated["attendance"].items()
        ],
        "minutes": stated["minutes_th"],
        "proposals": [each["text_th"] for each in stated["proposals"]],
    }
    made = paper.pdf_of(TEMPLATE, "forum", told, stamp=moment(held))
    return SimpleUploadedFile(f"minutes-{stated['day']}.pdf", made, "application/pdf")
