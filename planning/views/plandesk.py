"""Where the strategy office makes plans: editions begun, written, moved on, and comments answered."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from common import clock
from common.refusal import Refused
from planning.actions import editions as actions
from planning.forms.plans import (
    AnswerForm,
    CloseForm,
    ConsultForm,
    EditionForm,
    IssueForm,
    MoveForm,
    StartEditionForm,
    StartPlanForm,
    edition_name,
    lines_of,
    source_choices,
)
from planning.models import Consultation, ConsultationComment
from planning.rules import participation as rules
from planning.views.plans import counted, plans_of, standing_here
from strategy import rules as plan_rules
from strategy import workflow
from strategy.actions.editions import (
    EditionInput,
    PlanInput,
    drop_issue,
    move_edition,
    put_issue,
    write_edition,
)
from strategy.actions.issues import IssueInput
from strategy.models import Issue, Plan, PlanEdition


def standing_at_desk(request: HttpRequest) -> Any:
    """Return what the reader is; the desk of planning is for those who look over the province."""
    standing = standing_here(request)
    if reason := rules.why_not_read_desk(standing):
        raise PermissionDenied(reason)
    return standing


def user_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def edition_at_desk(request: HttpRequest, pk: int) -> PlanEdition:
    """Return an edition for the desk; drafts too."""
    standing_at_desk(request)
    return get_object_or_404(
        PlanEdition.objects.with_plan().select_related("based_on__plan"), pk=pk
    )


@require_http_methods(["GET", "HEAD", "POST"])
def plan_desk(request: HttpRequest) -> HttpResponse:
    """Show plans with their editions; POST begins an edition or another plan."""
    standing = standing_at_desk(request)
    begins = request.POST.get("begin", "")
    plan = Plan.objects.filter(pk=begins).first() if begins.isdecimal() else None
    new_plan = StartPlanForm(request.POST if begins == "plan" else None, prefix="plan")
    new_edition = StartEditionForm(request.POST if plan else None, prefix="edition")
    refusal, status = "", 200
    form = new_edition if plan else new_plan
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                if plan:
                    edition = actions.start_next_edition(
                        plan=plan, by=user_of(request), at=clock.now(), **given
                    )
                else:
                    source = given.pop("source")
                    edition = actions.start_next_plan(
                        plan=PlanInput(**given),
                        source=source,
                        by=user_of(request),
                        at=clock.now(),
                    )
            except Refused as refused:
                refusal, status = refused.sentence, 409
            else:
                messages.success(request, _("เริ่ม%(name)s แล้ว") % {"name": edition_name(edition)})
                return redirect("planning:edition-write", edition.pk)
    editions = counted(PlanEdition.objects.with_plan().in_time_order())
    # Every form of the page offers the same editions: they are asked for once.
    sources = [(str(value), label) for value, label in source_choices(new_edition)]
    new_plan.fields["source"].widget.choices = sources
    return render(
        request,
        "planning/plan_desk.html",
        {
            "plans": [
                (each, [row for row in editions if row.edition.plan_id == each.pk])
                for each in plans_of()
            ],
            "why_not": plan_rules.why_not_plan(standing),
            "new_plan": new_plan,
            "new_edition": new_edition,
            "sources": sources,
            "begins": begins,
            "refusal": refusal,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edition_write(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an edition at the desk; POST writes a draft's words."""
    edition = edition_at_desk(request, pk)
    standing = standing_here(request)
    missions = list(edition.missions.order_by("number"))
    form = EditionForm(
        request.POST or None,
        initial={
            "vision_th": edition.vision_th,
            "vision_en": edition.vision_en,
            "motto_th": edition.motto_th,
            "review_year": edition.review_year,
            "missions": "\n".join(
                f"{row.name_th} | {row.name_en}" if row.name_en else row.name_th for row in missions
            ),
        },
    )
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                write_edition(
                    edition=edition,
                    words=EditionInput(
                        vision_th=given["vision_th"],
                        vision_en=given["vision_en"],
                        motto_th=given["motto_th"],
                        motto_en=edition.motto_en,
                        missions=lines_of(given["missions"]),
                        review_year=given["review_year"],
                    ),
                    by=user_of(request),
                    at=clock.now(),
                )
            except Refused as refused:
                refusal, status = refused.sentence, 409
            else:
                messages.success(request, _("บันทึกร่างแผนแล้ว"))
                return redirect("planning:edition-write", edition.pk)
    return _edition_page(request, edition, standing, form=form, refusal=refusal, status=status)


def _edition_page(
    request: HttpRequest,
    edition: PlanEdition,
    standing: Any,
    *,
    form: EditionForm | None = None,
    refusal: str = "",
    status: int = 200,
    consult: ConsultForm | None = None,
    move: MoveForm | None = None,
    closing: Consultation | None = None,
    close: CloseForm | None = None,
) -> HttpResponse:
    today = clock.today()
    comments = list(
        ConsultationComment.objects.filter(consultation__edition=edition)
        .select_related("consultation")
        .order_by("state", "received_at")
    )
    return render(
        request,
        "planning/edition_write.html",
        {
            "edition": edition,
            "name": edition_name(edition),
            "form": form,
            "why_not": plan_rules.why_not_write(edition, standing),
            "issues": edition.issues.select_related("lead_agency").order_by("order", "code"),
            "missions": edition.missions.order_by("number"),
            "moves": [
                (state.value, PlanEdition.State(state.value).label)
                for state in workflow.Status
                if plan_rules.why_not_move(edition, state.value, standing) is None
            ],
            "move": move or MoveForm(),
            "consult": consult or ConsultForm(),
            "consultations": [
                (each, rules.why_not_close(each, standing, today) is None)
                for each in edition.consultations.newest_first()
            ],
            "closing": closing,
            "close": close or CloseForm(),
            "comments": comments,
            "waiting": sum(each.state == "waiting" for each in comments),
            "answer": AnswerForm(),
            "refusal": refusal,
            "may_organise": rules.why_not_organise(standing) is None,
        },
        status=status,
    )


@require_POST
def edition_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move an edition on: out to the public, back, approved, in force."""
    edition = edition_at_desk(request, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _edition_page(
            request,
            edition,
            standing_here(request),
            move=form,
            refusal=" ".join(str(line) for lines in form.errors.values() for line in lines),
            status=422,
        )
    try:
        move_edition(edition=edition, by=user_of(request), at=clock.now(), **form.cleaned_data)
    except Refused as refused:
        return _edition_page(
            request,
            edition,
            standing_here(request),
            move=form,
            refusal=refused.sentence,
            status=409,
        )
    messages.success(
        request, _("เปลี่ยนสถานะเป็น “%(state)s” แล้ว") % {"state": edition.get_state_display()}
    )
    return redirect("planning:edition-write", edition.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def issue_write(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Write one issue of a draft; the code "new" adds one."""
    edition = edition_at_desk(request, pk)
    issue = None
    if code != "new":
        issue = get_object_or_404(
            Issue.objects.prefetch_related("missions", "approaches", "alignments__item"),
            edition=edition,
            code=code,
        )
    why_not = plan_rules.why_not_write(edition, standing_here(request))
    form = IssueForm(request.POST or None, edition=edition, initial=_issue_as_typed(edition, issue))
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                if issue is not None and given["code"] != issue.code:
                    raise Refused(_("รหัสของประเด็นเปลี่ยนไม่ได้ เพิ่มประเด็นใหม่แทน"), code="code_fixed")
                row = put_issue(
                    edition=edition,
                    issue=IssueInput(
                        code=given["code"],
                        name_th=given["name_th"],
                        name_en=given["name_en"],
                        objective_th=given["objective_th"],
                        objective_en=issue.objective_en if issue else "",
                        order=given["order"],
                        missions=[row.number for row in given["missions"]],
                        lead_agency=given["lead_agency"].code if given["lead_agency"] else None,
                        approaches=given["approaches"],
                        items=given["items"],
                        source=issue.source if issue else "",
                        is_sample=issue.is_sample if issue else False,
                    ),
                    by=user_of(request),
                    at=clock.now(),
                )
            except Refused as refused:
                refusal, status = refused.sentence, 409
            else:
                messages.success(request, _("บันทึกประเด็นที่ %(code)s แล้ว") % {"code": row.code})
                return redirect("planning:edition-write", edition.pk)
    return render(
        request,
        "planning/issue_write.html",
        {
            "edition": edition,
            "name": edition_name(edition),
            "issue": issue,
            "form": form,
            "why_not": why_not,
            "refusal": refusal,
        },
        status=status,
    )


def _issue_as_typed(edition: PlanEdition, issue: Issue | None) -> dict[str, Any]:
    if issue is None:
        return {"order": edition.issues.count() + 1}
    return {
        "code": issue.code,
        "name_th": issue.name_th,
        "name_en": issue.name_en,
        "objective_th": issue.objective_th,
        "order": issue.order,
        "lead_agency": issue.lead_agency_id,
        "missions": [row.pk for row in issue.missions.all()],
        "approaches": "\n".join(
            f"{row.code} {row.name_th}" + (f" | {row.name_en}" if row.name_en else "")
            for row in sorted(issue.approaches.all(), key=lambda row: row.code)
        ),
        "items": "\n".join(
            f"{row.item.code} {row.reason_th}".strip()
            for row in sorted(issue.alignments.all(), key=lambda row: row.item.code)
        ),
    }


@require_POST
def issue_drop(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Take an issue out of a draft."""
    edition = edition_at_desk(request, pk)
    issue = get_object_or_404(
        Issue.objects.select_related("edition__plan"), edition=edition, code=code
    )
    drop_issue(issue=issue, by=user_of(request), at=clock.now())
    messages.success(request, _("ลบประเด็นออกจากร่างแล้ว"))
    return redirect("planning:edition-write", edition.pk)


@require_POST
def edition_consult(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the public about a draft, from a day to a day."""
    edition = edition_at_desk(request, pk)
    form = ConsultForm(request.POST)
    refusal, status = "", 422
    if form.is_valid():
        try:
            actions.open_consultation(
                edition=edition, by=user_of(request), at=clock.now(), **form.cleaned_data
            )
        except Refused as refused:
            refusal, status = refused.sentence, 409
        else:
            messages.success(request, _("เปิดรับความคิดเห็นแล้ว"))
            return redirect("planning:edition-write", edition.pk)
    return _edition_page(
        request, edition, standing_here(request), consult=form, refusal=refusal, status=status
    )


@require_POST
def consultation_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Take no more comments on a draft, before the last day."""
    standing = standing_at_desk(request)
    row = get_object_or_404(Consultation.objects.with_edition(), pk=pk)
    form = CloseForm(request.POST)
    refusal, status = "", 422
    if form.is_valid():
        try:
            actions.close_consultation(
                consultation=row, by=user_of(request), at=clock.now(), **form.cleaned_data
            )
        except Refused as refused:
            refusal, status = refused.sentence, 409
        else:
            messages.success(request, _("ปิดรับความคิดเห็นแล้ว เหตุผลแสดงในหน้าที่ประชาชนเห็น"))
            return redirect("planning:edition-write", row.edition_id)
    edition = edition_at_desk(request, row.edition_id)
    return _edition_page(
        request, edition, standing, closing=row, close=form, refusal=refusal, status=status
    )


@require_POST
def comment_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a comment, keep it back, or answer it."""
    standing_at_desk(request)
    row = get_object_or_404(
        ConsultationComment.objects.filter(
            consultation__in=Consultation.objects.all()
        ).select_related("consultation"),
        pk=pk,
    )
    by, at = user_of(request), clock.now()
    if "answer_th" in request.POST:
        seen = request.POST.get("version", "")
        actions.answer_comment(
            comment=row,
            # What the page did not send was never seen.
            version=int(seen) if seen.isdecimal() else 0,
            answer_th=request.POST["answer_th"],
            by=by,
            at=at,
        )
        messages.success(request, _("ตอบความคิดเห็นแล้ว"))
    else:
        actions.judge_comments(
            comments=[row], shown=request.POST.get("shown") == "yes", by=by, at=at
        )
        messages.success(request, _("บันทึกการตรวจความคิดเห็นแล้ว"))
    return redirect("planning:edition-write", row.consultation.edition_id)
