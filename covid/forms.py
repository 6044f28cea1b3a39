"""What operators type: shape and type only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from common.formfields import CountField, ThaiDateField
from covid.models import Facility
from meetings.models import Meeting


class NamedChoice(forms.ModelChoiceField[Any]):
    """A row by its name in the page's language."""

    def label_from_instance(self, obj: Any) -> str:
        return str(getattr(obj, "name", obj))


class FacilityForm(forms.Form):
    """A facility with beds."""

    code = forms.CharField(label=_("รหัส"), max_length=40)
    name_th = forms.CharField(label=_("ชื่อสถานที่"), max_length=500)
    name_en = forms.CharField(label=_("ชื่อสถานที่ (อังกฤษ)"), max_length=500, required=False)
    kind = forms.ChoiceField(label=_("ประเภท"), choices=Facility.Kind)
    area = NamedChoice(label=_("อำเภอ"), queryset=Area.objects.none(), empty_label=_("เลือกอำเภอ"))
    operator_th = forms.CharField(label=_("ผู้ดำเนินการ"), max_length=300, required=False)
    beds = CountField(label=_("เตียง"))
    certified_date = ThaiDateField(label=_("วันที่รับรอง"), required=False)
    from_date = ThaiDateField(label=_("วันที่เปิด"), required=False)
    until_date = ThaiDateField(label=_("วันที่ปิด"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = self.fields["area"]
        assert isinstance(area, NamedChoice)
        area.queryset = Area.objects.of_kind(Area.Kind.DISTRICT).order_by("code")


class OrderForm(forms.Form):
    """An announcement or order."""

    number = forms.CharField(label=_("เลขที่"), max_length=60)
    name_th = forms.CharField(label=_("เรื่อง"), max_length=500)
    name_en = forms.CharField(label=_("เรื่อง (อังกฤษ)"), max_length=500, required=False)
    issued_date = ThaiDateField(label=_("ลงวันที่"))
    from_date = ThaiDateField(label=_("มีผลตั้งแต่"))
    until_date = ThaiDateField(
        label=_("ถึง"), required=False, help_text=_("เว้นว่างถ้าใช้จนกว่าจะเปลี่ยนแปลง")
    )
    basis_th = forms.CharField(
        label=_("อาศัยอำนาจตาม"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    closes_th = forms.CharField(
        label=_("ปิดหรือห้าม"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    opens_th = forms.CharField(
        label=_("เปิดหรือผ่อนปรน"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    meeting = NamedChoice(label=_("มติการประชุม"), queryset=Meeting.objects.none(), required=False)
    file = forms.FileField(label=_("ไฟล์คำสั่ง"), required=False, help_text=_("PDF ไม่เกิน 20 MB"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meeting = self.fields["meeting"]
        assert isinstance(meeting, NamedChoice)
        meeting.queryset = Meeting.objects.select_related("committee").newest_first()


class IncidentForm(forms.Form):
    """An incident that is opened."""

    code = forms.SlugField(label=_("รหัส"), max_length=40, help_text=_("อักษรอังกฤษ ตัวเลข และขีด"))
    name_th = forms.CharField(label=_("ชื่อเหตุการณ์"), max_length=500)
    name_en = forms.CharField(label=_("ชื่อเหตุการณ์ (อังกฤษ)"), max_length=500, required=False)
    start_date = ThaiDateField(label=_("เริ่มวันที่"))


class ClosingForm(forms.Form):
    """When an incident ended."""

    end_date = ThaiDateField(label=_("สิ้นสุดวันที่"))


class OccupancyForm(forms.Form):
    """A facility's day; a row without any figure is not written."""

    patients = CountField(label=_("ผู้ป่วยคงอยู่"), required=False)
    admitted = CountField(label=_("รับใหม่"), required=False)
    discharged = CountField(label=_("จำหน่าย"), required=False)
    note = forms.CharField(label=_("หมายเหตุ"), required=False)
    version = forms.IntegerField(min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        """Hold the three counts together: all of them, or none.

        :raises ValidationError: if only some were typed.
        """
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        counts = [typed.get(name) for name in ("patients", "admitted", "discharged")]
        if not self.errors and any(each is not None for each in counts) and None in counts:
            raise forms.ValidationError(_("ใส่ผู้ป่วยคงอยู่ รับใหม่ และจำหน่าย ให้ครบทั้งสามช่อง ไม่มีให้ใส่ 0"))
        return typed


class SituationForm(forms.Form):
    """A district's day; a row without cases and deaths is not written."""

    cases = CountField(label=_("ติดเชื้อรายใหม่"), required=False)
    deaths = CountField(label=_("เสียชีวิต"), required=False)
    tested = CountField(label=_("ตรวจ"), required=False)
    vaccinated = CountField(label=_("ฉีดวัคซีน"), required=False)
    note = forms.CharField(label=_("หมายเหตุ"), required=False)
    version = forms.IntegerField(min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        """Hold cases and deaths together: both, or none.

        :raises ValidationError: if only one was typed.
        """
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        pair = (typed.get("cases"), typed.get("deaths"))
        extra = (typed.get("tested"), typed.get("vaccinated"))
        if not self.errors and any(each is not None for each in (*pair, *extra)) and None in pair:
            raise forms.ValidationError(_("ใส่ผู้ติดเชื้อรายใหม่และผู้เสียชีวิตให้ครบ ไม่มีให้ใส่ 0"))
        return typed
