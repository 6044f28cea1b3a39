"""The sample's papers as PDF: set from what the sample states, and marked so that none is taken for real."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from common import paper, thaidates
from planning.models.participation import Sector
from sakhon_portal.sample.book import moment

TEMPLATE = Path(__file__).resolve().parent / "paper.typ"


def minutes_of(stated: Mapping[str, Any]) -> SimpleUploadedFile:
    """Set a stated forum's minutes: who came, what was said and proposed."""
    came = [[str(Sector(key).label), str(people)] for key, people in stated["attendance"].items()]
    proposals = [f"{n}. {each['text_th']}" for n, each in enumerate(stated["proposals"], start=1)]
    return _set(
        f"minutes-{stated['day']}",
        title=stated["title_th"],
        day=date.fromisoformat(stated["day"]),
        under=stated["place_th"],
        parts=[
            {"heading": "ผู้เข้าร่วม", "rows": [["ภาคส่วน", "คน"], *came]},
            {"heading": "สาระสำคัญ", "lines": [stated["minutes_th"]]},
            {"heading": "ข้อเสนอ", "lines": proposals},
        ],
    )


def order_of(stated: Mapping[str, Any]) -> SimpleUploadedFile:
    """Set a stated order: on what it rests, what it closes and what it opens."""
    said = (("อาศัยอำนาจตาม", "basis_th"), ("ปิดหรือห้าม", "closes_th"), ("เปิดหรือผ่อนปรน", "opens_th"))
    return _set(
        f"order-{stated['number'].replace('/', '-')}",
        title=f"คำสั่งที่ {stated['number']} {stated['name_th']}",
        day=date.fromisoformat(stated["issued"]),
        under="คณะกรรมการโรคติดต่อจังหวัด",
        parts=[
            {"heading": heading, "lines": [stated[key]]} for heading, key in said if stated[key]
        ],
    )


def certificate_of(officer: str, course: str, day: date) -> SimpleUploadedFile:
    """Set a certificate of a completed course."""
    return _set(
        "certificate",
        title="ประกาศนียบัตร",
        day=day,
        under=officer,
        parts=[{"heading": "ผ่านการเรียนหลักสูตร", "lines": [course]}],
    )


def _set(
    name: str, *, title: str, day: date, under: str, parts: Sequence[Mapping[str, Any]]
) -> SimpleUploadedFile:
    under = f"{thaidates.format_date(day, 'long', 'th')} · {under}"
    told = {"title": title, "under": under, "parts": parts}
    made = paper.pdf_of(TEMPLATE, "paper", told, stamp=moment(day))
    return SimpleUploadedFile(f"{name}.pdf", made, "application/pdf")
