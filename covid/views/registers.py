"""Facilities, orders and incidents, kept by operators."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common import clock
from common.downloads import asked_format, download
from common.refusal import Refused
from covid import rules
from covid.actions import (
    FacilityInput,
    OrderInput,
    close_incident,
    open_incident,
    put_facility,
    put_order,
)
from covid.forms import ClosingForm, FacilityForm, IncidentForm, OrderForm
from covid.listings import FACILITIES, INCIDENTS, ORDERS
from covid.models import Facility, Incident, Order
from covid.views.frame import Reader, frame_of, reader_of

_FACILITY = ("code", "name_th", "name_en", "kind", "area", "operator_th", "beds")
_ORDER = ("number", "name_th", "name_en", "basis_th", "closes_th", "opens_th", "meeting")


def _days_of(row: Any, *names: str) -> dict[str, str]:
    return {name: day.isoformat() if (day := getattr(row, name)) else "" for name in names}


@require_http_methods(["GET", "HEAD", "POST"])
def facility_list(request: HttpRequest) -> HttpResponseBase:
    """List the incident's facilities; POST adds one."""
    reader = reader_of(request)
    form = FacilityForm(request.POST or None)
    answer, refusal, status = _put_facility(request, reader, form, None)
    if answer is not None:
        return answer
    rows = Facility.objects.with_area().in_order()
    if asked_format(request):
        listed = rows.select_related("incident", "area").filter(incident=reader.incident)
        return download(request, FACILITIES, listed)
    return render(
        request,
        "covid/facility_list.html",
        {
            **frame_of(reader, "facilities"),
            "facilities": rows.of_incident(reader.incident) if reader.incident else [],
            "form": form,
            "refusal": refusal,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def facility_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a facility."""
    reader = reader_of(request)
    facility = get_object_or_404(Facility.objects.select_related("incident", "area"), pk=pk)
    _refuse_unless_operator(reader, facility.incident)
    initial = {name: getattr(facility, name) for name in _FACILITY} | _days_of(
        facility, "certified_date", "from_date", "until_date"
    )
    form = FacilityForm(request.POST or None, initial=initial)
    answer, refusal, status = _put_facility(request, reader, form, facility)
    if answer is not None:
        return answer
    return render(
        request,
        "covid/facility_edit.html",
        {
            **frame_of(reader, "facilities"),
            "facility": facility,
            "form": form,
            "refusal": refusal,
        },
        status=status,
    )


def _put_facility(
    request: HttpRequest, reader: Reader, form: FacilityForm, facility: Facility | None
) -> tuple[HttpResponse | None, str, int]:
    if request.method != "POST":
        return None, "", 200
    incident = facility.incident if facility else reader.incident
    _refuse_unless_operator(reader, incident)
    assert incident is not None
    if not form.is_valid():
        return None, "", 422
    version = request.POST.get("version", "")
    try:
        put_facility(
            incident=incident,
            facility=FacilityInput(**form.cleaned_data),
            instead_of=facility,
            version=int(version) if version.isdecimal() else 0,
            by=reader.user,
            at=clock.now(),
        )
    except Refused as refused:
        return None, str(refused), 409
    messages.success(request, _("บันทึกสถานที่แล้ว"))
    return redirect("covid:facility-list"), "", 302


@require_http_methods(["GET", "HEAD", "POST"])
def order_list(request: HttpRequest) -> HttpResponseBase:
    """List announcements and orders; POST adds one."""
    reader = reader_of(request)
    form = OrderForm(request.POST or None, request.FILES or None)
    answer, refusal, status = _put_order(request, reader, form, None)
    if answer is not None:
        return answer
    orders = Order.objects.filter(incident=reader.incident).newest_first()
    if asked_format(request):
        return download(request, ORDERS, orders.select_related("incident"))
    return render(
        request,
        "covid/order_list.html",
        {
            **frame_of(reader, "orders"),
            "orders": orders,
            "today": clock.today(),
            "form": form,
            "refusal": refusal,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def order_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an order."""
    reader = reader_of(request)
    order = get_object_or_404(Order.objects.select_related("incident"), pk=pk)
    _refuse_unless_operator(reader, order.incident)
    initial = {name: getattr(order, name) for name in _ORDER} | _days_of(
        order, "issued_date", "from_date", "until_date"
    )
    form = OrderForm(request.POST or None, request.FILES or None, initial=initial)
    answer, refusal, status = _put_order(request, reader, form, order)
    if answer is not None:
        return answer
    return render(
        request,
        "covid/order_edit.html",
        {**frame_of(reader, "orders"), "order": order, "form": form, "refusal": refusal},
        status=status,
    )


def _put_order(
    request: HttpRequest, reader: Reader, form: OrderForm, order: Order | None
) -> tuple[HttpResponse | None, str, int]:
    if request.method != "POST":
        return None, "", 200
    incident = order.incident if order else reader.incident
    _refuse_unless_operator(reader, incident)
    assert incident is not None
    if not form.is_valid():
        return None, "", 422
    version = request.POST.get("version", "")
    try:
        put_order(
            incident=incident,
            order=OrderInput(**form.cleaned_data),
            instead_of=order,
            version=int(version) if version.isdecimal() else 0,
            by=reader.user,
            at=clock.now(),
        )
    except Refused as refused:
        return None, str(refused), 409
    messages.success(request, _("บันทึกคำสั่งแล้ว"))
    return redirect("covid:order-list"), "", 302


@require_http_methods(["GET", "HEAD", "POST"])
def incident_list(request: HttpRequest) -> HttpResponseBase:
    """List incidents; POST opens one."""
    reader = reader_of(request)
    form = IncidentForm(request.POST or None)
    status, refusal = 200, ""
    if request.method == "POST":
        if reason := rules.why_not_open(reader.standing):
            raise PermissionDenied(reason)
        status = 422
        if form.is_valid():
            try:
                open_incident(**form.cleaned_data, by=reader.user, at=clock.now())
            except Refused as refused:
                status, refusal = 409, str(refused)
            else:
                messages.success(request, _("เปิดเหตุการณ์แล้ว"))
                return redirect("covid:incident-list")
    frame = frame_of(reader, "incidents")
    if request.method != "POST" and asked_format(request):
        return download(request, INCIDENTS, frame["incidents"])
    return render(
        request,
        "covid/incident_list.html",
        {
            **frame,
            "form": form,
            "closing": ClosingForm(),
            "refusal": refusal,
        },
        status=status,
    )


@require_POST
def incident_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an incident."""
    reader = reader_of(request)
    incident = get_object_or_404(Incident, pk=pk)
    form = ClosingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("ใส่วันสิ้นสุดของเหตุการณ์ เช่น 29 พ.ย. 2569"))
        return redirect("covid:incident-list")
    try:
        close_incident(
            incident=incident,
            by=reader.user,
            at=clock.now(),
            end_date=form.cleaned_data["end_date"],
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("ปิดเหตุการณ์แล้ว"))
    return redirect("covid:incident-list")


def _refuse_unless_operator(reader: Reader, incident: Incident | None) -> None:
    reason = (
        rules.why_not_operate(incident, reader.standing)
        if incident
        else _("ยังไม่มีเหตุการณ์ เปิดเหตุการณ์ก่อน")
    )
    if reason:
        raise PermissionDenied(reason)
