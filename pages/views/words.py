"""Pages of words: policies and the map of the site."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What personal data the portal keeps, why and how long."""
    return render(request, "pages/privacy.html")


@login_not_required
@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """Website, security and licence policy."""
    return render(request, "pages/policy.html")


@login_not_required
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """Every public place on one page."""
    groups = (
        (
            _("แผนและตัวชี้วัด"),
            (
                (_("หน้าแรก"), "pages:home"),
                (_("ยุทธศาสตร์"), "pages:strategy"),
                (_("แผนพัฒนาจังหวัดแต่ละฉบับ"), "planning:edition-list"),
                (_("เวทีรับฟังแผนพัฒนาจังหวัด"), "planning:forum-list"),
                (_("ตัวชี้วัด"), "kpi:kpi-list"),
                (_("พื้นที่"), "pages:area-list"),
            ),
        ),
        (
            _("โครงการและเงิน"),
            ((_("โครงการ"), "projects:project-list"), (_("งบประมาณ"), "budget:budget-public")),
        ),
        (
            _("ประชาชน"),
            (
                (_("ความต้องการของประชาชน"), "planning:need-list"),
                (_("แจ้งความต้องการ"), "planning:need-tell"),
                (_("เหตุการณ์ฉุกเฉิน"), "covid:covid"),
            ),
        ),
        (
            _("รายงานและข้อมูล"),
            (
                (_("รายงาน"), "reports:report-list"),
                (_("ข้อมูลเปิด"), "reports:open-data"),
                (_("ค้นหา"), "pages:search"),
                (_("API สำหรับนักพัฒนา"), "api-docs"),
            ),
        ),
        (
            _("เว็บไซต์นี้"),
            ((_("นโยบายความเป็นส่วนตัว"), "pages:privacy"), (_("นโยบายเว็บไซต์"), "pages:policy")),
        ),
    )
    return render(request, "pages/site_map.html", {"groups": groups})
