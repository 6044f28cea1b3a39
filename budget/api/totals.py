"""API v1: what the province, an agency, an issue, a source or a project spent, with its rates."""

from collections import defaultdict
from typing import Any

from django.db.models import Model, Q, QuerySet
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.models import Agency
from budget.api.frame import standing_here
from budget.models import BudgetSource, MoneyFigure, MoneyScope
from common.exact import ExactSerializer
from projects.models import Project
from strategy.models import Issue

Kind = MoneyScope.Kind
SUBJECTS: dict[str, type[Model]] = {
    Kind.AGENCY: Agency,
    Kind.OWNER: Agency,
    Kind.ISSUE: Issue,
    Kind.PROJECT: Project,
    Kind.SOURCE: BudgetSource,
}


class MoneyFigureSerializer(ExactSerializer[MoneyFigure]):
    """Money in baht at a fiscal month's end, and its rates in percent; null where nothing is revised."""

    fiscal_year = serializers.IntegerField(source="scope.fiscal_year_id", read_only=True)
    kind = serializers.ChoiceField(source="scope.kind", choices=Kind.choices, read_only=True)
    # The code of the agency, issue, project or source; null for the province and for no issue.
    subject = serializers.SerializerMethodField()
    is_partial = serializers.BooleanField(read_only=True)
    # Where the money and both rates are explained.
    explain = serializers.CharField(source="explain_path", read_only=True)

    class Meta:
        model = MoneyFigure
        fields = (
            *("fiscal_year", "month", "kind", "subject", "expenditure_type", "revised", "allotted"),
            *("disbursed", "obligated", "disbursement_rate", "spending_rate", "reported", "due"),
            *("is_partial", "explain"),
        )

    def get_subject(self, figure: MoneyFigure) -> str | None:
        code: str | None = self.context["codes"].get((figure.scope.kind, figure.scope.subject_id))
        return code


class MoneyFigureViewSet(mixins.ListModelMixin, GenericViewSet[MoneyFigure]):
    """The year's own money by month, as on the pages: what is signed for staff, published for others.

    `kind` says whose: the province, a spending agency, an owner of the budget, an issue, a project or
    a source. An empty `expenditure_type` is both together.
    """

    queryset = MoneyFigure.objects.none()
    serializer_class = MoneyFigureSerializer
    filterset_fields = {
        "scope__fiscal_year": ["exact"],
        "scope__kind": ["exact"],
        "month": ["exact"],
        "expenditure_type": ["exact"],
    }

    def get_queryset(self) -> QuerySet[MoneyFigure]:
        standing = standing_here(self.request)
        figures = MoneyFigure.objects.of_the_year_itself().with_scope()
        if not standing.pairs:
            figures = figures.published()
        projects = Project.objects.visible_to(standing).values("pk")
        readable = ~Q(scope__kind=Kind.PROJECT) | Q(scope__subject_id__in=projects)
        return figures.filter(readable).order_by("scope__fiscal_year", "pk")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        figures = list(page or [])
        context = {**self.get_serializer_context(), "codes": _codes_of(figures)}
        serializer = MoneyFigureSerializer(figures, many=True, context=context)
        return self.get_paginated_response(serializer.data)


def _codes_of(figures: list[MoneyFigure]) -> dict[tuple[str, int], str]:
    """Return the codes of what the figures stand for; a query for each kind among them."""
    subjects: dict[str, set[int]] = defaultdict(set)
    for figure in figures:
        subjects[figure.scope.kind].add(figure.scope.subject_id)
    return {
        (kind, pk): code
        for kind, model in SUBJECTS.items()
        if subjects[kind]
        for pk, code in model._default_manager.filter(pk__in=subjects[kind]).values_list(
            "pk", "code"
        )
    }
