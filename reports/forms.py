"""Shape of what the strategy office types about a quarter, and of what agencies correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from common.formfields import ThaiDateField
from common.thainumbers import read_number
from kpi.models import Result
from reports.returns.labels import Label

FIGURES = ("value", "numerator", "denominator")


class CloseForm(forms.Form):
    """Whether to close although entries are missing."""

    missing_accepted = forms.BooleanField(
        label=_("ปิดทั้งที่ยังขาดรายการข้างต้น รายการที่ขาดได้คะแนนต่ำสุดตามเกณฑ์"), required=False
    )


class SummaryForm(forms.Form):
    """The summary above the figures, and the version that was read."""

    text_th = forms.CharField(
        label=_("บทสรุป"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
        help_text=_("หนึ่งบรรทัดต่อหนึ่งย่อหน้า อย่าใส่ชื่อหรือข้อมูลของบุคคล"),
    )
    text_en = forms.CharField(
        label=_("บทสรุป (อังกฤษ)"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5000,
        required=False,
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ReopeningForm(forms.Form):
    """Which agency may correct, until when, and why."""

    agency = forms.ModelChoiceField(
        Agency.objects.order_by("code"),
        label=_("หน่วยงาน"),
        to_field_name="code",
        empty_label=_("เลือกหน่วยงาน"),
    )
    until_date = ThaiDateField(label=_("ถึงวันที่"), help_text=_("สิ้นสุดเองเมื่อหมดวัน ไม่เกิน 30 วัน"))
    reason = forms.CharField(label=_("เหตุผล"), max_length=500)


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """What was typed for one entry: only rows with something in them are read."""

    version: int
    note: str
    figures: dict[str, Decimal | None]
    written: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read_correction(posted: Mapping[str, Any], result: Result) -> CorrectionRow | None:
    """Read an entry's row in Thai or Arabic digits; None where its figures were left empty."""
    written = {
        name: text
        for name in (*FIGURES, "note")
        if (text := str(posted.get(f"{name}-{result.pk}", "")).strip())
    }
    if not any(name in written for name in FIGURES):
        return None
    figures: dict[str, Decimal | None] = {}
    errors = {}
    for name in FIGURES:
        if name not in written:
            continue
        reading = read_number(written[name])
        if reading.value is None:
            note = reading.error
            errors[name] = gettext(note.sentence) % dict(note.params) if note else written[name]
        figures[name] = reading.value
    version = str(posted.get(f"version-{result.pk}", ""))
    return CorrectionRow(
        int(version) if version.isdecimal() else 0,
        written.get("note", ""),
        figures,
        written,
        errors,
    )


class LabelForm(forms.Form):
    """What a form's fields are called, and which of them are asked for."""

    def __init__(self, *args: Any, fields_of_form: Sequence[Label], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [label.key for label in fields_of_form]
        for label in fields_of_form:
            self.fields[f"label-{label.key}"] = forms.CharField(
                label=_("ชื่อของช่อง %(key)s") % {"key": label.key},
                initial=label.label,
                max_length=300,
                widget=forms.TextInput(attrs={"class": "input"}),
            )
            self.fields[f"asked-{label.key}"] = forms.BooleanField(
                label=_("ต้องกรอกช่อง %(key)s") % {"key": label.key},
                initial=label.is_required,
                required=False,
            )

    @property
    def rows(self) -> list[tuple[str, Any, Any]]:
        """The fields with their cells, in the form's order."""
        return [(key, self[f"label-{key}"], self[f"asked-{key}"]) for key in self.keys]

    @property
    def labels(self) -> dict[str, tuple[str, bool]]:
        """What was typed, by field."""
        return {
            key: (self.cleaned_data[f"label-{key}"], self.cleaned_data[f"asked-{key}"])
            for key in self.keys
        }
