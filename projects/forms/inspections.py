"""What may be typed about visits and what they found: shape and type only."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency, Area
from common.formfields import SeveralFilesField, ThaiDateField
from common.thainumbers import read_number
from kpi.models import KPI
from projects.models import Checklist, Finding, InspectionAnswer, Project


def _text(label: Any, *, required: bool = True, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class _Named(forms.ModelChoiceField[Any]):
    def label_from_instance(self, obj: Any) -> str:
        if isinstance(obj, Agency):
            return obj.name
        if isinstance(obj, Area):
            return f"{obj.get_kind_display()}{obj.name}"
        return f"{obj.code} {obj.name}"


class _KPIs(forms.ModelMultipleChoiceField[Any]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.indicator.name} ({obj.fiscal_year_id})"


class CoordinateField(forms.CharField):
    """A coordinate in degrees, in Thai or Arabic digits; empty is none."""

    def clean(self, value: Any) -> Decimal | None:
        """Return degrees to six decimals, or None.

        :raises ValidationError: if it is no number.
        """
        text = super().clean(value)
        if not text:
            return None
        reading = read_number(text, places=6)
        if reading.error or reading.value is None:
            raise forms.ValidationError(_("พิมพ์พิกัดเป็นองศาทศนิยม เช่น 13.547500"))
        return Decimal(reading.value).quantize(Decimal("0.000001"))


def _areas() -> Any:
    return Area.objects.exclude(kind=Area.Kind.VILLAGE).in_code_order()


class PlanForm(forms.Form):
    """A visit to be made."""

    project = _Named(
        label=gettext_lazy("โครงการ"),
        queryset=Project.objects.none(),
        error_messages={"required": gettext_lazy("เลือกโครงการที่จะตรวจ")},
    )
    planned_date = ThaiDateField(label=gettext_lazy("วันนัดตรวจ"))
    purpose_th = _text(gettext_lazy("วัตถุประสงค์"))
    checklist = _Named(
        label=gettext_lazy("แบบตรวจ"), queryset=Checklist.objects.none(), required=False
    )
    team_th = forms.CharField(label=gettext_lazy("คณะผู้ตรวจ"), max_length=500, required=False)
    area = _Named(label=gettext_lazy("พื้นที่"), queryset=Area.objects.none(), required=False)
    place_th = forms.CharField(label=gettext_lazy("สถานที่"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ = Project.objects.filter(status__in=["approved", "running", "finished"])
        _choices(self, "project", open_.in_code_order())
        _choices(self, "checklist", Checklist.objects.filter(is_active=True).order_by("code"))
        _choices(self, "area", _areas())


class RecordForm(forms.Form):
    """What came of a visit, with an answer for each question of its checklist."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    visited_date = ThaiDateField(
        label=gettext_lazy("วันที่ตรวจจริง"),
        error_messages={"required": gettext_lazy("ใส่วันที่ตรวจจริง")},
    )
    summary_th = _text(gettext_lazy("สรุปผลการตรวจ"), rows=3)

    def __init__(self, *args: Any, questions: list[InspectionAnswer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for row in questions:
            self.fields[f"answer-{row.number}"] = forms.ChoiceField(
                label=row.question_th,
                required=False,
                choices=[("", _("ยังไม่ตรวจ")), *InspectionAnswer.Answer.choices],
                initial=row.answer,
            )
            self.fields[f"note-{row.number}"] = forms.CharField(
                label=_("หมายเหตุข้อ %(number)d") % {"number": row.number},
                required=False,
                max_length=500,
                initial=row.note_th,
            )

    @property
    def rows(self) -> list[tuple[InspectionAnswer, forms.BoundField, forms.BoundField]]:
        """Each question with the fields of its answer and its note."""
        return [
            (row, self[f"answer-{row.number}"], self[f"note-{row.number}"])
            for row in self.questions
        ]

    @property
    def answers(self) -> dict[int, tuple[str, str]]:
        """The answers and notes by number."""
        return {
            row.number: (
                self.cleaned_data[f"answer-{row.number}"],
                self.cleaned_data[f"note-{row.number}"],
            )
            for row in self.questions
        }


class FindingForm(forms.Form):
    """What a visit found, and who mends it until when."""

    text_th = _text(gettext_lazy("สิ่งที่ตรวจพบ"))
    severity = forms.ChoiceField(
        label=gettext_lazy("ความรุนแรง"),
        choices=Finding.Severity.choices,
        help_text=gettext_lazy("ร้ายแรง: ตัวเลขของโครงการจะขึ้นว่ายังไม่ยืนยันจนกว่าจะแก้และตรวจยืนยันแล้ว"),
    )
    corrective_th = _text(gettext_lazy("สิ่งที่ต้องแก้ไข"))
    owner = _Named(
        label=gettext_lazy("ผู้รับผิดชอบแก้ไข"),
        queryset=Agency.objects.none(),
        error_messages={"required": gettext_lazy("เลือกหน่วยงานที่รับผิดชอบแก้ไข")},
    )
    due_date = ThaiDateField(
        label=gettext_lazy("กำหนดแก้เสร็จ"),
        error_messages={"required": gettext_lazy("ใส่กำหนดแก้เสร็จ")},
    )
    area = _Named(label=gettext_lazy("พื้นที่"), queryset=Area.objects.none(), required=False)
    place_th = forms.CharField(label=gettext_lazy("จุดที่พบ"), max_length=300, required=False)
    latitude = CoordinateField(label=gettext_lazy("ละติจูด"), required=False)
    longitude = CoordinateField(label=gettext_lazy("ลองจิจูด"), required=False)
    kpis = _KPIs(
        label=gettext_lazy("ตัวชี้วัดที่ยังยืนยันไม่ได้เพราะข้อนี้"),
        queryset=KPI.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    photos = SeveralFilesField(
        label=gettext_lazy("ภาพถ่าย"),
        required=False,
        help_text=gettext_lazy("JPG PNG WebP หลายภาพได้ ระบบลบพิกัดและข้อมูลกล้องออกจากภาพ"),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "owner", Agency.objects.reporting().in_code_order())
        _choices(self, "area", _areas())
        _choices(
            self,
            "kpis",
            project.kpis.filter(scorecard__post=None)
            .select_related("indicator", "scorecard")
            .in_code_order(),
        )


class FixForm(forms.Form):
    """How a finding was mended."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    fixed_th = _text(gettext_lazy("แก้ไขอย่างไร"), rows=3)
    photos = SeveralFilesField(
        label=gettext_lazy("ภาพหลังแก้ไข"),
        required=False,
        help_text=gettext_lazy("JPG PNG WebP หลายภาพได้ ระบบลบพิกัดและข้อมูลกล้องออกจากภาพ"),
    )


class VerdictForm(forms.Form):
    """Whether a finding is mended."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    verdict_th = _text(gettext_lazy("ผลการตรวจยืนยัน"))


class CancelForm(forms.Form):
    """Why a visit is not made."""

    reason = _text(gettext_lazy("เหตุผลที่ยกเลิก"))


class ChecklistForm(forms.Form):
    """A template of what visits look at."""

    code = forms.CharField(label=gettext_lazy("รหัส"), max_length=20)
    name_th = forms.CharField(label=gettext_lazy("ชื่อแบบตรวจ"), max_length=500)
    questions_th = forms.CharField(
        label=gettext_lazy("รายการตรวจ"),
        help_text=gettext_lazy("บรรทัดละหนึ่งข้อ การตรวจที่วางแผนไว้แล้วไม่เปลี่ยนตาม"),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=8000,
    )
    is_active = forms.BooleanField(label=gettext_lazy("ใช้งาน"), required=False, initial=True)


def _choices(form: forms.Form, name: str, queryset: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = queryset
