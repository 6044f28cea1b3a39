"""What may be typed about a change of plan and about a year's bounds: shape and type only."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from common.formfields import ThaiDateField
from common.written import WrittenNumber
from meetings.models import Meeting
from projects.forms.dossier import (
    Choices,
    MeetingFields,
    ProjectFileForm,
    YearsForm,
    line,
    one,
    text,
)

PLAN_FIELDS = (
    *("objective_th", "output_th", "outcome_th", "areas", "beneficiaries"),
    *("first_year", "last_year", "start_date", "end_date"),
)


class PlanForm(YearsForm):
    """The parts of a project's file that are its plan, and why they should change."""

    reason_th = text(gettext_lazy("เหตุผลความจำเป็น"), 3, required=True)

    def __init__(
        self,
        *args: Any,
        choices: Mapping[str, Choices],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in PLAN_FIELDS:
            self.fields[name] = deepcopy(ProjectFileForm.base_fields[name])
        for name in ("areas", "first_year", "last_year"):
            self.fields[name].choices = choices[name]  # type: ignore[attr-defined]


class ChangeDecisionForm(MeetingFields):
    """What the committee said to a request."""

    answer = forms.ChoiceField(
        label=gettext_lazy("มติ"),
        choices=[("approved", gettext_lazy("เห็นชอบ")), ("rejected", gettext_lazy("ไม่เห็นชอบ"))],
    )
    decided_date = ThaiDateField(label=gettext_lazy("วันที่มีมติ"))
    meeting = one(gettext_lazy("การประชุมในระบบ"))
    reference = line(
        gettext_lazy("มติหรือการประชุม"),
        help_text=gettext_lazy("เช่น มติ ก.บ.จ. ครั้งที่ 3/2570 เว้นได้เมื่อเลือกการประชุมในระบบ"),
    )
    decision_th = text(
        gettext_lazy("ความเห็นของคณะกรรมการ"), 2, help_text=gettext_lazy("ต้องเขียนเมื่อไม่เห็นชอบ")
    )

    def __init__(self, *args: Any, meetings: Sequence[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(meetings)


class SettingsForm(forms.Form):
    """What a year asks of progress."""

    behind = WrittenNumber(
        label=gettext_lazy("ล่าช้า เมื่อผลเทียบแผนต่ำกว่า (จุด)"),
        help_text=gettext_lazy("ค่าลบ เช่น -5"),
    )
    critical = WrittenNumber(
        label=gettext_lazy("วิกฤต เมื่อผลเทียบแผนต่ำกว่า (จุด)"),
        help_text=gettext_lazy("ค่าลบ เช่น -15"),
    )
    money_ahead = WrittenNumber(label=gettext_lazy("เตือนเมื่อเงินไปก่อนงานเกิน (จุด)"))
    delivery_ahead = WrittenNumber(label=gettext_lazy("เตือนเมื่องานไปก่อนเงินเกิน (จุด)"))
    monthly = forms.BooleanField(
        label=gettext_lazy("ขอรายงานความก้าวหน้ารายเดือน นอกเหนือจากรายไตรมาส"), required=False
    )
