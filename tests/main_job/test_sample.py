"""The sample plays through the officers' own verbs, marked everywhere, never in earnest."""

from collections import Counter
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from accounts.checks import check_no_sample_accounts
from accounts.models import Role, User
from accounts.rules import standing_of
from budget.models import MonthlyFigure
from covid.models import Order
from kpi.models import KPI, Figure, Result, Scorecard
from learning.models import Record
from meetings.models import Resolution
from planning.models import ForumFile, NeedPhoto
from projects.models import Progress, Project
from reports.models import Edition
from spreadsheets.actions import KINDS
from strategy.models import Issue
from submissions.models import FiscalYear, Quarter
from tests.factories import NOON, TODAY


def test_the_sample_year_is_played_whole(sample, capsys):
    states = dict(Quarter.objects.filter(fiscal_year=2569).values_list("number", "state"))
    assert states == dict.fromkeys(range(1, 5), "published")
    assert Quarter.objects.get(fiscal_year=2570, number=1).state == "open"
    assert Edition.objects.filter(finished_at__isnull=False).count() == 5
    restated = Edition.objects.get(quarter__fiscal_year=2569, quarter__number=4, number=2)
    assert "1.3" in restated.corrections_th

    # The drafts beside the plan in force carry copies of their own.
    assert Issue.objects.in_force().count() == 4
    assert KPI.objects.for_year(2570).of_level("province").count() == 18
    assert 24 <= Project.objects.count() <= 30
    assert {
        row["total"]
        for row in Scorecard.objects.annotate(total=Sum("kpis__weight")).values("total")
    } == {Decimal(100)}

    # Every state of an entry can be seen.
    now = Counter(Result.objects.filter(quarter__fiscal_year=2570).values_list("status", flat=True))
    assert set(now) == {"draft", "submitted", "approved", "accepted", "returned"}
    assert Result.objects.filter(is_not_applicable=True).exists()
    assert Result.objects.filter(numerator=0, denominator__gt=0).exists()
    assert Figure.objects.filter(state="late", quarter__fiscal_year=2569).exists()
    waiting = Progress.objects.filter(quarter__fiscal_year=2570).values_list("status", flat=True)
    assert set(waiting) == {"draft", "submitted", "approved", "returned"}
    december = MonthlyFigure.objects.filter(month__fiscal_year=2570, month__number=3)
    assert set(december.values_list("status", flat=True)) == {"submitted", "approved"}
    # Seven of the provincial board, three that the acceleration committee was promised.
    assert Resolution.objects.count() == 10
    assert Resolution.objects.overdue(TODAY).count() == 3

    for model in (KPI, Result, Project, Progress, MonthlyFigure, Resolution, Issue):
        assert not model.objects.filter(is_sample=False).exists(), model

    # The sample's reporter finds a full desk, and the head of the same agency something to sign.
    desk = KPI.objects.for_year(2570).reporting_themselves()
    standing = standing_of(User.objects.get(username="reporter"), TODAY)
    assert desk.reported_by(standing).count() == 12
    head = standing_of(User.objects.get(username="approver"), TODAY)
    signing = Result.objects.filter(status="submitted", kpi__agency__in=head.agencies())
    assert signing.count() == 3

    # Again changes nothing.
    before = Result.objects.count()
    call_command("load_sample")
    assert "nothing was changed" in capsys.readouterr().out
    assert Result.objects.count() == before

    # Somebody keeps the emergency and reports too: its figures have KPIs to go into.
    duty = Client()
    duty.force_login(
        User.objects.get(username="duty"), backend="django.contrib.auth.backends.ModelBackend"
    )
    feed = duty.get("/desk/covid/kpis/?incident=flu-2570")
    assert len(feed.context["kpis"]) == 11

    # Minutes of forums are real files that can be saved: one everybody reads, one is not shown yet.
    shown, kept = ForumFile.objects.order_by("forum__held_date")
    assert [file.is_public for file in (shown, kept)] == [True, False]
    assert all(file.is_sample for file in (shown, kept))
    saved = Client().get(f"/strategy/forums/files/{shown.pk}/")
    assert b"".join(saved.streaming_content).startswith(b"%PDF-")
    assert Client().get(f"/strategy/forums/files/{kept.pk}/").status_code == 404

    # So are orders, certificates and pictures of needs.
    assert not Order.objects.filter(is_sample=True, file="").exists()
    assert Record.objects.filter(status="approved").exclude(certificate="").count() >= 3
    for path in (
        f"/covid/orders/{Order.objects.first().pk}/file/",
        reverse(
            "planning:need-photo", args=[(photo := NeedPhoto.objects.first()).need.code, photo.pk]
        ),
    ):
        assert b"".join(Client().get(path).streaming_content)[:4] in (
            b"%PDF",
            b"\xff\xd8\xff\xe0",
        ), path

    # The strategy office takes no empty form of planning or learning away.
    office = User.objects.get(username="strategist")
    asked = {"user": office, "period": FiscalYear.objects.get(year=2570), "at": NOON}
    hosts = {row.host_agency for row in Project.objects.for_year(2570).with_agency()}
    for kind in (
        *("learning-courses", "learning-programmes", "swot-factors", "forums"),
        *("forum-proposals", "consultation-comments", "main-targets"),
    ):
        resource = KINDS[kind]()
        lines = [row for host in hosts for row in resource.rows_for(agency=host, **asked)]
        assert any(row.why_not is None for row in lines), kind

    # One account for each role, with the password that is shown.
    call_command("load_sample", show_accounts=True)
    shown = capsys.readouterr().out
    roles = set()
    for user in User.objects.filter(is_sample=True):
        if f"  {user.username} " in shown:
            roles |= standing_of(user, TODAY).roles
    assert roles == {role.value for role in Role}
    assert User.objects.get(username="reporter").check_password("sakhon-sample-2570")

    # Nobody starts a real portal with them.
    found = check_no_sample_accounts(None)
    assert [each.id for each in found] == ["accounts.E001"]

    visitor = Client()
    for path in ("/strategy/", "/issues/2566-1/", "/areas/740202/", "/en/issues/2566-4/"):
        response = visitor.get(path)
        assert response.status_code == 200
        assert 'class="sample"' in response.content.decode()


@pytest.mark.django_db
def test_without_its_day_the_sample_is_not_loaded():
    assert settings.SAMPLE_TODAY == ""
    with pytest.raises(CommandError, match="SAMPLE_TODAY"):
        call_command("load_sample")


@pytest.mark.django_db
def test_a_laptop_may_have_sample_accounts(settings):
    User.objects.create(username="kanda", is_sample=True)
    settings.DEBUG = True
    assert check_no_sample_accounts(None) == []


@pytest.mark.django_db
def test_a_portal_without_sample_accounts_starts():
    assert check_no_sample_accounts(None) == []
