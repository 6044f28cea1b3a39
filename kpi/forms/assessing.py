"""Assessments as they are typed: an agency's own words, a supervisor's levels."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi.forms.scoring import FigureField
from kpi.models import AssessmentScheme, Competency
from kpi.rules.score_sheets import SheetLine
from kpi.scoring.assessments import HIGHEST_LEVEL, LOWEST_LEVEL

_AREA = forms.Textarea(attrs={"rows": 3})


class SelfAssessmentForm(forms.Form):
    """Potential, summary, and a remark for each KPI (`remark-<number>`)."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    potential = FigureField(label=gettext_lazy("คะแนนศักยภาพ"), required=False)
    summary_th = forms.CharField(
        label=gettext_lazy("สรุปความเห็น"), required=False, max_length=5000, widget=_AREA
    )

    def __init__(self, *args: Any, lines: Iterable[SheetLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kpi_ids = [line.kpi_id for line in lines]
        for line in lines:
            self.fields[f"remark-{line.kpi_id}"] = forms.CharField(
                label=f"{line.code} {line.name}",
                required=False,
                max_length=3000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean_potential(self) -> Decimal | None:
        value: Decimal | None = self.cleaned_data["potential"]
        if value is not None and not 0 <= value <= 100:
            raise forms.ValidationError(_("ใส่ระหว่าง 0 ถึง 100"))
        return value

    @property
    def remarks(self) -> dict[int, str]:
        return {pk: self.cleaned_data[f"remark-{pk}"] for pk in self.kpi_ids}


class AppraisalForm(forms.Form):
    """The level of each competency (`level-<number>`) and the supervisor's words."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        choices=[
            each
            for each in AssessmentScheme.Kind.choices
            if each[0] != AssessmentScheme.Kind.AGENCY
        ],
        widget=forms.HiddenInput,
    )
    comment_th = forms.CharField(
        label=gettext_lazy("ความเห็นของผู้ประเมิน"), required=False, max_length=3000, widget=_AREA
    )
    development_th = forms.CharField(
        label=gettext_lazy("แผนพัฒนารายบุคคล"), required=False, max_length=3000, widget=_AREA
    )

    def __init__(self, *args: Any, competencies: Iterable[Competency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.competency_ids = []
        for each in competencies:
            self.competency_ids.append(each.pk)
            self.fields[f"level-{each.pk}"] = FigureField(label=each.name, required=False)

    def clean(self) -> dict[str, Any]:
        """Say beside its field that a level is not from 1 to 5."""
        cleaned: dict[str, Any] = super().clean() or {}
        for pk in self.competency_ids:
            level = cleaned.get(f"level-{pk}")
            if level is not None and not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
                self.add_error(f"level-{pk}", _("ใส่ระหว่าง 1 ถึง 5"))
        return cleaned

    @property
    def levels(self) -> dict[int, Decimal]:
        found = {pk: self.cleaned_data.get(f"level-{pk}") for pk in self.competency_ids}
        return {pk: level for pk, level in found.items() if level is not None}
