"""What waits for a signature, from every app, on one page."""

from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Post, Role, User
from accounts.rules import Standing
from budget.dues import waiting_for as budget_waiting_for
from common import clock
from common.dues import Waiting
from kpi.dues import waiting_for as kpi_waiting_for
from pages.actions import SigningRefused, key_of, sign_off
from projects.dues import waiting_for as projects_waiting_for
from submissions.rules import standing_of

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


@require_http_methods(["GET", "POST"])
def approval_list(request: HttpRequest) -> HttpResponse:
    """Show what waits; sign what is chosen and send the rest back with a reason, all or nothing."""
    user = request.user
    assert isinstance(user, User)
    if not may_sign(standing_of(user, clock.today())):
        raise PermissionDenied(_("เฉพาะหัวหน้าส่วนราชการและกลุ่มงานยุทธศาสตร์ฯ ลงนามได้"))
    # Outliers and one's own are never chosen beforehand.
    lines = [
        Line(each, key_of(each), chosen=not each.outlier and each.why_not is None)
        for each in waiting_for(user)
    ]
    refusal = ""
    status = 200
    if request.method == "POST":
        _read(request, lines)
        signed = [line.waiting for line in lines if line.chosen and not line.reason]
        returned = [(line.waiting, line.reason) for line in lines if line.reason]
        known = {line.key for line in lines}
        gone = _chosen_keys(request) - known
        status = 409
        if gone:
            refusal = _("มีรายการที่เปลี่ยนไปหลังจากเปิดหน้านี้ %(count)d รายการ ตรวจแล้วลงนามอีกครั้ง") % {
                "count": len(gone)
            }
        elif any(line.error for line in lines):
            status = 422
            refusal = _("ใส่เหตุผลของรายการที่ส่งกลับ หรือเลือกว่าจะลงนาม")
        elif not signed and not returned:
            status = 422
            refusal = _("ยังไม่ได้เลือกรายการ")
        else:
            try:
                sign_off(signed=signed, returned=returned, by=user, at=clock.now())
            except SigningRefused as refused:
                refusal = str(refused)
                for line in lines:
                    line.error = refused.by_key.get(line.key, "")
            else:
                _say_done(request, len(signed), len(returned))
                return redirect("pages:approval-list")
    show = request.GET.get("show", "")
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
            "show": show,
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
    return {*request.POST.getlist("sign"), *request.POST.getlist("return"), *reasoned}


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


def _say_done(request: HttpRequest, signed: int, returned: int) -> None:
    parts = []
    if signed:
        parts.append(
            ngettext("ลงนามแล้ว %(n)d รายการ", "ลงนามแล้ว %(n)d รายการ", signed) % {"n": signed}
        )
    if returned:
        parts.append(
            ngettext("ส่งกลับแก้ไข %(n)d รายการ", "ส่งกลับแก้ไข %(n)d รายการ", returned) % {"n": returned}
        )
    messages.success(request, " ".join(parts))
