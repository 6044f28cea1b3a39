"""The shape of what is typed about editions, analysis, forums and telling; nothing here saves."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency, Area
from common.formfields import CountField, FigureField, ThaiDateField
from planning.forms.fields import FromPublicForm, coded, named
from planning.models import Forum, ForumProposal, Need, SwotFactor
from planning.models.participation import Sector
from strategy.actions.issues import AlignmentInput, ApproachInput
from strategy.models import Approach, FrameworkItem, Mission, Plan, PlanEdition, ProvinceFact


class EditionField(forms.ModelChoiceField[PlanEdition]):
    """An edition by its plan, number and state."""

    def label_from_instance(self, obj: PlanEdition) -> str:
        return edition_name(obj)


def edition_name(edition: PlanEdition) -> str:
    """Return an edition as people call it."""
    words = _("%(plan)s ฉบับที่ %(number)d") % {
        "plan": edition.plan.name,
        "number": edition.number,
    }
    if edition.review_year:
        words += " " + _("(ฉบับทบทวน พ.ศ. %(year)d)") % {"year": edition.review_year}
    return f"{words} – {edition.get_state_display()}"


def lines_of(text: str) -> list[tuple[str, str]]:
    """Return the lines that say something, each in Thai and, after a bar, English."""
    found = []
    for line in text.splitlines():
        thai, _bar, english = line.partition("|")
        if thai.strip():
            found.append((re.sub(r"^\s*\d+[.)]\s*", "", thai).strip(), english.strip()))
    return found


class StartEditionForm(forms.Form):
    """The next edition of a plan: which one it is a copy of."""

    source = EditionField(queryset=PlanEdition.objects.none(), label=gettext_lazy("คัดลอกจาก"))
    review_year = CountField(label=gettext_lazy("ฉบับทบทวน พ.ศ."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.fields["source"]
        assert isinstance(source, forms.ModelChoiceField)
        source.queryset = PlanEdition.objects.exclude(state="draft").with_plan().in_time_order()


def source_choices(form: forms.Form) -> list[tuple[Any, Any]]:
    """Return the editions that a form offers to copy, the empty choice first."""
    source = form.fields["source"]
    assert isinstance(source, forms.ModelChoiceField)
    return list(cast(Iterable[tuple[Any, Any]], source.choices))


class StartPlanForm(forms.Form):
    """Another plan: the next five years, or a year's action plan."""

    kind = forms.ChoiceField(label=gettext_lazy("ประเภท"), choices=Plan.Kind.choices)
    name_th = forms.CharField(label=gettext_lazy("ชื่อแผน"), max_length=500)
    name_en = forms.CharField(label=gettext_lazy("ชื่ออังกฤษ"), max_length=500, required=False)
    start_year = CountField(label=gettext_lazy("ตั้งแต่ พ.ศ."))
    end_year = CountField(label=gettext_lazy("ถึง พ.ศ."))
    source = EditionField(
        queryset=PlanEdition.objects.none(),
        label=gettext_lazy("คัดลอกจาก"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.fields["source"]
        assert isinstance(source, forms.ModelChoiceField)
        source.queryset = PlanEdition.objects.exclude(state="draft").with_plan().in_time_order()


class EditionForm(forms.Form):
    """The words of an edition."""

    vision_th = forms.CharField(
        label=gettext_lazy("วิสัยทัศน์"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    vision_en = forms.CharField(
        label=gettext_lazy("วิสัยทัศน์ (อังกฤษ)"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    motto_th = forms.CharField(
        label=gettext_lazy("นโยบายผู้ว่าราชการจังหวัด"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    missions = forms.CharField(
        label=gettext_lazy("พันธกิจ"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        help_text=gettext_lazy("หนึ่งบรรทัดต่อหนึ่งข้อ ใส่คำแปลหลังเครื่องหมาย | ได้"),
    )
    review_year = CountField(label=gettext_lazy("ฉบับทบทวน พ.ศ."), required=False)


class IssueForm(forms.Form):
    """A development issue of a draft with its approaches and what it answers to above."""

    code = forms.SlugField(label=gettext_lazy("รหัส"), max_length=20)
    name_th = forms.CharField(label=gettext_lazy("ประเด็นการพัฒนา"), max_length=500)
    name_en = forms.CharField(label=gettext_lazy("ชื่ออังกฤษ"), max_length=500, required=False)
    objective_th = forms.CharField(
        label=gettext_lazy("วัตถุประสงค์"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    order = CountField(label=gettext_lazy("ลำดับ"))
    lead_agency = forms.ModelChoiceField(
        Agency.objects.none(), label=gettext_lazy("เจ้าภาพ"), required=False
    )
    missions = forms.ModelMultipleChoiceField(
        Mission.objects.none(),
        label=gettext_lazy("รับใช้พันธกิจ"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    approaches = forms.CharField(
        label=gettext_lazy("แนวทางการพัฒนา"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        help_text=gettext_lazy("หนึ่งบรรทัดต่อหนึ่งแนวทาง เช่น 1.1 ยกระดับโรงงาน | Raise factories"),
    )
    items = forms.CharField(
        label=gettext_lazy("สอดคล้องกับแผนระดับชาติ"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=gettext_lazy("หนึ่งบรรทัดต่อหนึ่งรายการ รหัสแล้วตามด้วยเหตุผล เช่น NS2 เพิ่มมูลค่าสินค้า"),
    )

    def __init__(self, *args: Any, edition: PlanEdition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agency, missions = self.fields["lead_agency"], self.fields["missions"]
        assert isinstance(agency, forms.ModelChoiceField)
        assert isinstance(missions, forms.ModelMultipleChoiceField)
        agency.queryset = Agency.objects.reporting().in_code_order()
        agency.label_from_instance = named  # type: ignore[method-assign]
        missions.queryset = Mission.objects.filter(edition=edition).order_by("number")
        missions.label_from_instance = named  # type: ignore[method-assign]

    def clean_approaches(self) -> list[ApproachInput]:
        """Read each line's code, name and English name."""
        found: list[ApproachInput] = []
        for line in self.cleaned_data["approaches"].splitlines():
            if not line.strip():
                continue
            code, _space, rest = line.strip().partition(" ")
            thai, _bar, english = rest.partition("|")
            if not thai.strip():
                raise forms.ValidationError(
                    _("บรรทัด “%(line)s” ต้องเป็นรหัส เว้นวรรค แล้วตามด้วยชื่อแนวทาง")
                    % {"line": line.strip()}
                )
            if code in {each.code for each in found}:
                raise forms.ValidationError(_("รหัสแนวทาง %(code)s ซ้ำกัน") % {"code": code})
            found.append(ApproachInput(code, thai.strip(), english.strip()))
        return found

    def clean_items(self) -> list[AlignmentInput]:
        """Read each line's code and reason; a code must be of a national or regional plan."""
        found = []
        for line in self.cleaned_data["items"].splitlines():
            code, _space, reason = line.strip().partition(" ")
            if code:
                found.append(AlignmentInput(code, reason.strip()))
        known = set(
            FrameworkItem.objects.filter(code__in=[each.item for each in found]).values_list(
                "code", flat=True
            )
        )
        missing = [each.item for each in found if each.item not in known]
        if missing:
            raise forms.ValidationError(
                _("ไม่พบรหัส %(codes)s ในแผนระดับชาติและภาค") % {"codes": ", ".join(missing)}
            )
        return found


class MoveForm(forms.Form):
    """Where an edition goes, and by which decision."""

    to = forms.ChoiceField(choices=PlanEdition.State.choices)
    reference = forms.CharField(label=gettext_lazy("มติ ก.บ.จ."), max_length=300, required=False)
    decided_date = ThaiDateField(label=gettext_lazy("วันที่มีมติ"), required=False)


class ConsultForm(forms.Form):
    """What the public is asked, from when to when."""

    question_th = forms.CharField(
        label=gettext_lazy("ขอความเห็นเรื่อง"), widget=forms.Textarea(attrs={"rows": 3})
    )
    opens_date = ThaiDateField(label=gettext_lazy("เปิดรับ"))
    closes_date = ThaiDateField(label=gettext_lazy("ปิดรับ"))


class CloseForm(forms.Form):
    """Why no more comments are taken; everybody reads it."""

    reason = forms.CharField(
        label=gettext_lazy("เหตุผลที่ปิดรับก่อนกำหนด"),
        max_length=300,
        error_messages={"required": gettext_lazy("เขียนเหตุผลที่ปิดรับก่อนกำหนด ประชาชนจะเห็นเหตุผลนี้")},
    )


class CommentForm(FromPublicForm):
    """What somebody says about a draft."""

    sector = forms.ChoiceField(label=gettext_lazy("ท่านให้ความเห็นในฐานะ"), choices=Sector.choices)
    about_th = forms.CharField(
        label=gettext_lazy("เกี่ยวกับส่วนใดของร่าง"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("เช่น วิสัยทัศน์ หรือ ประเด็นที่ 2 เว้นไว้ถ้าเกี่ยวกับทั้งฉบับ"),
    )
    text_th = forms.CharField(
        label=gettext_lazy("ความคิดเห็น"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("อย่าใส่ชื่อหรือข้อมูลของบุคคล ความเห็นเผยแพร่หลังตรวจ"),
    )
    consent = forms.BooleanField(
        label=gettext_lazy("ยินยอมให้เผยแพร่ความคิดเห็นนี้พร้อมคำตอบ โดยไม่ระบุชื่อ"),
        error_messages={"required": gettext_lazy("ต้องยินยอมก่อน จึงรับความคิดเห็นได้")},
    )


class AnswerForm(forms.Form):
    """The answer to a comment."""

    answer_th = forms.CharField(
        label=gettext_lazy("คำตอบ"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )


class FactorForm(forms.Form):
    """A factor and what shows it."""

    kind = forms.ChoiceField(label=gettext_lazy("ชนิด"), choices=SwotFactor.Kind.choices)
    text_th = forms.CharField(
        label=gettext_lazy("ปัจจัย"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )
    group_th = forms.CharField(label=gettext_lazy("กลุ่ม"), max_length=120, required=False)
    importance = forms.TypedChoiceField(
        label=gettext_lazy("ความสำคัญ"),
        coerce=int,
        choices=[(n, str(n)) for n in range(5, 0, -1)],
    )


class FactorAmendForm(FactorForm):
    """A factor's words and weight put right; its kind numbers it and stays."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]


class EvidenceForm(forms.Form):
    """What shows a factor: a code of a KPI or need, a stated fact, or a figure with its source."""

    code = forms.CharField(
        label=gettext_lazy("รหัสตัวชี้วัด หรือเลขที่ความต้องการ"), max_length=40, required=False
    )
    fact = forms.ModelChoiceField(
        ProvinceFact.objects.none(), label=gettext_lazy("ข้อเท็จจริงของจังหวัด"), required=False
    )
    label_th = forms.CharField(
        label=gettext_lazy("หรือตัวเลขอื่น: ชื่อข้อมูล"), max_length=300, required=False
    )
    value = FigureField(label=gettext_lazy("ค่า"), required=False)
    unit_th = forms.CharField(label=gettext_lazy("หน่วย"), max_length=80, required=False)
    source_th = forms.CharField(label=gettext_lazy("ที่มา"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fact = self.fields["fact"]
        assert isinstance(fact, forms.ModelChoiceField)
        fact.queryset = ProvinceFact.objects.filter(value__isnull=False).in_order()
        fact.label_from_instance = _fact_label  # type: ignore[method-assign]


def _fact_label(obj: Any) -> str:
    return f"{obj.label} {obj.year or ''}".strip()


class TowsForm(forms.Form):
    """What factors together ask for, and the approaches it became."""

    text_th = forms.CharField(
        label=gettext_lazy("กลยุทธ์ที่ได้"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )
    factors = forms.ModelMultipleChoiceField(
        SwotFactor.objects.none(),
        label=gettext_lazy("จากปัจจัย"),
        widget=forms.CheckboxSelectMultiple,
    )
    approaches = forms.ModelMultipleChoiceField(
        Approach.objects.none(),
        label=gettext_lazy("เป็นแนวทาง"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        factors: Sequence[SwotFactor],
        approaches: Sequence[Approach],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer("factors", SwotFactor.objects.filter(pk__in=[row.pk for row in factors]))
        self._offer("approaches", Approach.objects.filter(pk__in=[row.pk for row in approaches]))
        # The labels are at hand: nothing is asked of the database to draw them.
        for name, rows in (("factors", factors), ("approaches", approaches)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelMultipleChoiceField)
            field.choices = [
                (row.pk, f"{row.code} {getattr(row, 'text_th', '') or getattr(row, 'name', '')}")
                for row in rows
            ]

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = rows


class ForumForm(forms.Form):
    """A forum that was held, and how many came by sector."""

    title_th = forms.CharField(label=gettext_lazy("ชื่อเวที"), max_length=300)
    held_date = ThaiDateField(label=gettext_lazy("วันที่จัด"))
    place_th = forms.CharField(label=gettext_lazy("สถานที่"), max_length=300, required=False)
    area = forms.ModelChoiceField(Area.objects.none(), label=gettext_lazy("พื้นที่"), required=False)
    edition = EditionField(
        queryset=PlanEdition.objects.none(), label=gettext_lazy("แผนฉบับ"), required=False
    )
    government = CountField(label=Sector.GOVERNMENT.label, required=False)
    private = CountField(label=Sector.PRIVATE.label, required=False)
    civil = CountField(label=Sector.CIVIL.label, required=False)
    people = CountField(label=Sector.PEOPLE.label, required=False)
    minutes_th = forms.CharField(
        label=gettext_lazy("สรุปการประชุม"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("อย่าใส่ชื่อผู้เข้าร่วม หน้านี้เผยแพร่"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area, edition = self.fields["area"], self.fields["edition"]
        assert isinstance(area, forms.ModelChoiceField)
        assert isinstance(edition, forms.ModelChoiceField)
        area.queryset = (
            Area.objects.filter(kind__in=["province", "district", "tambon"])
            .defer("boundary")
            .in_code_order()
        )
        area.label_from_instance = named  # type: ignore[method-assign]
        edition.queryset = PlanEdition.objects.with_plan().in_time_order()

    @staticmethod
    def filled_with(forum: Forum) -> dict[str, Any]:
        """Return what the form shows of a forum that is written down, with its version."""
        return {
            "title_th": forum.title_th,
            "held_date": forum.held_date,
            "place_th": forum.place_th,
            "area": forum.area_id,
            "edition": forum.edition_id,
            "minutes_th": forum.minutes_th,
            "version": forum.version,
            **{row.sector: row.people for row in forum.attendance.all()},
        }

    @property
    def attendance(self) -> dict[str, int]:
        """How many came by sector; a sector that is left empty is not known."""
        return {
            sector.value: self.cleaned_data[sector.value]
            for sector in Sector
            if self.cleaned_data[sector.value] is not None
        }


class ForumAmendForm(ForumForm):
    """A forum put right, as it was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ProposalForm(forms.Form):
    """What was proposed."""

    sector = forms.ChoiceField(label=gettext_lazy("ภาคส่วนที่เสนอ"), choices=Sector.choices)
    text_th = forms.CharField(
        label=gettext_lazy("ข้อเสนอ"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )


class ForumFileForm(forms.Form):
    """Minutes as a file."""

    file = forms.FileField(
        label=gettext_lazy("ไฟล์"),
        help_text=gettext_lazy("PDF ภาพ (JPG PNG WebP) Word Excel PowerPoint หรือ CSV ไม่เกิน 20 MB"),
    )
    caption_th = forms.CharField(label=gettext_lazy("คำอธิบาย"), max_length=300)


class OutcomeForm(forms.Form):
    """What became of a proposal."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("ผล"),
        choices=[
            (each.value, each.label)
            for each in ForumProposal.Outcome
            if each is not ForumProposal.Outcome.OPEN
        ],
    )
    answer_th = forms.CharField(
        label=gettext_lazy("คำตอบ"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )
    approach = forms.ModelChoiceField(
        Approach.objects.none(), label=gettext_lazy("แนวทางที่รับไว้"), required=False
    )
    need = forms.CharField(label=gettext_lazy("เลขที่ความต้องการ"), max_length=20, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, approaches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        approach = self.fields["approach"]
        assert isinstance(approach, forms.ModelChoiceField)
        approach.queryset = approaches
        approach.label_from_instance = coded  # type: ignore[method-assign]

    @cached_property
    def approach_choices(self) -> list[tuple[Any, Any]]:
        """What the approach is chosen from, asked once: a forum's page draws it at each proposal."""
        approach = self.fields["approach"]
        assert isinstance(approach, forms.ModelChoiceField)
        return [
            (value, label) for value, label in cast("Iterable[tuple[Any, Any]]", approach.choices)
        ]

    def clean_need(self) -> Need | None:
        """Find the need by its number."""
        code = self.cleaned_data["need"].strip().upper()
        if not code:
            return None
        found = Need.objects.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("ไม่พบเรื่องเลขที่ %(code)s") % {"code": code})
        return found


class TellForm(forms.Form):
    """That agencies were told of an edition."""

    edition = EditionField(queryset=PlanEdition.objects.none(), label=gettext_lazy("แผนฉบับ"))
    channel = forms.ModelChoiceField(ProvinceFact.objects.none(), label=gettext_lazy("ช่องทาง"))
    told_date = ThaiDateField(label=gettext_lazy("วันที่แจ้ง"))
    reference = forms.CharField(label=gettext_lazy("เลขที่หนังสือ / การประชุม / ที่อยู่เว็บ"), max_length=300)
    agencies = forms.ModelMultipleChoiceField(
        Agency.objects.none(),
        label=gettext_lazy("หน่วยงานที่แจ้ง"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        edition, channel = self.fields["edition"], self.fields["channel"]
        agencies = self.fields["agencies"]
        assert isinstance(edition, forms.ModelChoiceField)
        assert isinstance(channel, forms.ModelChoiceField)
        assert isinstance(agencies, forms.ModelMultipleChoiceField)
        edition.queryset = (
            PlanEdition.objects.filter(state__in=["approved", "in_force"])
            .with_plan()
            .in_time_order()
        )
        channel.queryset = ProvinceFact.objects.about(ProvinceFact.Subject.CHANNEL).in_order()
        channel.label_from_instance = _fact_label  # type: ignore[method-assign]
        agencies.queryset = Agency.objects.reporting().in_code_order()
        agencies.label_from_instance = named  # type: ignore[method-assign]


class AlignForm(forms.Form):
    """The main master-plan target of a project, why, and what else it serves."""

    main_item = forms.CharField(label=gettext_lazy("เป้าหมายแผนแม่บทหลัก (รหัส)"), max_length=40)
    reason_th = forms.CharField(
        label=gettext_lazy("เหตุผล"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )
    items = forms.CharField(
        label=gettext_lazy("สนับสนุนรายการอื่น (รหัส เว้นวรรค)"), required=False, max_length=500
    )

    def _find(self, codes: list[str]) -> list[FrameworkItem]:
        found = {item.code: item for item in FrameworkItem.objects.filter(code__in=codes)}
        missing = [code for code in codes if code not in found]
        if missing:
            raise forms.ValidationError(
                _("ไม่พบรหัส %(codes)s ในแผนระดับชาติและภาค") % {"codes": ", ".join(missing)}
            )
        return [found[code] for code in codes]

    def clean_main_item(self) -> FrameworkItem:
        """Find the main target by its code."""
        return self._find([self.cleaned_data["main_item"].strip()])[0]

    def clean_items(self) -> list[FrameworkItem]:
        """Find the others by their codes."""
        codes = list(dict.fromkeys(re.split(r"[\s,]+", self.cleaned_data["items"].strip())))
        return self._find([code for code in codes if code])
