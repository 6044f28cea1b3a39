"""What may be typed into a project's file: shape and type only."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.formfields import ThaiDateField
from common.written import WrittenNumber
from meetings.models import Meeting
from projects.models import Project, ProjectFile, ProjectTarget

Choices = Sequence[tuple[Any, Any]]
HUNDRED = Decimal(100)
NOTHING = ("", "–")
MONTHS = range(1, 13)


def text(label: Any, rows: int = 3, *, required: bool = False, help_text: Any = "") -> Any:
    return forms.CharField(
        label=label,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        max_length=8000,
        help_text=help_text,
    )


def line(label: Any, size: int = 300, *, required: bool = False, help_text: Any = "") -> Any:
    return forms.CharField(label=label, required=required, max_length=size, help_text=help_text)


def cell(label: Any, size: int) -> Any:
    """Return a line that stands in a table's cell."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=size,
        widget=forms.TextInput(attrs={"class": "input"}),
    )


def whole(value: str) -> int | None:
    return int(value) if value else None


def one(label: Any) -> Any:
    """Return a choice of one row by its key, or none of them."""
    return forms.TypedChoiceField(label=label, coerce=whole, empty_value=None, required=False)


def many(label: Any) -> Any:
    """Return a choice of rows by their keys."""
    return forms.TypedMultipleChoiceField(
        label=label, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )


class YearsForm(forms.Form):
    """From one fiscal year to another, and what is asked for in each: `budget-2570` in baht."""

    def __init__(self, *args: Any, budget_years: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.budget_years = list(budget_years)
        for year in self.budget_years:
            self.fields[f"budget-{year}"] = WrittenNumber(
                label=_("งบประมาณปี %(year)d (บาท)") % {"year": year},
                required=False,
                money=True,
                places=2,
                least=Decimal(0),
            )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        first, last = typed.get("first_year"), typed.get("last_year")
        if first and last and last < first:
            self.add_error("last_year", _("ปีที่สิ้นสุดต้องไม่ก่อนปีที่เริ่ม"))
        return typed

    @property
    def budget_cells(self) -> list[Any]:
        """The bound cells of what is asked for in each year."""
        return [self[f"budget-{year}"] for year in self.budget_years]

    @property
    def year_budgets(self) -> dict[int, Decimal | None]:
        """What is asked for in each year, where it was typed."""
        return {year: self.cleaned_data[f"budget-{year}"] for year in self.budget_years}


class ProjectFileForm(YearsForm):
    """The eleven items of a project brief (จ.1-1) and what the plan and the national system ask."""

    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("รหัสโครงการ"),
        max_length=40,
        validators=[
            RegexValidator(
                r"^[0-9A-Za-zก-ฮ][0-9A-Za-zก-๙._-]*$",
                gettext_lazy("ใช้ตัวอักษร ตัวเลข จุด ขีด เท่านั้น เช่น 70-1-012"),
            )
        ],
        help_text=gettext_lazy("ตั้งแล้วเปลี่ยนไม่ได้"),
    )
    name_th = line(gettext_lazy("ชื่อโครงการ"), 500, required=True)
    name_en = line(gettext_lazy("ชื่อภาษาอังกฤษ"), 500)
    issue = one(gettext_lazy("ประเด็นการพัฒนา"))
    approach = one(gettext_lazy("แนวทางการพัฒนา"))
    programme_th = line(gettext_lazy("แผนงานหลัก"))
    subprogramme_th = line(gettext_lazy("แผนงาน"))
    kpis = many(gettext_lazy("ตัวชี้วัดที่ตอบสนอง"))
    main_kpi = one(gettext_lazy("ตัวชี้วัดหลัก"))
    main_kpi_reason_th = text(gettext_lazy("เหตุผลที่ตอบตัวชี้วัดหลัก"), 2)
    framework_items = many(gettext_lazy("ความสอดคล้องกับแผนระดับชาติ ภาค และกลุ่มจังหวัด"))
    main_item = one(gettext_lazy("แผนแม่บทหลัก (เลือกหนึ่งข้อ)"))
    main_item_reason_th = text(gettext_lazy("เหตุผลความสอดคล้อง"), 2)
    value_chain_th = line(gettext_lazy("ห่วงโซ่คุณค่า (FVCT) องค์ประกอบและปัจจัย"))
    emenscr_code = line(gettext_lazy("รหัสโครงการใน eMENSCR"), 40)
    rationale_th = text(gettext_lazy("หลักการและเหตุผล"), 5)
    objective_th = text(gettext_lazy("วัตถุประสงค์"), 3)
    areas = many(gettext_lazy("พื้นที่เป้าหมาย"))
    beneficiaries = WrittenNumber(
        label=gettext_lazy("ผู้รับประโยชน์ (คน)"), required=False, places=0, least=Decimal(0)
    )
    beneficiaries_th = line(gettext_lazy("กลุ่มเป้าหมาย"))
    host_agency = forms.TypedChoiceField(label=gettext_lazy("หน่วยงานดำเนินการ (เจ้าภาพ)"), coerce=int)
    supporting_agencies = many(gettext_lazy("หน่วยงานสนับสนุน"))
    first_year = forms.TypedChoiceField(label=gettext_lazy("ปีงบประมาณที่เริ่ม"), coerce=int)
    last_year = forms.TypedChoiceField(label=gettext_lazy("ปีงบประมาณที่สิ้นสุด"), coerce=int)
    start_date = ThaiDateField(label=gettext_lazy("วันเริ่มต้น"))
    end_date = ThaiDateField(label=gettext_lazy("วันสิ้นสุด"))
    output_th = text(gettext_lazy("ผลผลิต (คำอธิบาย)"), 2)
    outcome_th = text(gettext_lazy("ผลลัพธ์ (คำอธิบาย)"), 2)
    coordinator_name = line(gettext_lazy("ผู้ประสานงาน"), 200)
    coordinator_position_th = line(gettext_lazy("ตำแหน่ง"), 200)
    coordinator_phone = line(gettext_lazy("โทรศัพท์"), 60)
    coordinator_email = forms.EmailField(label=gettext_lazy("อีเมล"), required=False)

    def __init__(
        self,
        *args: Any,
        choices: Mapping[str, Choices],
        fixed_code: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("issue", "approach", "main_kpi", "main_item"):
            self.fields[name].choices = [NOTHING, *choices[name]]  # type: ignore[attr-defined]
        for name in (
            *("kpis", "framework_items", "areas", "supporting_agencies"),
            *("host_agency", "first_year", "last_year"),
        ):
            self.fields[name].choices = choices[name]  # type: ignore[attr-defined]
        self.fields["code"].disabled = fixed_code
        for name in ("coordinator_name", "coordinator_phone", "coordinator_email"):
            # A device keeps what is typed into a long form, but nobody's telephone.
            self.fields[name].widget.attrs["data-personal"] = ""


class ParticularsForm(forms.Form):
    """What of a project's file is kept true after its approval."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    name_en = line(gettext_lazy("ชื่อภาษาอังกฤษ"), 500)
    programme_th = line(gettext_lazy("แผนงานหลัก"))
    subprogramme_th = line(gettext_lazy("แผนงาน"))
    main_kpi_reason_th = text(gettext_lazy("เหตุผลที่ตอบตัวชี้วัดหลัก"), 2)
    main_item_reason_th = text(gettext_lazy("เหตุผลความสอดคล้อง"), 2)
    value_chain_th = line(gettext_lazy("ห่วงโซ่คุณค่า (FVCT) องค์ประกอบและปัจจัย"))
    emenscr_code = line(gettext_lazy("รหัสโครงการใน eMENSCR"), 40)
    coordinator_name = line(gettext_lazy("ผู้ประสานงาน"), 200)
    coordinator_position_th = line(gettext_lazy("ตำแหน่ง"), 200)
    coordinator_phone = line(gettext_lazy("โทรศัพท์"), 60)
    coordinator_email = forms.EmailField(label=gettext_lazy("อีเมล"), required=False)

    @property
    def particulars(self) -> dict[str, Any]:
        """What was typed, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ActivityRow(forms.Form):
    """An activity of the plan; a row without a name is no activity."""

    name_th = line(gettext_lazy("กิจกรรม"), 500)
    agency = forms.TypedChoiceField(
        label=gettext_lazy("หน่วยงานรับผิดชอบ"), coerce=whole, empty_value=None, required=False
    )
    related = forms.TypedMultipleChoiceField(
        label=gettext_lazy("หน่วยงานที่เกี่ยวข้อง"),
        coerce=int,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )
    weight = WrittenNumber(
        label=gettext_lazy("น้ำหนัก"), required=False, percent=True, least=Decimal(0), most=HUNDRED
    )
    start_date = ThaiDateField(label=gettext_lazy("เริ่ม"), required=False)
    end_date = ThaiDateField(label=gettext_lazy("สิ้นสุด"), required=False)
    budget = WrittenNumber(
        label=gettext_lazy("งบประมาณ (บาท)"),
        required=False,
        money=True,
        places=2,
        least=Decimal(0),
    )

    def __init__(
        self, *args: Any, agencies: Choices, years: Sequence[int], number: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.number = number
        self.years = list(years)
        self.fields["agency"].choices = [NOTHING, *agencies]  # type: ignore[attr-defined]
        self.fields["related"].choices = agencies  # type: ignore[attr-defined]
        for year in self.years:
            for month in MONTHS:
                self.fields[f"plan-{year}-{month}"] = WrittenNumber(
                    required=False, percent=True, least=Decimal(0), most=HUNDRED
                )

    @property
    def is_blank(self) -> bool:
        """Whether the row holds no activity."""
        return not (self.cleaned_data.get("name_th") or "").strip()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if (typed.get("name_th") or "").strip():
            for name in ("weight", "start_date", "end_date"):
                if typed.get(name) is None and name not in self.errors:
                    self.add_error(name, _("กิจกรรมที่ %(n)d ต้องมีช่องนี้") % {"n": self.number})
        elif typed.get("weight") is not None or typed.get("budget") is not None:
            self.add_error("name_th", _("กิจกรรมที่ %(n)d มีตัวเลขแต่ไม่มีชื่อกิจกรรม") % {"n": self.number})
        return typed

    @property
    def plan(self) -> dict[tuple[int, int], Decimal]:
        """The monthly plan as it was typed, by (fiscal year, fiscal month)."""
        return {
            (year, month): percent
            for year in self.years
            for month in MONTHS
            if (percent := self.cleaned_data.get(f"plan-{year}-{month}")) is not None
        }

    @property
    def plan_years(self) -> list[tuple[int, list[tuple[int, Any]]]]:
        """The bound cells of the plan: by year, twelve of (month, cell)."""
        return [
            (year, [(month, self[f"plan-{year}-{month}"]) for month in MONTHS])
            for year in self.years
        ]


class TargetRow(forms.Form):
    """An indicator, output or outcome; a row without a name is none."""

    kind = forms.ChoiceField(
        label=gettext_lazy("ชนิด"),
        choices=ProjectTarget.Kind.choices,
        widget=forms.Select(attrs={"class": "select"}),
    )
    name_th = cell(gettext_lazy("รายการ"), 500)
    unit_th = cell(gettext_lazy("หน่วยนับ"), 80)
    target = WrittenNumber(label=gettext_lazy("ค่าเป้าหมาย"), required=False)

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = number

    @property
    def is_blank(self) -> bool:
        """Whether the row holds no target."""
        return not (self.cleaned_data.get("name_th") or "").strip()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("target") is not None and not (typed.get("name_th") or "").strip():
            self.add_error("name_th", _("รายการที่ %(n)d มีค่าเป้าหมายแต่ไม่มีชื่อ") % {"n": self.number})
        return typed


def read_rows(posted: Mapping[str, str], name: str, most: int = 40) -> int:
    """Return how many rows of a table were sent."""
    sent = posted.get(f"{name}-rows", "")
    return min(int(sent), most) if sent.isdecimal() else 0


class MeetingFields(forms.Form):
    """What forms of decisions share: a meeting kept in the portal, or its name in words."""

    def offer(self, meetings: Sequence[Meeting]) -> None:
        """Let these meetings be chosen."""
        self.meetings = {meeting.pk: meeting for meeting in meetings}
        self.fields["meeting"].choices = [  # type: ignore[attr-defined]
            NOTHING,
            *((meeting.pk, meeting_words(meeting)) for meeting in meetings),
        ]

    @property
    def chosen_meeting(self) -> Meeting | None:
        """The meeting that was chosen."""
        return self.meetings.get(self.cleaned_data["meeting"] or 0)

    @property
    def reference_words(self) -> str:
        """What the decision refers to: as typed, else the meeting in words."""
        typed: str = self.cleaned_data["reference"]
        return typed or (meeting_words(self.chosen_meeting) if self.chosen_meeting else "")


class DecisionForm(MeetingFields):
    """A decision on a project: to what, when, by which meeting."""

    to = forms.ChoiceField(label=gettext_lazy("เปลี่ยนเป็น"))
    decided_date = ThaiDateField(label=gettext_lazy("วันที่มีมติ"))
    meeting = one(gettext_lazy("การประชุมในระบบ"))
    reference = line(
        gettext_lazy("มติหรือการประชุม"),
        help_text=gettext_lazy("เช่น มติ ก.บ.จ. ครั้งที่ 3/2570 เว้นได้เมื่อเลือกการประชุมในระบบ"),
    )
    reason = text(gettext_lazy("เหตุผล"), 2, help_text=gettext_lazy("ต้องเขียนเมื่อยกเลิกโครงการ"))

    def __init__(
        self, *args: Any, moves: Sequence[str], meetings: Sequence[Meeting], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (move, Project.Status(move).label) for move in moves
        ]
        self.offer(meetings)


def meeting_words(meeting: Meeting) -> str:
    """Return a meeting's name: its committee, number and year."""
    return _("%(committee)s ครั้งที่ %(number)d/%(year)d") % {
        "committee": meeting.committee.abbreviation_th or meeting.committee.name,
        "number": meeting.number,
        "year": meeting.year,
    }


class EvaluationForm(forms.Form):
    """How a project ended, and what each of its targets reached."""

    reached_th = text(gettext_lazy("สิ่งที่บรรลุ"), 4, required=True)
    learned_th = text(gettext_lazy("บทเรียนที่ได้"), 4, required=True)
    stays_th = text(gettext_lazy("สิ่งที่คงอยู่หลังจบโครงการ"), 4, required=True)

    def __init__(self, *args: Any, targets: Sequence[ProjectTarget], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = list(targets)
        for target in self.targets:
            self.fields[f"actual-{target.pk}"] = WrittenNumber(
                label=_("ผลของ %(name)s") % {"name": target.name_th}, required=False
            )

    @property
    def actuals(self) -> dict[int, Decimal | None]:
        """What was typed as reached, by target."""
        return {target.pk: self.cleaned_data[f"actual-{target.pk}"] for target in self.targets}

    @property
    def rows(self) -> list[tuple[ProjectTarget, Any]]:
        """The targets with their cells, in order."""
        return [(target, self[f"actual-{target.pk}"]) for target in self.targets]


class FileForm(forms.Form):
    """A document or photo of a project."""

    kind = forms.ChoiceField(label=gettext_lazy("ชนิด"), choices=ProjectFile.Kind.choices)
    file = forms.FileField(
        label=gettext_lazy("ไฟล์"),
        help_text=gettext_lazy("PDF ภาพ หรือเอกสารสำนักงาน ไม่เกิน 20 MB ภาพจะถูกลบพิกัดออก"),
    )
    caption_th = line(
        gettext_lazy("คำอธิบาย"),
        required=True,
        help_text=gettext_lazy("บอกว่าภาพแสดงอะไร ที่ไหน"),
    )
