"""The cascade editor: a province KPI's targets to agencies and on to posts, reconciled as they are typed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import Standing
from audit.log import record
from common import clock, fiscal
from common.readings import Reading
from common.refusal import EntriesRefused, Refused
from common.thainumbers import read_number
from kpi import actions
from kpi.actions.cascade import Part
from kpi.actions.definitions import LinkInput, TargetInput
from kpi.models import KPI, Link, Scorecard
from kpi.rules import agreements, cascades
from kpi.rules.cascades import Cascade, Step
from kpi.views.cascade_sheet import METHODS, PARTS, Choices, Sheet, filled, stored, typed
from kpi.views.scorecards import signed_in
from submissions.models import FiscalYear
from submissions.rules import standing_of

Level = Scorecard.Level


def _year(request: HttpRequest) -> tuple[int, list[int]]:
    years = list(FiscalYear.objects.order_by("-year").values_list("year", flat=True))
    named = request.GET.get("year", "")
    if named.isdecimal() and int(named) in years:
        return int(named), years
    return fiscal.fiscal_year_of(clock.today()), years


@require_safe
def cascade_list(request: HttpRequest) -> HttpResponse:
    """The province's KPIs of a year with how their targets go down, and what does not add up."""
    today = clock.today()
    standing = standing_of(request.user, today)
    year, years = _year(request)
    kpis = list(
        KPI.objects.for_year(year)
        .of_level(Level.PROVINCE)
        .with_rules()
        .order_by("issue__order", "issue__code", "code")
    )
    state = request.GET.get("state", "")
    lines = [_overview(each) for each in cascades.steps_of(kpis, standing, today)]
    if state == "open":
        lines = [line for line in lines if not line["is_settled"]]
    return render(
        request,
        "kpi/cascade_list.html",
        {"lines": lines, "year": year, "years": years, "state": state},
    )


def _overview(cascade: Cascade) -> dict[str, Any]:
    posts = sum(
        1
        for step in cascade.below.values()
        for branch in step.all_branches
        if branch.kpi.scorecard.level == Level.POST
    )
    open_below = sum(1 for step in cascade.below.values() if not step.is_settled)
    return {
        "kpi": cascade.top.parent,
        "agencies": len(cascade.top.all_branches),
        "posts": posts,
        "top_settled": cascade.top.is_settled,
        "open_below": open_below,
        "is_settled": cascade.top.is_settled and not open_below,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def cascade(request: HttpRequest, code: str) -> HttpResponse:
    """One province KPI to agencies and people on one page: split, check, save."""
    today = clock.today()
    standing = standing_of(request.user, today)
    year, _years = _year(request)
    kpi = get_object_or_404(
        KPI.objects.for_year(year).of_level(Level.PROVINCE).with_rules(), code=code
    )
    loaded = cascades.cascade_of(kpi, standing, today)
    if request.method != "POST":
        return _page(request, standing, loaded, {})
    asked = request.POST.get("parent", "")
    step = next(
        (each for each in (loaded.top, *loaded.below.values()) if str(each.parent.pk) == asked),
        None,
    )
    if step is None:
        raise Http404
    sheet = typed(step, request.POST.dict())
    status = 200
    if request.POST.get("do") == "fill":
        sheet = filled(sheet, request.POST.dict())
        status = 422 if sheet.refusal else 200
    elif request.POST.get("do") == "save":
        status = _save(request, sheet)
        if status == 302:
            messages.success(request, _("บันทึกการถ่ายทอดแล้ว"))
            return redirect(f"{reverse('kpi:cascade', args=[code])}?year={year}#step-{asked}")
    return _page(request, standing, loaded, {step.parent.pk: sheet}, status=status)


def _page(
    request: HttpRequest,
    standing: Standing,
    loaded: Cascade,
    sheets: Mapping[int, Sheet],
    *,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    top = loaded.top.parent
    steps = [
        sheets.get(step.parent.pk) or stored(step) for step in (loaded.top, *loaded.below.values())
    ]
    choices = _candidates(loaded, standing)
    for sheet in steps:
        sheet.choices = choices[sheet.step.parent.pk]
    _log_personal(request, steps)
    return render(
        request,
        "kpi/cascade.html",
        {
            "kpi": top,
            "year": top.fiscal_year_id,
            "top": steps[0],
            "below": [each for each in steps[1:] if each.rows or each.step.hidden or each.choices],
            "methods": METHODS,
            "kinds": Link.Kind.choices,
            "refusal": refusal,
        },
        status=status,
    )


def _log_personal(request: HttpRequest, steps: Sequence[Sheet]) -> None:
    """Each view of a personal row is logged, once for each agency's step."""
    for sheet in steps:
        if any(row.kpi.is_personal for row in sheet.rows):
            record(
                "kpi.cascade.viewed",
                sheet.step.parent,
                by=signed_in(request),
                at=clock.now(),
                agency_code=sheet.step.parent.agency.code,
            )


def _save(request: HttpRequest, sheet: Sheet) -> int:
    """Give the children what was typed; 302 where it is done, else the status of the page."""
    if any(row.has_error for row in sheet.rows):
        sheet.refusal = _("ยังบันทึกไม่ได้ มีช่องที่ต้องแก้")
        return 422
    rows = [row for row in sheet.rows if row.branch.why_not is None]
    parts = []
    for row in rows:
        seen = request.POST.get(f"seen-{row.kpi.scorecard_id}", "")
        parts.append(
            Part(
                link=row.branch.link,
                targets={
                    number: TargetInput(
                        **{part: getattr(target, part) for part in (*PARTS, "base")}
                    )
                    for number, target in sheet.targets.get(row.kpi.pk, {}).items()
                }
                if row.kind != Link.Kind.SAME
                else {},
                kind=row.kind,
                seen=int(seen) if seen.isdecimal() else 0,
            )
        )
    try:
        actions.give_targets(parts=parts, by=signed_in(request), at=clock.now())
    except EntriesRefused as refused:
        for place, why in refused.by_entry.items():
            rows[place].refusal = why.sentence
        sheet.refusal = refused.sentence
        return 409
    except Refused as refused:
        sheet.refusal = refused.sentence
        return 409
    return 302


def _candidates(loaded: Cascade, standing: Standing) -> dict[int, Choices]:
    """What may be put under each parent: KPIs that are there, and scorecards that may take it on.

    Two queries however many parents.
    """
    year = loaded.top.parent.fiscal_year_id
    cards = [
        card
        for card in Scorecard.objects.for_year(year)
        .filter(Q(level=Level.AGENCY) | Q(post__in=loaded.in_line))
        .select_related("agency", "post")
        .order_by("agency__code", "post__code")
        if (
            agreements.why_not_change_now(card)
            if card.level == Level.POST
            else agreements.why_not_change(card, standing)
        )
        is None
    ]
    on_card: dict[int, list[KPI]] = {}
    for kpi in KPI.objects.filter(scorecard__in=cards).select_related("indicator").order_by("code"):
        on_card.setdefault(kpi.scorecard_id, []).append(kpi)
    return {
        step.parent.pk: _choices(step, cards, on_card)
        for step in (loaded.top, *loaded.below.values())
    }


def _choices(
    step: Step, cards: Sequence[Scorecard], on_card: Mapping[int, Sequence[KPI]]
) -> Choices:
    parent = step.parent
    if parent.scorecard.level == Level.PROVINCE:
        fitting = [card for card in cards if card.level == Level.AGENCY]
    else:
        fitting = [
            card
            for card in cards
            if card.level == Level.POST and card.agency_id == parent.agency_id
        ]
    linked = {branch.kpi.pk for branch in step.all_branches}
    carrying = {branch.kpi.scorecard_id for branch in step.all_branches}
    new = [
        (f"card-{card.pk}", card.post.title if card.post else card.agency.name)
        for card in fitting
        if card.pk not in carrying
    ]
    there = [
        (f"kpi-{kpi.pk}", f"{kpi.code} {kpi.name}")
        for card in fitting
        for kpi in on_card.get(card.pk, ())
        if kpi.pk not in linked
    ]
    groups = [(_("เพิ่มตัวชี้วัดนี้ในใบคะแนนของ"), new), (_("เชื่อมกับตัวชี้วัดที่มีอยู่"), there)]
    return [group for group in groups if group[1]]


def _parent(request: HttpRequest, code: str) -> tuple[Standing, Cascade, Step]:
    """The cascade of the address and its step whose parent is posted.

    :raises Http404: if there is none.
    """
    today = clock.today()
    standing = standing_of(request.user, today)
    year, _years = _year(request)
    kpi = get_object_or_404(
        KPI.objects.for_year(year).of_level(Level.PROVINCE).with_rules(), code=code
    )
    loaded = cascades.cascade_of(kpi, standing, today)
    for step in (loaded.top, *loaded.below.values()):
        if str(step.parent.pk) == request.POST.get("parent", ""):
            return standing, loaded, step
    raise Http404


def _back(step: Step, loaded: Cascade) -> HttpResponse:
    top = loaded.top.parent
    address = reverse("kpi:cascade", args=[top.code])
    return redirect(f"{address}?year={top.fiscal_year_id}#step-{step.parent.pk}")


@require_POST
def child_add(request: HttpRequest, code: str) -> HttpResponse:
    """Put a child under a parent: a KPI that is there, or the indicator on one more scorecard."""
    standing, loaded, step = _parent(request, code)
    kind = request.POST.get("kind", "")
    what, _dash, key = request.POST.get("whom", "").partition("-")
    reading: Reading[Decimal] = read_number(request.POST.get("weight", ""))
    if kind not in Link.Kind.values or not key.isdecimal():
        raise Http404
    parent = KPI.objects.with_rules().get(pk=step.parent.pk)
    try:
        if what == "kpi":
            child = get_object_or_404(
                KPI.objects.for_year(parent.fiscal_year_id)
                .filter(
                    scorecard__in=Scorecard.objects.filter(
                        agreements.readable_scorecards(standing, loaded.in_line)
                    )
                )
                .with_rules(),
                pk=int(key),
            )
            actions.link_kpis(
                links=[LinkInput(parent, child, kind)], by=signed_in(request), at=clock.now()
            )
        else:
            readable = agreements.readable_scorecards(standing, loaded.in_line)
            card = get_object_or_404(
                Scorecard.objects.for_year(parent.fiscal_year_id)
                .filter(readable)
                .select_related("agency", "post"),
                pk=int(key),
            )
            _carry(request, parent, card, kind, reading.value)
    except Refused as refused:
        return _page(request, standing, loaded, {}, status=409, refusal=refused.sentence)
    messages.success(request, _("เพิ่มผู้รับถ่ายทอดแล้ว ใส่เป้าหมายต่อได้"))
    return _back(step, loaded)


def _carry(
    request: HttpRequest, parent: KPI, card: Scorecard, kind: str, weight: Decimal | None
) -> None:
    if weight is None or weight <= 0:
        raise Refused(_("ใส่น้ำหนักในใบคะแนนของผู้รับ เป็นตัวเลขมากกว่า 0"), code="weight")
    top = parent.code.partition("-")[0]
    actions.carry_down(
        parent=parent,
        scorecard=card,
        code=f"{top}-{card.post.code if card.post else card.agency.code}",
        weight=weight,
        kind=kind,
        by=signed_in(request),
        at=clock.now(),
    )


@require_POST
def child_remove(request: HttpRequest, code: str) -> HttpResponse:
    """Take a child from under its parent; the child stays on its scorecard."""
    standing, loaded, step = _parent(request, code)
    named = request.POST.get("child", "")
    branch = next((each for each in step.branches if str(each.kpi.pk) == named), None)
    if branch is None:
        raise Http404
    try:
        actions.unlink_kpis(links=[branch.link], by=signed_in(request), at=clock.now())
    except Refused as refused:
        return _page(request, standing, loaded, {}, status=409, refusal=refused.sentence)
    messages.success(request, _("ยกเลิกการถ่ายทอดแล้ว ตัวชี้วัดยังอยู่ในใบคะแนนเดิม"))
    return _back(step, loaded)


@require_POST
def difference_accept(request: HttpRequest, code: str) -> HttpResponse:
    """Accept a quarter's difference by name and with a reason."""
    standing, loaded, step = _parent(request, code)
    named = request.POST.get("quarter", "")
    check = next((each for each in step.checks if str(each.quarter) == named), None)
    if check is None:
        raise Http404
    try:
        if check.is_settled:
            raise Refused(_("ไตรมาสนี้ไม่มีส่วนต่างที่ค้างอยู่"), code="settled")
        actions.accept_difference(
            kpi=step.parent,
            quarter=check.quarter,
            difference=cascades.difference_of(check.found),
            reason=request.POST.get("reason", ""),
            by=signed_in(request),
            at=clock.now(),
        )
    except Refused as refused:
        return _page(request, standing, loaded, {}, status=409, refusal=refused.sentence)
    messages.success(request, _("บันทึกการยอมรับส่วนต่างแล้ว"))
    return _back(step, loaded)
