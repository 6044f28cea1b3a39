"""The registers of the response: factories, case finding, vaccine and supplies, one frame for all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from common import clock
from common.downloads import ListColumn, Listing, asked_format, download
from common.refusal import Refused
from common.tables import CellKind
from covid import rules
from covid.actions import (
    CaseFindingInput,
    FactoryInput,
    InspectionInput,
    SupplyInput,
    VaccinationInput,
    inspect_factory,
    put_case_finding,
    put_factory,
    put_supply_request,
    put_vaccination,
)
from covid.forms import (
    CaseFindingForm,
    FactoryForm,
    InspectionForm,
    SupplyForm,
    VaccinationForm,
)
from covid.models import (
    CaseFinding,
    Factory,
    FactoryInspection,
    Incident,
    SupplyRequest,
    Vaccination,
)
from covid.views.frame import Reader, frame_of, reader_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a register's table: text, a number or a day; a level gives it its mark."""

    label: str
    text: str = ""
    number: int | Decimal | None = None
    decimals: int = 0
    day: date | None = None
    level: str = ""
    is_number: bool = False


def _figure(label: str, number: int | Decimal | None, unknown: str = "", decimals: int = 0) -> Cell:
    return Cell(label, unknown, number=number, decimals=decimals, is_number=True)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a register as the table shows it."""

    row: Any
    title: str
    sub: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """A register: its words, its form and input, its verb, and how its rows look."""

    name: str
    title: str | Promise
    add: str | Promise
    none: str | Promise
    model: type[Any]
    form: type[forms.Form]
    typed: type[Any]
    put: Callable[..., Any]
    rows: Callable[[Incident, bool], QuerySet[Any]]
    line: Callable[[Any], Line]
    columns: tuple[ListColumn, ...]
    # The kind of its form on the spreadsheet desk.
    sheet: str
    # What the table leaves out unless all is asked for.
    all_label: str | Promise = ""


def _factory_line(row: Any) -> Line:
    outcome = FactoryInspection.Outcome(row.last_outcome) if row.last_outcome else None
    levels = {"passed": "good", "to_mend": "watch", "failed": "bad"}
    return Line(
        row,
        f"{row.code} {row.name}",
        row.area.name,
        (
            _figure(_("แรงงานไทย"), row.thai_workers),
            _figure(_("แรงงานต่างด้าว"), row.foreign_workers),
            Cell(_("สถานะ"), row.get_status_display()),
            Cell(_("ครบกำหนด"), day=row.until_date),
            Cell(_("ตรวจล่าสุด"), day=row.last_date),
            Cell(
                _("ผลการตรวจ"),
                str(outcome.label) if outcome else _("ยังไม่ตรวจ"),
                level=levels[outcome] if outcome else "",
            ),
        ),
    )


def _case_finding_line(row: CaseFinding) -> Line:
    return Line(
        row,
        row.place_th,
        f"{row.get_place_display()} · {row.area.name}",
        (
            Cell(_("วันที่"), day=row.day),
            _figure(_("ตรวจ"), row.tested),
            _figure(_("พบเชื้อ"), row.found, _("รอผล")),
            _figure(_("ร้อยละที่พบ"), row.found_share, decimals=2),
        ),
    )


def _vaccination_line(row: Vaccination) -> Line:
    return Line(
        row,
        row.get_group_display(),
        row.area.name,
        (
            _figure(_("เข็มที่"), row.dose),
            Cell(_("ข้อมูลถึงวันที่"), day=row.day),
            _figure(_("ฉีดสะสม"), row.given),
            _figure(_("เป้าหมาย (คน)"), row.target, _("ไม่ทราบ")),
            _figure(_("ร้อยละของเป้าหมาย"), row.given_share, decimals=2),
        ),
    )


def _supply_line(row: SupplyRequest) -> Line:
    if row.closed_reason:
        state = Cell(_("สถานะ"), _("ปิดแล้ว: %(reason)s") % {"reason": row.closed_reason})
    elif row.lacking:
        state = Cell(_("สถานะ"), _("ยังขาด"), level="watch")
    else:
        state = Cell(_("สถานะ"), _("ครบแล้ว"), level="good")
    return Line(
        row,
        row.item_th,
        f"{row.requester_th} · {row.area.name}",
        (
            Cell(_("วันที่ขอ"), day=row.day),
            _figure(_("ขอ"), row.asked),
            _figure(_("ให้แล้ว"), row.given),
            _figure(_("ยังขาด"), row.lacking),
            Cell(_("หน่วยนับ"), row.unit_th),
            Cell(_("ต้องการภายใน"), day=row.needed_date),
            state,
        ),
    )


def _columns(*names: tuple[str, Any]) -> tuple[ListColumn, ...]:
    """Columns of a register's file: incident and district first, the remark last."""

    def read(name: str) -> Callable[[Any], Any]:
        return lambda row: getattr(row, name)

    return (
        ListColumn("incident_code", gettext_lazy("เหตุการณ์"), lambda row: row.incident.code),
        ListColumn("area_code", gettext_lazy("อำเภอ"), lambda row: row.area.code),
        *(ListColumn(name, label, read(name), _kind_of(name)) for name, label in names),
        ListColumn("note", gettext_lazy("หมายเหตุ"), lambda row: row.note, width=40),
    )


def _kind_of(name: str) -> CellKind:
    if name == "day" or name.endswith("_date"):
        return "date"
    return "integer" if name in COUNTS else "text"


COUNTS = frozenset(
    {"thai_workers", "foreign_workers", "tested", "found", "dose", "given", "target", "asked"}
    | {"lacking"}
)


def _vaccinations(incident: Incident, is_all: bool) -> QuerySet[Vaccination]:
    rows = Vaccination.objects.of_incident(incident).select_related("area").in_order()
    return rows if is_all else rows.newest_by(clock.today())


REGISTERS = {
    "factory": Register(
        "factory",
        gettext_lazy("โรงงาน Bubble & Seal"),
        gettext_lazy("เพิ่มโรงงาน"),
        gettext_lazy("ยังไม่มีโรงงาน"),
        Factory,
        FactoryForm,
        FactoryInput,
        put_factory,
        lambda incident, _all: (
            Factory.objects.of_incident(incident).with_last_inspection().in_order()
        ),
        _factory_line,
        _columns(
            ("code", gettext_lazy("รหัส")),
            ("name_th", gettext_lazy("ชื่อโรงงาน")),
            ("thai_workers", gettext_lazy("แรงงานไทย")),
            ("foreign_workers", gettext_lazy("แรงงานต่างด้าว")),
            ("status", gettext_lazy("สถานะ")),
            ("from_date", gettext_lazy("เริ่มมาตรการ")),
            ("until_date", gettext_lazy("ครบกำหนด")),
            ("last_date", gettext_lazy("ตรวจล่าสุด")),
            ("last_outcome", gettext_lazy("ผลการตรวจ")),
        ),
        "covid-factories",
    ),
    "case-finding": Register(
        "case-finding",
        gettext_lazy("ค้นหาผู้ติดเชื้อเชิงรุก"),
        gettext_lazy("เพิ่มรอบค้นหา"),
        gettext_lazy("ยังไม่มีรอบค้นหา"),
        CaseFinding,
        CaseFindingForm,
        CaseFindingInput,
        put_case_finding,
        lambda incident, _all: (
            CaseFinding.objects.of_incident(incident).select_related("area").newest_first()
        ),
        _case_finding_line,
        _columns(
            ("day", gettext_lazy("วันที่")),
            ("place", gettext_lazy("ประเภทสถานที่")),
            ("place_th", gettext_lazy("สถานที่")),
            ("tested", gettext_lazy("ตรวจ")),
            ("found", gettext_lazy("พบเชื้อ")),
        ),
        "covid-case-findings",
    ),
    "vaccination": Register(
        "vaccination",
        gettext_lazy("การฉีดวัคซีน"),
        gettext_lazy("เพิ่มยอดสะสม"),
        gettext_lazy("ยังไม่มียอดฉีดวัคซีน"),
        Vaccination,
        VaccinationForm,
        VaccinationInput,
        put_vaccination,
        _vaccinations,
        _vaccination_line,
        _columns(
            ("day", gettext_lazy("ข้อมูลถึงวันที่")),
            ("dose", gettext_lazy("เข็มที่")),
            ("group", gettext_lazy("กลุ่มเป้าหมาย")),
            ("given", gettext_lazy("ฉีดสะสม")),
            ("target", gettext_lazy("เป้าหมาย (คน)")),
        ),
        "covid-vaccinations",
        gettext_lazy("ดูยอดของทุกวัน"),
    ),
    "supply": Register(
        "supply",
        gettext_lazy("คำขอและสิ่งที่ขาด"),
        gettext_lazy("เพิ่มคำขอ"),
        gettext_lazy("ยังไม่มีคำขอ"),
        SupplyRequest,
        SupplyForm,
        SupplyInput,
        put_supply_request,
        lambda incident, _all: (
            SupplyRequest.objects.of_incident(incident).select_related("area").in_order()
        ),
        _supply_line,
        _columns(
            ("day", gettext_lazy("วันที่ขอ")),
            ("requester_th", gettext_lazy("ผู้ขอ")),
            ("item_th", gettext_lazy("สิ่งที่ขอ")),
            ("unit_th", gettext_lazy("หน่วยนับ")),
            ("asked", gettext_lazy("ขอ")),
            ("given", gettext_lazy("ให้แล้ว")),
            ("lacking", gettext_lazy("ยังขาด")),
            ("needed_date", gettext_lazy("ต้องการภายใน")),
            ("closed_reason", gettext_lazy("เหตุที่ปิดคำขอ")),
        ),
        "covid-supply-requests",
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def register_list(request: HttpRequest, register: str) -> HttpResponseBase:
    """List a register of the incident; POST adds a row."""
    reader = reader_of(request)
    kept = REGISTERS[register]
    form = kept.form(request.POST or None)
    answer, refusal, status = _put(request, reader, kept, form, None)
    if answer is not None:
        return answer
    page, lines = None, []
    is_all = bool(request.GET.get("all"))
    if asked_format(request):
        listing = Listing(kept.name, kept.title, kept.columns)
        listed: Any = ()
        if reader.incident is not None:
            listed = kept.rows(reader.incident, is_all).select_related("incident", "area")
        return download(request, listing, listed)
    if reader.incident is not None:
        rows = kept.rows(reader.incident, is_all)
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        lines = [kept.line(row) for row in page]
    return render(
        request,
        "covid/register_list.html",
        {
            **frame_of(reader, register),
            "register": kept,
            "edit": f"covid:{register}-edit",
            "page": page,
            "lines": lines,
            "offers_all": kept.all_label and not is_all,
            "form": form,
            "refusal": refusal,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def register_edit(request: HttpRequest, register: str, pk: int) -> HttpResponse:
    """Change a row of a register; a factory's page has its inspections too."""
    reader = reader_of(request)
    kept = REGISTERS[register]
    row = get_object_or_404(kept.model.objects.select_related("incident", "area"), pk=pk)
    _refuse_unless_operator(reader, row.incident)
    form = kept.form(request.POST or None, initial=_initial(row, kept.typed))
    answer, refusal, status = _put(request, reader, kept, form, row)
    if answer is not None:
        return answer
    visits = InspectionForm() if isinstance(row, Factory) else None
    return _edit_page(request, reader, kept, row, form, refusal, status, visits)


@require_http_methods(["POST"])
def factory_inspect(request: HttpRequest, pk: int) -> HttpResponse:
    """Write an inspection of a factory down."""
    reader = reader_of(request)
    kept = REGISTERS["factory"]
    factory = get_object_or_404(Factory.objects.select_related("incident", "area"), pk=pk)
    _refuse_unless_operator(reader, factory.incident)
    visits = InspectionForm(request.POST)
    status, refusal = 422, ""
    if visits.is_valid():
        try:
            inspect_factory(
                factory=factory,
                row=InspectionInput(**visits.cleaned_data),
                by=reader.user,
                at=clock.now(),
            )
        except Refused as refused:
            status, refusal = 409, str(refused)
        else:
            messages.success(request, _("บันทึกผลการตรวจแล้ว"))
            return redirect("covid:factory-edit", pk=factory.pk)
    form = kept.form(initial=_initial(factory, kept.typed))
    return _edit_page(request, reader, kept, factory, form, refusal, status, visits)


@require_http_methods(["GET", "HEAD", "POST"])
def inspection_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an inspection of a factory right."""
    reader = reader_of(request)
    visits = FactoryInspection.objects.select_related("factory__incident", "factory__area")
    visit = get_object_or_404(visits, pk=pk)
    _refuse_unless_operator(reader, visit.incident)
    form = InspectionForm(request.POST or None, initial=_initial(visit, InspectionInput))
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            version = request.POST.get("version", "")
            try:
                inspect_factory(
                    factory=visit.factory,
                    row=InspectionInput(**form.cleaned_data),
                    instead_of=visit,
                    version=int(version) if version.isdecimal() else 0,
                    by=reader.user,
                    at=clock.now(),
                )
            except Refused as refused:
                status, refusal = 409, str(refused)
            else:
                messages.success(request, _("บันทึกผลการตรวจแล้ว"))
                return redirect("covid:factory-edit", pk=visit.factory_id)
    return render(
        request,
        "covid/inspection_edit.html",
        {
            **frame_of(reader, "factory"),
            "incident": visit.incident,
            "visit": visit,
            "form": form,
            "refusal": refusal,
        },
        status=status,
    )


def _edit_page(
    request: HttpRequest,
    reader: Reader,
    kept: Register,
    row: Any,
    form: forms.Form,
    refusal: str,
    status: int,
    visits: InspectionForm | None,
) -> HttpResponse:
    return render(
        request,
        "covid/register_edit.html",
        {
            **frame_of(reader, kept.name),
            "incident": row.incident,
            "register": kept,
            "back": _address(kept, row.incident),
            "row": row,
            "form": form,
            "refusal": refusal,
            "visits": visits,
            "inspections": row.inspections.order_by("-day") if visits is not None else (),
        },
        status=status,
    )


def _put(
    request: HttpRequest, reader: Reader, kept: Register, form: forms.Form, row: Any | None
) -> tuple[HttpResponse | None, str, int]:
    if request.method != "POST":
        return None, "", 200
    incident = row.incident if row else reader.incident
    _refuse_unless_operator(reader, incident)
    assert incident is not None
    if not form.is_valid():
        return None, "", 422
    version = request.POST.get("version", "")
    try:
        kept.put(
            incident=incident,
            row=kept.typed(**form.cleaned_data),
            instead_of=row,
            version=int(version) if version.isdecimal() else 0,
            by=reader.user,
            at=clock.now(),
        )
    except Refused as refused:
        return None, str(refused), 409
    messages.success(request, _("บันทึกแล้ว"))
    return redirect(_address(kept, incident)), "", 302


def _address(kept: Register, incident: Incident) -> str:
    return f"{reverse(f'covid:{kept.name}-list')}?incident={incident.code}"


def _initial(row: Any, typed: type[Any]) -> dict[str, Any]:
    names: Sequence[str] = [each.name for each in fields(typed) if each.name != "is_sample"]
    values = {name: getattr(row, name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def _refuse_unless_operator(reader: Reader, incident: Incident | None) -> None:
    reason = (
        rules.why_not_operate(incident, reader.standing)
        if incident
        else _("ยังไม่มีเหตุการณ์ เปิดเหตุการณ์ก่อน")
    )
    if reason:
        raise PermissionDenied(reason)
