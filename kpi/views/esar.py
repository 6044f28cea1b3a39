"""Self-assessments of agencies: the list, the form of a round, its files."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import Standing
from common import clock
from common.refusal import Refused
from common.tables import XLSX_TYPE
from kpi import actions
from kpi.forms.assessing import SelfAssessmentForm
from kpi.models import AssessmentRound, AssessmentScheme, Scorecard, SelfAssessment
from kpi.renderers.papers import pdf_of
from kpi.renderers.sheets import xlsx_of
from kpi.renderers.words import self_assessment_words
from kpi.rules import assessments as rules
from kpi.rules.assessed import Assessed, self_assessment_of
from kpi.rules.wording import reason_sentence
from kpi.views.scoring_rules import asked_year, known_years, staff_here


@require_safe
def esar_list(request: HttpRequest) -> HttpResponse:
    """Every scorecard that the person reads, with where each round's self-assessment stands."""
    standing = staff_here(request)
    years = known_years()
    year = asked_year(request, years)
    rounds = list(
        AssessmentRound.objects.filter(
            scheme__fiscal_year=year, scheme__kind=AssessmentScheme.Kind.AGENCY
        ).order_by("number")
    )
    cards = list(
        Scorecard.objects.for_year(year)
        .visible_to(standing)
        .exclude(level=Scorecard.Level.POST)
        .select_related("agency")
        .order_by("-level", "agency__code")
    )
    cards = [card for card in cards if not rules.why_not_see_self_assessment(card, standing)]
    there = {
        (each.scorecard_id, each.round_id): each
        for each in SelfAssessment.objects.filter(scorecard__in=cards, round__in=rounds).defer(
            "frozen"
        )
    }
    return render(
        request,
        "kpi/esar_list.html",
        {
            "year": year,
            "years": years,
            "rounds": rounds,
            "rows": [
                (card, [(each, there.get((card.pk, each.pk))) for each in rounds]) for card in cards
            ],
        },
    )


def _found(
    request: HttpRequest, pk: int, number: int
) -> tuple[Scorecard, AssessmentRound, SelfAssessment | None, Standing]:
    """Return a scorecard, a round of its year, what is written for it, and who asks.

    :raises Http404: if the person does not read it.
    """
    standing = staff_here(request)
    card = get_object_or_404(
        Scorecard.objects.exclude(level=Scorecard.Level.POST).select_related(
            "agency", "fiscal_year"
        ),
        pk=pk,
    )
    if rules.why_not_see_self_assessment(card, standing):
        raise Http404
    round_ = get_object_or_404(
        AssessmentRound.objects.select_related("scheme__curve").prefetch_related("scheme__bands"),
        scheme__fiscal_year=card.fiscal_year_id,
        scheme__kind=AssessmentScheme.Kind.AGENCY,
        number=number,
    )
    assessment = (
        SelfAssessment.objects.filter(scorecard=card, round=round_)
        .select_related("saved_by", "sent_by")
        .prefetch_related("remarks")
        .first()
    )
    return card, round_, assessment, standing


@require_http_methods(["GET", "HEAD", "POST"])
def esar(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """One round's self-assessment: figures from the results, words from the agency."""
    card, round_, assessment, standing = _found(request, pk, number)
    form = self_assessment_of(card, round_, assessment)
    posted = request.POST if request.method == "POST" else None
    typed = SelfAssessmentForm(posted, lines=form.sheet.lines, initial=_stated(form, assessment))
    refusal = ""
    if posted is not None and typed.is_valid():
        try:
            actions.save_self_assessment(
                scorecard=card,
                round_=round_,
                potential=typed.cleaned_data["potential"],
                summary_th=typed.cleaned_data["summary_th"],
                remarks=typed.remarks,
                version=typed.cleaned_data["version"],
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
        except Refused as refused:
            refusal = refused.sentence
        else:
            messages.success(request, _("บันทึกร่างรายงานประเมินตนเองแล้ว"))
            return redirect("kpi:esar", pk, number)
    return _page(request, card, round_, assessment, standing, form, typed, refusal)


def _stated(form: Assessed, assessment: SelfAssessment | None) -> dict[str, Any]:
    stated: dict[str, Any] = {"version": assessment.version if assessment else 0}
    if assessment is not None:
        potential = assessment.potential
        stated["potential"] = "" if potential is None else f"{potential.normalize():f}"
        stated["summary_th"] = assessment.summary_th
    remarks = form.remark_of
    for line in form.sheet.lines:
        # Where nothing is written yet, the note of the newest entry is a beginning.
        written = line.note if assessment is None else ""
        stated[f"remark-{line.kpi_id}"] = remarks.get(line.kpi_id, written)
    return stated


def _page(
    request: HttpRequest,
    card: Scorecard,
    round_: AssessmentRound,
    assessment: SelfAssessment | None,
    standing: Standing,
    form: Assessed,
    typed: SelfAssessmentForm,
    refusal: str,
) -> HttpResponse:
    at = clock.now()
    context = {
        "card": card,
        "round": round_,
        "assessment": assessment,
        "form": form,
        "typed": typed,
        "lines": [
            (line, reason_sentence(line.reason), typed[f"remark-{line.kpi_id}"])
            for line in form.sheet.lines
        ],
        "refusal": refusal,
        "why_not": rules.why_not_write_self_assessment(card, assessment, standing),
        "why_not_send": rules.why_not_send_self_assessment(card, assessment, round_, standing, at),
    }
    status = 409 if refusal else 422 if typed.is_bound and typed.errors else 200
    return render(request, "kpi/esar.html", context, status=status)


@require_POST
def esar_send(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """Send the round's self-assessment; its figures are frozen as they stand."""
    card, round_, assessment, standing = _found(request, pk, number)
    version = request.POST.get("version", "")
    try:
        actions.send_self_assessment(
            scorecard=card,
            round_=round_,
            version=int(version) if version.isdecimal() else 0,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
    except Refused as refused:
        form = self_assessment_of(card, round_, assessment)
        typed = SelfAssessmentForm(None, lines=form.sheet.lines, initial=_stated(form, assessment))
        return _page(request, card, round_, assessment, standing, form, typed, refused.sentence)
    messages.success(request, _("ส่งรายงานประเมินตนเองแล้ว ตัวเลขถูกตรึงไว้"))
    return redirect("kpi:esar", pk, number)


@require_safe
def esar_file(request: HttpRequest, pk: int, number: int, ending: str) -> HttpResponse:
    """The self-assessment as xlsx or PDF."""
    card, round_, assessment, _standing = _found(request, pk, number)
    form = self_assessment_of(card, round_, assessment)
    told = self_assessment_words(form, card, round_, assessment=assessment)
    stamp = (assessment.sent_at if assessment else None) or clock.now()
    name = f"e-sar-{card.agency.code}-{card.fiscal_year_id}-{round_.months}m"
    return file_of(
        pdf_of(told, stamp=stamp) if ending == "pdf" else xlsx_of(told), f"{name}.{ending}"
    )


def file_of(content: bytes, name: str) -> HttpResponse:
    """Return a file to keep; no cache between may hold it."""
    kind = "application/pdf" if name.endswith(".pdf") else XLSX_TYPE
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
