"""A scorecard's lines as they are typed, and a new one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.readings import Kind, Reading
from common.thainumbers import read_number
from kpi.forms.entries import say
from kpi.models import Indicator, ScoreCurve
from strategy.models import Issue

# What is typed of a line of a scorecard beside its curve and evidence, quarter by quarter.
LINE_PARTS = ("value", "low", "high", "planned_denominator", "base")


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One KPI of a scorecard as it was typed: names are `weight`, `base_value`, `value_1` …

    `figures` and `words` hold only what the page sent.
    """

    figures: Mapping[str, Decimal | None]
    words: Mapping[str, str]
    written: Mapping[str, str]
    errors: Mapping[str, str]


def read_line(posted: Mapping[str, str], suffix: str) -> TypedLine:
    """Read a scorecard's line in Thai or Arabic digits; an empty cell is "no target"."""
    names = ["weight", "base_value"]
    names += [f"{part}_{number}" for part in LINE_PARTS for number in range(1, 5)]
    figures: dict[str, Decimal | None] = {}
    written, errors = {}, {}
    for name in names:
        if name + suffix not in posted:
            continue
        written[name] = posted[name + suffix]
        reading: Reading[Decimal] = read_number(written[name])
        figures[name] = reading.value if reading.kind is Kind.VALUE else None
        if reading.error:
            errors[name] = say(reading.error)
    if figures.get("weight", Decimal(1)) is None:
        errors.setdefault("weight", _("ใส่น้ำหนักเป็นตัวเลขมากกว่า 0"))
    words = {
        name: posted[name + suffix].strip()
        for name in ("curve", "expected_evidence_th", "base_unit_th", "base_year")
        if name + suffix in posted
    }
    if words.get("base_year") and not words["base_year"].isdecimal():
        errors["base_year"] = _("ปีฐานเป็นปี พ.ศ. เช่น 2568")
    return TypedLine(figures, words, written | words, errors)


class NewLineForm(forms.Form):
    """A KPI to be put on a scorecard: which indicator, under which code, with which weight."""

    indicator = forms.ModelChoiceField(
        Indicator.objects.none(), label=gettext_lazy("ตัวชี้วัดจากพจนานุกรม")
    )
    code = forms.RegexField(
        r"^[A-Za-z0-9ก-๙._-]+$", label=gettext_lazy("รหัสในใบคะแนน"), max_length=40
    )
    weight = forms.CharField(label=gettext_lazy("น้ำหนัก"))
    curve = forms.ModelChoiceField(ScoreCurve.objects.none(), label=gettext_lazy("เกณฑ์คะแนน"))
    issue = forms.ModelChoiceField(
        Issue.objects.none(), label=gettext_lazy("ประเด็นการพัฒนา"), required=False
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("indicator", Indicator.objects.active().in_code_order()),
            ("curve", ScoreCurve.objects.filter(fiscal_year=year).order_by("code")),
            ("issue", Issue.objects.in_force().order_by("order", "code")),
        ):
            field_ = self.fields[name]
            assert isinstance(field_, forms.ModelChoiceField)
            field_.queryset = rows

    def clean_weight(self) -> Decimal:
        """Read the weight in Thai or Arabic digits."""
        reading: Reading[Decimal] = read_number(self.cleaned_data["weight"])
        if reading.error:
            raise forms.ValidationError(say(reading.error))
        if reading.value is None or reading.value <= 0:
            raise forms.ValidationError(_("ใส่น้ำหนักเป็นตัวเลขมากกว่า 0"))
        return reading.value
