"""Appraisals of officers: personal, so every view is logged and nobody but the line and HR gets in."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role, User
from accounts.rules import Standing
from audit.log import record
from common import clock
from common.refusal import Refused
from kpi import actions
from kpi.forms.assessing import AppraisalForm
from kpi.models import Appraisal, AssessmentRound, AssessmentScheme, Scorecard
from kpi.renderers.papers import pdf_of
from kpi.renderers.sheets import xlsx_of
from kpi.renderers.words import appraisal_words
from kpi.rules import assessments as rules
from kpi.rules.assessed import Assessed, appraisal_of, holder_in_round, posts_below
from kpi.rules.wording import reason_sentence
from kpi.views.esar import file_of
from kpi.views.scoring_rules import asked_year, known_years, staff_here

Kind = AssessmentScheme.Kind


@require_safe
def appraisal_list(request: HttpRequest) -> HttpResponse:
    """The person's own rounds, those of the posts below, for HR the agency's: states, no figures."""
    standing = staff_here(request)
    years = known_years()
    year = asked_year(request, years)
    below = posts_below(standing.post_ids)
    cards = (
        Scorecard.objects.for_year(year)
        .filter(level=Scorecard.Level.POST)
        .filter(
            Q(post__in=[*standing.post_ids, *below])
            | Q(agency__in=standing.agencies(Role.HR))
            | Q(appraisals__assessed=standing.user.pk)
        )
        .distinct()
        .select_related("agency", "post")
        .order_by("agency__code", "post__code")
    )
    page = Paginator(cards, 50).get_page(request.GET.get("page"))
    there: dict[tuple[int, int], Appraisal] = {}
    for each in (
        Appraisal.objects.filter(scorecard__in=list(page.object_list))
        .select_related("round", "assessed")
        .defer("frozen")
    ):
        there[each.scorecard_id, each.round.number] = each
    rounds = list(
        AssessmentRound.objects.filter(
            scheme__fiscal_year=year, scheme__kind=Kind.OFFICIAL
        ).order_by("number")
    )
    return render(
        request,
        "kpi/appraisal_list.html",
        {
            "year": year,
            "years": years,
            "rounds": rounds,
            "page": page,
            "rows": [
                (
                    card,
                    card.post_id in standing.post_ids,
                    [(each, there.get((card.pk, each.number))) for each in rounds],
                )
                for card in page.object_list
            ],
        },
    )


class _Case:
    """One officer's round as the person may see it."""

    def __init__(self, request: HttpRequest, pk: int, number: int) -> None:
        """Fetch and authorise in one go.

        :raises Http404: if there is none for this person.
        """
        self.standing: Standing = staff_here(request)
        self.card = get_object_or_404(
            Scorecard.objects.filter(level=Scorecard.Level.POST).select_related(
                "agency", "fiscal_year", "post__supervising_post"
            ),
            pk=pk,
        )
        assert self.card.post is not None
        self.post = self.card.post
        self.appraisal = (
            Appraisal.objects.filter(scorecard=self.card, round__number=number)
            .select_related(
                "assessed",
                "saved_by",
                "signed_by",
                "scorecard__agency",
                "scorecard__post",
                "round__scheme__curve",
            )
            .prefetch_related("scores", "round__scheme__bands", "round__scheme__competencies")
            .first()
        )
        self.round = self._round(request, number)
        self.assessed: User | None = (
            self.appraisal.assessed
            if self.appraisal
            else holder_in_round(self.post, self.card.fiscal_year_id, self.round)
        )
        if rules.why_not_see_appraisal(
            self.post,
            self.card.agency_id,
            self.assessed.pk if self.assessed else None,
            self.standing,
        ):
            raise Http404

    def _round(self, request: HttpRequest, number: int) -> AssessmentRound:
        if self.appraisal is not None and not (
            self.appraisal.state == Appraisal.State.DRAFT and "kind" in request.GET
        ):
            return self.appraisal.round
        kind = request.GET.get("kind", Kind.OFFICIAL)
        if kind == Kind.AGENCY:
            raise Http404
        return get_object_or_404(
            AssessmentRound.objects.select_related("scheme").prefetch_related(
                "scheme__bands", "scheme__competencies"
            ),
            scheme__fiscal_year=self.card.fiscal_year_id,
            scheme__kind=kind,
            number=number,
        )

    @property
    def assessed_id(self) -> int | None:
        return self.assessed.pk if self.assessed else None

    @property
    def name(self) -> str:
        return self.assessed.get_full_name() if self.assessed else _("ตำแหน่งว่าง")

    def log(self, request: HttpRequest, shape: str) -> None:
        """Say in the log that somebody looked; what was seen is not there."""
        record(
            "kpi.appraisal.viewed",
            self.card,
            by=request.user if isinstance(request.user, User) else None,
            at=clock.now(),
            after={"round": self.round.number, "as": shape},
            agency_code=self.card.agency.code,
        )


@require_http_methods(["GET", "HEAD", "POST"])
def appraisal(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """One officer's appraisal of a round; the line above scores the competencies here."""
    case = _Case(request, pk, number)
    form = appraisal_of(case.card, case.round, case.appraisal)
    posted = request.POST if request.method == "POST" else None
    typed = _typed(case, form, posted)
    refusal = ""
    if posted is not None and typed.is_valid():
        try:
            actions.save_appraisal(
                scorecard=case.card,
                round_=case.round,
                levels=typed.levels,
                comment_th=typed.cleaned_data["comment_th"],
                development_th=typed.cleaned_data["development_th"],
                version=typed.cleaned_data["version"],
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
        except Refused as refused:
            refusal = refused.sentence
        else:
            messages.success(request, _("บันทึกการประเมินแล้ว ยังไม่ลงนาม"))
            return redirect("kpi:appraisal", pk, number)
    return _page(request, case, form, typed, refusal)


def _typed(case: _Case, form: Assessed, posted: Any) -> AppraisalForm:
    stated: dict[str, Any] = {
        "version": case.appraisal.version if case.appraisal else 0,
        "kind": case.round.scheme.kind,
    }
    if case.appraisal is not None:
        stated["comment_th"] = case.appraisal.comment_th
        stated["development_th"] = case.appraisal.development_th
    for each in form.competencies:
        stated[f"level-{each.pk}"] = "" if each.level is None else f"{each.level.normalize():f}"
    competencies = sorted(case.round.scheme.competencies.all(), key=lambda each: each.order)
    return AppraisalForm(posted, competencies=competencies, initial=stated)


def _page(
    request: HttpRequest, case: _Case, form: Assessed, typed: AppraisalForm, refusal: str
) -> HttpResponse:
    case.log(request, "page")
    at: datetime = clock.now()
    kinds = AssessmentScheme.objects.for_year(case.card.fiscal_year_id).exclude(kind=Kind.AGENCY)
    context = {
        "card": case.card,
        "round": case.round,
        "name": case.name,
        "appraisal": case.appraisal,
        "form": form,
        "typed": typed,
        "lines": [(line, reason_sentence(line.reason)) for line in form.sheet.lines],
        "competencies": [
            (each, typed[f"level-{each.pk}"] if f"level-{each.pk}" in typed.fields else None)
            for each in form.competencies
        ],
        "kinds": kinds.in_kind_order(),
        "refusal": refusal,
        "why_not": rules.why_not_appraise(
            case.post, case.appraisal, case.assessed_id, case.standing
        ),
        "why_not_sign": rules.why_not_sign_appraisal(
            case.post,
            case.appraisal,
            case.assessed_id,
            case.round,
            case.standing,
            year=case.card.fiscal_year_id,
            total=form.outcome.total,
            at=at,
        ),
        "why_not_acknowledge": rules.why_not_acknowledge(case.appraisal, case.standing),
    }
    status = 409 if refusal else 422 if typed.is_bound and typed.errors else 200
    answer = render(request, "kpi/appraisal.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
def appraisal_sign(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """Sign an officer's round as it stands; its figures are frozen."""
    case = _Case(request, pk, number)
    if case.appraisal is None:
        return _refused(request, case, _("ยังไม่ได้ให้คะแนน บันทึกก่อน แล้วจึงลงนาม"))
    version = request.POST.get("version", "")
    try:
        actions.sign_appraisal(
            appraisal=case.appraisal,
            version=int(version) if version.isdecimal() else 0,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as refused:
        return _refused(request, case, refused.sentence)
    messages.success(request, _("ลงนามการประเมินแล้ว ผู้รับการประเมินจะเห็นผลและลงนามรับทราบ"))
    return redirect("kpi:appraisal", pk, number)


@require_POST
def appraisal_acknowledge(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """Let the officer say that the result was read."""
    case = _Case(request, pk, number)
    if case.appraisal is None:
        return _refused(request, case, rules.why_not_acknowledge(None, case.standing) or "")
    try:
        actions.acknowledge_appraisal(
            appraisal=case.appraisal,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as refused:
        return _refused(request, case, refused.sentence)
    messages.success(request, _("ลงนามรับทราบผลแล้ว"))
    return redirect("kpi:appraisal", pk, number)


def _refused(request: HttpRequest, case: _Case, sentence: str) -> HttpResponse:
    form = appraisal_of(case.card, case.round, case.appraisal)
    return _page(request, case, form, _typed(case, form, None), sentence)


@require_safe
def appraisal_file(request: HttpRequest, pk: int, number: int, ending: str) -> HttpResponse:
    """The appraisal as xlsx or PDF, for the same people, logged as a view."""
    case = _Case(request, pk, number)
    case.log(request, ending)
    form = appraisal_of(case.card, case.round, case.appraisal)
    told = appraisal_words(form, case.card, case.round, name=case.name, appraisal=case.appraisal)
    stamp = (case.appraisal.signed_at if case.appraisal else None) or clock.now()
    # No name in the file's name: it travels further than the file should.
    name = f"appraisal-{case.post.code}-{case.card.fiscal_year_id}-{case.round.number}"
    return file_of(
        pdf_of(told, stamp=stamp) if ending == "pdf" else xlsx_of(told), f"{name}.{ending}"
    )
