"""Officers whose learning the person oversees: the line below and HR's own agencies."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Agency, Post, Role, User
from common import clock
from common.refusal import Refused
from learning import rules
from learning.actions import RecordEntry, add_records, look_at_officer
from learning.dues import sentence_of
from learning.forms import RecordForm
from learning.models import Rule
from learning.rollups import OfficerStanding, compliance_of, standings_of
from learning.views.frame import Reader, reader_of, tabs_of
from learning.views.records import lacking_of

ROWS = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An officer on the list."""

    user: User
    post: Post
    agency: Agency
    standing: OfficerStanding
    sentence: str


def overseen(reader: Reader, rule: Rule | None) -> list[OfficerStanding]:
    """Return the officers whose records the person may read, the own ones left out."""
    if rule is None:
        return []
    agencies = reader.standing.agencies(Role.HR)
    return [
        each
        for each in standings_of(rule, clock.today())
        if each.user_id != reader.user.pk
        and (each.user_id in reader.line or each.agency_id in agencies)
    ]


@require_safe
def officer_list(request: HttpRequest) -> HttpResponse:
    """List officers with what they lack; filters stay in the address."""
    reader = reader_of(request)
    if not reader.oversees:
        raise PermissionDenied(_("เฉพาะผู้บังคับบัญชาและผู้ดูแลงานบุคคล เปิดหน้านี้ได้"))
    rule = rules.rule_on(clock.today())
    everyone = overseen(reader, rule)
    show = request.GET.get("show", "")
    shown = [
        each
        for each in everyone
        if show not in ("missing", "waiting", "met")
        or (show == "missing" and not each.missing.is_met)
        or (show == "waiting" and each.waiting)
        or (show == "met" and each.missing.is_met)
    ]
    page = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    users = User.objects.in_bulk([each.user_id for each in page])
    posts = Post.objects.select_related("agency").in_bulk([each.post_id for each in page])
    lines = [
        Line(
            users[each.user_id],
            posts[each.post_id],
            posts[each.post_id].agency,
            each,
            "" if each.missing.is_met else sentence_of(each.missing),
        )
        for each in page
    ]
    return render(
        request,
        "learning/officer_list.html",
        {
            **tabs_of(reader, "officers"),
            "rule": rule,
            "lines": lines,
            "page": page,
            "compliance": compliance_of(everyone),
            "filters": [
                {
                    "name": "show",
                    "label": _("แสดง"),
                    "value": show,
                    "options": [
                        ("", _("ทั้งหมด")),
                        ("missing", _("ยังไม่ครบ")),
                        ("waiting", _("รอยืนยัน")),
                        ("met", _("ครบแล้ว")),
                    ],
                }
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def officer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one officer's records, logged; POST lets HR write a course down."""
    reader = reader_of(request)
    today, at = clock.today(), clock.now()
    officer = User.objects.filter(pk=pk, is_active=True).first()
    agency_id = rules.agency_of_officer(pk, today)
    may_see = officer is not None and (
        pk in reader.line or reader.standing.is_role_of(Role.HR, agency_id)
    )
    if officer is None or not may_see:
        raise Http404(_("ไม่มีเจ้าหน้าที่คนนี้ในความดูแลของท่าน"))
    why_not_add = rules.why_not_add(pk, agency_id, reader.standing)
    form = RecordForm(request.POST or None, request.FILES or None)
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                add_records(
                    entries=[RecordEntry(officer=officer, **form.cleaned_data)],
                    by=reader.user,
                    at=at,
                )
            except Refused as refused:
                status, refusal = 409, str(refused)
            else:
                messages.success(request, _("บันทึกแล้ว รอผู้อื่นยืนยัน"))
                return redirect("learning:officer-detail", pk)
    records = look_at_officer(
        officer=officer, standing=reader.standing, line=reader.line, by=reader.user, at=at
    )
    rule = rules.rule_on(today)
    lacking = lacking_of(pk, rule)
    return render(
        request,
        "learning/officer_detail.html",
        {
            **tabs_of(reader, "officers"),
            "officer": officer,
            "agency": Agency.objects.filter(pk__in=[agency_id] if agency_id else []).first(),
            "rule": rule,
            "lacking": lacking,
            "lacking_sentence": sentence_of(lacking) if lacking and not lacking.is_met else "",
            "lines": [
                (each, rules.why_not_confirm(each, reader.standing, reader.line))
                for each in records
            ],
            "form": form,
            "why_not_add": why_not_add,
            "refusal": refusal,
        },
        status=status,
    )
