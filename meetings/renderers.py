"""Agendas and minutes on paper: typst with Sarabun, tagged, all words as data."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common import paper, thaidates
from meetings.models import AgendaItem, Meeting, Resolution

TEMPLATE = Path(__file__).resolve().parent / "typst" / "meeting.typ"


def agenda_pdf(meeting: Meeting, items: Sequence[AgendaItem]) -> bytes:
    """Set the agenda of a meeting, as it was made."""
    made = meeting.agenda_at
    return _set(
        meeting,
        kind="ระเบียบวาระการประชุม",
        items=[_item(item) for item in items],
        note=f"จัดทำจากข้อมูลในระบบเมื่อ {thaidates.format_datetime(made)}" if made else "",
    )


def minutes_pdf(
    meeting: Meeting, items: Sequence[AgendaItem], resolutions: Sequence[Resolution]
) -> bytes:
    """Set the minutes of a meeting with its resolutions."""
    made = meeting.minutes_at
    return _set(
        meeting,
        kind="รายงานการประชุม",
        items=[_item(item) | {"said": item.minutes_th or "รับทราบ"} for item in items],
        attendees=[line for line in meeting.attendees_th.splitlines() if line.strip()],
        also=meeting.minutes_th,
        resolutions=[
            [
                str(row.number),
                row.text_th,
                row.owner.name_th,
                thaidates.format_date(row.due_date, "short", "th"),
                row.progress_th or str(Resolution.State(row.state).label),
            ]
            for row in resolutions
        ],
        note=f"บันทึกเมื่อ {thaidates.format_datetime(made)}" if made else "",
    )


def _item(item: AgendaItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "title": item.title_th,
        "text": item.text_th,
        "heads": item.table.get("heads", []),
        "rows": item.table.get("rows", []),
        "numeric": item.table.get("numeric", []),
        "said": "",
    }


def _set(meeting: Meeting, *, kind: str, items: Sequence[Any], **told: Any) -> bytes:
    stamp = meeting.minutes_at or meeting.agenda_at
    story = {
        "kind": kind,
        "committee": meeting.committee.name_th,
        "number": f"ครั้งที่ {meeting.number}/{meeting.year}",
        "day": thaidates.format_date(meeting.held_date, "long", "th"),
        "place": meeting.place_th,
        "sample": "ข้อมูลตัวอย่าง" if meeting.is_sample else "",
        "items": items,
        "attendees": [],
        "also": "",
        "resolutions": [],
        "note": "",
        **told,
    }
    assert stamp is not None
    return paper.pdf_of(TEMPLATE, "meeting", story, stamp=stamp)
