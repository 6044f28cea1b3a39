"""What the desk's pages take."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Role
from accounts.rules import Standing
from spreadsheets.actions import KINDS, period_key, period_name, resource_of
from spreadsheets.models import Upload
from submissions.models import Month, PeriodState, Quarter

Choices = list[tuple[str, str | Promise]]


def agencies_of(standing: Standing) -> list[Agency]:
    """Return the agencies that the person reports for."""
    reported = standing.agencies(Role.REPORTER)
    return list(Agency.objects.active().filter(pk__in=reported).in_code_order())


def opened_periods() -> list[Quarter | Month]:
    """Return the quarters and months that were opened, the newest first."""
    opened = (
        each.objects.exclude(state=PeriodState.PLANNED).order_by("-fiscal_year", "-number")
        for each in (Quarter, Month)
    )
    quarters, months = opened
    return [*quarters[:8], *months[:12]]


class WhichForm(forms.Form):
    """Kind, agency and period: what a form or a file is about."""

    kind = forms.ChoiceField(label=_("แบบ"))
    agency = forms.ChoiceField(label=_("หน่วยงาน"))
    period = forms.ChoiceField(label=_("รอบรายงาน"))

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = {str(agency.pk): agency for agency in agencies_of(standing)}
        kinds: Choices = [(kind, resource.title) for kind, resource in KINDS.items()]
        self.periods = {period_key(period): period for period in opened_periods()}
        _field(self, "kind").choices = kinds
        _field(self, "agency").choices = [
            (key, agency.name) for key, agency in self.agencies.items()
        ]
        quarters = [(k, period_name(p)) for k, p in self.periods.items() if isinstance(p, Quarter)]
        months = [(k, period_name(p)) for k, p in self.periods.items() if isinstance(p, Month)]
        _field(self, "period").choices = [(_("ไตรมาส"), quarters), (_("เดือน"), months)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, key = cleaned.get("kind"), cleaned.get("period")
        if kind and key:
            wanted = Quarter if resource_of(kind).period == "quarter" else Month
            period = self.periods[key]
            if not isinstance(period, wanted):
                message = (
                    _("แบบนี้รายงานเป็นไตรมาส เลือกไตรมาส")
                    if wanted is Quarter
                    else _("แบบนี้รายงานเป็นเดือน เลือกเดือน")
                )
                self.add_error("period", message)
            cleaned["period"] = period
        if cleaned.get("agency"):
            cleaned["agency"] = self.agencies[cleaned["agency"]]
        return cleaned


class UploadForm(WhichForm):
    """A file with what it is about and what should become of its figures."""

    file = forms.FileField(
        label=_("ไฟล์"),
        help_text=_("รับ .xlsx .xlsm .xls .ods .csv ไม่เกิน 20 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt"}),
        # An empty file is refused by the gate with its own sentence.
        allow_empty_file=True,
    )
    action = forms.ChoiceField(
        label=_("เมื่อยืนยันนำเข้า"),
        choices=Upload.Action,
        initial=Upload.Action.DRAFT,
        widget=forms.RadioSelect,
    )


class MappingForm(forms.Form):
    """Which sheet, which row is the heading, which column is which field."""

    sheet = forms.ChoiceField(label=_("แผ่นงาน"))
    heading = forms.IntegerField(label=_("แถวหัวตาราง (แถวล่างสุด)"), min_value=1)
    dash_is_zero = forms.BooleanField(label=_("ในไฟล์นี้ ขีด (–) ในช่องเงินหมายถึงศูนย์"), required=False)

    def __init__(self, *args: Any, report: Mapping[str, Any], kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _field(self, "sheet").choices = [(name, name) for name in report.get("sheets", [])]
        self.initial.setdefault("sheet", report.get("sheet", ""))
        self.initial.setdefault("heading", (report.get("heading") or 0) + 1)
        picture = report.get("picture") or {}
        texts = {each["letter"]: each["text"] for each in report.get("headings", [])}
        letters = list(dict.fromkeys([*picture.get("letters", []), *texts]))
        choices: Choices = [("", _("ไม่ใช้"))]
        choices += [(letter, f"{letter} {texts.get(letter, '')}".strip()) for letter in letters]
        self.mapped = [
            column
            for column in resource_of(kind).columns
            if column.is_typed or column.reads == "key"
        ]
        from_index = {each["index"]: each["letter"] for each in report.get("headings", [])}
        for column in self.mapped:
            index = report.get("columns", {}).get(column.name)
            self.fields[f"column_{column.name}"] = forms.ChoiceField(
                label=str(column.label), choices=choices, required=column.reads == "key"
            )
            self.initial.setdefault(f"column_{column.name}", from_index.get(index, ""))

    @property
    def columns(self) -> dict[str, str]:
        """The letters chosen, by field."""
        return {
            column.name: letter
            for column in self.mapped
            if (letter := self.cleaned_data.get(f"column_{column.name}"))
        }


def _field(form: forms.Form, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field
