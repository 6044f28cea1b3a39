"""Figures of an incident that go into KPIs as drafts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common import clock
from common.refusal import Refused
from covid.actions import feed_kpi
from covid.document import FigureKind
from covid.forms import FeedForm
from covid.views.frame import frame_of, reader_of
from kpi.models import KPI
from submissions.rules import every_open_quarter


@require_http_methods(["GET", "HEAD", "POST"])
def kpi_feed(request: HttpRequest) -> HttpResponse:
    """Choose a figure, a KPI that the person reports, and a quarter; POST writes the draft."""
    reader = reader_of(request)
    incident = reader.incident
    quarters = every_open_quarter()
    years = {each.fiscal_year_id for each in quarters}
    kpis = list(
        KPI.objects.reported_by(reader.standing)
        .reporting_themselves()
        .filter(fiscal_year__in=years)
        .select_related("indicator")
        .in_code_order()
    )
    form = FeedForm(request.POST or None, kpis=kpis, quarters=quarters)
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if incident is not None and form.is_valid():
            typed = form.cleaned_data
            try:
                feed_kpi(
                    incident=incident,
                    kind=FigureKind(typed["kind"]),
                    kpi=typed["kpi"],
                    quarter=typed["quarter"],
                    by=reader.user,
                    at=clock.now(),
                )
            except Refused as refused:
                status, refusal = 409, str(refused)
            else:
                messages.success(request, _("ใส่ผลเป็นร่างของตัวชี้วัดแล้ว ตรวจและส่งที่หน้า งานของฉัน"))
                return redirect(f"{reverse('covid:kpi-feed')}?incident={incident.code}")
    return render(
        request,
        "covid/kpi_feed.html",
        {
            **frame_of(reader, "operations"),
            "form": form,
            "kpis": kpis,
            "refusal": refusal,
        },
        status=status,
    )
