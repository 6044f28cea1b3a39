"""Draw the workflow of an entry from its table; `make check` compares it with docs/workflow.md."""

from typing import Any

from django.core.management.base import BaseCommand

from submissions.models import EntryStatus
from submissions.rules import UNDO_WITHIN
from submissions.workflow import COUNTED, EDITABLE, NEXT, UNDONE, Status


class Command(BaseCommand):
    help = "Print the workflow of an entry as Markdown with a Mermaid diagram."

    def handle(self, **options: Any) -> None:
        moves = [f"    {status} --> {after}" for status in Status for after in NEXT[status]]
        moves += [
            f"    {status} --> {before}: undone"
            for status, falls_back in UNDONE.items()
            for before in falls_back
        ]
        lines = [
            "# The workflow of an entry",
            "",
            (
                "Written by `manage.py workflow_diagram` from `submissions/workflow.py`; "
                "`make fix` writes it anew."
            ),
            "",
            "```mermaid",
            "stateDiagram-v2",
            f"    [*] --> {Status.DRAFT}",
            *moves,
            "```",
            "",
            (
                "*undone*: whoever signed or returned takes it back within "
                f"{UNDO_WITHIN.seconds // 60} minutes, while nobody has moved it on; it stands as before."
            ),
            "",
            "| status | word | may be typed into | counted in totals | may become |",
            "| --- | --- | --- | --- | --- |",
            *(
                f"| {status} | {EntryStatus(status.value).label} | {_mark(status in EDITABLE)} | "
                f"{_mark(status in COUNTED)} | {', '.join(NEXT[status])} |"
                for status in Status
            ),
        ]
        self.stdout.write("\n".join(lines))


def _mark(yes: bool) -> str:
    return "yes" if yes else "–"
