"""Forums and what became of what was proposed; who was told of the plan and who knows."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Agency
from common import clock
from common.downloads import asked_format, download
from common.refusal import Refused
from planning.actions import participation as actions
from planning.actions.proposals import add_proposal, answer_proposal
from planning.forms.plans import (
    ForumAmendForm,
    ForumFileForm,
    ForumForm,
    OutcomeForm,
    ProposalForm,
    TellForm,
)
from planning.listings import ANNOUNCEMENTS, FORUMS, RECEIPTS
from planning.models import (
    Announcement,
    AnnouncementReceipt,
    Forum,
    ForumFile,
    ForumProposal,
)
from planning.models.participation import Sector
from planning.rules import participation as rules
from planning.views.plandesk import standing_at_desk, user_of
from planning.views.plans import standing_here
from strategy.models import Approach
from submissions.actions import as_one


def _attended(forums: list[Forum]) -> list[tuple[str, int]]:
    """Return how many came of each sector to all of these."""
    return [
        (
            str(sector.label),
            sum(
                row.people
                for forum in forums
                for row in forum.attendance.all()
                if row.sector == sector.value
            ),
        )
        for sector in Sector
    ]


@login_not_required
@require_safe
def forum_list(request: HttpRequest) -> HttpResponseBase:
    """Show every forum: who came by sector, and what became of what was proposed."""
    forums = list(Forum.objects.with_counts().prefetch_related("proposals").newest_first())
    if asked_format(request):
        return download(request, FORUMS, forums)
    proposals = [row for forum in forums for row in forum.proposals.all()]
    return render(
        request,
        "planning/forum_list.html",
        {
            "forums": forums,
            "attended": _attended(forums),
            "proposals": len(proposals),
            "answered": sum(row.outcome != ForumProposal.Outcome.OPEN for row in proposals),
            "is_sample": any(forum.is_sample for forum in forums),
        },
    )


def _approaches() -> Any:
    return (
        Approach.objects.filter(issue__edition__state__in=["draft", "in_force"])
        .select_related("issue")
        .order_by("issue__edition", "issue__order", "code")
    )


@login_not_required
@require_safe
def forum_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a forum; the strategy office adds and answers proposals here."""
    return _forum_page(request, get_object_or_404(Forum.objects.with_counts(), pk=pk))


def _forum_page(
    request: HttpRequest,
    forum: Forum,
    *,
    proposal_form: ProposalForm | None = None,
    outcome_form: OutcomeForm | None = None,
    file_form: ForumFileForm | None = None,
    answering: int = 0,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    standing = standing_here(request)
    may_organise = rules.why_not_organise(standing) is None
    files = list(
        ForumFile.objects.visible_to(standing)
        .filter(forum=forum)
        .select_related("removed_by")
        .in_time_order()
    )
    return render(
        request,
        "planning/forum_detail.html",
        {
            "forum": forum,
            "attended": _attended([forum]),
            "proposals": forum.proposals.select_related("approach", "need").order_by("number"),
            "may_organise": may_organise,
            "files": [row for row in files if row.removed_at is None],
            "removed": [row for row in files if row.removed_at] if may_organise else [],
            "file_form": file_form or ForumFileForm(),
            "proposal_form": proposal_form or ProposalForm(),
            "outcome_form": outcome_form
            or (OutcomeForm(approaches=_approaches()) if may_organise else None),
            "answering": answering,
            "refusal": refusal,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def forum_desk(request: HttpRequest) -> HttpResponse:
    """Show forums at the desk; POST writes one down."""
    standing = standing_at_desk(request)
    form = ForumForm(request.POST or None)
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                forum = actions.record_forum(forum=_told(form), by=user_of(request), at=clock.now())
            except Refused as refused:
                refusal, status = refused.sentence, 409
            else:
                messages.success(request, _("บันทึกเวทีแล้ว เพิ่มข้อเสนอได้ในหน้านี้"))
                return redirect("planning:forum-detail", forum.pk)
    return render(
        request,
        "planning/forum_desk.html",
        {
            "forums": Forum.objects.with_counts().newest_first(),
            "form": form,
            "why_not": rules.why_not_organise(standing),
            "refusal": refusal,
        },
        status=status,
    )


def _told(form: ForumForm) -> actions.ForumInput:
    given = form.cleaned_data
    return actions.ForumInput(
        title_th=given["title_th"],
        held_date=given["held_date"],
        place_th=given["place_th"],
        area=given["area"],
        edition=given["edition"],
        minutes_th=given["minutes_th"],
        attendance=form.attendance,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def forum_amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what was written of a forum; what was proposed there and its files stay."""
    standing = standing_at_desk(request)
    forum = get_object_or_404(Forum.objects.with_counts(), pk=pk)
    form = ForumAmendForm(request.POST or None, initial=ForumForm.filled_with(forum))
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            entry = actions.ForumAmendment(forum, form.cleaned_data["version"], _told(form))
            try:
                with as_one():
                    actions.amend_forums(entries=[entry], by=user_of(request), at=clock.now())
            except Refused as refused:
                refusal, status = refused.sentence, 409
            else:
                messages.success(request, _("แก้ไขเวทีแล้ว"))
                return redirect("planning:forum-detail", forum.pk)
    return render(
        request,
        "planning/forum_amend.html",
        {
            "forum": forum,
            "form": form,
            "why_not": rules.why_not_organise(standing),
            "refusal": refusal,
        },
        status=status,
    )


@require_POST
def proposal_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was proposed at a forum."""
    standing_at_desk(request)
    forum = get_object_or_404(Forum.objects.with_counts(), pk=pk)
    form = ProposalForm(request.POST)
    if not form.is_valid():
        return _forum_page(request, forum, proposal_form=form, status=422)
    try:
        add_proposal(forum=forum, by=user_of(request), at=clock.now(), **form.cleaned_data)
    except Refused as refused:
        return _forum_page(request, forum, proposal_form=form, refusal=refused.sentence, status=409)
    messages.success(request, _("เพิ่มข้อเสนอแล้ว"))
    return redirect("planning:forum-detail", forum.pk)


@require_POST
def proposal_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what became of a proposal."""
    standing_at_desk(request)
    proposal = get_object_or_404(ForumProposal.objects.select_related("forum"), pk=pk)
    forum = get_object_or_404(Forum.objects.with_counts(), pk=proposal.forum_id)
    form = OutcomeForm(request.POST, approaches=_approaches())
    if not form.is_valid():
        return _forum_page(request, forum, outcome_form=form, answering=pk, status=422)
    try:
        answer_proposal(proposal=proposal, by=user_of(request), at=clock.now(), **form.cleaned_data)
    except Refused as refused:
        return _forum_page(
            request,
            forum,
            outcome_form=form,
            answering=pk,
            refusal=refused.sentence,
            status=409,
        )
    messages.success(request, _("บันทึกคำตอบของข้อเสนอแล้ว"))
    return redirect("planning:forum-detail", forum.pk)


# ── Minutes as files ─────────────────────────────────────────────────────────
@login_not_required
@require_safe
def forum_file(request: HttpRequest, pk: int) -> FileResponse:
    """Send a forum's minutes to be saved; the browser never opens them as a page of the portal."""
    seen = ForumFile.objects.visible_to(standing_here(request)).kept()
    file = get_object_or_404(seen, pk=pk)
    answer = FileResponse(
        file.file.open("rb"),
        as_attachment=True,
        filename=file.file_name,
        content_type=file.file_type,
    )
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "sandbox"
    return answer


@require_POST
def forum_file_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add minutes to a forum."""
    standing_at_desk(request)
    forum = get_object_or_404(Forum.objects.with_counts(), pk=pk)
    form = ForumFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _forum_page(request, forum, file_form=form, status=422)
    try:
        actions.add_forum_file(
            forum=forum, by=user_of(request), at=clock.now(), **form.cleaned_data
        )
    except Refused as refused:
        return _forum_page(request, forum, file_form=form, refusal=refused.sentence, status=409)
    messages.success(request, _("เพิ่มไฟล์แล้ว ประชาชนจะเห็นเมื่อกด “เผยแพร่”"))
    return redirect("planning:forum-detail", forum.pk)


@require_POST
def forum_file_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Show minutes to the public or not, take them away with a reason, or put them back."""
    standing_at_desk(request)
    file = get_object_or_404(ForumFile.objects.select_related("forum"), pk=pk)
    forum = get_object_or_404(Forum.objects.with_counts(), pk=file.forum_id)
    by, at = user_of(request), clock.now()
    try:
        match request.POST.get("move", ""):
            case "show" | "hide" as move:
                actions.show_forum_file(file=file, is_public=move == "show", by=by, at=at)
                said = _("เผยแพร่ไฟล์แล้ว") if move == "show" else _("เลิกเผยแพร่ไฟล์แล้ว")
            case "remove":
                reason = request.POST.get("reason", "")
                actions.remove_forum_file(file=file, reason=reason, by=by, at=at)
                said = _("เอาไฟล์ออกแล้ว นำกลับได้ในหน้านี้")
            case "restore":
                actions.restore_forum_file(file=file, by=by, at=at)
                said = _("นำไฟล์กลับแล้ว ยังไม่เผยแพร่")
            case _other:
                raise Refused(_("เลือกสิ่งที่จะทำกับไฟล์"), code="no_move")
    except Refused as refused:
        return _forum_page(request, forum, refusal=refused.sentence, status=409)
    messages.success(request, said)
    return redirect("planning:forum-detail", forum.pk)


# ── Who was told ─────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
def telling(request: HttpRequest) -> HttpResponseBase:
    """Show by which channels agencies were told, and how many know; POST writes one down."""
    standing = standing_at_desk(request)
    why_not = rules.why_not_organise(standing)
    form = TellForm(request.POST or None) if why_not is None else None
    refusal, status = "", 200
    if request.method == "POST":
        if form is None:
            raise Http404
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                row = actions.tell_agencies(
                    edition=given["edition"],
                    channel=given["channel"],
                    told_date=given["told_date"],
                    reference=given["reference"],
                    agencies=list(given["agencies"]),
                    by=user_of(request),
                    at=clock.now(),
                )
            except Refused as refused:
                refusal, status = refused.sentence, 409
            else:
                messages.success(request, _("บันทึกการแจ้งแผนแล้ว"))
                return redirect("planning:told-detail", row.pk)
    announcements = list(Announcement.objects.with_counts().newest_first())
    if request.method != "POST" and asked_format(request):
        return download(request, ANNOUNCEMENTS, announcements)
    reporting = Agency.objects.reporting().count()
    newest = announcements[0].edition if announcements else None
    knowing = (
        AnnouncementReceipt.objects.filter(
            announcement__edition=newest, acknowledged_at__isnull=False
        )
        .values("agency")
        .distinct()
        .count()
        if newest
        else 0
    )
    return render(
        request,
        "planning/telling.html",
        {
            "announcements": announcements,
            "form": form,
            "why_not": why_not,
            "refusal": refusal,
            "reporting": reporting,
            "newest": newest,
            "knowing": knowing,
        },
        status=status,
    )


@require_safe
def told_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show which agencies were told and which know."""
    standing_at_desk(request)
    row = get_object_or_404(Announcement.objects.with_counts(), pk=pk)
    receipts = row.receipts.select_related("agency", "acknowledged_by").order_by(
        "acknowledged_at", "agency__code"
    )
    if asked_format(request):
        return download(request, RECEIPTS, receipts, is_sample=row.is_sample)
    return render(request, "planning/told_detail.html", {"announcement": row, "receipts": receipts})


@require_http_methods(["GET", "HEAD", "POST"])
def told(request: HttpRequest) -> HttpResponse:
    """Show an agency what it was told of the plan; POST says that it knows."""
    standing = standing_here(request)
    if not standing.pairs:
        raise Http404(_("ไม่มีหน้านี้"))
    mine = AnnouncementReceipt.objects.filter(agency__in=standing.agencies()).select_related(
        "agency", "announcement__edition__plan", "announcement__channel"
    )
    if request.method == "POST":
        chosen = [key for key in request.POST.getlist("receipt") if key.isdecimal()]
        receipts = list(mine.filter(pk__in=chosen))
        if not receipts:
            messages.error(request, _("ยังไม่ได้เลือกรายการที่จะรับทราบ"))
            return redirect("planning:told")
        actions.acknowledge(receipts=receipts, by=user_of(request), at=clock.now())
        messages.success(request, _("รับทราบแล้ว ขอบคุณ"))
        return redirect("planning:told")
    return render(
        request,
        "planning/told.html",
        {
            "receipts": [
                (row, rules.why_not_acknowledge(row, standing))
                for row in mine.order_by("-announcement__told_date", "agency__code")
            ],
        },
    )
