"""A year's scoring rules as they are typed: curves, schemes; figures in Thai or Arabic digits."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.readings import Kind, Reading
from common.thainumbers import read_number
from kpi.forms.entries import say
from kpi.models import ScoreCurve

# Empty lines below those that are there, to be filled.
SPARE_LINES = 2
QUARTERS = [(number, str(number)) for number in range(1, 5)]


class FigureField(forms.CharField):
    """A figure as people write it; empty is None."""

    def clean(self, value: Any) -> Any:
        """Return the Decimal that was understood.

        :raises ValidationError: with what is wrong, in words.
        """
        text = super().clean(value)
        if not text:
            return None
        reading: Reading[Decimal] = read_number(text)
        if reading.error:
            raise forms.ValidationError(say(reading.error))
        if reading.kind is not Kind.VALUE:
            raise forms.ValidationError(_("ใส่เป็นตัวเลข"))
        return reading.value


class CurveForm(forms.Form):
    """A score curve without its points."""

    code = forms.RegexField(
        label=gettext_lazy("รหัส"),
        regex=r"^[A-Za-z0-9._-]+$",
        max_length=40,
        help_text=gettext_lazy("ตัวอักษรอังกฤษ ตัวเลข จุด ขีด ไม่เว้นวรรค ตั้งแล้วไม่เปลี่ยน"),
    )
    name_th = forms.CharField(label=gettext_lazy("ชื่อภาษาไทย"), max_length=500)
    name_en = forms.CharField(label=gettext_lazy("ชื่อภาษาอังกฤษ"), max_length=500, required=False)
    preset = forms.ChoiceField(label=gettext_lazy("แบบ"), choices=ScoreCurve.Preset.choices)
    axis = forms.ChoiceField(label=gettext_lazy("แกน"), choices=ScoreCurve.Axis.choices)
    below_first = forms.ChoiceField(
        label=gettext_lazy("ต่ำกว่าจุดแรกได้คะแนน"), choices=ScoreCurve.Below.choices
    )
    steps_only = forms.BooleanField(label=gettext_lazy("เป็นขั้น ไม่คิดระหว่างจุด"), required=False)


class Line(forms.Form):
    """One line of a list; an empty line is left out, a half one is not."""

    asked: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Ask for what is missing in a line of which something is filled."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.is_empty(cleaned):
            for name in self.asked:
                if name not in self.errors and cleaned.get(name) in (None, ""):
                    self.add_error(name, _("ใส่ให้ครบทั้งแถว หรือลบทั้งแถว"))
        return cleaned

    def is_empty(self, cleaned: Mapping[str, Any]) -> bool:
        return not self.errors and all(value in (None, "") for value in cleaned.values())


class PointLine(Line):
    """One point of a curve."""

    asked = ("x", "score")
    x = FigureField(label=gettext_lazy("ค่าบนแกน"), required=False)
    score = FigureField(label=gettext_lazy("คะแนน"), required=False)


class BandLine(Line):
    """A band of totals."""

    asked = ("limit", "name_th")
    limit = FigureField(label=gettext_lazy("ตั้งแต่ร้อยละ"), required=False)
    name_th = forms.CharField(label=gettext_lazy("ชื่อระดับ"), max_length=200, required=False)
    name_en = forms.CharField(label=gettext_lazy("ชื่อภาษาอังกฤษ"), max_length=200, required=False)


class RoundLine(Line):
    """A round over quarters."""

    asked = ("first_quarter", "last_quarter", "name_th")
    first_quarter = forms.TypedChoiceField(
        label=gettext_lazy("ตั้งแต่ไตรมาส"),
        choices=[("", "–"), *QUARTERS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    last_quarter = forms.TypedChoiceField(
        label=gettext_lazy("ถึงไตรมาส"),
        choices=[("", "–"), *QUARTERS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    name_th = forms.CharField(label=gettext_lazy("ชื่อรอบ"), max_length=200, required=False)
    name_en = forms.CharField(label=gettext_lazy("ชื่อภาษาอังกฤษ"), max_length=200, required=False)


class CompetencyLine(Line):
    """One competency with its weight."""

    asked = ("code", "name_th", "weight")
    code = forms.CharField(label=gettext_lazy("รหัส"), max_length=20, required=False)
    name_th = forms.CharField(label=gettext_lazy("สมรรถนะ"), max_length=300, required=False)
    name_en = forms.CharField(label=gettext_lazy("ชื่อภาษาอังกฤษ"), max_length=300, required=False)
    weight = FigureField(label=gettext_lazy("น้ำหนัก"), required=False)


class SchemeForm(forms.Form):
    """A scheme without its lines; `version` is the one that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    work_share = FigureField(
        label=gettext_lazy("สัดส่วนผลสัมฤทธิ์"),
        help_text=gettext_lazy("ส่วนที่เหลือจาก 100 เป็นสมรรถนะ หรือศักยภาพของส่วนราชการ"),
    )
    basis_th = forms.CharField(
        label=gettext_lazy("ที่มา"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("เลขที่หนังสือหรือประกาศที่ใช้ในปีนี้"),
    )


class AgencySchemeForm(SchemeForm):
    """A scheme of agencies: which curve, and from which coverage on they are placed."""

    curve = forms.ModelChoiceField(
        label=gettext_lazy("เกณฑ์คะแนน"),
        queryset=ScoreCurve.objects.none(),
        help_text=gettext_lazy("ใช้กับตัวชี้วัดที่ไม่มีเกณฑ์สามระดับของตน"),
    )
    least_coverage = FigureField(
        label=gettext_lazy("ความครอบคลุมขั้นต่ำที่จัดอันดับ"),
        help_text=gettext_lazy("ร้อยละของน้ำหนักที่ถึงกำหนดและมีค่าแล้ว ต่ำกว่านี้ไม่ให้อันดับ"),
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["curve"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = ScoreCurve.objects.filter(
            fiscal_year=year, preset=ScoreCurve.Preset.THREE
        ).order_by("code")


def lines_of(
    shape: type[Line],
    prefix: str,
    posted: Mapping[str, Any] | None,
    stated: Iterable[Mapping[str, Any]] = (),
    *,
    spare: int = SPARE_LINES,
) -> list[Line]:
    """Return the forms of a list: as posted, or what is there with empty lines below."""
    if posted is not None:
        text = str(posted.get(f"{prefix}-lines", ""))
        count = min(int(text), 50) if text.isdecimal() else 0
        return [shape(posted, prefix=f"{prefix}-{place}") for place in range(count)]
    there = list(stated)
    lines = [
        shape(initial=dict(each), prefix=f"{prefix}-{place}") for place, each in enumerate(there)
    ]
    return lines + [
        shape(prefix=f"{prefix}-{place}") for place in range(len(there), len(there) + spare)
    ]


def are_valid(*forms_: forms.Form | list[Line]) -> bool:
    """Say whether all forms hold; every one is looked at, so that all errors show."""
    each = [form for given in forms_ for form in (given if isinstance(given, list) else [given])]
    return False not in [form.is_valid() for form in each]


def filled(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return what the lines hold, without empty ones."""
    return [line.cleaned_data for line in lines if not line.is_empty(line.cleaned_data)]
