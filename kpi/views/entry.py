"""The entry grid: rows saved one by one, all at once without scripts, and sent together."""

import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from common import clock, thaidates
from common.bilingual import page_language
from common.refusal import EntriesRefused, Refused
from common.thainumbers import format_number
from kpi import actions
from kpi.actions.results import Clash, FieldRefused
from kpi.dues import grid_url
from kpi.forms import EvidenceForm, NotApplicableForm, TypedRow, read_row
from kpi.grid import Grid, Row, entry_grid, quarter_to_type
from kpi.models import Result
from submissions.actions import store_evidence
from submissions.models import Evidence, Quarter
from submissions.rules import open_quarters

# How an address names a quarter: a year and its quarter.
QUARTER = re.compile(r"[0-9]{4}-[1-4]")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def asked_quarter(request: HttpRequest) -> Quarter | None:
    """The quarter that the address names; else the oldest open one; None where none is open.

    :raises Http404: if there is no such quarter.
    """
    named = request.POST.get("quarter") or request.GET.get("quarter", "")
    if not named:
        return quarter_to_type(clock.now())
    year, _dash, number = named.partition("-")
    if not QUARTER.fullmatch(named):
        raise Http404
    return get_object_or_404(
        Quarter.objects.select_related("fiscal_year"), fiscal_year_id=int(year), number=int(number)
    )


@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest) -> HttpResponse:
    """Show the grid of a quarter; a post without scripts keeps all rows at once."""
    quarter = asked_quarter(request)
    if quarter is None:
        return render(request, "kpi/entry.html", {"grid": None})
    grid = entry_grid(_user(request), quarter, clock.now())
    status = 200
    if request.method == "POST":
        status = _keep_all(request, grid)
        if status == 200:
            messages.success(request, _("บันทึกร่างแล้ว"))
            return redirect(grid_url(quarter))
    return _page(request, grid, status)


def _page(request: HttpRequest, grid: Grid, status: int = 200) -> HttpResponse:
    return render(
        request,
        "kpi/entry.html",
        {
            "grid": grid,
            "quarter": grid.quarter,
            "quarters": open_quarters(clock.now()),
            "refusal": _("มีช่องที่ต้องแก้ ยังไม่มีค่าใดถูกบันทึก") if status != 200 else "",
        },
        status=status,
    )


def _keep_all(request: HttpRequest, grid: Grid) -> int:
    """Keep every row that changed, or show each refusal at its row with all that was typed."""
    changed: list[tuple[Row, TypedRow]] = []
    for row in grid.rows:
        items = [item.pk for item in row.around.items]
        typed = read_row(request.POST.dict(), f"-{row.kpi.pk}", items)
        if not typed.written or row.why_not:
            continue
        row.written = dict(typed.written)
        row.chosen_as_year_to_date = typed.as_year_to_date
        if typed.errors:
            row.errors = dict(typed.errors)
        elif row.result is None and not any(text.strip() for text in typed.written.values()):
            # Nothing stood there and nothing was typed: no entry is begun.
            continue
        changed.append((row, typed))
    if any(row.errors for row in grid.rows):
        return 422
    try:
        actions.record_results(
            entries=[_entry(row, typed) for row, typed in changed],
            by=_user(request),
            at=clock.now(),
        )
    except EntriesRefused as refused:
        for position, reason in refused.by_entry.items():
            row = changed[position][0]
            if isinstance(reason, FieldRefused) and reason.field:
                row.errors = {reason.field: str(reason)}
            else:
                row.refusal = f"{reason}{_what_they_typed(reason)}"
        return 409
    return 200


def _entry(row: Row, typed: TypedRow) -> actions.ResultEntry:
    """What the person means the entry to be: what the page did not send stays as it stands."""
    stored = row.typed
    figures = {
        name: typed.figures.get(name, getattr(stored, name))
        for name in ("value", "numerator", "denominator")
    }
    was = row.result
    keeps_na = bool(was and was.is_not_applicable) and not any(
        figure is not None for figure in typed.figures.values()
    )
    note = typed.note if typed.note is not None else (was.note if was else "")
    total = figures["value"] if typed.as_year_to_date else None
    if total is not None:
        figures["value"] = None
    return actions.ResultEntry(
        kpi_id=row.kpi.pk,
        quarter_id=row.around.quarter.pk,
        **({} if typed.not_applicable or keeps_na else figures),
        year_to_date=None if typed.not_applicable or keeps_na else total,
        is_not_applicable=typed.not_applicable or keeps_na,
        not_applicable_reason=(was.not_applicable_reason if keeps_na and was else note),
        note=note,
        parts=typed.parts,
        version=typed.version,
        is_sample=row.kpi.is_sample,
    )


@require_POST
def row_save(request: HttpRequest) -> JsonResponse:
    """Keep one row as it is typed, or several at once; the answers are those of static/js/grid.js."""
    quarter = asked_quarter(request)
    if quarter is None:
        raise Http404
    grid = entry_grid(_user(request), quarter, clock.now())
    rows = {str(row.kpi.pk): row for row in grid.rows}
    posted = request.POST.dict()
    block = posted["rows"].split(",") if "rows" in posted else None
    typed: dict[str, tuple[Row, TypedRow]] = {}
    for name in block or [posted.get("row", "")]:
        if name not in rows:
            raise Http404
        items = [item.pk for item in rows[name].around.items]
        typed[name] = (rows[name], read_row(posted, f"-{name}" if block else "", items))
    answers = _save(request, grid, typed)
    if block is None:
        [(status, body)] = answers.values()
        return JsonResponse(body, status=status)
    return JsonResponse({"rows": {name: body for name, (_status, body) in answers.items()}})


def _save(
    request: HttpRequest, grid: Grid, typed: Mapping[str, tuple[Row, TypedRow]]
) -> dict[str, tuple[int, dict[str, Any]]]:
    """Keep the rows that can be kept and answer each one; a refused row holds no other back."""
    answers: dict[str, tuple[int, dict[str, Any]]] = {}
    waiting: dict[str, actions.ResultEntry] = {}
    for name, (row, read) in typed.items():
        wanted = _entry(row, read)
        if read.errors:
            answers[name] = 422, {"errors": dict(read.errors)}
        elif _is_stored(row, wanted):
            # The same text sent twice is no clash, whatever version the page saw.
            answers[name] = 200, _answer(request, grid, row, read)
        else:
            waiting[name] = wanted
    refused = _keep_what_can_be(waiting, by=_user(request))
    answers |= {name: _refused(reason) for name, reason in refused.items()}
    kept = [name for name in waiting if name not in refused]
    if kept:
        fresh = entry_grid(_user(request), grid.quarter, clock.now())
        rows = {str(row.kpi.pk): row for row in fresh.rows}
        for name in kept:
            answers[name] = 200, _answer(request, fresh, rows[name], typed[name][1])
    return answers


def _keep_what_can_be(wanted: Mapping[str, actions.ResultEntry], *, by: User) -> dict[str, Refused]:
    """Keep entries without those that are refused, and return why, by name."""
    refusals: dict[str, Refused] = {}
    while names := [name for name in wanted if name not in refusals]:
        try:
            actions.record_results(entries=[wanted[name] for name in names], by=by, at=clock.now())
        except EntriesRefused as refused:
            refusals |= {names[at]: reason for at, reason in refused.by_entry.items()}
        except Refused as refusal:
            return dict.fromkeys(wanted, refusal)
        else:
            break
    return refusals


def _is_stored(row: Row, wanted: actions.ResultEntry) -> bool:
    """Whether an entry says what stands already; nothing typed where nothing stands is the same."""
    parts = {item_id: part for item_id, part in (wanted.parts or {}).items() if not part.is_empty}
    if wanted.parts is not None and parts != row.around.parts:
        return False
    stored = row.result or Result(note="")
    total = None
    if stored.typed_as_ytd and wanted.year_to_date is not None:
        figure = row.around.year_to_date(row.typed, row.at)
        total = figure.value if figure else None
    same_figure = stored.value == wanted.value if total is None else total == wanted.year_to_date
    return (
        same_figure
        and stored.typed_as_ytd == (wanted.year_to_date is not None)
        and all(
            getattr(stored, name) == getattr(wanted, name)
            for name in ("numerator", "denominator", "is_not_applicable", "note")
        )
    )


def _answer(request: HttpRequest, grid: Grid, row: Row, typed: TypedRow) -> dict[str, Any]:
    needed = row.still_needed
    return {
        "ok": True,
        "saved_at": thaidates.format_time(clock.now(), "en"),
        "version": row.version,
        "understood": typed.understood(row.decimals),
        "result": row.quarter_text if row.is_ratio else None,
        "quarter": row.quarter_text if row.is_year_to_date else None,
        "ytd": row.ytd_text,
        "achievement_html": render_to_string("kpi/_achievement.html", {"row": row}, request),
        "state_html": render_to_string("kpi/_row_state.html", {"row": row}, request),
        "warning": " ".join([*typed.questions, needed[1] if needed else ""]).strip() or None,
        "parts": row.parts_text if row.around.items else None,
        "counts": grid.counts,
    }


def _their_figures(theirs: Result) -> dict[str, str]:
    """The figures of somebody else's entry, as the grid shows them."""
    names = ("numerator", "denominator") if theirs.denominator is not None else ("value",)
    return {name: _plain(getattr(theirs, name)) for name in names}


def _what_they_typed(reason: Refused) -> str:
    """Say beside a clash what stands there now, for a page without scripts."""
    theirs = reason.theirs if isinstance(reason, Clash) else None
    if theirs is None or theirs.entered_by is None:
        return ""
    return " " + _("%(who)s กรอกไว้ว่า %(figures)s") % {
        "who": theirs.entered_by.get_full_name(),
        "figures": " / ".join(_their_figures(theirs).values()) or "–",
    }


def _refused(reason: Refused) -> tuple[int, dict[str, Any]]:
    """Answer a refusal of one row where the grid can show it."""
    if isinstance(reason, Clash) and reason.theirs is not None:
        theirs = reason.theirs
        # What the other one typed is shown as the quarter's figure, whatever it was typed as.
        figures = _their_figures(theirs)
        clash = {
            "theirs": figures | ({"counts": ""} if "value" in figures else {}),
            "by": theirs.entered_by.get_full_name() if theirs.entered_by else "",
            "at": thaidates.format_time(theirs.entered_at, "en") if theirs.entered_at else "",
            "version": theirs.version,
        }
        return 409, {"clash": clash}
    if isinstance(reason, FieldRefused) and reason.code == "invalid":
        return 422, {"errors": {reason.field: str(reason)}}
    return 409, {"refusal": str(reason), "code": reason.code}


def _plain(value: Any) -> str:
    if value is None:
        return ""
    whole = value == value.to_integral_value()
    return format_number(value, 0 if whole else 4, lang=page_language())


@require_POST
def submit(request: HttpRequest) -> HttpResponseBase:
    """Send every draft that is ready; say what the others still need."""
    quarter = asked_quarter(request)
    if quarter is None:
        raise Http404
    grid = entry_grid(_user(request), quarter, clock.now())
    ready = [row.result for row in grid.rows if row.is_ready and row.result]
    back = "/desk/" if request.POST.get("next") == "/desk/" else grid_url(quarter)
    unready = [row for row in grid.rows if row.still_needed]
    if not ready:
        sentence = unready[0].still_needed[1] if unready and unready[0].still_needed else ""
        messages.error(request, f"{_('ยังไม่มีรายการที่พร้อมส่ง กรอกตัวเลขก่อน')} {sentence}".strip())
        return redirect(back)
    try:
        actions.submit_results(entries=ready, by=_user(request), at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    sent = ngettext(
        "ส่งให้หัวหน้าลงนามแล้ว %(n)d รายการ", "ส่งให้หัวหน้าลงนามแล้ว %(n)d รายการ", len(ready)
    ) % {"n": len(ready)}
    messages.success(request, sent)
    if unready and unready[0].still_needed:
        first = unready[0]
        assert first.still_needed is not None
        messages.warning(
            request,
            _("ยังไม่ได้ส่ง %(n)d รายการ เช่น %(code)s: %(why)s")
            % {"n": len(unready), "code": first.kpi.code, "why": first.still_needed[1]},
        )
    return redirect(back)


def _row(request: HttpRequest, kpi_id: int) -> Row:
    """The person's own row of the asked quarter, or 404."""
    quarter = asked_quarter(request)
    if quarter is None:
        raise Http404
    for row in entry_grid(_user(request), quarter, clock.now()).rows:
        if row.kpi.pk == kpi_id:
            return row
    raise Http404


@require_http_methods(["GET", "POST"])
def row_detail(request: HttpRequest, kpi_id: int) -> HttpResponseBase:
    """One entry: evidence, "not applicable" with its reason, and its history."""
    row = _row(request, kpi_id)
    form = NotApplicableForm()
    evidence_form = EvidenceForm()
    status = 200
    if request.method == "POST" and "reason" in request.POST:
        form = NotApplicableForm(request.POST)
        if form.is_valid():
            try:
                actions.record_results(
                    entries=[
                        actions.ResultEntry(
                            kpi_id=kpi_id,
                            quarter_id=row.around.quarter.pk,
                            is_not_applicable=True,
                            not_applicable_reason=form.cleaned_data["reason"],
                            note=row.note_text,
                            version=row.version,
                            is_sample=row.kpi.is_sample,
                        )
                    ],
                    by=_user(request),
                    at=clock.now(),
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, _("บันทึกว่าไม่เกี่ยวข้องแล้ว"))
                return redirect(grid_url(row.around.quarter, row.kpi))
        else:
            status = 422
    elif request.method == "POST":
        evidence_form = EvidenceForm(request.POST, request.FILES)
        status = _attach(request, row, evidence_form)
        if status == 200:
            return redirect(request.get_full_path())
    return render(
        request,
        "kpi/entry_row.html",
        {"row": row, "form": form, "evidence_form": evidence_form, "quarter": row.around.quarter},
        status=status,
    )


def _attach(request: HttpRequest, row: Row, form: EvidenceForm) -> int:
    """Store a file and add it to the entry; a draft is begun where there is none."""
    if not form.is_valid():
        return 422
    try:
        result = row.result
        if result is None:
            [result] = actions.record_results(
                entries=[
                    actions.ResultEntry(
                        row.kpi.pk, row.around.quarter.pk, is_sample=row.kpi.is_sample
                    )
                ],
                by=_user(request),
                at=clock.now(),
            )
        evidence = store_evidence(
            file=form.cleaned_data["file"],
            agency=row.kpi.agency,
            post=row.kpi.scorecard.post,
            by=_user(request),
            at=clock.now(),
        )
        actions.attach_evidence(result=result, evidence=evidence, by=_user(request), at=clock.now())
    except Refused as refusal:
        form.add_error("file", str(refusal))
        return 422
    messages.success(request, _("แนบหลักฐานแล้ว"))
    return 200


@require_POST
def evidence_remove(request: HttpRequest, kpi_id: int, evidence_id: int) -> HttpResponseBase:
    """Take a file away from an entry that can still be typed."""
    row = _row(request, kpi_id)
    evidence = get_object_or_404(
        Evidence.objects.filter(pk__in=[each.pk for each in row.evidence]), pk=evidence_id
    )
    assert row.result is not None
    try:
        actions.detach_evidence(
            result=row.result, evidence=evidence, by=_user(request), at=clock.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("เอาหลักฐานออกแล้ว"))
    return redirect(f"/desk/kpis/entry/{kpi_id}/?quarter={request.POST.get('quarter', '')}")
