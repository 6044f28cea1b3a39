"""After the close: an agency's entries opened for correction, and restating with what it says."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Agency, Role
from accounts.rules import Standing
from common import clock
from common.refusal import EntriesRefused, Refused
from kpi.actions.results import FieldRefused
from kpi.models import Result, Scorecard
from reports import actions, rules
from reports.forms import CorrectionRow, ReopeningForm, read_correction
from reports.models import Correction, Reopening, Restatement
from reports.views.desk import quarter_of, user_of
from submissions.models import Quarter
from submissions.rules import standing_of


@dataclass(slots=True)
class Row:
    """A signed entry with the correction that waits for it, and what was typed just now."""

    result: Result
    waiting: Correction | None
    written: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_ratio(self) -> bool:
        return self.result.denominator is not None


def _standing(request: HttpRequest, quarter: Quarter) -> tuple[Standing, list[Reopening]]:
    """Return the person's standing and the running reopenings of his or her agencies.

    :raises PermissionDenied: if the person neither reads the province nor has one.
    """
    today = clock.today()
    standing = standing_of(request.user, today)
    running = [
        each
        for each in Reopening.objects.filter(quarter=quarter).running(today).with_people()
        if standing.is_role_of(Role.REPORTER, each.agency_id)
    ]
    if not standing.sees_province and not running:
        raise PermissionDenied(_("ไตรมาสนี้ไม่ได้เปิดให้หน่วยงานของท่านแก้ไข แจ้งกลุ่มงานยุทธศาสตร์ฯ ขอเปิด"))
    return standing, running


def _asked_agencies(
    request: HttpRequest, standing: Standing, running: list[Reopening]
) -> list[int]:
    """Whose entries the page shows: the reopened ones, for the office those of the agency asked for."""
    code = request.GET.get("agency", "")
    if standing.has(Role.STRATEGIST) and code:
        return list(Agency.objects.filter(code=code).values_list("pk", flat=True))
    return [each.agency_id for each in running]


def _rows(quarter: Quarter, agencies: list[int]) -> list[Row]:
    waiting = {
        each.result_id: each
        for each in Correction.objects.waiting().filter(
            result__quarter=quarter, result__kpi__agency__in=agencies
        )
    }
    results = (
        Result.objects.filter(
            quarter=quarter,
            kpi__agency__in=agencies,
            status__in=["approved", "accepted"],
            is_not_applicable=False,
        )
        .exclude(kpi__scorecard__level=Scorecard.Level.POST)
        .select_related("kpi__indicator", "kpi__agency")
        .order_by("kpi__code")
    )
    return [Row(result, waiting.get(result.pk)) for result in results]


@require_safe
def corrections(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """What may be corrected, what waits, and what was restated."""
    return _page(request, quarter_of(year, number))


def _page(
    request: HttpRequest,
    quarter: Quarter,
    *,
    rows: list[Row] | None = None,
    form: ReopeningForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    standing, running = _standing(request, quarter)
    today = clock.today()
    is_office = standing.has(Role.STRATEGIST)
    if rows is None:
        rows = _rows(quarter, _asked_agencies(request, standing, running))
    proposed = Correction.objects.waiting().filter(result__quarter=quarter)
    if not standing.sees_province:
        proposed = proposed.filter(result__kpi__agency__in=[each.agency_id for each in running])
    restatement = (
        Restatement.objects.filter(quarter=quarter, agreed_at=None, declined_at=None)
        .select_related("asked_by")
        .first()
        if standing.sees_province
        else None
    )
    return render(
        request,
        "reports/corrections.html",
        {
            "quarter": quarter,
            "rows": rows,
            "running": running,
            "is_office": is_office,
            "sees_province": standing.sees_province,
            "reopenings": [
                (
                    each,
                    each.agreed_at is not None and each.until_date < today,
                    rules.why_not_agree(each.asked_by_id, standing),
                )
                for each in Reopening.objects.filter(quarter=quarter).with_people().newest_first()
            ]
            if standing.sees_province
            else [],
            "form": form or ReopeningForm(),
            "proposed": list(proposed.with_entry().in_code_order()),
            "restatement": restatement,
            "restated": list(
                Correction.objects.filter(restatement=restatement).with_entry().in_code_order()
            )
            if restatement
            else [],
            "why_not_agree": rules.why_not_agree(restatement.asked_by_id, standing)
            if restatement
            else None,
            "agencies": Agency.objects.filter(kpis__results__quarter=quarter)
            .distinct()
            .order_by("code")
            if is_office
            else [],
            "asked_agency": request.GET.get("agency", ""),
            "refusal": refusal,
        },
        status=status,
    )


def _back(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    query = request.GET.urlencode()
    answer = redirect("reports:corrections", quarter.fiscal_year_id, quarter.number)
    if query:
        answer["Location"] += f"?{query}"
    return answer


@require_POST
def correction_propose(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Keep what entries should have said; nothing is kept where one of them is wrong."""
    quarter = quarter_of(year, number)
    standing, running = _standing(request, quarter)
    rows = _rows(quarter, _asked_agencies(request, standing, running))
    read: list[tuple[Row, CorrectionRow]] = []
    for row in rows:
        typed = read_correction(request.POST, row.result)
        if typed is None:
            continue
        row.written = typed.written
        row.errors = typed.errors
        read.append((row, typed))
    if any(row.errors for row in rows):
        refusal = _("มีช่องที่ต้องแก้ ยังไม่มีค่าใดถูกบันทึก")
        return _page(request, quarter, rows=rows, refusal=refusal, status=422)
    try:
        actions.propose_corrections(
            quarter=quarter,
            proposed=[
                actions.Proposed(row.result, typed.version, typed.note, **typed.figures)
                for row, typed in read
            ],
            by=user_of(request),
            at=clock.now(),
        )
    except EntriesRefused as refused:
        for position, reason in refused.by_entry.items():
            name = reason.field if isinstance(reason, FieldRefused) else ""
            read[position][0].errors = {name: str(reason)}
        refusal = _("มีช่องที่ต้องแก้ ยังไม่มีค่าใดถูกบันทึก")
        return _page(request, quarter, rows=rows, refusal=refusal, status=409)
    messages.success(request, _("เก็บรายการที่เสนอแก้ไขแล้ว ตัวเลขที่ปิดไว้ยังไม่เปลี่ยน"))
    return _back(request, quarter)


def _done(
    request: HttpRequest, at_quarter: Quarter, verb: Any, said: str, **given: Any
) -> HttpResponse:
    """Call one verb of the office; a refusal is shown on the page."""
    if not standing_of(request.user, clock.today()).sees_province:
        raise PermissionDenied(_("เฉพาะกลุ่มงานยุทธศาสตร์ฯ"))
    try:
        verb(**given, by=user_of(request), at=clock.now())
    except Refused as refused:
        return _page(request, at_quarter, refusal=str(refused), status=409)
    messages.success(request, said)
    return _back(request, at_quarter)


@require_POST
def reopening_ask(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Ask that an agency may correct until a day."""
    quarter = quarter_of(year, number)
    if not standing_of(request.user, clock.today()).sees_province:
        raise PermissionDenied(_("เฉพาะกลุ่มงานยุทธศาสตร์ฯ"))
    form = ReopeningForm(request.POST)
    if not form.is_valid():
        return _page(request, quarter, form=form, status=422)
    return _done(
        request,
        quarter,
        actions.ask_reopening,
        _("บันทึกคำขอแล้ว รอผู้เห็นชอบอีกหนึ่งคน"),
        quarter=quarter,
        **form.cleaned_data,
    )


@require_POST
def reopening_agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a reopening as the second person."""
    reopening = get_object_or_404(Reopening.objects.with_people(), pk=pk)
    said = _("เปิดให้แก้ไขแล้ว สิ้นสุดเองตามวันที่กำหนด")
    verb = actions.agree_reopening
    return _done(request, reopening.quarter, verb, said, reopening=reopening)


@require_POST
def restatement_ask(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Ask to restate with the ticked corrections."""
    quarter = quarter_of(year, number)
    ticked = [text for text in request.POST.getlist("correction") if text.isdecimal()]
    chosen = Correction.objects.waiting().filter(result__quarter=quarter, pk__in=ticked)
    return _done(
        request,
        quarter,
        actions.ask_restatement,
        _("บันทึกคำขอแก้ไขย้อนหลังแล้ว รอผู้เห็นชอบอีกหนึ่งคน"),
        quarter=quarter,
        corrections=list(chosen),
        reason=request.POST.get("reason", ""),
    )


def _restatement(pk: int) -> Restatement:
    return get_object_or_404(
        Restatement.objects.select_related("quarter__fiscal_year", "asked_by"), pk=pk
    )


@require_POST
def restatement_agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree as the second person: the quarter and the later closed ones are restated."""
    asked = _restatement(pk)
    said = _("แก้ไขย้อนหลังแล้ว เผยแพร่ฉบับใหม่เพื่อให้ประชาชนเห็นค่าก่อนและหลัง")
    verb = actions.agree_restatement
    return _done(request, asked.quarter, verb, said, restatement=asked)


@require_POST
def restatement_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline what another asked for, or take back one's own."""
    asked = _restatement(pk)
    said = _("ไม่แก้ไขย้อนหลังตามคำขอนี้")
    verb = actions.decline_restatement
    return _done(request, asked.quarter, verb, said, restatement=asked)
