"""What may be typed about reminders: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.formfields import ThaiDateField
from reminders.models import Rung
from reminders.rules import read_days


class SnoozeForm(forms.Form):
    """Until when a reminder is put off, and why."""

    until_date = ThaiDateField(label=_("เตือนอีกครั้งวันที่"))
    reason = forms.CharField(label=_("เหตุผล"), max_length=300)


class DaysField(forms.CharField):
    """Days around a deadline, such as "-3, 0, 1, 7"."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else ", ".join(map(str, sorted(value or ())))

    def to_python(self, value: Any) -> Any:
        days = read_days(super().to_python(value) or "")
        if days is None:
            raise forms.ValidationError(_("ใส่เป็นจำนวนวันคั่นด้วยจุลภาค เช่น -3, 0, 1, 7"), code="invalid")
        return days


class LadderForm(forms.Form):
    """On which days each rung is told; negative before the deadline, 0 on its day."""

    owner = DaysField(label=Rung.OWNER.label)
    head = DaysField(label=Rung.HEAD.label, required=False)
    governor = DaysField(label=Rung.GOVERNOR.label, required=False)


class DayOffForm(forms.Form):
    """A day that the calendar of holidays does not know, or knows wrongly."""

    day = ThaiDateField(label=_("วันที่"))
    name_th = forms.CharField(label=_("ชื่อวัน"), max_length=200)
    source = forms.CharField(label=_("ที่มา"), max_length=300)
    is_working = forms.BooleanField(label=_("เป็นวันทำการ (ยกเลิกวันหยุดในปฏิทิน)"), required=False)
