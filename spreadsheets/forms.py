"""What the desk's pages take."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.rules import Standing
from common.sheets import SheetResource
from spreadsheets import rules
from spreadsheets.actions import KINDS, period_key, period_name, resource_of
from spreadsheets.models import Period, Upload
from submissions.models import FiscalYear, Month, PeriodState, Quarter

Choices = list[tuple[str, str | Promise]]
_SORTS = {Quarter: "quarter", Month: "month", FiscalYear: "year"}
_ANOTHER_SORT = {
    "quarter": _("แบบนี้รายงานเป็นไตรมาส เลือกไตรมาส"),
    "month": _("แบบนี้รายงานเป็นเดือน เลือกเดือน"),
    "year": _("แบบนี้เป็นรายปี เลือกปีงบประมาณ"),
}


def kinds_of(standing: Standing) -> dict[str, type[SheetResource]]:
    """Return the kinds that the person may send for any agency at all."""
    return {kind: each for kind, each in KINDS.items() if rules.sends(each, standing)}


def agencies_of(standing: Standing) -> list[Agency]:
    """Return the agencies that the person sends for."""
    kinds = kinds_of(standing).values()
    agencies = Agency.objects.active()
    if not any(standing.has(*kind.province_senders) for kind in kinds):
        senders = {role for kind in kinds for role in kind.senders}
        agencies = agencies.filter(pk__in=standing.agencies(*sorted(senders)) if senders else ())
    return list(agencies.in_code_order())


def _own_agency(kind: type[SheetResource] | None, standing: Standing) -> int | None:
    """Return an agency of the person's own that the kind is sent for, as its key."""
    roles = (*kind.senders, *kind.province_senders) if kind else ()
    own = standing.agencies(*roles) if roles else frozenset()
    return min(own, default=None)


def opened_periods(kinds: Iterable[type[SheetResource]]) -> list[Period]:
    """Return the newest years, and quarters and months that were opened, as the kinds ask for."""
    asked = {kind.period for kind in kinds}
    found: list[Period] = []
    if "year" in asked:
        found += FiscalYear.objects.order_by("-year")[:5]
    for sort, each, most in (("quarter", Quarter, 8), ("month", Month, 12)):
        if sort in asked:
            opened = each.objects.exclude(state=PeriodState.PLANNED)
            found += opened.order_by("-fiscal_year", "-number")[:most]
    return found


class WhichForm(forms.Form):
    """Kind, agency and period: what a form or a file is about."""

    kind = forms.ChoiceField(label=_("แบบ"))
    agency = forms.ChoiceField(label=_("หน่วยงาน"))
    period = forms.ChoiceField(label=_("รอบรายงาน"))

    def __init__(self, *args: Any, standing: Standing, asked: str = "", **kwargs: Any) -> None:
        """`asked` is the kind to begin with, where the person may send it."""
        super().__init__(*args, **kwargs)
        self.agencies = {str(agency.pk): agency for agency in agencies_of(standing)}
        self.standing = standing
        kinds = kinds_of(standing)
        self.periods = {period_key(each): each for each in opened_periods(kinds.values())}
        _field(self, "kind").choices = [(kind, each.title) for kind, each in kinds.items()]
        _field(self, "agency").choices = [
            (key, agency.name) for key, agency in self.agencies.items()
        ]
        quarters = [(k, period_name(p)) for k, p in self.periods.items() if isinstance(p, Quarter)]
        months = [(k, period_name(p)) for k, p in self.periods.items() if isinstance(p, Month)]
        years = [(k, period_name(p)) for k, p in self.periods.items() if isinstance(p, FiscalYear)]
        grouped: list[tuple[str | Promise, list[tuple[str, str]]]] = [
            (_("ไตรมาส"), quarters), (_("เดือน"), months), (_("ปีงบประมาณ"), years),
        ]  # fmt: skip
        _field(self, "period").choices = [group for group in grouped if group[1]]
        own = _own_agency(kinds.get(asked) or next(iter(kinds.values()), None), standing)
        self.initial = {"agency": own, **self.initial}
        if asked in kinds:
            of_its_sort = (
                key for key, each in self.periods.items()
                if _SORTS[type(each)] == kinds[asked].period
            )  # fmt: skip
            self.initial = {"kind": asked, "period": next(of_its_sort, None), **self.initial}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, key = cleaned.get("kind"), cleaned.get("period")
        if kind and key:
            period, wanted = self.periods[key], resource_of(kind).period
            if _SORTS[type(period)] != wanted:
                self.add_error("period", _ANOTHER_SORT[wanted])
            cleaned["period"] = period
        if cleaned.get("agency"):
            cleaned["agency"] = self.agencies[cleaned["agency"]]
            reason = kind and rules.why_not_send(KINDS[kind], cleaned["agency"], self.standing)
            if reason:
                self.add_error("agency", reason)
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

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, standing=standing, **kwargs)
        # Registers are signed by nobody: there is nothing to choose.
        if not any(kind.submits for kind in kinds_of(standing).values()):
            del self.fields["action"]


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
        self.initial.setdefault("dash_is_zero", report.get("dash_is_zero", False))
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
    def is_elsewhere(self) -> bool:
        """Whether the person points to another table, and leaves its columns to be found."""
        columns = [f"column_{column.name}" for column in self.mapped]
        moved = self.cleaned_data["heading"] != self.initial["heading"]
        return self.cleaned_data["sheet"] != self.initial["sheet"] or (
            moved and not set(columns) & set(self.changed_data)
        )

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
