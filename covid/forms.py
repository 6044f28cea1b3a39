"""What operators type: shape and type only."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from common.formfields import CountField, ThaiDateField
from covid import rules
from covid.document import FigureKind
from covid.models import CaseFinding, Facility, Factory, FactoryInspection, Vaccination
from kpi.models import KPI
from meetings.models import Meeting
from submissions.models import Quarter


class NamedChoice(forms.ModelChoiceField[Any]):
    """A row by its name in the page's language."""

    def label_from_instance(self, obj: Any) -> str:
        return str(getattr(obj, "name", obj))


def _offer_districts(form: forms.Form) -> None:
    area = form.fields["area"]
    assert isinstance(area, NamedChoice)
    area.queryset = Area.objects.of_kind(Area.Kind.DISTRICT).order_by("code")


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
        _offer_districts(self)


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


class DistrictForm(forms.Form):
    """A row of a register that lies in a district."""

    area = NamedChoice(label=_("อำเภอ"), queryset=Area.objects.none(), empty_label=_("เลือกอำเภอ"))
    note = forms.CharField(
        label=_("หมายเหตุ"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_districts(self)
        self.fields["note"] = self.fields.pop("note")


class FactoryForm(DistrictForm):
    """A factory under Bubble & Seal."""

    field_order = (
        "code",
        "name_th",
        "name_en",
        "area",
        "thai_workers",
        "foreign_workers",
        "status",
    )

    code = forms.CharField(label=_("รหัส"), max_length=40)
    name_th = forms.CharField(label=_("ชื่อโรงงาน"), max_length=500)
    name_en = forms.CharField(label=_("ชื่อโรงงาน (อังกฤษ)"), max_length=500, required=False)
    thai_workers = CountField(label=_("แรงงานไทย"))
    foreign_workers = CountField(label=_("แรงงานต่างด้าว"))
    status = forms.ChoiceField(label=_("สถานะ"), choices=Factory.Status)
    from_date = ThaiDateField(label=_("เริ่มมาตรการ"), required=False)
    until_date = ThaiDateField(label=_("ครบกำหนด"), required=False)


class InspectionForm(forms.Form):
    """A visit to a factory."""

    day = ThaiDateField(label=_("วันที่ตรวจ"))
    inspector_th = forms.CharField(label=_("ผู้ตรวจ"), max_length=300)
    tested = CountField(label=_("สุ่มตรวจ"), required=False)
    found = CountField(label=_("พบเชื้อ"), required=False)
    outcome = forms.ChoiceField(label=_("ผลการตรวจ"), choices=FactoryInspection.Outcome)
    note = forms.CharField(
        label=_("หมายเหตุ"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("ถ้าไม่ผ่านหรือให้แก้ไข เขียนว่าต้องแก้อะไร"),
    )  # fmt: skip


class CaseFindingForm(DistrictForm):
    """A round of active case finding."""

    field_order = ("day", "area", "place", "place_th", "tested", "found")

    day = ThaiDateField(label=_("วันที่"))
    place = forms.ChoiceField(label=_("ประเภทสถานที่"), choices=CaseFinding.Place)
    place_th = forms.CharField(label=_("สถานที่"), max_length=300)
    tested = CountField(label=_("ตรวจ"))
    found = CountField(
        label=_("พบเชื้อ"), required=False, help_text=_("เว้นว่างถ้ายังไม่ทราบผล ไม่พบให้ใส่ 0")
    )


class VaccinationForm(DistrictForm):
    """A running total of vaccine given."""

    field_order = ("day", "dose", "group", "area", "given", "target")

    day = ThaiDateField(label=_("ข้อมูลถึงวันที่"))
    dose = CountField(label=_("เข็มที่"))
    group = forms.ChoiceField(label=_("กลุ่มเป้าหมาย"), choices=Vaccination.Group)
    given = CountField(label=_("ฉีดสะสม"))
    target = CountField(label=_("เป้าหมาย (คน)"), required=False)


class SupplyForm(DistrictForm):
    """A request for supplies, and what was given."""

    field_order = ("day", "requester_th", "area", "item_th", "unit_th", "asked", "given")

    day = ThaiDateField(label=_("วันที่ขอ"))
    requester_th = forms.CharField(label=_("ผู้ขอ"), max_length=300)
    item_th = forms.CharField(label=_("สิ่งที่ขอ"), max_length=300)
    unit_th = forms.CharField(label=_("หน่วยนับ"), max_length=60)
    asked = CountField(label=_("ขอ"))
    given = CountField(label=_("ให้แล้ว"), required=False)
    needed_date = ThaiDateField(label=_("ต้องการภายใน"), required=False)
    closed_reason = forms.CharField(
        label=_("เหตุที่ปิดคำขอ"), max_length=300, required=False,
        help_text=_("ใส่เมื่อไม่ต้องการแล้วหรือจัดหาให้ไม่ได้"),
    )  # fmt: skip

    def clean_given(self) -> int:
        """Nothing typed is nothing given yet."""
        return self.cleaned_data["given"] or 0


class FeedForm(forms.Form):
    """Which figure goes into which KPI and quarter."""

    kind = forms.ChoiceField(label=_("ตัวเลข"))
    kpi = forms.ModelChoiceField(label=_("ตัวชี้วัดที่ท่านรายงาน"), queryset=KPI.objects.none())
    quarter = forms.ModelChoiceField(label=_("ไตรมาส"), queryset=Quarter.objects.none())

    def __init__(
        self, data: Any, *, kpis: Sequence[KPI], quarters: Sequence[Quarter], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        kind, kpi, quarter = (self.fields[name] for name in ("kind", "kpi", "quarter"))
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(each.value, rules.words_of_figure(each)) for each in FigureKind]
        assert isinstance(kpi, forms.ModelChoiceField)
        kpi.queryset = KPI.objects.filter(pk__in=[each.pk for each in kpis])
        kpi.choices = [(each.pk, f"{each.code} {each.indicator.name}") for each in kpis]
        assert isinstance(quarter, forms.ModelChoiceField)
        quarter.queryset = Quarter.objects.filter(pk__in=[each.pk for each in quarters])
        quarter.choices = [(each.pk, f"{each.number}/{each.fiscal_year_id}") for each in quarters]
