"""What every page's frame needs: the menu of the person's role, the fiscal year's strip, the sample's day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Area, Role
from accounts.rules import Standing
from common import clock, fiscal, thaidates
from common.bilingual import page_language
from submissions.rules import every_open_quarter, standing_of


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the menu."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's context; two queries for a visitor, five for someone signed in."""
    now = clock.now()
    today = now.date()
    if not hasattr(request, "user"):
        # Refused before anybody was asked who it is: a host name that is not ours.
        request.user = AnonymousUser()
    standing = standing_of(request.user, today)
    prefix = "/en" if page_language() == "en" else ""
    return {
        "nav": _menu(request, standing, prefix),
        "account_links": _account_links(standing, prefix),
        "me": _me(request, standing),
        "tide": _tide(today),
        "portal": _portal(prefix),
        "search_url": f"{prefix}/search/",
        "sample_today": today if settings.SAMPLE_TODAY else None,
    }


# Pages that hang on another place's section tabs.
SECTIONS = {
    "/desk/risks": "/desk/projects/",
    "/desk/inspections/": "/desk/projects/",
    "/desk/findings/": "/desk/projects/",
}


def _menu(request: HttpRequest, standing: Standing, prefix: str) -> list[Item]:
    """At most seven places, by role; the present one is marked."""
    places: list[tuple[str, str]]
    if not standing.pairs:
        places = [
            (_("ยุทธศาสตร์"), "/strategy/"),
            (_("ตัวชี้วัด"), "/kpis/"),
            (_("โครงการ"), "/projects/"),
            (_("งบประมาณ"), "/budget/"),
            (_("พื้นที่"), "/areas/"),
            (_("รายงาน"), "/reports/"),
            (_("ข้อมูลเปิด"), "/open-data/"),
        ]
    else:
        places = _staff_places(standing)
    path = request.path.removeprefix(prefix)
    if not any(url != "/desk/" and path.startswith(url) for _label, url in places):
        path = next((home for part, home in SECTIONS.items() if path.startswith(part)), path)
    # The longest address that begins the present one is where we are.
    best = max((url for _label, url in places if path.startswith(url)), key=len, default="")
    return [Item(label, prefix + url, current=url == best) for label, url in places[:7]]


def _staff_places(standing: Standing) -> list[tuple[str, str]]:
    """The six places of a person's roles that come first, and the reports."""
    offered = (
        (
            standing.has(Role.GOVERNOR, Role.VIEWER, Role.STRATEGIST),
            _("ภาพรวมจังหวัด"),
            "/dashboard/",
        ),
        (
            not standing.roles <= {Role.GOVERNOR, Role.VIEWER, Role.ADMIN},
            _("งานของฉัน"),
            "/desk/",
        ),
        (standing.has(Role.PLANNER), _("ความต้องการ"), "/desk/needs/"),
        (standing.has(Role.APPROVER, Role.STRATEGIST), _("รอลงนาม"), "/desk/approvals/"),
        (True, _("ตัวชี้วัด"), "/desk/kpis/"),
        (True, _("โครงการ"), "/desk/projects/"),
        (True, _("เบิกจ่าย"), "/desk/budget/"),
        (standing.has(Role.OPERATOR), _("เหตุการณ์ฉุกเฉิน"), "/desk/covid/"),
        (standing.has(Role.REPORTER, Role.APPROVER), _("นำเข้าไฟล์"), "/spreadsheets/"),
        (standing.has(Role.INSPECTOR), _("ตรวจติดตาม"), "/desk/inspections/"),
    )
    places = [(label, url) for is_theirs, label, url in offered if is_theirs][:6]
    reports = "/desk/reports/" if standing.has(Role.STRATEGIST) else "/reports/"
    return [*places, (_("รายงาน"), reports)]


def _account_links(standing: Standing, prefix: str) -> list[Item]:
    """Places a person goes to seldom."""
    reads_all = standing.sees_province
    reports = standing.has(Role.APPROVER, Role.REPORTER)
    chases = standing.has(Role.STRATEGIST, Role.VIEWER, Role.GOVERNOR)
    fills_forms = reports or chases or standing.has(Role.COMPTROLLER)
    offered = (
        (bool(standing.pairs), _("การเตือนของฉัน"), "/desk/reminders/mine/"),
        (chases, _("บันทึกการเตือน"), "/desk/reminders/"),
        (reads_all or reports, _("การประชุมและข้อสั่งการ"), "/desk/meetings/"),
        (reads_all, _("เหตุการณ์ฉุกเฉิน"), "/desk/covid/"),
        (bool(standing.pairs or standing.post_ids), _("การเรียนรู้"), "/desk/learning/"),
        (fills_forms, _("แบบฟอร์มส่งหน่วยงานอื่น"), "/desk/returns/"),
        (reads_all, _("ความต้องการของพื้นที่"), "/desk/needs/"),
        (reads_all, _("จัดทำแผน"), "/desk/plans/"),
        (reports, _("รับทราบแผน"), "/desk/told/"),
        (standing.has(Role.APPROVER), _("มอบอำนาจลงนาม"), "/desk/delegation/"),
        (standing.has(Role.ADMIN), _("ผู้ดูแลระบบ"), "/admin/"),
    )
    return [Item(label, prefix + url) for is_theirs, label, url in offered if is_theirs]


def _me(request: HttpRequest, standing: Standing) -> dict[str, str]:
    if not request.user.is_authenticated:
        return {}
    order = list(Role)
    roles = sorted(standing.roles, key=lambda role: order.index(Role(role)))
    return {
        "name": request.user.get_full_name(),
        "place": str(Role(roles[0]).label) if roles else "",
    }


def _tide(today: date) -> dict[str, Any]:
    """Where the fiscal year is, and the deadline of the quarter that takes reports now."""
    year = fiscal.fiscal_year_of(today)
    start, end = fiscal.year_start(year), fiscal.year_end(year)
    quarter = next(iter(every_open_quarter()), None)
    deadline = ""
    if quarter is not None:
        left = (quarter.report_due_date - today).days
        day = thaidates.format_date(
            quarter.report_due_date, "short", page_language(), two_digit=True
        )
        if left >= 0:
            deadline = _("ส่งรายงานภายใน %(day)s เหลือ %(left)d วัน") % {"day": day, "left": left}
        else:
            deadline = _("ครบกำหนดส่งรายงาน %(day)s เกินมา %(late)d วัน") % {"day": day, "late": -left}
    number = (
        f"{quarter.number}/{quarter.fiscal_year_id}"
        if quarter and quarter.fiscal_year_id != year
        else str(quarter.number if quarter else fiscal.quarter_of(today)[1])
    )
    return {
        "fiscal_year": year,
        "quarter": number,
        "day": (today - start).days + 1,
        "days": (end - start).days + 1,
        "deadline": deadline,
    }


def _portal(prefix: str) -> dict[str, Any]:
    province = Area.objects.of_kind(Area.Kind.PROVINCE).only("name_th", "name_en").first()
    name = province.name if province else ""
    return {
        "name": _("ยุทธศาสตร์จังหวัด%(province)s") % {"province": name},
        "province": name,
        "tagline": _("แผน ตัวชี้วัด โครงการ งบประมาณ"),
        "owner": _("สำนักงานจังหวัด%(province)s กลุ่มงานยุทธศาสตร์และข้อมูลเพื่อการพัฒนาจังหวัด")
        % {"province": name},
        "footer_links": [
            Item(_("นโยบายความเป็นส่วนตัว"), f"{prefix}/privacy/"),
            Item(_("นโยบายเว็บไซต์"), f"{prefix}/policy/"),
            Item(_("แผนผังเว็บไซต์"), f"{prefix}/site-map/"),
        ],
    }
