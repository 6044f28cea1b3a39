"""The strategy office's desk: open, close, write about and publish a quarter."""

from collections import defaultdict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.rules import Standing
from common import clock
from common.refusal import Refused
from jobruns.models import JobRun
from reports import actions, rules
from reports.forms import CloseForm, SummaryForm
from reports.models import Edition, Freeze, ReportSummary
from submissions.models import Quarter
from submissions.rules import standing_of

PUBLISH = "reports.publish_edition"


def _standing(request: HttpRequest) -> Standing:
    """Return the person's standing; the desk is for who reads the whole province.

    :raises PermissionDenied: for everybody else.
    """
    standing = standing_of(request.user, clock.today())
    if not standing.sees_province:
        raise PermissionDenied(rules.why_not_strategist(standing))
    return standing


def user_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the desk is behind the sign-in
    return request.user


def quarter_of(year: int, number: int) -> Quarter:
    quarters = Quarter.objects.filter(fiscal_year=year, number=number)
    quarter = quarters.select_related("fiscal_year", "closed_by").first()
    if quarter is None:
        raise Http404
    return quarter


@require_safe
def quarter_list(request: HttpRequest) -> HttpResponse:
    """Every quarter with its state, and what is to be done with it next."""
    standing = _standing(request)
    newest: dict[int, Edition] = {}
    for edition in Edition.objects.with_quarter().without_document().newest_first():
        newest.setdefault(edition.quarter_id, edition)
    quarters = Quarter.objects.in_time_order().reverse()
    rows = [(quarter, newest.get(quarter.pk)) for quarter in quarters]
    context = {"rows": rows, "why_not": rules.why_not_strategist(standing)}
    return render(request, "reports/quarter_list.html", context)


@require_safe
def quarter_detail(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """What is missing in a quarter, its summary and its editions."""
    return _page(request, quarter_of(year, number))


def _page(
    request: HttpRequest,
    quarter: Quarter,
    *,
    refusal: str = "",
    close_form: CloseForm | None = None,
    summary_form: SummaryForm | None = None,
    status: int = 200,
) -> HttpResponse:
    standing = _standing(request)
    now = clock.now()
    summary = ReportSummary.objects.filter(quarter=quarter).select_related("written_by").first()
    freezes = list(
        Freeze.objects.filter(quarter=quarter)
        .defer("document")
        .select_related("made_by", "agreed_by")
        .order_by("-number")
    )
    editions = list(
        Edition.objects.filter(quarter=quarter)
        .with_quarter()
        .without_document()
        .select_related("published_by")
        .newest_first()
    )
    missing = [] if quarter.is_closed else rules.missing_of(quarter)
    by_agency: dict[str, list[rules.Missing]] = defaultdict(list)
    for each in missing:
        by_agency[each.agency].append(each)
    newest = editions[0] if editions else None
    unfinished = newest if newest and newest.finished_at is None else None
    context = {
        "quarter": quarter,
        "missing": missing,
        "missing_by_agency": sorted(by_agency.items()),
        "why_not_open": rules.why_not_open(quarter, standing),
        "why_not_close": rules.why_not_close(quarter, standing, now),
        "why_not_write": rules.why_not_write_summary(quarter, standing),
        "why_not_publish": rules.why_not_publish(
            quarter, standing, freezes[0] if freezes else None, None if unfinished else newest
        ),
        "close_form": close_form or CloseForm(),
        "summary": summary,
        "summary_form": summary_form
        or SummaryForm(
            initial={
                "text_th": summary.text_th if summary else "",
                "text_en": summary.text_en if summary else "",
                "version": summary.version if summary else 0,
            }
        ),
        "freezes": freezes,
        "editions": editions,
        "unfinished": unfinished,
        "progress": _progress(quarter, unfinished) if unfinished else None,
        "refusal": refusal,
    }
    return render(request, "reports/quarter_detail.html", context, status=status)


def _progress(quarter: Quarter, edition: Edition | None) -> dict[str, object]:
    """Say how far the files of an edition are, in the shape that the waiting page reads."""
    here = reverse("reports:quarter-detail", args=[quarter.fiscal_year_id, quarter.number])
    if edition is None:
        return {"percent": 100, "label": _("เผยแพร่แล้ว"), "finished": True, "url": here}
    run = JobRun.objects.filter(task=PUBLISH, key=str(edition.pk)).order_by("-pk").first()
    failed = run is not None and run.state == JobRun.State.FAILED
    done = run.progress if run else 0
    total = run.progress_total if run and run.progress_total else 7
    return {
        "percent": done * 100 // total,
        "label": _("ทำไฟล์ไม่สำเร็จ กดเผยแพร่อีกครั้ง")
        if failed
        else _("กำลังทำไฟล์ฉบับที่ %(number)d") % {"number": edition.number},
        "amount": f"{done}/{total}",
        "finished": failed,
        "url": here if failed else "",
    }


@require_safe
def publish_progress(request: HttpRequest, year: int, number: int) -> JsonResponse:
    """Answer how far publishing is."""
    _standing(request)
    quarter = quarter_of(year, number)
    unfinished = (
        Edition.objects.filter(quarter=quarter, finished_at=None).without_document().first()
    )
    return JsonResponse(_progress(quarter, unfinished))


@require_POST
def quarter_open(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Open a planned quarter."""
    _standing(request)
    quarter = quarter_of(year, number)
    try:
        actions.open_for_reporting(quarter=quarter, by=user_of(request), at=clock.now())
    except Refused as refused:
        return _page(request, quarter, refusal=str(refused), status=409)
    messages.success(request, _("เปิดไตรมาส %(quarter)s รับรายงานแล้ว") % {"quarter": quarter})
    return redirect("reports:quarter-detail", year, number)


@require_POST
def quarter_close(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Close a quarter; what is missing must be accepted by a tick."""
    _standing(request)
    quarter = quarter_of(year, number)
    form = CloseForm(request.POST)
    form.is_valid()
    try:
        actions.close_quarter(
            quarter=quarter,
            by=user_of(request),
            at=clock.now(),
            missing_accepted=form.cleaned_data["missing_accepted"],
        )
    except Refused as refused:
        return _page(request, quarter, refusal=str(refused), close_form=form, status=409)
    messages.success(request, _("ปิดไตรมาส %(quarter)s แล้ว ตัวเลขไม่เปลี่ยนอีก") % {"quarter": quarter})
    return redirect("reports:quarter-detail", year, number)


@require_POST
def summary_write(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Keep the summary; what was typed stays on the page when it cannot be kept."""
    _standing(request)
    quarter = quarter_of(year, number)
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return _page(request, quarter, summary_form=form, status=422)
    try:
        actions.write_summary(
            quarter=quarter, **form.cleaned_data, by=user_of(request), at=clock.now()
        )
    except Refused as refused:
        return _page(request, quarter, refusal=str(refused), summary_form=form, status=409)
    messages.success(request, _("บันทึกบทสรุปแล้ว"))
    return redirect("reports:quarter-detail", year, number)


@require_POST
def report_publish(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Publish the next edition; its files are made behind the page."""
    _standing(request)
    quarter = quarter_of(year, number)
    try:
        actions.publish_report(quarter=quarter, by=user_of(request), at=clock.now())
    except Refused as refused:
        return _page(request, quarter, refusal=str(refused), status=409)
    return redirect("reports:quarter-detail", year, number)
