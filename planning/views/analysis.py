"""SWOT and TOWS of an edition: from evidence to approaches and back."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import clock
from common.downloads import asked_format, download
from common.refusal import Refused
from kpi.models import KPI
from planning.actions import analysis as actions
from planning.forms.plans import (
    EvidenceForm,
    FactorAmendForm,
    FactorForm,
    TowsForm,
    edition_name,
)
from planning.listings import FACTORS, TOWS
from planning.models import Need, SwotFactor, TowsStrategy
from planning.rules.analysis import pairing_of
from planning.views.plandesk import edition_at_desk, standing_at_desk, user_of
from planning.views.plans import standing_here
from projects.models import Project
from strategy import rules as plan_rules
from strategy.models import Approach, PlanEdition


@dataclass(frozen=True, slots=True)
class Forward:
    """A factor with what was done about it: strategies, approaches, projects; none: nothing yet."""

    factor: SwotFactor
    tows: tuple[TowsStrategy, ...]
    approaches: tuple[Approach, ...]
    projects: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A strategy with the pairing it is of."""

    tows: TowsStrategy
    pairing: str
    factors: tuple[SwotFactor, ...]
    approaches: tuple[Approach, ...]


@dataclass(frozen=True, slots=True)
class Back:
    """An approach with the strategies and factors that gave it."""

    approach: Approach
    tows: tuple[TowsStrategy, ...]
    factors: tuple[SwotFactor, ...]
    projects: int


@login_not_required
@require_safe
def swot(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show an edition's analysis, traced both ways; the strategy office writes a draft's here."""
    editions = PlanEdition.objects.visible_to(standing_here(request)).with_plan()
    edition = get_object_or_404(editions, pk=pk)
    if asked_format(request):
        if request.GET.get("list") == "tows":
            pairs = edition.tows.prefetch_related("factors", "approaches").order_by("number")
            return download(request, TOWS, pairs)
        factors = SwotFactor.objects.of_edition(edition).with_evidence().in_rank_order()
        return download(request, FACTORS, factors)
    return _page(request, edition)


def _page(
    request: HttpRequest,
    edition: PlanEdition,
    *,
    factor_form: FactorForm | None = None,
    evidence_form: EvidenceForm | None = None,
    evidenced: int = 0,
    amend_form: FactorAmendForm | None = None,
    amended: int = 0,
    tows_data: object = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    factors = list(SwotFactor.objects.of_edition(edition).with_evidence().in_rank_order())
    pairs = [
        Pair(
            row,
            pairing_of(list(row.factors.all())),
            tuple(row.factors.all()),
            tuple(row.approaches.all()),
        )
        for row in edition.tows.prefetch_related("factors", "approaches").order_by("number")
    ]
    approaches = list(
        Approach.objects.filter(issue__edition=edition)
        .select_related("issue")
        .order_by("issue__order", "code")
    )
    projects: dict[int, int] = defaultdict(int)
    for approach_id in Project.objects.filter(
        approach__in=approaches, status__in=Project.PUBLIC_STATUSES
    ).values_list("approach_id", flat=True):
        projects[approach_id or 0] += 1
    why_not = plan_rules.why_not_write(edition, standing_here(request))
    tows_form = (
        TowsForm(tows_data, factors=factors, approaches=approaches) if why_not is None else None
    )
    return render(
        request,
        "planning/swot.html",
        {
            "edition": edition,
            "name": edition_name(edition),
            "groups": [
                (kind.value, str(kind.label), _forward(kind.value, factors, pairs, projects))
                for kind in SwotFactor.Kind
            ],
            "pairs": pairs,
            "backs": _backward(approaches, pairs, projects),
            "why_not": why_not,
            "is_desk": standing_here(request).sees_province,
            "factor_form": factor_form or FactorForm(),
            "evidence_form": evidence_form or EvidenceForm(),
            "evidenced": evidenced,
            "amend_form": amend_form or FactorAmendForm(),
            "amended": amended,
            "tows_form": tows_form,
            "refusal": refusal,
            "is_sample": any(factor.is_sample for factor in factors),
        },
        status=status,
    )


def _forward(
    kind: str, factors: list[SwotFactor], pairs: list[Pair], projects: dict[int, int]
) -> list[Forward]:
    found = []
    for factor in factors:
        if factor.kind != kind:
            continue
        of = [pair for pair in pairs if factor in pair.factors]
        approaches = list(dict.fromkeys(each for pair in of for each in pair.approaches))
        found.append(
            Forward(
                factor,
                tuple(pair.tows for pair in of),
                tuple(approaches),
                sum(projects.get(each.pk, 0) for each in approaches),
            )
        )
    return found


def _backward(
    approaches: list[Approach], pairs: list[Pair], projects: dict[int, int]
) -> list[Back]:
    found = []
    for approach in approaches:
        of = [pair for pair in pairs if approach in pair.approaches]
        found.append(
            Back(
                approach,
                tuple(pair.tows for pair in of),
                tuple(dict.fromkeys(factor for pair in of for factor in pair.factors)),
                projects.get(approach.pk, 0),
            )
        )
    return found


@require_POST
def factor_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a factor to a draft's SWOT."""
    edition = edition_at_desk(request, pk)
    form = FactorForm(request.POST)
    if not form.is_valid():
        return _page(request, edition, factor_form=form, status=422)
    try:
        actions.add_factor(
            edition=edition,
            factor=actions.FactorInput(**form.cleaned_data),
            by=user_of(request),
            at=clock.now(),
        )
    except Refused as refused:
        return _page(request, edition, factor_form=form, refusal=refused.sentence, status=409)
    messages.success(request, _("เพิ่มปัจจัยแล้ว"))
    return redirect("planning:swot", edition.pk)


def _factor(request: HttpRequest, pk: int) -> SwotFactor:
    standing_at_desk(request)
    return get_object_or_404(SwotFactor.objects.select_related("edition__plan"), pk=pk)


@require_POST
def evidence_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a factor by one more thing."""
    factor = _factor(request, pk)
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return _page(request, factor.edition, evidence_form=form, evidenced=pk, status=422)
    given = form.cleaned_data
    code = given.pop("code").strip()
    try:
        kpi = need = None
        if code:
            need = Need.objects.public().filter(code=code.upper()).first()
            kpi = None if need else KPI.objects.filter(code=code).order_by("-fiscal_year").first()
            if need is None and kpi is None:
                raise Refused(_("ไม่พบตัวชี้วัดหรือความต้องการรหัส %(code)s") % {"code": code})
        actions.add_evidence(
            factor=factor,
            evidence=actions.EvidenceInput(kpi=kpi, need=need, **given),
            by=user_of(request),
            at=clock.now(),
        )
    except Refused as refused:
        return _page(
            request,
            factor.edition,
            evidence_form=form,
            evidenced=pk,
            refusal=refused.sentence,
            status=409,
        )
    messages.success(request, _("เพิ่มหลักฐานแล้ว"))
    return redirect("planning:swot", factor.edition_id)


@require_POST
def factor_amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a factor's words and weight right."""
    factor = _factor(request, pk)
    form = FactorAmendForm(request.POST)
    if not form.is_valid():
        return _page(request, factor.edition, amend_form=form, amended=pk, status=422)
    entry = actions.FactorAmendment(factor, **form.cleaned_data)
    try:
        actions.amend_factors(entries=[entry], by=user_of(request), at=clock.now())
    except Refused as refused:
        return _page(
            request,
            factor.edition,
            amend_form=form,
            amended=pk,
            refusal=refused.sentence,
            status=409,
        )
    messages.success(request, _("แก้ปัจจัยแล้ว"))
    return redirect("planning:swot", factor.edition_id)


@require_POST
def factor_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a factor out of a draft."""
    factor = _factor(request, pk)
    edition = factor.edition
    try:
        actions.drop_factor(factor=factor, by=user_of(request), at=clock.now())
    except Refused as refused:
        return _page(request, edition, refusal=refused.sentence, status=409)
    messages.success(request, _("ลบปัจจัยแล้ว"))
    return redirect("planning:swot", edition.pk)


@require_POST
def tows_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Pair factors from inside and outside into a strategy."""
    edition = edition_at_desk(request, pk)
    form = TowsForm(
        request.POST,
        factors=list(SwotFactor.objects.of_edition(edition).in_rank_order()),
        approaches=list(
            Approach.objects.filter(issue__edition=edition).select_related("issue").order_by("code")
        ),
    )
    if not form.is_valid():
        return _page(request, edition, tows_data=request.POST, status=422)
    given = form.cleaned_data
    try:
        actions.add_tows(
            edition=edition,
            text_th=given["text_th"],
            factors=list(given["factors"]),
            approaches=list(given["approaches"].select_related("issue")),
            by=user_of(request),
            at=clock.now(),
        )
    except Refused as refused:
        return _page(request, edition, tows_data=request.POST, refusal=refused.sentence, status=409)
    messages.success(request, _("เพิ่มกลยุทธ์แล้ว"))
    return redirect("planning:swot", edition.pk)


@require_POST
def tows_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a strategy out of a draft."""
    standing_at_desk(request)
    tows = get_object_or_404(TowsStrategy.objects.select_related("edition__plan"), pk=pk)
    edition = tows.edition
    try:
        actions.drop_tows(tows=tows, by=user_of(request), at=clock.now())
    except Refused as refused:
        return _page(request, edition, refusal=refused.sentence, status=409)
    messages.success(request, _("ลบกลยุทธ์แล้ว"))
    return redirect("planning:swot", edition.pk)
