"""The shape of what is typed about resolutions; nothing here saves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from meetings.models import Resolution


class AgencyField(forms.ModelChoiceField[Agency]):
    """An agency by its name in the page's language."""

    def label_from_instance(self, obj: Agency) -> str:
        return obj.name


class ResolutionForm(forms.Form):
    """What a meeting asks for."""

    text_th = forms.CharField(label=_("มติ / ข้อสั่งการ"), widget=forms.Textarea(attrs={"rows": 3}))
    owner = AgencyField(label=_("เจ้าภาพ"), queryset=Agency.objects.none())
    due_date = forms.DateField(
        label=_("กำหนดเสร็จ"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        owner = self.fields["owner"]
        assert isinstance(owner, AgencyField)
        owner.queryset = Agency.objects.reporting().in_code_order()


class ClosingForm(forms.Form):
    """How a resolution ended."""

    state = forms.ChoiceField(
        label=_("ผล"),
        choices=[
            (Resolution.State.DONE, Resolution.State.DONE.label),
            (Resolution.State.DROPPED, Resolution.State.DROPPED.label),
        ],
    )
    note = forms.CharField(
        label=_("ความคืบหน้าหรือเหตุผล"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
