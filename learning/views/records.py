"""My own learning, and what is done with one record."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.log import record as log
from common import clock
from common.refusal import Refused
from learning import rules
from learning.actions import (
    RecordEntry,
    add_records,
    confirm_records,
    correct_record,
    return_records,
)
from learning.dues import sentence_of
from learning.forms import RecordForm
from learning.models import Record, Rule
from learning.scoring import Missing, missing
from learning.views.frame import Reader, reader_of, tabs_of


def lacking_of(officer_id: int, rule: Rule | None) -> Missing | None:
    """Return what an officer still lacks this year; None where there is no rule."""
    if rule is None:
        return None
    marks = Record.objects.of_year(rule.year).confirmed().filter(officer=officer_id)
    return missing(list(marks.values_list("course__is_digital", flat=True)), rule.least)


@require_http_methods(["GET", "HEAD", "POST"])
def my_learning(request: HttpRequest) -> HttpResponse:
    """Show what I have learned, what is missing and until when; POST writes a course down."""
    reader = reader_of(request)
    today = clock.today()
    rule = rules.rule_on(today)
    agency_id = rules.agency_of_officer(reader.user.pk, today)
    why_not_add = rules.why_not_add(reader.user.pk, agency_id, reader.standing)
    form = RecordForm(request.POST or None, request.FILES or None)
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                add_records(
                    entries=[RecordEntry(officer=reader.user, **form.cleaned_data)],
                    by=reader.user,
                    at=clock.now(),
                )
            except Refused as refused:
                status, refusal = 409, str(refused)
            else:
                messages.success(request, _("บันทึกแล้ว รอผู้บังคับบัญชาหรือผู้ดูแลงานบุคคลยืนยัน"))
                return redirect("learning:my-learning")
    lacking = lacking_of(reader.user.pk, rule)
    return render(
        request,
        "learning/my_learning.html",
        {
            **tabs_of(reader, "mine"),
            "rule": rule,
            "lacking": lacking,
            "lacking_sentence": sentence_of(lacking) if lacking and not lacking.is_met else "",
            "days_left": (rule.limits[1] - today).days if rule else None,
            "lines": [
                (record, None)
                for record in Record.objects.filter(officer=reader.user)
                .with_course()
                .newest_first()
            ],
            "form": form,
            "why_not_add": why_not_add,
            "refusal": refusal,
        },
        status=status,
    )


def visible_record(reader: Reader, pk: int) -> Record:
    """Return a record that the person may read; another's is a 404."""
    records = Record.objects.visible_to(reader.standing, reader.line).with_course()
    return get_object_or_404(records, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def record_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend a record that was returned and send it again."""
    reader = reader_of(request)
    record = visible_record(reader, pk)
    why_not = rules.why_not_correct(record, reader.standing)
    initial: dict[str, Any] = {
        "completed_date": record.completed_date.isoformat(),
        "note": record.note,
    }
    form = RecordForm(
        request.POST or None, request.FILES or None, initial=initial, with_course=False
    )
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            version = request.POST.get("version", "")
            try:
                correct_record(
                    record=record,
                    version=int(version) if version.isdecimal() else 0,
                    by=reader.user,
                    at=clock.now(),
                    **form.cleaned_data,
                )
            except Refused as refused:
                status, refusal = 409, str(refused)
            else:
                messages.success(request, _("ส่งใหม่แล้ว"))
                return _back(reader, record)
    return render(
        request,
        "learning/record_correct.html",
        {
            **tabs_of(reader, "mine"),
            "record": record,
            "form": form,
            "why_not": why_not,
            "refusal": refusal,
        },
        status=status,
    )


@require_POST
def record_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a record that waits."""
    reader = reader_of(request)
    record = visible_record(reader, pk)
    try:
        confirm_records(entries=[record], by=reader.user, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("ยืนยันแล้ว"))
    return _back(reader, record)


@require_POST
def record_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a record back with a reason."""
    reader = reader_of(request)
    record = visible_record(reader, pk)
    try:
        return_records(
            entries=[record],
            reason=request.POST.get("reason", ""),
            by=reader.user,
            at=clock.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("ส่งกลับแก้ไขแล้ว"))
    return _back(reader, record)


@require_safe
def certificate(request: HttpRequest, pk: int) -> FileResponse:
    """Send a certificate to be saved; whoever opens another's is logged."""
    reader = reader_of(request)
    record = visible_record(reader, pk)
    if not record.certificate:
        raise Http404(_("ไม่มีไฟล์"))
    if record.officer_id != reader.user.pk:
        log(
            "learning.certificate.viewed",
            record,
            by=reader.user,
            at=clock.now(),
            agency_code=record.agency.code,
        )
    answer = FileResponse(
        record.certificate.open("rb"),
        as_attachment=True,
        filename=record.certificate_name,
        content_type=record.certificate_type,
    )
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "sandbox"
    return answer


def _back(reader: Reader, record: Record) -> HttpResponse:
    if record.officer_id == reader.user.pk:
        return redirect("learning:my-learning")
    return redirect("learning:officer-detail", record.officer_id)
