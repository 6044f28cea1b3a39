"""The shape of what is typed about resolutions; nothing here saves."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from common.formfields import ThaiDateField
from meetings.models import AgendaItem, Committee, Resolution


class AgencyField(forms.ModelChoiceField[Agency]):
    """An agency by its name in the page's language."""

    def label_from_instance(self, obj: Agency) -> str:
        return obj.name


class ResolutionForm(forms.Form):
    """What a meeting asks for."""

    text_th = forms.CharField(label=_("มติ / ข้อสั่งการ"), widget=forms.Textarea(attrs={"rows": 3}))
    owner = AgencyField(
        label=_("เจ้าภาพ"),
        queryset=Agency.objects.none(),
        error_messages={"required": _("เลือกหน่วยงานเจ้าภาพของข้อสั่งการ")},
    )
    due_date = ThaiDateField(
        label=_("กำหนดเสร็จ"), error_messages={"required": _("ใส่กำหนดเสร็จของข้อสั่งการ")}
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


class CommitteeField(forms.ModelChoiceField[Committee]):
    """A committee by its name in the page's language."""

    def label_from_instance(self, obj: Committee) -> str:
        return obj.name


class MeetingForm(forms.Form):
    """A meeting that is called."""

    committee = CommitteeField(label=_("คณะกรรมการ"), queryset=Committee.objects.none())
    number = forms.IntegerField(label=_("ครั้งที่"), min_value=1, max_value=999)
    year = forms.IntegerField(label=_("ปี พ.ศ."), min_value=2500, max_value=2700)
    held_date = ThaiDateField(label=_("วันที่ประชุม"))
    place_th = forms.CharField(label=_("สถานที่"), max_length=300, required=False)

    def __init__(self, *args: Any, committees: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["committee"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = committees


class MinutesForm(forms.Form):
    """Who came and what was said, item by item."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    attendees_th = forms.CharField(
        label=_("ผู้มาประชุม"),
        help_text=_("บรรทัดละหนึ่งคน ประธานก่อน"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=8000,
    )
    minutes_th = forms.CharField(
        label=_("เรื่องอื่นที่ที่ประชุมพิจารณา"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=8000,
    )

    def __init__(self, *args: Any, items: Sequence[AgendaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            self.fields[f"said-{item.number}"] = forms.CharField(
                label=say("ที่ประชุมพิจารณาวาระที่ %(number)d") % {"number": item.number},
                required=False,
                initial=item.minutes_th,
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=8000,
            )

    @property
    def rows(self) -> list[tuple[AgendaItem, forms.BoundField]]:
        """Each item with its field."""
        return [(item, self[f"said-{item.number}"]) for item in self.items]

    @property
    def said(self) -> dict[int, str]:
        """What was said, by the number of the item."""
        return {item.number: self.cleaned_data[f"said-{item.number}"] for item in self.items}


class ProgressForm(forms.Form):
    """How far a resolution is."""

    progress_th = forms.CharField(
        label=_("ความคืบหน้า"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
