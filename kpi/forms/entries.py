"""What may be typed about KPIs: shape and type only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency
from common.readings import Kind, Note, Reading
from common.thainumbers import format_number, read_number
from kpi.models import (
    Direction,
    Frequency,
    OverTime,
    OverUnits,
    TargetMeaning,
)
from kpi.rules.surroundings import Typed
from strategy.models import FrameworkItem

# What the name of a part's cell ends in, and which figure it is.
PART_ENDINGS = {"": "value", "-n": "numerator", "-d": "denominator"}
FIGURES = ("value", "numerator", "denominator")
# What says that a figure counts from the year's beginning.
YEAR_TO_DATE = "ytd"


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One row of the grid as it was typed, and what was understood of it.

    `figures` holds only what the page sent; `not_applicable` is set where the word stands for a figure.
    """

    version: int
    figures: Mapping[str, Decimal | None]
    note: str | None
    not_applicable: bool = False
    # Whether the figure counts from the year's beginning; None where the page did not say.
    as_year_to_date: bool | None = None
    # By item; None where the page sent none.
    parts: Mapping[int, Typed] | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[str, ...] = ()

    def understood(self, decimals: int) -> dict[str, str]:
        """The figures as they were understood, ready to be shown."""
        return {
            name: format_number(value, decimals if name == "value" else _places(value))
            for name, value in self.figures.items()
        }


def _lines(rows: int, label: str | Promise, hint: str | Promise = "") -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        help_text=hint,  # type: ignore[arg-type]
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class IndicatorForm(forms.Form):
    """An indicator's words and the rules that hold from a quarter on.

    `quarters` are (`2570-2`, its name) pairs of quarters that new rules may begin in; `fixed_code`
    is given where the indicator is there already.
    """

    code = forms.RegexField(
        r"^[A-Za-z0-9ก-๙._-]+$",
        label=gettext_lazy("รหัส"),
        max_length=40,
        help_text=gettext_lazy("ตัวอักษร ตัวเลข จุด หรือขีด เปลี่ยนภายหลังไม่ได้"),
        error_messages={"invalid": gettext_lazy("รหัสใช้ได้เฉพาะตัวอักษร ตัวเลข จุด และขีด ไม่เว้นวรรค")},
    )
    name_th = forms.CharField(label=gettext_lazy("ชื่อตัวชี้วัด"), max_length=500)
    name_en = forms.CharField(label=gettext_lazy("ชื่อภาษาอังกฤษ"), max_length=500, required=False)
    definition_th = _lines(3, gettext_lazy("คำอธิบาย"))
    formula_th = _lines(2, gettext_lazy("สูตรการคำนวณเป็นคำ"))
    source_agency = forms.ModelChoiceField(
        Agency.objects.none(), label=gettext_lazy("แหล่งข้อมูล"), required=False
    )
    framework_items = forms.ModelMultipleChoiceField(
        FrameworkItem.objects.none(),
        label=gettext_lazy("สอดคล้องกับแผนระดับชาติ"),
        required=False,
        help_text=gettext_lazy("กด Ctrl ค้างไว้เพื่อเลือกหลายรายการ"),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("ใช้งาน เลือกลงใบคะแนนได้"), required=False, initial=True
    )
    begins = forms.ChoiceField(
        label=gettext_lazy("กติกามีผลตั้งแต่"),
        help_text=gettext_lazy("ไตรมาสที่ปิดแล้วใช้กติกาเดิมเสมอ"),
    )
    unit_th = forms.CharField(label=gettext_lazy("หน่วยนับ"), max_length=80)
    unit_en = forms.CharField(label=gettext_lazy("หน่วยนับภาษาอังกฤษ"), max_length=80, required=False)
    decimals = forms.TypedChoiceField(
        label=gettext_lazy("ทศนิยม"), coerce=int, choices=[(n, str(n)) for n in range(5)], initial=2
    )
    is_ratio = forms.BooleanField(label=gettext_lazy("มีตัวตั้งและตัวหาร"), required=False)
    numerator_th = forms.CharField(label=gettext_lazy("ตัวตั้ง"), max_length=300, required=False)
    denominator_th = forms.CharField(label=gettext_lazy("ตัวหาร"), max_length=300, required=False)
    scale = forms.TypedChoiceField(
        label=gettext_lazy("คูณด้วย"),
        coerce=int,
        choices=[
            (1, gettext_lazy("1 (ค่าเดิม)")),
            (100, gettext_lazy("100 (ร้อยละ)")),
            (1000, gettext_lazy("1,000 (ต่อพัน)")),
            (100000, gettext_lazy("100,000 (ต่อแสน)")),
        ],
        initial=1,
    )
    shows_one_to = forms.BooleanField(label=gettext_lazy("แสดงเป็น 1:N"), required=False)
    over_time = forms.ChoiceField(
        label=gettext_lazy("รวมตามเวลา"),
        choices=OverTime.choices,
        help_text=gettext_lazy("สำหรับอัตราส่วน คือกติกาของตัวตั้ง"),
    )
    denominator_over_time = forms.ChoiceField(
        label=gettext_lazy("รวมตัวหารตามเวลา"),
        choices=[("", gettext_lazy("ไม่มีตัวหาร")), *OverTime.choices],
        required=False,
    )
    over_units = forms.ChoiceField(label=gettext_lazy("รวมตามหน่วยงาน"), choices=OverUnits.choices)
    direction = forms.ChoiceField(label=gettext_lazy("ทิศทาง"), choices=Direction.choices)
    target_meaning = forms.ChoiceField(
        label=gettext_lazy("ความหมายของเป้าหมาย"), choices=TargetMeaning.choices
    )
    milestones = _lines(3, gettext_lazy("ขั้นตอนความสำเร็จ"), gettext_lazy("บรรทัดละหนึ่งขั้น เริ่มจากขั้นแรก"))
    frequency = forms.ChoiceField(label=gettext_lazy("ความถี่"), choices=Frequency.choices)
    lag_quarters = forms.IntegerField(
        label=gettext_lazy("รู้ผลช้ากี่ไตรมาส"),
        min_value=0,
        max_value=20,
        initial=0,
        help_text=gettext_lazy("ก่อนถึงเวลานั้นถือว่ายังไม่ถึงกำหนด ไม่ใช่ยังไม่รายงาน"),
    )
    allows_negative = forms.BooleanField(label=gettext_lazy("ติดลบได้"), required=False)
    by_district = forms.BooleanField(label=gettext_lazy("จำแนกรายอำเภอ"), required=False)
    by_sex = _lines(
        2, gettext_lazy("จำแนกตามเพศ"), gettext_lazy("บรรทัดละหนึ่งรายการ เช่น ชาย แล้วขึ้นบรรทัดใหม่ หญิง")
    )
    by_age = _lines(3, gettext_lazy("จำแนกตามช่วงอายุ"), gettext_lazy("บรรทัดละหนึ่งช่วง เช่น 0–14 ปี"))
    list_name = forms.CharField(
        label=gettext_lazy("ชื่อการจำแนกอื่น"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("เช่น ตามประเภทกิจการ"),
    )
    by_list = _lines(3, gettext_lazy("รายการของการจำแนกอื่น"), gettext_lazy("บรรทัดละหนึ่งรายการ"))
    parts_required = forms.BooleanField(label=gettext_lazy("ต้องกรอกยอดย่อยทุกครั้งที่ส่ง"), required=False)

    def __init__(
        self, *args: Any, quarters: Sequence[tuple[str, str]], fixed_code: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        begins, source = self.fields["begins"], self.fields["source_agency"]
        items = self.fields["framework_items"]
        assert isinstance(begins, forms.ChoiceField)
        assert isinstance(source, forms.ModelChoiceField)
        assert isinstance(items, forms.ModelMultipleChoiceField)
        begins.choices = quarters
        source.queryset = Agency.objects.active().in_code_order()
        source.label_from_instance = lambda obj: obj.name  # type: ignore[method-assign]
        items.queryset = FrameworkItem.objects.select_related("framework").order_by(
            "framework__order", "order", "code"
        )
        items.label_from_instance = (  # type: ignore[method-assign]
            lambda obj: f"{obj.framework.name} · {obj.name}"
        )
        if fixed_code:
            self.fields["code"].disabled = True

    def clean(self) -> dict[str, Any]:
        """A list needs its name, a ladder its steps."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("by_list") and not cleaned.get("list_name"):
            self.add_error("list_name", _("ตั้งชื่อการจำแนกนี้ เช่น ตามประเภทกิจการ"))
        if (
            cleaned.get("target_meaning") == TargetMeaning.MILESTONE
            and len(written_lines(cleaned.get("milestones", ""))) < 2
        ):
            self.add_error("milestones", _("ขั้นตอนความสำเร็จต้องมีอย่างน้อยสองขั้น บรรทัดละหนึ่งขั้น"))
        return cleaned


def written_lines(text: str) -> list[str]:
    """Return what stands on each line, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class NotApplicableForm(forms.Form):
    """That a KPI asks nothing in a quarter, and why."""

    reason = forms.CharField(label=gettext_lazy("เหตุผลที่ไม่เกี่ยวข้อง"), max_length=500)


class EvidenceForm(forms.Form):
    """A file that supports an entry."""

    file = forms.FileField(
        label=gettext_lazy("ไฟล์หลักฐาน"),
        help_text=gettext_lazy("PDF ภาพ หรือเอกสารสำนักงาน ไม่เกิน 20 MB ภาพจะถูกลบพิกัดออก"),
    )


def read_row(posted: Mapping[str, str], suffix: str = "", items: Collection[int] = ()) -> TypedRow:
    """Read a row in Thai or Arabic digits; an empty cell is "not reported", 0 is zero.

    `items` are what the figure may be told apart into: `part-<item>`, for a ratio `part-<item>-n`
    and `part-<item>-d`.
    """
    figures: dict[str, Decimal | None] = {}
    written, errors, questions = {}, {}, []
    not_applicable = False
    for name in FIGURES:
        if name + suffix not in posted:
            continue
        written[name] = posted[name + suffix]
        reading: Reading[Decimal] = read_number(written[name])
        figures[name] = reading.value if reading.kind is Kind.VALUE else None
        if reading.error:
            errors[name] = say(reading.error)
        not_applicable = not_applicable or reading.kind is Kind.NOT_APPLICABLE
        questions += [say(question) for question in reading.questions]
    parts: dict[int, dict[str, Decimal | None]] = {}
    for item_id in items:
        for ending, name in PART_ENDINGS.items():
            place = f"part-{item_id}{ending}"
            if place + suffix not in posted:
                continue
            written[place] = posted[place + suffix]
            reading = read_number(written[place])
            if reading.error:
                errors[place] = say(reading.error)
            value = reading.value if reading.kind is Kind.VALUE else None
            parts.setdefault(item_id, {})[name] = value
    counts = posted.get(f"counts{suffix}")
    if f"note{suffix}" in posted:
        written["note"] = posted[f"note{suffix}"]
    version = posted.get(f"version{suffix}", "0")
    return TypedRow(
        version=int(version) if version.isdecimal() else 0,
        figures=figures,
        note=posted.get(f"note{suffix}"),
        not_applicable=not_applicable,
        as_year_to_date=None if counts is None else counts == YEAR_TO_DATE,
        parts={
            item_id: Typed(told.get("value"), told.get("numerator"), told.get("denominator"))
            for item_id, told in parts.items()
        }
        or None,
        written=written,
        errors=errors,
        questions=tuple(questions),
    )


def say(note: Note) -> str:
    """Return a remark in the page's language."""
    return _(note.sentence) % dict(note.params)


def _places(value: Decimal | None) -> int:
    """A part of a ratio is shown whole unless it has decimals."""
    return 0 if value is None or value == value.to_integral_value() else 4
