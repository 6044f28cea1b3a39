"""What may be typed about KPIs: shape and type only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.readings import Kind, Note, Reading
from common.thainumbers import format_number, read_number

FIGURES = ("value", "numerator", "denominator")


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One row of the grid as it was typed, and what was understood of it.

    `figures` holds only what the page sent; `not_applicable` is set where the word stands for a figure.
    """

    version: int
    figures: Mapping[str, Decimal | None]
    note: str | None
    not_applicable: bool = False
    written: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[str, ...] = ()

    def understood(self, decimals: int) -> dict[str, str]:
        """The figures as they were understood, ready to be shown."""
        return {
            name: format_number(value, decimals if name == "value" else _places(value))
            for name, value in self.figures.items()
        }


class NotApplicableForm(forms.Form):
    """That a KPI asks nothing in a quarter, and why."""

    reason = forms.CharField(label=gettext_lazy("เหตุผลที่ไม่เกี่ยวข้อง"), max_length=500)


class EvidenceForm(forms.Form):
    """A file that supports an entry."""

    file = forms.FileField(
        label=gettext_lazy("ไฟล์หลักฐาน"),
        help_text=gettext_lazy("PDF ภาพ หรือเอกสารสำนักงาน ไม่เกิน 20 MB ภาพจะถูกลบพิกัดออก"),
    )


def read_row(posted: Mapping[str, str], suffix: str = "") -> TypedRow:
    """Read a row in Thai or Arabic digits; an empty cell is "not reported", 0 is zero."""
    figures: dict[str, Decimal | None] = {}
    written, errors, questions = {}, {}, []
    not_applicable = False
    for name in FIGURES:
        if name + suffix not in posted:
            continue
        written[name] = posted[name + suffix]
        reading: Reading[Decimal] = read_number(written[name])
        figures[name] = reading.value if reading.kind is Kind.VALUE else None
        if reading.error:
            errors[name] = say(reading.error)
        not_applicable = not_applicable or reading.kind is Kind.NOT_APPLICABLE
        questions += [say(question) for question in reading.questions]
    if f"note{suffix}" in posted:
        written["note"] = posted[f"note{suffix}"]
    version = posted.get(f"version{suffix}", "0")
    return TypedRow(
        version=int(version) if version.isdecimal() else 0,
        figures=figures,
        note=posted.get(f"note{suffix}"),
        not_applicable=not_applicable,
        written=written,
        errors=errors,
        questions=tuple(questions),
    )


def say(note: Note) -> str:
    """Return a remark in the page's language."""
    return _(note.sentence) % dict(note.params)


def _places(value: Decimal | None) -> int:
    """A part of a ratio is shown whole unless it has decimals."""
    return 0 if value is None or value == value.to_integral_value() else 4
