"""What may be typed about learning: shape and type only."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.formfields import CountField, ThaiDateField
from kpi.models import KPI
from learning.models import Course, Goal, Rule, Turnout


class CourseChoice(forms.ModelChoiceField[Course]):
    """A course by its name, marked where it is digital."""

    def label_from_instance(self, obj: Course) -> str:
        mark = _(" · ดิจิทัล") if obj.is_digital else ""
        return f"{obj.code} {obj.name}{mark}"


class RecordForm(forms.Form):
    """A course that was completed."""

    course = CourseChoice(
        label=gettext_lazy("หลักสูตร"),
        queryset=Course.objects.none(),
        empty_label=gettext_lazy("เลือกหลักสูตร"),
    )
    completed_date = ThaiDateField(
        label=gettext_lazy("วันที่เรียนจบ"), help_text=gettext_lazy("ตามประกาศนียบัตร เช่น 29 พ.ย. 2569")
    )
    certificate = forms.FileField(
        label=gettext_lazy("ประกาศนียบัตร"),
        required=False,
        help_text=gettext_lazy("PDF หรือภาพ ไม่เกิน 20 MB ภาพจะถูกลบพิกัดออก"),
    )
    note = forms.CharField(
        label=gettext_lazy("หมายเหตุ"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, with_course: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_course:
            del self.fields["course"]
            return
        course = self.fields["course"]
        assert isinstance(course, CourseChoice)
        course.queryset = Course.objects.offered().in_code_order()


class CourseForm(forms.Form):
    """A course of the catalogue."""

    code = forms.CharField(label=gettext_lazy("รหัส"), max_length=40)
    name_th = forms.CharField(label=gettext_lazy("ชื่อหลักสูตร"), max_length=500)
    name_en = forms.CharField(
        label=gettext_lazy("ชื่อหลักสูตร (อังกฤษ)"), max_length=500, required=False
    )
    provider_th = forms.CharField(label=gettext_lazy("ผู้จัด"), max_length=300, required=False)
    hours = CountField(label=gettext_lazy("ชั่วโมง"), required=False)
    address = forms.URLField(label=gettext_lazy("ที่อยู่เว็บ"), required=False, assume_scheme="https")
    is_digital = forms.BooleanField(label=gettext_lazy("นับเป็นทักษะดิจิทัล"), required=False)
    is_active = forms.BooleanField(label=gettext_lazy("เปิดให้เลือก"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)


class KPIChoice(forms.ModelChoiceField[KPI]):
    """A KPI by code and name."""

    def label_from_instance(self, obj: KPI) -> str:
        return f"{obj.code} {obj.name}"


class RuleForm(forms.Form):
    """What each officer learns in a year."""

    basis = forms.ChoiceField(label=gettext_lazy("นับตาม"), choices=Rule.Basis)
    courses_least = forms.IntegerField(label=gettext_lazy("อย่างน้อย (เรื่อง)"), min_value=1)
    digital_least = forms.IntegerField(label=gettext_lazy("ในจำนวนนี้เรื่องดิจิทัล"), min_value=0)
    kpi = KPIChoice(
        label=gettext_lazy("ตัวชี้วัดที่ใช้ผลนี้"),
        queryset=KPI.objects.none(),
        required=False,
        help_text=gettext_lazy("ตัวชี้วัดที่มีตัวตั้งและตัวหาร ตัวตั้งคือผู้เรียนครบ ตัวหารคือเจ้าหน้าที่ทั้งหมด"),
    )
    source = forms.CharField(
        label=gettext_lazy("ที่มา"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kpi = self.fields["kpi"]
        assert isinstance(kpi, KPIChoice)
        kpi.queryset = (
            KPI.objects.for_year(year)
            .exclude(scorecard__level="post")
            .filter(indicator__versions__is_ratio=True)
            .select_related("indicator")
            .distinct()
            .in_code_order()
        )


class GoalChoice(forms.ModelChoiceField[Goal]):
    """A goal by its name."""

    def label_from_instance(self, obj: Goal) -> str:
        return obj.name


class ProgrammeForm(forms.Form):
    """A training that the province holds, with how many came of each level of administration."""

    code = forms.CharField(label=gettext_lazy("รหัส"), max_length=40)
    name_th = forms.CharField(label=gettext_lazy("ชื่อการอบรม"), max_length=500)
    name_en = forms.CharField(
        label=gettext_lazy("ชื่อการอบรม (อังกฤษ)"), max_length=500, required=False
    )
    goal = GoalChoice(label=gettext_lazy("เป้าหมาย"), queryset=Goal.objects.none(), required=False)
    start_date = ThaiDateField(label=gettext_lazy("เริ่ม"), required=False)
    end_date = ThaiDateField(label=gettext_lazy("สิ้นสุด"), required=False)
    is_digital = forms.BooleanField(label=gettext_lazy("ทักษะดิจิทัล"), required=False)
    outcome_th = forms.CharField(
        label=gettext_lazy("ผลที่ได้"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        goal = self.fields["goal"]
        assert isinstance(goal, GoalChoice)
        goal.queryset = Goal.objects.order_by("code")
        for level in Turnout.Level:
            for name, word in (("invited", _("เชิญ (คน)")), ("attended", _("เข้าร่วม (คน)"))):
                self.fields[f"{level.value}_{name}"] = CountField(
                    label=f"{level.label}: {word}", required=False
                )

    @property
    def turnouts(self) -> dict[str, tuple[int | None, int | None]]:
        """What was typed by level: invited and attended."""
        return {
            level.value: (
                self.cleaned_data[f"{level.value}_invited"],
                self.cleaned_data[f"{level.value}_attended"],
            )
            for level in Turnout.Level
        }
