"""The desk: download a form, send a file, see what it would change, confirm it, take it back."""

import io
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.rules import Standing
from common import fiscal
from common.clock import now
from common.downloads import asked_format, download, send_table
from common.refusal import EntriesRefused, Refused
from common.tables import XLSX_TYPE
from common.workbooks.cells import column_index
from jobruns.models import JobRun
from spreadsheets import actions, rules
from spreadsheets.forms import MappingForm, UploadForm, WhichForm
from spreadsheets.listings import UPLOADS
from spreadsheets.models import Upload
from submissions.rules import standing_of

_PER_PAGE = 20
OCTETS = "application/octet-stream"


def _standing(request: HttpRequest) -> Standing:
    return standing_of(request.user, fiscal.local_date(now()))


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)
    return user


def _upload(request: HttpRequest, pk: int) -> Upload:
    uploads = Upload.objects.visible_to(_standing(request)).with_period()
    return get_object_or_404(uploads, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponseBase:
    """Show forms to download, the field to send a file, and what was sent before."""
    standing = _standing(request)
    asked = request.GET.get("kind", "")
    which = WhichForm(prefix="form", standing=standing, asked=asked)
    status = 200
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, standing=standing)
        if form.is_valid():
            try:
                upload = actions.receive_upload(
                    file=form.cleaned_data["file"],
                    name=form.cleaned_data["file"].name,
                    kind=form.cleaned_data["kind"],
                    agency=form.cleaned_data["agency"],
                    period=form.cleaned_data["period"],
                    action=form.cleaned_data.get("action", Upload.Action.DRAFT),
                    by=_user(request),
                    at=now(),
                )
                return redirect("spreadsheets:upload-detail", upload.pk)
            except Refused as refused:
                form.add_error("file", refused.sentence)
                status = 409
    else:
        initial = {
            name: request.GET.get(name) for name in ("kind", "period") if name in request.GET
        }
        form = UploadForm(standing=standing, asked=asked, initial=initial)
    uploads = Upload.objects.visible_to(standing).with_period().in_time_order()
    if request.method != "POST" and asked_format(request):
        return download(request, UPLOADS, uploads)
    page = Paginator(uploads, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "which": which,
        "form": form,
        "page": page,
        "titles": {kind: resource.title for kind, resource in actions.KINDS.items()},
        "rows": [
            {
                "upload": upload,
                "title": actions.KINDS[upload.kind].title,
                "period": actions.period_name(upload.period),
            }
            for upload in page.object_list
        ],
    }
    return render(request, "spreadsheets/desk.html", context, status=status)


def _outcome_of(upload: Upload) -> str:
    """Say what becomes of the rows once they are brought in."""
    resource = actions.KINDS[upload.kind]
    if not resource.submits:
        return str(resource.outcome)
    if upload.action == Upload.Action.SUBMIT:
        return _("นำเข้าแล้วส่งให้หัวหน้าส่วนราชการลงนามทันที")
    return _("นำเข้าแล้วเป็นร่าง ต้องส่งลงนามอีกครั้ง")


@require_GET
def form_download(request: HttpRequest) -> HttpResponseBase:
    """Send a pre-filled form."""
    standing = _standing(request)
    form = WhichForm(request.GET, prefix="form", standing=standing)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return redirect("spreadsheets:desk")
    which = {name: form.cleaned_data[name] for name in ("kind", "agency", "period")}
    if asked_format(request) in ("csv", "json"):
        columns, rows = actions.table_of(**which, user=_user(request), at=now())
        name = f"{which['kind']}-{which['agency'].code}-{actions.period_key(which['period'])}"
        return send_table(request, name, columns, rows)
    target = io.BytesIO()
    name = actions.write_form(target, **which, user=_user(request), at=now())
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX_TYPE)


@require_GET
def upload_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a file would change, or what became of it."""
    upload = _upload(request, pk)
    return _show(request, upload)


def _show(
    request: HttpRequest,
    upload: Upload,
    *,
    refusal: Refused | None = None,
    mapping: MappingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    standing = _standing(request)
    report = upload.report
    context: dict[str, Any] = {
        "upload": upload,
        "title": actions.KINDS[upload.kind].title,
        "period": actions.period_name(upload.period),
        "report": report,
        "outcome": _outcome_of(upload),
        "submits": actions.KINDS[upload.kind].submits,
        "home": settings.LOGIN_REDIRECT_URL,
        "may_send": not rules.why_not_send(actions.KINDS[upload.kind], upload.agency, standing),
        "refusal": refusal,
        "obstacles": list(refusal.by_entry.values()) if isinstance(refusal, EntriesRefused) else [],
    }
    if upload.is_running:
        return render(request, "spreadsheets/upload_progress.html", context, status=status)
    if upload.state in (Upload.State.COMMITTED, Upload.State.UNDONE):
        context["why_not_undo"] = rules.why_not_undo(upload, actions.KINDS[upload.kind], standing)
        return render(request, "spreadsheets/upload_result.html", context, status=status)
    context |= {
        "why_not_commit": rules.why_not_commit(
            upload, actions.KINDS[upload.kind], standing, confirmed=True
        ),
        "mapping": mapping or MappingForm(report=report, kind=upload.kind),
        "mapping_open": mapping is not None or not report.get("columns"),
    }
    return render(request, "spreadsheets/upload_preview.html", context, status=status)


@require_GET
def upload_progress(request: HttpRequest, pk: int) -> JsonResponse:
    """Say how far the work on a file is."""
    upload = _upload(request, pk)
    job = upload.job
    done, total = (job.progress, job.progress_total or 3) if job else (0, 3)
    failed = job is not None and job.state == JobRun.State.FAILED
    return JsonResponse(
        {
            "percent": 100 if not upload.is_running else round(done * 100 / total),
            "label": job.progress_label if job and job.progress_label else _("รอคิว"),
            "detail": _("งานหยุด แจ้งผู้ดูแลระบบ") if failed else _("ปิดหน้านี้ได้ งานเดินต่อ"),
            "finished": not upload.is_running or failed,
            "url": "" if failed else reverse("spreadsheets:upload-detail", args=[upload.pk]),
        }
    )


@require_POST
def upload_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the file again with the columns chosen."""
    upload = _upload(request, pk)
    form = MappingForm(request.POST, report=upload.report, kind=upload.kind)
    if not form.is_valid():
        return _show(request, upload, mapping=form)
    heading = form.cleaned_data["heading"] - 1
    changed_sheet = form.cleaned_data["sheet"] != upload.report.get("sheet")
    choice = actions.Choice(
        sheet=form.cleaned_data["sheet"],
        heading=None if changed_sheet else heading,
        columns={}
        if form.is_elsewhere
        else {name: column_index(letter) for name, letter in form.columns.items()},
        dash_is_zero=form.cleaned_data["dash_is_zero"],
    )
    try:
        actions.choose_columns(upload=upload, choice=choice, by=_user(request), at=now())
    except Refused as refused:
        return _show(request, upload, refusal=refused, status=409)
    return redirect("spreadsheets:upload-detail", upload.pk)


@require_POST
def upload_next(request: HttpRequest, pk: int) -> HttpResponse:
    """Open another table of the file, which is here already."""
    upload = _upload(request, pk)
    row = request.POST.get("heading", "")
    try:
        opened = actions.receive_next_table(
            upload=upload,
            sheet=request.POST.get("sheet", ""),
            heading=int(row) - 1 if row.isdecimal() else None,
            by=_user(request),
            at=now(),
        )
    except Refused as refused:
        return _show(request, upload, refusal=refused, status=409)
    return redirect("spreadsheets:upload-detail", opened.pk)


@require_POST
def upload_commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring the whole file in."""
    upload = _upload(request, pk)
    confirmed = request.POST.get("confirmed") == "yes"
    try:
        actions.commit_upload(upload=upload, confirmed=confirmed, by=_user(request), at=now())
    except Refused as refused:
        upload = _upload(request, pk)
        if refused.code == "changed_meanwhile" and upload.state == Upload.State.READY:
            actions.refresh_preview(upload=upload, by=_user(request), at=now())
        return _show(request, upload, refusal=refused, status=409)
    return redirect("spreadsheets:upload-detail", upload.pk)


@require_POST
def upload_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Put back what a file changed, and take away what it made."""
    upload = _upload(request, pk)
    try:
        actions.undo_upload(upload=upload, by=_user(request), at=now())
    except Refused as refused:
        return _show(request, _upload(request, pk), refusal=refused, status=409)
    messages.success(request, _("ยกเลิกการนำเข้าแล้ว ค่าเดิมกลับมาทุกช่อง"))
    return redirect("spreadsheets:upload-detail", upload.pk)


@require_POST
def upload_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay a file aside."""
    upload = _upload(request, pk)
    try:
        actions.discard_upload(upload=upload, by=_user(request), at=now())
    except Refused as refused:
        return _show(request, _upload(request, pk), refusal=refused, status=409)
    messages.success(request, _("ทิ้งไฟล์แล้ว ไม่มีอะไรถูกบันทึก"))
    return redirect("spreadsheets:desk")


@require_GET
def upload_marked(request: HttpRequest, pk: int) -> FileResponse:
    """Send a copy of the file with the cells to mend marked."""
    upload = _upload(request, pk)
    target = io.BytesIO()
    name = actions.write_marked_copy(target, upload=upload, at=now())
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX_TYPE)


@require_GET
def upload_original(request: HttpRequest, pk: int) -> FileResponse:
    """Send the file as it came."""
    upload = _upload(request, pk)
    return FileResponse(
        upload.file.open("rb"),
        as_attachment=True,
        filename=upload.original_name,
        content_type=OCTETS,
    )
