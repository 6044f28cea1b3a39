"""What may be typed about projects: shape and type only."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.readings import Kind, Reading
from common.thainumbers import format_number, read_number
from projects.models import Activity, MonthlyProgress, Progress


class PercentField(forms.CharField):
    """A percentage as officials write it, in Thai or Arabic digits; empty is not reported."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Decimal | None:
        """Return the percentage, or None where nothing was typed.

        :raises ValidationError: if it is not a number or not within 0 to 100.
        """
        reading: Reading[Decimal] = read_number(super().clean(value), percent=True)
        if reading.error:
            raise forms.ValidationError(_(reading.error.sentence) % dict(reading.error.params))
        if reading.kind is not Kind.VALUE or reading.value is None:
            return None
        if not 0 <= reading.value <= 100:
            raise forms.ValidationError(_("ร้อยละความก้าวหน้าต้องอยู่ระหว่าง 0 ถึง 100"))
        return reading.value


class EvidenceForm(forms.Form):
    """A file that supports a report."""

    file = forms.FileField(
        label=gettext_lazy("ไฟล์หลักฐาน"),
        help_text=gettext_lazy("PDF ภาพ หรือเอกสารสำนักงาน ไม่เกิน 20 MB ภาพจะถูกลบพิกัดออก"),
    )


class PhotoForm(forms.Form):
    """A photo of the work in a quarter."""

    file = forms.FileField(
        label=gettext_lazy("ไฟล์ภาพ"),
        help_text=gettext_lazy("JPG PNG หรือ WebP ไม่เกิน 20 MB ภาพจะถูกลบพิกัดออก"),
    )
    caption_th = forms.CharField(label=gettext_lazy("คำอธิบายภาพ"), max_length=300)


def _text(label: Any, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), max_length=4000
    )


class ProgressForm(forms.Form):
    """A quarter's report of a project: a percentage for each activity, and the story."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    narrative_th = _text(gettext_lazy("ผลการดำเนินงาน"))
    problems_th = _text(gettext_lazy("ปัญหาอุปสรรค"), 2)
    remedies_th = _text(gettext_lazy("แนวทางแก้ไข"), 2)
    next_steps_th = _text(gettext_lazy("แผนขั้นต่อไป"), 2)
    note = _text(gettext_lazy("หมายเหตุถึงผู้ลงนาม"), 2)

    def __init__(self, *args: Any, activities: Sequence[Activity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.activities = list(activities)
        if not self.activities:
            self.fields["percent"] = PercentField(label=_("ร้อยละความก้าวหน้า"), required=False)
        for activity in self.activities:
            self.fields[f"percent-{activity.pk}"] = PercentField(
                label=f"{activity.number}. {activity.name}", required=False
            )

    @property
    def percents(self) -> dict[int, Decimal | None]:
        """The percentages typed, by activity."""
        return {a.pk: self.cleaned_data[f"percent-{a.pk}"] for a in self.activities}

    @property
    def texts(self) -> dict[str, Any]:
        """The texts typed."""
        names = ("narrative_th", "problems_th", "remedies_th", "next_steps_th", "note")
        return {name: self.cleaned_data[name] for name in names}


def typed_in(report: Progress | MonthlyProgress | None) -> dict[str, Any]:
    """Return what `ProgressForm` shows of a report; of None, only that there is no version yet."""
    if report is None:
        return {"version": 0}
    typed: dict[str, Any] = {
        name: getattr(report, name)
        for name in ("narrative_th", "problems_th", "remedies_th", "next_steps_th", "note")
    }
    typed["version"] = report.version
    if report.percent is not None:
        typed["percent"] = format_number(report.percent)
    for row in report.activities.all():
        typed[f"percent-{row.activity_id}"] = format_number(row.percent)
    return typed
