"""Periods and delegations: deadlines move here by their verb, states by opening and closing only."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm, ValidationError
from django.http import HttpRequest

from accounts.models import User
from common import clock
from common.readonly import ReadOnly
from submissions import rules
from submissions.actions import move_deadlines
from submissions.models import Delegation, FiscalYear, Month, Quarter


@admin.register(FiscalYear)
class FiscalYearAdmin(ReadOnly):
    list_display = ("year", "is_sample")
    ordering = ("-year",)


class PeriodForm(ModelForm[Any]):
    """Deadlines that follow each other."""

    def clean(self) -> dict[str, Any]:
        dates = [each for each in self.cleaned_data.values() if each is not None]
        if reason := rules.why_not_dates(dates):
            raise ValidationError(reason)
        return self.cleaned_data


class PeriodAdmin(ReadOnly):
    """Changes the deadlines of a period that is not closed, and nothing else."""

    form = PeriodForm
    deadlines: tuple[str, ...] = ()
    list_filter = ("state", "fiscal_year")
    list_select_related = ("fiscal_year",)
    ordering = ("-fiscal_year", "number")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        open_to_change = obj is None or not (isinstance(obj, Quarter | Month) and obj.is_closed)
        return open_to_change and admin.ModelAdmin.has_change_permission(self, request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        fields = [field.name for field in self.model._meta.fields if field.editable]
        return [name for name in fields if name not in self.deadlines]

    def save_model(
        self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool
    ) -> None:
        assert isinstance(request.user, User)
        move_deadlines(
            period=type(obj)._default_manager.get(pk=obj.pk),
            dates={name: form.cleaned_data[name] for name in self.deadlines},
            by=request.user,
            at=clock.now(),
        )


@admin.register(Quarter)
class QuarterAdmin(PeriodAdmin):
    deadlines = ("report_due_date", "approve_due_date", "accept_due_date")
    list_display = ("__str__", "state", *deadlines)


@admin.register(Month)
class MonthAdmin(PeriodAdmin):
    deadlines = ("report_due_date",)
    list_display = ("__str__", "state", *deadlines)


@admin.register(Delegation)
class DelegationAdmin(ReadOnly):
    list_display = ("agency", "lender", "deputy", "from_date", "until_date", "revoked_at")
    list_select_related = ("agency", "lender", "deputy")
    ordering = ("-from_date",)
