"""Shape of what the strategy office types about a quarter."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.returns.labels import Label


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
