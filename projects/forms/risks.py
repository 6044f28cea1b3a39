"""What may be typed about risks: shape and type only."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency
from accounts.rules import Standing
from common.formfields import ThaiDateField
from kpi.models import KPI
from projects.models import Project, Risk, RiskAction, RiskCategory, RiskLevel
from projects.rules.risks import KEEPERS
from strategy.models import Issue

LIKELIHOODS = (
    (1, gettext_lazy("1 น้อยมาก")),
    (2, gettext_lazy("2 น้อย")),
    (3, gettext_lazy("3 ปานกลาง")),
    (4, gettext_lazy("4 สูง")),
    (5, gettext_lazy("5 สูงมาก")),
)


def _scale(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, choices=LIKELIHOODS)


def _text(label: Any, *, required: bool = True, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class _Named(forms.ModelChoiceField[Any]):
    """A choice by its name in the page's language."""

    def label_from_instance(self, obj: Any) -> str:
        if isinstance(obj, KPI):
            return f"{obj.code} {obj.indicator.name}"
        if isinstance(obj, Agency):
            return obj.name
        return f"{obj.code} {obj.name}"


def agency_choice(label: Any, *, required: bool = True) -> forms.ModelChoiceField[Agency]:
    """A field for an agency that reports."""
    return _Named(
        label=label,
        required=required,
        queryset=Agency.objects.reporting().in_code_order(),
        error_messages={"required": _("เลือกหน่วยงานที่รับผิดชอบ")},
    )


class RiskTextForm(forms.Form):
    """What a risk is, why, and how it is met."""

    name_th = forms.CharField(label=gettext_lazy("ความเสี่ยง"), max_length=500)
    cause_th = _text(gettext_lazy("ปัจจัยเสี่ยง / สาเหตุ"))
    control_th = _text(gettext_lazy("การควบคุมที่มีอยู่"), required=False)
    step_th = forms.CharField(label=gettext_lazy("ขั้นตอน"), max_length=300, required=False)
    category = _Named(label=gettext_lazy("ประเภท"), queryset=RiskCategory.objects.none())
    response = forms.ChoiceField(
        label=gettext_lazy("วิธีจัดการ"), choices=Risk.Response.choices, initial="treat"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "category", RiskCategory.objects.filter(is_active=True).order_by("order"))

    @property
    def texts(self) -> dict[str, Any]:
        """What was typed of the description."""
        return {name: self.cleaned_data[name] for name in RiskTextForm.base_fields}


class RiskForm(RiskTextForm):
    """A risk to be registered, with its subject and first assessment."""

    agency = _Named(label=gettext_lazy("หน่วยงานเจ้าของ"), queryset=Agency.objects.none())
    subject = forms.ChoiceField(label=gettext_lazy("สิ่งที่มีความเสี่ยง"))
    likelihood = _scale(gettext_lazy("โอกาส"))
    impact = _scale(gettext_lazy("ผลกระทบ"))

    def __init__(self, *args: Any, standing: Standing, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.reporting().in_code_order()
        projects = Project.objects.for_year(year).filter(status__in=Project.PUBLIC_STATUSES)
        kpis = KPI.objects.for_year(year).filter(scorecard__post=None)
        if not standing.sees_province:
            own = standing.agencies(*KEEPERS)
            agencies = agencies.filter(pk__in=own)
            projects = projects.filter(host_agency__in=own)
            kpis = kpis.filter(agency__in=own)
        _choices(self, "agency", agencies)
        self._rows: dict[str, Mapping[str, Any]] = {}
        subject = self.fields["subject"]
        assert isinstance(subject, forms.ChoiceField)
        subject.choices = [
            ("", "—"),
            (
                _("โครงการ"),
                [self._keep("project", row, row.name) for row in projects.in_code_order()],
            ),
            (
                _("ตัวชี้วัด"),
                [
                    self._keep("kpi", row, row.indicator.name)
                    for row in kpis.select_related("indicator", "scorecard").in_code_order()
                ],
            ),
            (
                _("ประเด็นการพัฒนา"),
                [
                    self._keep("issue", row, row.name)
                    for row in Issue.objects.in_force().in_code_order()
                ],
            ),
        ]

    def _keep(self, kind: str, row: Any, name: str) -> tuple[str, str]:
        key = f"{kind}-{row.pk}"
        self._rows[key] = {kind: row}
        return key, f"{row.code} {name}"

    @property
    def subject_row(self) -> Mapping[str, Any]:
        """The issue, project or KPI that was chosen, under its own name."""
        return self._rows[self.cleaned_data["subject"]]


class ReviewForm(forms.Form):
    """What a quarter left of a risk."""

    review_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    quarter = forms.IntegerField(widget=forms.HiddenInput)
    now_likelihood = _scale(gettext_lazy("โอกาสคงเหลือ"))
    now_impact = _scale(gettext_lazy("ผลกระทบคงเหลือ"))
    review_note = _text(gettext_lazy("สถานะและเหตุผล"), required=False)


class StepForm(forms.Form):
    """What is done about a risk, by whom, until when."""

    step_text = forms.CharField(label=gettext_lazy("กิจกรรม"), max_length=500)
    step_owner = _Named(
        label=gettext_lazy("ผู้รับผิดชอบ"),
        queryset=Agency.objects.none(),
        error_messages={"required": gettext_lazy("เลือกหน่วยงานที่รับผิดชอบกิจกรรม")},
    )
    step_due = ThaiDateField(
        label=gettext_lazy("กำหนดเสร็จ"),
        error_messages={"required": gettext_lazy("ใส่กำหนดเสร็จของกิจกรรม")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "step_owner", Agency.objects.reporting().in_code_order())


class StepEndForm(forms.Form):
    """How what was planned about a risk ended."""

    step = forms.IntegerField(widget=forms.HiddenInput)
    step_state = forms.ChoiceField(
        label=gettext_lazy("ผล"),
        choices=[
            (state.value, state.label)
            for state in (RiskAction.State.DONE, RiskAction.State.DROPPED)
        ],
    )
    step_note = _text(gettext_lazy("ผลที่ทำได้ หรือเหตุผล"))


class ClosingForm(forms.Form):
    """Why a risk is watched no longer."""

    reason = _text(gettext_lazy("เหตุผลที่ปิดความเสี่ยง"))


class MapForm(forms.Form):
    """The level of each cell of the map."""

    def __init__(
        self, *args: Any, levels: Mapping[tuple[int, int], int] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for row in range(5, 0, -1):
            for column in range(1, 6):
                self.fields[f"cell-{row}-{column}"] = forms.TypedChoiceField(
                    label=_("ระดับของโอกาส %(row)d ผลกระทบ %(column)d")
                    % {"row": row, "column": column},
                    coerce=int,
                    choices=RiskLevel.choices,
                    initial=levels[row, column] if levels else None,
                )

    @property
    def rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The fields as the map lies: likelihood down from 5, impact across."""
        return [
            (row, [self[f"cell-{row}-{column}"] for column in range(1, 6)])
            for row in range(5, 0, -1)
        ]

    @property
    def levels(self) -> dict[tuple[int, int], int]:
        """The level chosen for each (likelihood, impact)."""
        return {
            (row, column): self.cleaned_data[f"cell-{row}-{column}"]
            for row in range(1, 6)
            for column in range(1, 6)
        }


class CategoryForm(forms.Form):
    """A kind of risk, added or changed by its code."""

    code = forms.CharField(label=gettext_lazy("รหัส"), max_length=8)
    category_th = forms.CharField(label=gettext_lazy("ชื่อภาษาไทย"), max_length=500)
    category_en = forms.CharField(label=gettext_lazy("ชื่อภาษาอังกฤษ"), max_length=500, required=False)
    order = forms.IntegerField(label=gettext_lazy("ลำดับ"), min_value=0, max_value=999, initial=0)
    is_active = forms.BooleanField(label=gettext_lazy("ใช้งาน"), required=False, initial=True)


def _choices(form: forms.Form, name: str, queryset: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = queryset
