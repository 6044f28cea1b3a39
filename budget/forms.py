"""What may be typed about money: shape and type only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budget.models import CabinetTarget
from common.readings import Kind, Note, Reading
from common.thainumbers import format_number, read_number

FIGURES = ("disbursed", "obligated")


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One row of the month grid as it was typed, and what was understood of it."""

    version: int
    values: Mapping[str, Decimal | None]
    note: str | None
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[str, ...] = ()

    @property
    def understood(self) -> dict[str, str]:
        """The figures as they were understood, ready to be shown."""
        return {name: format_number(value) for name, value in self.values.items()}


class TargetForm(forms.Form):
    """What the Cabinet asks to be spent by a quarter's end."""

    quarter = forms.TypedChoiceField(
        label=gettext_lazy("ไตรมาส"), coerce=int, choices=[(n, str(n)) for n in range(1, 5)]
    )
    category = forms.ChoiceField(
        label=gettext_lazy("ประเภท"), choices=CabinetTarget.Category.choices
    )
    measure = forms.ChoiceField(label=gettext_lazy("วัดจาก"), choices=CabinetTarget.Measure.choices)
    percent = forms.CharField(label=gettext_lazy("ร้อยละ"))
    kind = forms.ChoiceField(label=gettext_lazy("ชนิด"), choices=CabinetTarget.Kind.choices)
    source = forms.CharField(label=gettext_lazy("ที่มา"), max_length=1000)
    is_verified = forms.BooleanField(label=gettext_lazy("ตรวจสอบกับต้นฉบับแล้ว"), required=False)

    def clean_percent(self) -> Decimal:
        """Read the percentage in Thai or Arabic digits."""
        reading: Reading[Decimal] = read_number(self.cleaned_data["percent"], percent=True)
        if reading.error:
            raise forms.ValidationError(say(reading.error))
        if reading.value is None:
            raise forms.ValidationError(_("ใส่ร้อยละเป็นตัวเลข"))
        return reading.value


def read_row(posted: Mapping[str, str], suffix: str = "") -> TypedRow:
    """Read a row of figures in baht, in Thai or Arabic digits, with units if they are written."""
    values: dict[str, Decimal | None] = {}
    typed, errors, questions = {}, {}, []
    for name in FIGURES:
        typed[name] = posted.get(name + suffix, "")
        reading: Reading[Decimal] = read_number(typed[name], money=True, places=2)
        values[name] = reading.value if reading.kind is Kind.VALUE else None
        if reading.error:
            errors[name] = say(reading.error)
        elif reading.kind is Kind.NOT_APPLICABLE:
            errors[name] = _("รายการที่มีงบประมาณต้องใส่ตัวเลข ถ้าไม่มีให้ใส่ 0")
        questions += [say(question) for question in reading.questions]
    version = posted.get("version" + suffix, "0")
    return TypedRow(
        version=int(version) if version.isdecimal() else 0,
        values=values,
        note=posted.get("note" + suffix),
        typed=typed,
        errors=errors,
        questions=tuple(questions),
    )


def say(note: Note) -> str:
    """Return a remark in the page's language."""
    return _(note.sentence) % dict(note.params)
