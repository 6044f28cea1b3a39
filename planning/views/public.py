"""Needs as everybody reads them, and the form by which everybody may tell of one."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Area
from common import clock, tables
from common.downloads import asked_format, download
from common.pictures import picture
from common.refusal import Refused
from common.thainumbers import normalise_text
from planning.actions import ContactInput, NeedInput, tell_need
from planning.forms.fields import stamp_of
from planning.forms.needs import PublicNeedForm
from planning.listings import NEEDS
from planning.models import Need, NeedCategory, NeedPhoto
from planning.models.needs import NeedQuerySet
from planning.views import reading
from planning.views.throttle import too_many
from submissions.files import CheckedFile, check_file
from submissions.rules import standing_of

PAGE = 20
MOST_PHOTOS = 3


def _asked(request: HttpRequest) -> NeedQuerySet:
    """Return the public needs that the address asks for."""
    needs = Need.objects.public().with_place()
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


@login_not_required
@require_safe
def need_list(request: HttpRequest) -> HttpResponseBase:
    """Show what people need, where each stands, and how long the levels take to answer."""
    at = clock.now()
    if asked_format(request):
        return download(request, NEEDS, _asked(request).select_related("project"))
    page = Paginator(_asked(request), PAGE).get_page(request.GET.get("page"))
    counted = reading.overview(at)
    areas = reading.choosable_areas()
    return render(
        request,
        "planning/need_list.html",
        {
            "page": page,
            "overview": counted,
            "map": reading.need_map(counted.by_tambon),
            "filters": reading.filters_of(
                request.GET, areas=areas, categories=NeedCategory.objects.order_by("order")
            ),
            "text": request.GET.get("q", ""),
            "is_filtered": any(
                request.GET.get(name) for name in ("status", "category", "area", "q")
            ),
            "is_sample": any(need.is_sample for need in page),
        },
    )


@login_not_required
@require_safe
def need_file(request: HttpRequest) -> StreamingHttpResponse:
    """Send the needs of the list as csv, without anything about whoever told of them."""
    columns = [
        tables.Column("code", "code"),
        tables.Column("title_th", "title_th"),
        tables.Column("category", "category"),
        tables.Column("area_code", "area_code"),
        tables.Column("place_th", "place_th"),
        tables.Column("level", "level"),
        tables.Column("status", "status"),
        tables.Column("people_affected", "people_affected"),
        tables.Column("cost_guess_baht", "cost_guess_baht"),
        tables.Column("received_at", "received_at"),
        tables.Column("answer_th", "answer_th"),
        tables.Column("project", "project"),
        tables.Column("is_sample", "is_sample"),
    ]
    rows = (
        (
            need.code,
            need.title_th,
            need.category.code,
            need.area.code,
            need.place_th,
            need.level,
            need.status,
            need.people_affected,
            need.cost_guess,
            need.received_at,
            need.answer_th,
            need.project.code
            if need.project and need.project.status in need.project.PUBLIC_STATUSES
            else "",
            need.is_sample,
        )
        for need in _asked(request)
    )
    answer = StreamingHttpResponse(tables.csv_chunks(columns, rows), content_type=tables.CSV_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="needs.csv"'
    return answer


@login_not_required
@require_safe
def need_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show a need: its way, where it stands now, and what became of it."""
    need = get_object_or_404(
        Need.objects.public().with_place().select_related("merged_into"), code=code
    )
    return render(
        request,
        "planning/need_detail.html",
        {
            "need": need,
            "steps": reading.way_of(need),
            "photos": need.photos.order_by("pk"),
            "merged": need.merged.order_by("received_at"),
            "spot": reading.spot_of(need),
            "outcome": reading.outcome_of(need),
            "rank": next(iter(reading.ranked([need], clock.now()))),
        },
    )


@login_not_required
@require_safe
def need_photo(request: HttpRequest, code: str, pk: int) -> FileResponse:
    """Send a picture of a need that the reader may see."""
    standing = standing_of(request.user, clock.today())
    needs = Need.objects.visible_to(standing)
    photo = get_object_or_404(NeedPhoto, pk=pk, need__in=needs.filter(code=code))
    return picture(photo.file, photo.media_type)


def read_photos(request: HttpRequest, form: Any) -> list[CheckedFile]:
    """Check the pictures that were sent; what is wrong with one stands on the form."""
    files = request.FILES.getlist("photos")
    if len(files) > MOST_PHOTOS:
        form.add_error(None, _("แนบภาพได้ไม่เกิน %(most)d ภาพ") % {"most": MOST_PHOTOS})
        return []
    found = []
    for file in files:
        try:
            checked = check_file(file)
        except Refused as refused:
            form.add_error(None, f"{file.name}: {refused.sentence}")
            continue
        if not checked.media_type.startswith("image/"):
            form.add_error(
                None, _("%(name)s ไม่ใช่ภาพ แนบได้เฉพาะ JPG PNG WebP") % {"name": file.name}
            )
            continue
        found.append(checked)
    return found


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def need_tell(request: HttpRequest) -> HttpResponse:
    """Take a need from the public; it is looked at before it is shown."""
    at = clock.now()
    form = PublicNeedForm(
        request.POST or None,
        areas=reading.choosable_areas(),
        at=at,
        initial={"area": _area_of(request.GET.get("area", ""))},
    )
    status = 200
    if request.method == "POST":
        status = 422
        photos = read_photos(request, form) if form.is_valid() else []
        if form.is_valid():
            if too_many("planning-told"):
                form.add_error(
                    None, _("วันนี้รับเรื่องจากเครื่องนี้หลายเรื่องแล้ว รออีก 1 ชั่วโมง หรือแจ้ง อปท. ในพื้นที่")
                )
                status = 429
            else:
                given = form.cleaned_data
                try:
                    need = tell_need(
                        need=_input_of(given, photos, Need.Origin.PUBLIC),
                        contact=ContactInput(
                            given["contact_name"], given["contact_phone"], given["contact_email"]
                        ),
                        at=at,
                    )
                except Refused as refused:
                    form.add_error(None, refused.sentence)
                else:
                    return redirect("planning:need-received", need.code)
    return render(
        request,
        "planning/need_tell.html",
        {
            "form": form,
            "stamp": stamp_of(at),
            "most_photos": MOST_PHOTOS,
            "largest": settings.EVIDENCE_MAX_BYTES // 1024 // 1024,
        },
        status=status,
    )


def _area_of(code: str) -> int | None:
    return Area.objects.filter(code=code).values_list("pk", flat=True).first() if code else None


def _input_of(given: dict[str, Any], photos: list[CheckedFile], origin: str) -> NeedInput:
    return NeedInput(
        title_th=given["title_th"],
        detail_th=given["detail_th"],
        category=given["category"],
        area=given["area"],
        place_th=given["place_th"],
        latitude=given["latitude"],
        longitude=given["longitude"],
        people_affected=given["people_affected"],
        cost_guess=given["cost_guess"],
        origin=origin,
        photos=photos,
    )


input_of = _input_of


@login_not_required
@require_safe
def need_received(request: HttpRequest, code: str) -> HttpResponse:
    """Say how far the look at a told need is, without showing what was told."""
    need = Need.objects.filter(code=code, origin=Need.Origin.PUBLIC).first()
    if need is None:
        raise Http404(_("ไม่พบเรื่องเลขที่นี้"))
    if need.status not in (Need.Status.WAITING, Need.Status.HIDDEN):
        return redirect("planning:need-detail", need.code)
    return render(request, "planning/need_received.html", {"need": need})
