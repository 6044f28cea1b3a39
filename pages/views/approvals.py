"""What waits for a signature, from every app, on one page."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Post, Role, User
from accounts.rules import Standing
from budget.dues import waiting_for as budget_waiting_for
from common import clock
from common.dues import Waiting
from common.refusal import Refused
from kpi.dues import waiting_for as kpi_waiting_for
from pages.actions import (
    SigningRefused,
    key_of,
    moment_key,
    moment_of,
    sign_off,
    undo_sign_off,
)
from projects.dues import waiting_for as projects_waiting_for
from submissions.rules import standing_of

KINDS = {
    "kpi.result": gettext_lazy("ผลตัวชี้วัด"),
    "projects.progress": gettext_lazy("ความก้าวหน้าโครงการ"),
    "projects.month": gettext_lazy("ความก้าวหน้าโครงการ"),
    "budget.month": gettext_lazy("การเบิกจ่าย"),
}
REASONS = (
    gettext_lazy("หลักฐานไม่ครบ"),
    gettext_lazy("ตัวเลขไม่ตรงหลักฐาน"),
    gettext_lazy("ผิดช่วงเวลา"),
)


@dataclass(slots=True)
class Line:
    """One entry on the page: what was chosen for it and what stands in the way."""

    waiting: Waiting
    key: str
    chosen: bool
    reason: str = ""
    error: str = ""

    @property
    def is_watched(self) -> bool:
        """Whether it is to be looked at one by one."""
        return self.waiting.outlier


def waiting_for(user: User) -> list[Waiting]:
    """Return everything that waits for the person's signature, by agency and period."""
    at = clock.now()
    found = [
        waiting
        for source in (kpi_waiting_for, projects_waiting_for, budget_waiting_for)
        for waiting in source(user, at)
    ]
    return sorted(found, key=lambda each: (each.agency_name, each.period, each.kind, each.code))


def may_sign(standing: Standing) -> bool:
    """Whether entries may wait for the person: heads, the strategy office, posts above a post."""
    return (
        standing.has(Role.APPROVER, Role.STRATEGIST)
        or Post.objects.filter(supervising_post__in=standing.post_ids).exists()
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of the waiting entries the address asks for; "" asks for all."""

    agency: str = ""
    period: str = ""
    kind: str = ""
    text: str = ""
    show: str = ""

    def takes(self, waiting: Waiting) -> bool:
        """Whether an entry is among those asked for."""
        return (
            self.agency in ("", str(waiting.agency_id))
            and self.period in ("", waiting.period)
            and self.kind in ("", waiting.kind)
            and self.text.lower() in f"{waiting.code} {waiting.label}".lower()
            and (self.show != "watch" or waiting.outlier)
        )


def _asked(request: HttpRequest) -> Asked:
    names = {"agency": "agency", "period": "period", "kind": "kind", "q": "text", "show": "show"}
    return Asked(**{field: request.GET.get(name, "") for name, field in names.items()})


def _filters(asked: Asked, everything: list[Waiting]) -> list[dict[str, Any]]:
    """The filters that have something to choose between."""
    choices = (
        (
            "agency",
            _("หน่วยงาน"),
            asked.agency,
            {str(w.agency_id): w.agency_name for w in everything},
        ),
        ("period", _("รอบรายงาน"), asked.period, {w.period: w.period for w in everything}),
        ("kind", _("ชนิด"), asked.kind, {w.kind: str(KINDS[w.kind]) for w in everything}),
    )
    return [
        {
            "name": name,
            "label": label,
            "value": value,
            "options": [("", _("ทั้งหมด")), *sorted(found.items(), key=lambda each: each[1])],
        }
        for name, label, value, found in choices
        if len(found) > 1 or value
    ]


@require_http_methods(["GET", "POST"])
def approval_list(request: HttpRequest) -> HttpResponse:
    """Show what waits; sign what is chosen and send the rest back with a reason, all or nothing."""
    user = _user(request)
    if not may_sign(standing_of(user, clock.today())):
        raise PermissionDenied(_("เฉพาะหัวหน้าส่วนราชการและกลุ่มงานยุทธศาสตร์ฯ ลงนามได้"))
    # Outliers and one's own are never chosen beforehand.
    everything = waiting_for(user)
    asked = _asked(request)
    lines = [
        Line(each, key_of(each), chosen=not each.outlier and each.why_not is None)
        for each in everything
        if asked.takes(each)
    ]
    refusal = ""
    status = 200
    if request.method == "POST":
        _read(request, lines)
        alone = request.POST.get("alone", "")
        signed = [line.waiting for line in lines if line.chosen and not line.reason]
        returned = [(line.waiting, line.reason) for line in lines if line.reason]
        known = {line.key for line in lines}
        gone = _chosen_keys(request) - known
        status = 409
        if gone:
            refusal = _("มีรายการที่เปลี่ยนไปหลังจากเปิดหน้านี้ %(count)d รายการ ตรวจแล้วลงนามอีกครั้ง") % {
                "count": len(gone)
            }
        elif alone:
            return _sign_alone(request, lines, alone)
        elif any(line.error for line in lines):
            status = 422
            refusal = _("ใส่เหตุผลของรายการที่ส่งกลับ หรือเลือกว่าจะลงนาม")
        elif not signed and not returned:
            status = 422
            refusal = _("ยังไม่ได้เลือกรายการ")
        else:
            try:
                at = clock.now()
                sign_off(signed=signed, returned=returned, by=user, at=at)
            except SigningRefused as refused:
                refusal = str(refused)
                for line in lines:
                    line.error = refused.by_key.get(line.key, "")
            else:
                _say_done(request, len(signed), len(returned), at)
                return redirect(request.get_full_path())
    return _page(request, lines, everything, refusal, status)


def _sign_alone(request: HttpRequest, lines: list[Line], key: str) -> HttpResponse:
    """Sign the one entry whose own button was pressed; what was typed for others stays typed."""
    [line] = [each for each in lines if each.key == key]
    at = clock.now()
    try:
        sign_off(signed=[line.waiting], returned=[], by=_user(request), at=at)
    except SigningRefused as refused:
        line.error = refused.by_key.get(key, "")
        return _page(request, lines, waiting_for(_user(request)), str(refused), 409)
    _say_done(request, 1, 0, at)
    rest = [each for each in lines if each is not line]
    if any(each.reason or each.error for each in rest):
        return _page(request, rest, waiting_for(_user(request)), "", 200)
    return redirect(request.get_full_path())


@require_POST
def approval_undo(request: HttpRequest, key: int) -> HttpResponse:
    """Take back what the person signed and returned in one go a moment ago; it waits again."""
    user = _user(request)
    if not may_sign(standing_of(user, clock.today())):
        raise PermissionDenied(_("เฉพาะหัวหน้าส่วนราชการและกลุ่มงานยุทธศาสตร์ฯ ลงนามได้"))
    moment = moment_of(key)
    if moment is None:
        raise Http404
    try:
        undone = undo_sign_off(moment=moment, by=user, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        said = ngettext("เลิกทำแล้ว %(n)d รายการ", "เลิกทำแล้ว %(n)d รายการ", undone) % {"n": undone}
        messages.success(request, said)
    return redirect("pages:approval-list")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _page(
    request: HttpRequest,
    lines: list[Line],
    everything: list[Waiting],
    refusal: str,
    status: int,
) -> HttpResponse:
    asked = _asked(request)
    groups = [
        (title, list(group))
        for title, group in groupby(
            lines, key=lambda line: (line.waiting.agency_name, line.waiting.period)
        )
    ]
    return render(
        request,
        "pages/approval_list.html",
        {
            "groups": groups,
            "lines": lines,
            "chosen": sum(line.chosen for line in lines),
            "watched": sum(line.is_watched for line in lines),
            "asked": asked,
            "filters": _filters(asked, everything),
            "counts": {
                "all": len(everything),
                "watched": sum(each.outlier for each in everything),
            },
            "refusal": refusal,
            "reasons": REASONS,
        },
        status=status,
    )


def _chosen_keys(request: HttpRequest) -> set[str]:
    """The entries that the person did anything about, also those that are no longer there."""
    reasoned = {
        name.removeprefix("reason-")
        for name, text in request.POST.items()
        if name.startswith("reason-") and str(text).strip()
    }
    done = {*request.POST.getlist("sign"), *request.POST.getlist("return"), *reasoned}
    return done | {*request.POST.getlist("alone")}


def _read(request: HttpRequest, lines: list[Line]) -> None:
    """Take over what the person chose and typed, whatever comes of it."""
    chosen = set(request.POST.getlist("sign"))
    sent_back = set(request.POST.getlist("return"))
    for line in lines:
        line.chosen = line.key in chosen
        line.reason = request.POST.get(f"reason-{line.key}", "").strip()
        if line.key in sent_back and not line.reason:
            line.error = _("ใส่เหตุผลก่อน ผู้รายงานต้องรู้ว่าแก้อะไร")
        elif line.chosen and line.reason:
            line.error = _("เลือกอย่างใดอย่างหนึ่ง ลงนาม หรือส่งกลับพร้อมเหตุผล")


def _say_done(request: HttpRequest, signed: int, returned: int, at: datetime) -> None:
    parts = []
    if signed:
        parts.append(
            ngettext("ลงนามแล้ว %(n)d รายการ", "ลงนามแล้ว %(n)d รายการ", signed) % {"n": signed}
        )
    if returned:
        parts.append(
            ngettext("ส่งกลับแก้ไข %(n)d รายการ", "ส่งกลับแก้ไข %(n)d รายการ", returned) % {"n": returned}
        )
    undo = reverse("pages:approval-undo", args=[moment_key(at=at)])
    messages.success(request, " ".join(parts), extra_tags=f"undo={undo}")
