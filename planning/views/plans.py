"""Editions as everybody reads them, side by side, and the consultation on a draft."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import Standing
from common import clock
from common.downloads import asked_format, download
from common.refusal import Refused
from kpi.models import KPI
from planning.actions.editions import comment
from planning.forms.fields import stamp_of
from planning.forms.plans import CommentForm, edition_name
from planning.listings import COMMENTS, EDITIONS
from planning.models import Consultation, ConsultationComment
from planning.models.participation import Sector
from planning.rules import participation as rules
from planning.views.throttle import too_many
from projects.models import Project
from strategy.comparison import Line, Piece, compare
from strategy.models import Issue, Plan, PlanEdition
from submissions.rules import standing_of

KEPT = "planning-commented"


def standing_here(request: HttpRequest) -> Standing:
    return standing_of(request.user, clock.today())


@dataclass(frozen=True, slots=True)
class Counted:
    """An edition and what came from it."""

    edition: PlanEdition
    name: str
    issues: int
    kpis: int
    projects: int


def counted(editions: Iterable[PlanEdition]) -> list[Counted]:
    """Return editions with how many issues, KPIs and projects know them; three queries."""
    listed = list(editions)
    ids = [edition.pk for edition in listed]

    def by_edition(rows: Any, name: str) -> dict[int, int]:
        return dict(
            rows.filter(**{f"{name}__in": ids}).order_by().values_list(name).annotate(Count("pk"))
        )

    issues = by_edition(Issue.objects.all(), "edition")
    kpis = by_edition(KPI.objects.all(), "issue__edition")
    projects = by_edition(Project.objects.filter(status__in=Project.PUBLIC_STATUSES), "edition")
    return [
        Counted(
            each,
            edition_name(each),
            issues.get(each.pk, 0),
            kpis.get(each.pk, 0),
            projects.get(each.pk, 0),
        )
        for each in listed
    ]


@login_not_required
@require_safe
def edition_list(request: HttpRequest) -> HttpResponseBase:
    """Show every edition that the reader may see, by plan, and let two be compared."""
    editions = counted(
        PlanEdition.objects.visible_to(standing_here(request)).with_plan().in_time_order()
    )
    if asked_format(request):
        return download(request, EDITIONS, editions)
    return render(
        request,
        "planning/edition_list.html",
        {
            "groups": [
                (plan, list(rows))
                for plan, rows in groupby(editions, key=lambda each: each.edition.plan)
            ],
            "editions": editions,
            "open": Consultation.objects.open_on(clock.today()).with_edition().newest_first(),
        },
    )


@login_not_required
@require_safe
def edition_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the words of one edition."""
    edition = _visible(request, pk)
    issues = list(
        edition.issues.prefetch_related("approaches", "missions")
        .select_related("lead_agency", "edition__plan")
        .order_by("order", "code")
    )
    return render(
        request,
        "planning/edition_detail.html",
        {
            "edition": edition,
            "name": edition_name(edition),
            "missions": edition.missions.order_by("number"),
            "core_values": edition.core_values.order_by("order"),
            "issues": issues,
            "moves": edition.moves.order_by("made_at", "pk"),
            "consultations": edition.consultations.newest_first(),
            "counts": counted([edition])[0],
            "has_analysis": edition.swot_factors.exists(),
            "is_sample": any(issue.is_sample for issue in issues),
        },
    )


def _visible(request: HttpRequest, pk: int | str) -> PlanEdition:
    editions = PlanEdition.objects.visible_to(standing_here(request)).with_plan()
    return get_object_or_404(editions.select_related("based_on__plan"), pk=pk)


@login_not_required
@require_safe
def edition_compare(request: HttpRequest) -> HttpResponse:
    """Show two editions side by side: what stayed, changed, came and went."""
    editions = list(
        PlanEdition.objects.visible_to(standing_here(request)).with_plan().in_time_order()
    )
    by_key = {str(edition.pk): edition for edition in editions}
    before = by_key.get(request.GET.get("before", ""))
    after = by_key.get(request.GET.get("after", ""))
    asked = [request.GET.get(name, "") for name in ("before", "after")]
    if any(key and key not in by_key for key in asked):
        raise Http404(_("ไม่มีแผนฉบับนี้"))
    only_changes = request.GET.get("show", "") == "changes"
    lines: list[Line] = []
    if before and after:
        lines = compare(pieces_of(before), pieces_of(after))
    shown = [line for line in lines if not only_changes or line.change != "same"]
    tally = dict.fromkeys(("same", "changed", "added", "removed"), 0)
    for line in lines:
        tally[line.change] += 1
    return render(
        request,
        "planning/edition_compare.html",
        {
            "choices": [(str(each.pk), edition_name(each)) for each in editions],
            "before": before,
            "after": after,
            "before_name": edition_name(before) if before else "",
            "after_name": edition_name(after) if after else "",
            "groups": [
                (section, list(rows))
                for section, rows in groupby(shown, key=lambda row: row.section)
            ],
            "tally": tally,
            "only_changes": only_changes,
        },
    )


def pieces_of(edition: PlanEdition) -> list[Piece]:
    """Return everything an edition says, piece by piece; seven queries."""
    pieces = [
        Piece(_("วิสัยทัศน์"), "", _("วิสัยทัศน์"), edition.vision),
        Piece(_("นโยบายผู้ว่าราชการจังหวัด"), "", _("นโยบาย"), edition.motto),
    ]
    pieces = [piece for piece in pieces if piece.text]
    pieces += [
        Piece(_("พันธกิจ"), str(row.number), f"{_('พันธกิจ')} {row.number}", row.name)
        for row in edition.missions.order_by("number")
    ]
    pieces += [
        Piece(_("ค่านิยม"), row.letter, row.letter, row.name)
        for row in edition.core_values.order_by("order")
    ]
    issues = list(
        edition.issues.select_related("lead_agency")
        .prefetch_related("missions", "approaches", "alignments__item")
        .order_by("order", "code")
    )
    for issue in issues:
        pieces += _pieces_of_issue(issue)
    pieces += [
        Piece(
            _("SWOT"),
            factor.code,
            factor.code,
            f"{factor.text_th} ({_('ความสำคัญ')} {factor.importance})",
        )
        for factor in edition.swot_factors.in_rank_order()
    ]
    # Pieces of a section stand together, whichever issue they are of.
    order = list(dict.fromkeys(piece.section for piece in pieces))
    return sorted(pieces, key=lambda piece: order.index(piece.section))


def _pieces_of_issue(issue: Issue) -> list[Piece]:
    label = _("ประเด็นที่ %(code)s") % {"code": issue.code}
    found = [Piece(_("ประเด็นการพัฒนา"), issue.code, label, issue.name)]
    if issue.objective:
        found.append(Piece(_("วัตถุประสงค์"), issue.code, label, issue.objective))
    if issue.lead_agency:
        found.append(Piece(_("เจ้าภาพ"), issue.code, label, issue.lead_agency.name))
    served = ", ".join(
        str(row.number) for row in sorted(issue.missions.all(), key=lambda row: row.number)
    )
    if served:
        found.append(Piece(_("รับใช้พันธกิจ"), issue.code, label, served))
    found += [
        Piece(_("แนวทางการพัฒนา"), f"{issue.code}/{row.code}", row.code, row.name)
        for row in sorted(issue.approaches.all(), key=lambda row: row.code)
    ]
    found += [
        Piece(
            _("สอดคล้องกับแผนระดับชาติ"),
            f"{issue.code}/{row.item.code}",
            f"{label} {row.item.code}",
            f"{row.item.name}: {row.reason_th}",
        )
        for row in sorted(issue.alignments.all(), key=lambda row: row.item.code)
    ]
    return found


# ── What people say of a draft ───────────────────────────────────────────────
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def consultation_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show what people are asked, what they said and what was answered; POST takes a comment."""
    consultation = get_object_or_404(Consultation.objects.with_edition(), pk=pk)
    at = clock.now()
    why_not = rules.why_not_comment(consultation, at.date())
    form = CommentForm(request.POST or None, at=at)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if too_many(KEPT):
                form.add_error(None, _("วันนี้รับความเห็นจากเครื่องนี้หลายเรื่องแล้ว รออีก 1 ชั่วโมง"))
                status = 429
            else:
                try:
                    comment(
                        consultation=consultation,
                        sector=form.cleaned_data["sector"],
                        about_th=form.cleaned_data["about_th"],
                        text_th=form.cleaned_data["text_th"],
                        at=at,
                    )
                except Refused as refused:
                    form.add_error(None, refused.sentence)
                    status = 409
                else:
                    return redirect(f"{request.path}?sent=1")
    shown = list(
        consultation.comments.filter(state=ConsultationComment.State.SHOWN).order_by(
            "received_at", "pk"
        )
    )
    if request.method != "POST" and asked_format(request):
        return download(request, COMMENTS, shown)
    return render(
        request,
        "planning/consultation_detail.html",
        {
            "consultation": consultation,
            "name": edition_name(consultation.edition),
            "form": form,
            "stamp": stamp_of(at),
            "why_not": why_not,
            "comments": shown,
            "answered": sum(bool(each.answer_th) for each in shown),
            "sectors": sectors_of(shown),
            "sent": request.GET.get("sent") == "1",
        },
        status=status,
    )


def sectors_of(rows: Sequence[Any]) -> list[tuple[str, int]]:
    """Return how many rows are of each sector."""
    return [
        (str(sector.label), sum(row.sector == sector.value for row in rows)) for sector in Sector
    ]


def plans_of(kind: str | None = None) -> list[Plan]:
    """Return plans in time order, of a kind if one is given."""
    plans = Plan.objects.order_by("-start_year", "code")
    return list(plans.filter(kind=kind) if kind else plans)
