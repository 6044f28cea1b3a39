"""One entry and its history: readable by both sides, with figures, reasons and lent signatures."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import Role
from common.refusal import EntriesRefused
from kpi import actions
from kpi.actions import ResultEntry
from submissions.actions import delegate_signature
from submissions.models import Quarter
from tests.factories import NOON, AgencyFactory, person
from tests.kpi.factories import RATIO, kpi_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def typed(kpi, by, **figures):
    quarter = Quarter.objects.get(fiscal_year=2570, number=1)
    [draft] = actions.record_results(
        entries=[ResultEntry(kpi.pk, quarter.pk, note="ตรวจแล้ว", **figures)], by=by, at=NOON
    )
    return draft


def test_both_sides_read_what_happened_with_the_figures_of_the_day(client):
    agency = AgencyFactory()
    reporter, head, deputy = (
        person(role, agency) for role in (Role.REPORTER, Role.APPROVER, Role.VIEWER)
    )
    kpi = kpi_of(agency, rules=RATIO, targets=("90", "90", "90", "90"))
    draft = typed(kpi, reporter, numerator=Decimal(95), denominator=Decimal(100))
    sent = actions.submit_results(entries=[draft], by=reporter, at=NOON)
    [back] = actions.return_results(entries=sent, reason="หลักฐานไม่ครบ", by=head, at=NOON)
    quarter = back.quarter
    again = ResultEntry(
        kpi.pk,
        quarter.pk,
        numerator=Decimal(96),
        denominator=Decimal(100),
        note="แก้แล้ว",
        version=back.version,
    )
    sent = actions.submit_results(
        entries=actions.record_results(entries=[again], by=reporter, at=NOON), by=reporter, at=NOON
    )
    delegate_signature(
        agency=agency,
        lender=head,
        deputy=deputy,
        from_date=NOON.date(),
        until_date=NOON.date() + timedelta(days=7),
        reason="ไปราชการ",
        at=NOON,
    )
    [signed] = actions.approve_results(entries=sent, by=deputy, at=NOON)
    address = f"/desk/kpis/results/{signed.pk}/"
    for who in (reporter, head, person(Role.STRATEGIST)):
        client.force_login(who)
        answer = client.get(address)
        history = answer.context["history"]
        assert [each.figures for each in history] == ["95 ÷ 100", "95 ÷ 100"] + ["96 ÷ 100"] * 2
        assert [each.lent_by for each in history] == ["", "", "", head.get_full_name()]
        assert "หลักฐานไม่ครบ" in answer.content.decode()
    # The explanation tells the same moves in words, one taken back as such.
    actions.undo_results(entries=[signed], by=deputy, at=NOON)
    told = client.get(f"/kpis/{kpi.code}/explain/2570-q1/").content.decode()
    assert "ส่งแล้ว รอลงนาม → ลงนามแล้ว" in told
    assert "ลงนามแล้ว → ส่งแล้ว รอลงนาม (เลิกทำ)" in told
    assert "submitted" not in told
    client.force_login(person(Role.REPORTER))
    assert client.get(address).status_code == 404


def test_an_entry_that_is_not_applicable_says_why_in_its_history(client):
    agency = AgencyFactory()
    reporter = person(Role.REPORTER, agency)
    draft = typed(
        kpi_of(agency), reporter, is_not_applicable=True, not_applicable_reason="ไม่มีภารกิจ"
    )
    actions.submit_results(entries=[draft], by=reporter, at=NOON)
    client.force_login(reporter)
    answer = client.get(f"/desk/kpis/results/{draft.pk}/")
    assert answer.context["history"][0].figures == "ไม่เกี่ยวข้อง: ไม่มีภารกิจ"


def test_an_outlier_is_signed_by_the_verb_alone_only():
    agency = AgencyFactory()
    reporter, head = person(Role.REPORTER, agency), person(Role.APPROVER, agency)
    drafts = [
        typed(kpi_of(agency, code=code), reporter, value=Decimal(value))
        for code, value in (("1", 10), ("2", 5000))
    ]
    sent = actions.submit_results(entries=drafts, by=reporter, at=NOON)
    with pytest.raises(EntriesRefused) as caught:
        actions.approve_results(entries=sent, by=head, at=NOON)
    assert {at: each.code for at, each in caught.value.by_entry.items()} == {1: "outlier"}
    for each in sent:
        actions.approve_results(entries=[each], by=head, at=NOON)
