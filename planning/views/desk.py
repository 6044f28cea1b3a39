"""Where planners decide about needs: what waits at their level, and every verb on one page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions.places import VillageInput
from accounts.models import Area, User
from accounts.rules import Standing
from common import clock
from common.downloads import asked_format, download
from common.refusal import Refused
from common.thainumbers import normalise_text
from planning import actions
from planning.actions.deciding import level_below
from planning.actions.villages import keep_villages
from planning.forms.needs import (
    ORIGINS,
    AdoptForm,
    AmendForm,
    FundForm,
    MergeForm,
    NeedForm,
    NoteForm,
    ProposeForm,
    RankForm,
    ReasonForm,
    VillageForm,
    this_year,
)
from planning.listings import NEEDS, VILLAGES
from planning.models import Criterion, Need, NeedCategory
from planning.rules import needs as rules
from planning.rules.needs import Seat
from planning.views import reading
from planning.views.public import MOST_PHOTOS, input_of, read_photos
from submissions.actions import as_one
from submissions.rules import standing_of

PAGE = 30
VIEWS = ("mine", "check", "all")


def _standing(request: HttpRequest) -> Standing:
    standing = standing_of(request.user, clock.today())
    if reason := rules.why_not_open_desk(standing):
        raise PermissionDenied(reason)
    return standing


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_safe
def need_desk(request: HttpRequest) -> HttpResponseBase:
    """Show what waits for the person's level, by rank; what is to be checked; and the rest."""
    standing = _standing(request)
    seats = rules.seats_of(standing)
    at = clock.now()
    view = request.GET.get("view", "mine" if seats else "all")
    reach = Need.objects.in_reach_of(standing)
    waiting = list(reach.of_status(Need.Status.WAITING).with_place().newest_first())
    pending = reach.pending().with_place()
    mine = [need for need in pending.newest_first() if rules.seat_for(need, seats)]
    needs: Sequence[Need] = mine
    if view == "check":
        needs = waiting
    elif view == "all":
        needs = list(_filtered(request, reach.exclude(status__in=["waiting", "hidden"])))
    if asked_format(request):
        return download(request, NEEDS, needs)
    page = Paginator(reading.ranked(needs, at), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "planning/need_desk.html",
        {
            "seats": seats,
            "no_seat": "" if seats or standing.sees_province else rules.no_seat(),
            "view": view if view in VIEWS else "all",
            "page": page,
            "counts": {"mine": len(mine), "check": len(waiting)},
            "text": request.GET.get("q", ""),
            "filters": reading.filters_of(
                request.GET,
                areas=reading.choosable_areas(seats or None),
                categories=NeedCategory.objects.order_by("order"),
            )
            if view == "all"
            else [],
            "may_record": bool(seats),
        },
    )


def _filtered(request: HttpRequest, needs: Any) -> Any:
    needs = needs.with_place()
    if status := request.GET.get("status", ""):
        needs = needs.of_status(status)
    if category := request.GET.get("category", ""):
        needs = needs.filter(category__code=category)
    if code := request.GET.get("area", ""):
        area = Area.objects.filter(code=code).only("pk").first()
        needs = needs.in_area(area.pk if area else 0)
    if text := normalise_text(request.GET.get("q", "")).strip()[:100]:
        needs = needs.matching(text)
    return needs.newest_first()


@require_http_methods(["GET", "HEAD", "POST"])
def need_record(request: HttpRequest) -> HttpResponse:
    """Write a need down as the officer of a place."""
    seats = rules.seats_of(_standing(request))
    if not seats:
        raise PermissionDenied(rules.no_seat())
    form = NeedForm(
        request.POST or None,
        areas=reading.choosable_areas(seats),
        initial={"area": request.GET.get("area")},
    )
    status = 200
    if request.method == "POST":
        status = 422
        photos = read_photos(request, form) if form.is_valid() else []
        if form.is_valid():
            origin = request.POST.get("origin", Need.Origin.OFFICER)
            if origin not in dict(ORIGINS):
                origin = Need.Origin.OFFICER
            try:
                [need] = actions.record_needs(
                    needs=[input_of(form.cleaned_data, photos, origin)],
                    by=_user(request),
                    at=clock.now(),
                )
            except Refused as refused:
                form.add_error(None, refused.sentence)
                status = 409
            else:
                messages.success(request, _("บันทึกเรื่อง %(code)s แล้ว") % {"code": need.code})
                return redirect("planning:need-decide", need.code)
    return render(
        request,
        "planning/need_record.html",
        {
            "form": form,
            "seat": seats[0],
            "most_photos": MOST_PHOTOS,
            "origins": ORIGINS,
            "origin": request.POST.get("origin", Need.Origin.OFFICER),
        },
        status=status,
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that may be done to a need: its form, or why this person may not."""

    name: str
    title: str
    button: str
    form: forms.Form
    why_not: str | None
    style: str = ""

    @property
    def fields(self) -> list[tuple[Any, str, str]]:
        """The form's fields with their kind and unit for the component."""
        looks = {
            "people_affected": ("num", _("คน")),
            "cost_guess": ("num", _("บาท")),
            "baht": ("num", _("บาท")),
            "fiscal_year": ("num", ""),
            "start_date": ("date", ""),
            "end_date": ("date", ""),
        }
        return [(field, *looks.get(field.name, ("", ""))) for field in self.form.visible_fields()]


Play = Callable[[Need, dict[str, Any], User], object]


def _plays(form: forms.Form) -> dict[str, Play]:
    """Return for each deed the verb that does it with what was typed."""

    def at() -> Any:
        return clock.now()

    return {
        "publish": lambda need, given, by: actions.publish_needs(needs=[need], by=by, at=at()),
        "hide": lambda need, given, by: actions.hide_need(need=need, by=by, at=at(), **given),
        "amend": lambda need, given, by: actions.amend_needs(
            entries=[actions.Amendment(need=need, **given)], by=by, at=at()
        ),
        "rank": lambda need, given, by: actions.rank_need(
            need=need, points=form.points if isinstance(form, RankForm) else {}, by=by, at=at()
        ),
        "send-up": lambda need, given, by: actions.send_up(needs=[need], by=by, at=at(), **given),
        "return": lambda need, given, by: actions.return_need(need=need, by=by, at=at(), **given),
        "reject": lambda need, given, by: actions.reject_need(need=need, by=by, at=at(), **given),
        "merge": lambda need, given, by: actions.merge_need(
            need=need, into=_main(given["into"]), note=given["note"], by=by, at=at()
        ),
        "fund": lambda need, given, by: actions.fund_need(need=need, by=by, at=at(), **given),
        "adopt": lambda need, given, by: actions.adopt_need(need=need, by=by, at=at(), **given),
        "propose": lambda need, given, by: actions.propose_project(
            need=need, by=by, at=at(), **given
        ),
        "finish": lambda need, given, by: actions.finish_need(
            need=need, note=given["reason"], by=by, at=at()
        ),
    }


def _main(code: str) -> Need:
    found = Need.objects.with_place().filter(code=code.strip().upper()).first()
    if found is None:
        raise Refused(_("ไม่พบเรื่องเลขที่ %(code)s") % {"code": code}, code="unknown")
    return found


def _deeds(
    need: Need, seats: Sequence[Seat], request: HttpRequest, typed: str = ""
) -> dict[str, Deed]:
    """Return what may be done about a need, in the order in which it is offered."""

    def bound(name: str) -> Any:
        return request.POST if name == typed else None

    decide = rules.why_not_decide(need, seats)
    check = rules.why_not_check(need, seats)
    criteria = list(Criterion.objects.filter(level=need.level, is_active=True).order_by("order"))
    given = {f"c{row.criterion_id}": row.points for row in need.scores.all()}
    year = this_year(clock.now())
    deeds = [
        Deed("publish", _("เผยแพร่เรื่องนี้"), _("เผยแพร่"), forms.Form(bound("publish")), check),
        Deed("hide", _("ไม่เผยแพร่"), _("ไม่เผยแพร่"), ReasonForm(bound("hide")), check, "danger"),
        Deed(
            "amend",
            _("แก้ไขเรื่องนี้"),
            _("บันทึกการแก้ไข"),
            AmendForm(
                bound("amend"),
                initial={
                    "version": need.version,
                    **{name: getattr(need, name) for name in actions.AMENDED},
                },
            ),
            rules.why_not_amend(need, seats),
        ),
        Deed(
            "rank",
            _("ให้คะแนนจัดลำดับ"),
            _("บันทึกคะแนน"),
            RankForm(bound("rank"), criteria=criteria, initial=given),
            decide if criteria else _("ระดับนี้ยังไม่มีเกณฑ์จัดลำดับ ผู้ดูแลระบบเพิ่มได้"),
        ),
        Deed(
            "send-up",
            _("ส่งขึ้นระดับถัดไป"),
            _("ส่งขึ้น"),
            NoteForm(bound("send-up")),
            rules.why_not_send_up(need, seats),
        ),
        Deed(
            "fund",
            _("จัดสรรงบประมาณที่ระดับนี้"),
            _("จัดสรร"),
            FundForm(bound("fund"), initial={"fiscal_year": year}),
            decide,
        ),
        Deed(
            "adopt",
            _("รับเป็นโครงการที่มีอยู่"),
            _("เชื่อมกับโครงการ"),
            AdoptForm(bound("adopt")),
            rules.why_not_adopt(need, seats),
        ),
        Deed(
            "propose",
            _("เสนอเป็นโครงการใหม่"),
            _("เสนอโครงการ"),
            ProposeForm(bound("propose"), initial={"name_th": need.title_th}),
            rules.why_not_adopt(need, seats),
        ),
        Deed("merge", _("รวมกับเรื่องที่ซ้ำกัน"), _("รวมเรื่อง"), MergeForm(bound("merge")), decide),
        Deed(
            "return",
            _("ส่งกลับให้เพิ่มข้อมูล"),
            _("ส่งกลับ"),
            ReasonForm(bound("return")),
            rules.why_not_return(need, seats, level_below(need)),
        ),
        Deed("reject", _("ไม่รับดำเนินการ"), _("ไม่รับ"), ReasonForm(bound("reject")), decide, "danger"),
        Deed(
            "finish",
            _("งานแล้วเสร็จ"),
            _("ปิดเรื่อง"),
            ReasonForm(bound("finish")),
            rules.why_not_finish(need, seats),
        ),
    ]
    for deed in deeds:
        deed.form.auto_id = f"{deed.name}_%s"
    return {deed.name: deed for deed in deeds}


def _page(
    request: HttpRequest,
    need: Need,
    seats: Sequence[Seat],
    *,
    typed: str = "",
    refusal: str = "",
    status: int = 200,
    deeds: dict[str, Deed] | None = None,
) -> HttpResponse:
    deeds = deeds or _deeds(need, seats, request)
    offered = [deed for deed in deeds.values() if deed.why_not is None]
    return render(
        request,
        "planning/need_decide.html",
        {
            "need": need,
            "steps": reading.way_of(need),
            "photos": need.photos.order_by("pk"),
            "merged": need.merged.order_by("received_at"),
            "spot": reading.spot_of(need),
            "rank": next(iter(reading.ranked([need], clock.now()))),
            "offered": offered,
            "why_not": None
            if any(deed.name not in ("rank",) for deed in offered)
            else deeds["send-up"].why_not,
            "typed": typed,
            "refusal": refusal,
            "outcome": reading.outcome_of(need),
            "may_see_contact": rules.why_not_see_contact(need, seats) is None
            and need.origin == Need.Origin.PUBLIC,
        },
        status=status,
    )


def _need(request: HttpRequest, code: str) -> tuple[Need, list[Seat]]:
    standing = _standing(request)
    needs = Need.objects.in_reach_of(standing).with_place().select_related("merged_into")
    return get_object_or_404(needs, code=code), rules.seats_of(standing)


@require_safe
def need_decide(request: HttpRequest, code: str) -> HttpResponse:
    """Show one need with its way and everything the person may do about it."""
    need, seats = _need(request, code)
    return _page(request, need, seats)


@require_POST
def need_act(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """Do one thing about a need; what was typed stays where it is refused."""
    need, seats = _need(request, code)
    deeds = _deeds(need, seats, request, typed=deed)
    if deed not in deeds:
        raise Http404
    form = deeds[deed].form
    if not form.is_valid():
        return _page(request, need, seats, typed=deed, status=422, deeds=deeds)
    try:
        _plays(form)[deed](need, form.cleaned_data, _user(request))
    except Refused as refused:
        fresh, seats = _need(request, code)
        return _page(
            request,
            fresh,
            seats,
            typed=deed,
            refusal=refused.sentence,
            status=409,
            deeds=_deeds(fresh, seats, request, typed=deed),
        )
    messages.success(request, _("%(title)s: บันทึกแล้ว") % {"title": deeds[deed].title})
    return redirect("planning:need-decide", need.code)


@require_POST
def need_send_many(request: HttpRequest) -> HttpResponse:
    """Send the chosen needs up, all or none."""
    standing = _standing(request)
    chosen = request.POST.getlist("need")
    needs = list(Need.objects.in_reach_of(standing).with_place().filter(code__in=chosen))
    if not needs:
        messages.error(request, _("ยังไม่ได้เลือกเรื่อง เลือกอย่างน้อยหนึ่งเรื่องก่อนส่งขึ้น"))
        return redirect("planning:need-desk")
    actions.send_up(needs=needs, by=_user(request), at=clock.now())
    messages.success(
        request,
        ngettext("ส่งขึ้นแล้ว %(n)d เรื่อง", "ส่งขึ้นแล้ว %(n)d เรื่อง", len(needs)) % {"n": len(needs)},
    )
    return redirect("planning:need-desk")


@require_POST
def need_contact(request: HttpRequest, code: str) -> HttpResponse:
    """Show how to reach whoever told of a need; the look is logged, so it is asked by a button."""
    need, _seats = _need(request, code)
    contact = actions.open_contact(need=need, by=_user(request), at=clock.now())
    answer = render(request, "planning/need_contact.html", {"need": need, "contact": contact})
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def village_list(request: HttpRequest) -> HttpResponseBase:
    """Show the villages of the person's places; POST adds one."""
    seats = rules.seats_of(_standing(request))
    areas = reading.choosable_areas(seats or None)
    tambons = [area for area in areas if area.kind == Area.Kind.TAMBON]
    form = VillageForm(request.POST or None, tambons=tambons)
    status = 200
    if request.method == "POST":
        if not seats:
            raise PermissionDenied(rules.no_seat())
        status = 422
        if form.is_valid():
            try:
                with as_one():
                    keep_villages(
                        entries=[VillageInput(**form.cleaned_data)],
                        by=_user(request),
                        at=clock.now(),
                    )
            except Refused as refused:
                form.add_error(None, refused.sentence)
                status = 409
            else:
                messages.success(request, _("เพิ่มหมู่บ้านแล้ว"))
                return redirect("planning:village-list")
    villages = [area for area in areas if area.kind == Area.Kind.VILLAGE]
    if asked_format(request):
        return download(request, VILLAGES, villages)
    return render(
        request,
        "planning/village_list.html",
        {
            "villages": villages,
            "form": form,
            "may_add": bool(seats),
        },
        status=status,
    )
