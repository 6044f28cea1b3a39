"""Shape of what is typed on joined pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.formfields import ThaiDateField


class DelegationForm(forms.Form):
    """Lend a signature: to whom, from when to when, why."""

    deputy = forms.ModelChoiceField(User.objects.none(), label=_("ผู้รับมอบ"))
    from_date = ThaiDateField(label=_("ตั้งแต่วันที่"))
    until_date = ThaiDateField(label=_("ถึงวันที่"))
    reason = forms.CharField(label=_("เหตุผล"), max_length=300)

    def __init__(self, *args: Any, deputies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["deputy"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = deputies
        field.label_from_instance = User.get_full_name  # type: ignore[method-assign, assignment]
