"""The shape of what is typed about needs; nothing here saves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency, Area
from common import fiscal
from common.formfields import AmountField, CountField, FigureField, ThaiDateField
from planning.forms.fields import AreaField, FromPublicForm, coded, named
from planning.models import Criterion, Need, NeedCategory
from planning.scoring import MOST_POINTS
from projects.models import Project
from strategy.models import Approach


class NeedWordsForm(forms.Form):
    """What is needed and for whom: what may still be put right."""

    title_th = forms.CharField(label=gettext_lazy("ต้องการอะไร"), max_length=300)
    detail_th = forms.CharField(
        label=gettext_lazy("รายละเอียด"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    category = forms.ModelChoiceField(NeedCategory.objects.none(), label=gettext_lazy("หมวด"))
    place_th = forms.CharField(
        label=gettext_lazy("จุดที่ตั้ง"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("เช่น หมู่ที่ ชุมชน ถนน หรือจุดสังเกต อย่าใส่ชื่อหรือบ้านเลขที่ของบุคคล"),
    )
    people_affected = CountField(label=gettext_lazy("ผู้ได้รับผลกระทบ"), required=False)
    cost_guess = AmountField(label=gettext_lazy("ประมาณการค่าใช้จ่าย"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)
        category.queryset = NeedCategory.objects.filter(is_active=True).order_by("order")
        category.label_from_instance = named  # type: ignore[method-assign]

    def clean_people_affected(self) -> int | None:
        """Refuse more people than any province has."""
        people: int | None = self.cleaned_data["people_affected"]
        if people is not None and people > 5_000_000:
            raise forms.ValidationError(_("จำนวนคนมากเกินไป ตรวจตัวเลขอีกครั้ง"))
        return people


class NeedForm(NeedWordsForm):
    """What is needed, where, for whom."""

    area = AreaField(label=gettext_lazy("ตำบล / หมู่บ้าน"))
    latitude = FigureField(label=gettext_lazy("ละติจูด"), required=False)
    longitude = FigureField(label=gettext_lazy("ลองจิจูด"), required=False)

    field_order = ("title_th", "detail_th", "category", "area", "place_th", "latitude", "longitude")

    def __init__(self, *args: Any, areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = self.fields["area"]
        assert isinstance(area, AreaField)
        area.offer(areas)


class AmendForm(NeedWordsForm):
    """The words and numbers of a need put right; `version` is the one that was seen."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class PublicNeedForm(FromPublicForm, NeedForm):
    """The same from the public: with consent, a trap for machines and the time it took."""

    contact_name = forms.CharField(label=gettext_lazy("ชื่อผู้แจ้ง"), required=False, max_length=200)
    contact_phone = forms.CharField(label=gettext_lazy("โทรศัพท์"), required=False, max_length=60)
    contact_email = forms.EmailField(label=gettext_lazy("อีเมล"), required=False)
    consent = forms.BooleanField(
        label=gettext_lazy(
            "ยินยอมให้เจ้าหน้าที่ใช้ข้อมูลนี้เพื่อพิจารณาเรื่อง เรื่องและภาพจะเผยแพร่หลังตรวจ ส่วนชื่อและข้อมูลติดต่อจะไม่เผยแพร่"
        ),
        error_messages={"required": gettext_lazy("ต้องยินยอมก่อน จึงรับเรื่องได้")},
    )


class ReasonForm(forms.Form):
    """A reason that everybody reads."""

    reason = forms.CharField(
        label=gettext_lazy("เหตุผลที่ประชาชนจะเห็น"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoteForm(forms.Form):
    """A word on the way, if any."""

    note = forms.CharField(
        label=gettext_lazy("ข้อความถึงระดับถัดไป"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RankForm(forms.Form):
    """Points by each criterion of a level."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for criterion in criteria:
            self.fields[f"c{criterion.pk}"] = forms.TypedChoiceField(
                label=criterion.name,
                coerce=int,
                choices=[("", "–"), *((n, str(n)) for n in range(MOST_POINTS, -1, -1))],
                error_messages={"required": _("ให้คะแนน 0 ถึง 5")},
            )

    @property
    def points(self) -> dict[int, int]:
        return {row.pk: self.cleaned_data[f"c{row.pk}"] for row in self.criteria}


class MergeForm(forms.Form):
    """The main need that says the same."""

    into = forms.CharField(
        label=gettext_lazy("เลขที่เรื่องหลัก"),
        max_length=20,
        help_text=gettext_lazy("เรื่องที่อยู่ระดับเดียวกัน เช่น N70-00012"),
    )
    note = forms.CharField(label=gettext_lazy("หมายเหตุ"), required=False, max_length=2000)


class FundForm(forms.Form):
    """Money of the level's own."""

    baht = AmountField(label=gettext_lazy("งบประมาณที่จัดสรร"))
    fiscal_year = CountField(label=gettext_lazy("ปีงบประมาณ"))
    source_th = forms.CharField(label=gettext_lazy("แหล่งงบประมาณ"), max_length=200)
    note = forms.CharField(label=gettext_lazy("หมายเหตุ"), required=False, max_length=2000)


class AdoptForm(forms.Form):
    """A project that is there already."""

    project = forms.CharField(
        label=gettext_lazy("รหัสโครงการที่มีอยู่"),
        max_length=40,
        help_text=gettext_lazy("เช่น 70-4-001"),
    )
    note = forms.CharField(label=gettext_lazy("หมายเหตุ"), required=False, max_length=2000)

    def clean_project(self) -> Project:
        """Find the project by its code."""
        found = Project.objects.filter(code=self.cleaned_data["project"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("ไม่พบโครงการรหัสนี้ ตรวจรหัสในหน้าโครงการ"))
        return found


class ProposeForm(forms.Form):
    """A new project proposed from a need."""

    code = forms.CharField(label=gettext_lazy("รหัสโครงการใหม่"), max_length=40)
    name_th = forms.CharField(label=gettext_lazy("ชื่อโครงการ"), max_length=500)
    host_agency = forms.ModelChoiceField(Agency.objects.none(), label=gettext_lazy("หน่วยงานเจ้าภาพ"))
    approach = forms.ModelChoiceField(Approach.objects.none(), label=gettext_lazy("แนวทางการพัฒนา"))
    start_date = ThaiDateField(label=gettext_lazy("เริ่ม"))
    end_date = ThaiDateField(label=gettext_lazy("สิ้นสุด"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agency, approach = self.fields["host_agency"], self.fields["approach"]
        assert isinstance(agency, forms.ModelChoiceField)
        assert isinstance(approach, forms.ModelChoiceField)
        agency.queryset = Agency.objects.reporting().in_code_order()
        agency.label_from_instance = named  # type: ignore[method-assign]
        approach.queryset = (
            Approach.objects.filter(issue__edition__state="in_force")
            .select_related("issue__edition__plan")
            .order_by("issue__order", "code")
        )
        approach.label_from_instance = coded  # type: ignore[method-assign]


class VillageForm(forms.Form):
    """A village or community of a tambon."""

    tambon = AreaField(label=gettext_lazy("ตำบล"))
    number = CountField(
        label=gettext_lazy("หมู่ที่"),
        help_text=gettext_lazy("ชุมชนในเมืองที่ไม่มีหมู่ที่ ใส่ 0"),
    )
    name_th = forms.CharField(label=gettext_lazy("ชื่อหมู่บ้าน / ชุมชน"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("ชื่ออังกฤษ"), required=False, max_length=200)

    def __init__(self, *args: Any, tambons: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tambon = self.fields["tambon"]
        assert isinstance(tambon, AreaField)
        tambon.offer(tambons)


def this_year(at: datetime) -> int:
    """Return the fiscal year of a moment, as forms begin with it."""
    return fiscal.fiscal_year_of(fiscal.local_date(at))


ORIGINS = (
    (Need.Origin.OFFICER, Need.Origin.OFFICER.label),
    (Need.Origin.FORUM, Need.Origin.FORUM.label),
)
