"""After the close: reopened for one agency by two people, restated by two, ended by itself."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Role
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from reports import actions
from reports.document import Frozen, read
from reports.models import Correction, Freeze, Reopening, Restatement
from tests.factories import NOON, AgencyFactory, person
from tests.reports.factories import LATER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("later")]
DAY = LATER.date()


def reopened(place, days=7, agree=True):
    asked = actions.ask_reopening(
        quarter=place.quarter,
        agency=place.agency,
        until_date=DAY + timedelta(days=days),
        reason="นับซ้ำ",
        by=place.strategist,
        at=LATER,
    )
    if agree:
        actions.agree_reopening(reopening=asked, by=place.colleague, at=LATER)
    return asked


def proposed(place, by=None, at=LATER, **changes):
    given = {"version": place.result.version, "note": "นับซ้ำสองราย", "value": Decimal(80)}
    return actions.propose_corrections(
        quarter=place.quarter,
        proposed=[actions.Proposed(place.result, **(given | changes))],
        by=by or place.reporter,
        at=at,
    )


@pytest.mark.parametrize(
    ("by", "days", "reason", "says"),
    [
        ("reporter", 7, "นับซ้ำ", "กลุ่มงานยุทธศาสตร์"),
        ("strategist", -1, "นับซ้ำ", "30 วัน"),
        ("strategist", 31, "นับซ้ำ", "30 วัน"),
        ("strategist", 7, " ", "เหตุผล"),
    ],
)
def test_reopening_is_asked_for_by_the_office_with_a_reason_and_an_end(
    place, by, days, reason, says
):
    with pytest.raises(Refused, match=says):
        actions.ask_reopening(
            quarter=place.quarter,
            agency=place.agency,
            until_date=DAY + timedelta(days=days),
            reason=reason,
            by=getattr(place, by),
            at=LATER,
        )
    assert not Reopening.objects.exists()


def test_an_open_quarter_is_not_reopened(province):
    with pytest.raises(Refused, match="ยังไม่ปิด"):
        actions.ask_reopening(
            quarter=province.quarter,
            agency=province.result.kpi.agency,
            until_date=NOON.date(),
            reason="นับซ้ำ",
            by=province.strategist,
            at=NOON,
        )


def test_nobody_agrees_to_what_he_or_she_asked_for(place):
    asked = reopened(place, agree=False)
    with pytest.raises(Refused, match="สองคน"):
        actions.agree_reopening(reopening=asked, by=place.strategist, at=LATER)
    with pytest.raises(EntriesRefused):
        proposed(place)
    actions.agree_reopening(reopening=asked, by=place.colleague, at=LATER)
    with pytest.raises(Refused):
        actions.agree_reopening(reopening=asked, by=person(Role.STRATEGIST), at=LATER)
    assert Event.objects.filter(verb="reports.reopening.agreed").count() == 1


def test_it_ends_by_itself(place):
    reopened(place, days=2)
    assert proposed(place, at=LATER + timedelta(days=2))
    with pytest.raises(EntriesRefused) as caught:
        proposed(place, at=LATER + timedelta(days=3))
    assert caught.value.by_entry[0].code == "not_reopened"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"note": " "}, "note", "invalid"),
        ({"value": Decimal(-1)}, "value", "invalid"),
        ({"value": None}, "value", "invalid"),
        ({"value": None, "denominator": Decimal(2)}, "numerator", "invalid"),
        ({"value": None, "numerator": Decimal(2)}, "numerator", "invalid"),
        ({"version": 99}, "", "changed_meanwhile"),
    ],
)
def test_a_wrong_correction_is_refused_at_its_field(place, changes, field, code):
    reopened(place)
    with pytest.raises(EntriesRefused) as caught:
        proposed(place, **changes)
    refusal = caught.value.by_entry[0]
    assert (refusal.field, refusal.code) == (field, code)
    assert not Correction.objects.exists()


def test_another_agency_corrects_nothing_here(place):
    reopened(place)
    with pytest.raises(EntriesRefused):
        proposed(place, by=person(Role.REPORTER, AgencyFactory()))


def test_a_correction_changes_nothing_until_two_people_restate(place):
    reopened(place)
    proposed(place)
    [correction] = proposed(place, value=Decimal(70))  # a later word replaces the first
    assert Correction.objects.count() == 1
    place.result.refresh_from_db()
    assert place.result.value == Decimal("96.38")
    asked = actions.ask_restatement(
        quarter=place.quarter,
        corrections=[correction],
        reason="หน่วยงานแจ้งนับซ้ำ",
        by=place.strategist,
        at=LATER,
    )
    with pytest.raises(Refused, match="รออยู่แล้ว"):
        actions.ask_restatement(
            quarter=place.quarter,
            corrections=[correction],
            reason="x",
            by=place.colleague,
            at=LATER,
        )
    with pytest.raises(Refused, match="สองคน"):
        actions.agree_restatement(restatement=asked, by=place.strategist, at=LATER)
    [freeze] = actions.agree_restatement(restatement=asked, by=place.colleague, at=LATER)
    assert (freeze.made_by, freeze.agreed_by) == (place.strategist, place.colleague)
    assert read(Frozen, freeze.document).kpis[0].ytd_value == Decimal("70.0000")
    with pytest.raises(Refused):
        actions.agree_restatement(restatement=asked, by=place.colleague, at=LATER)


def test_a_declined_restatement_changes_nothing(place):
    [correction] = proposed(place, by=place.strategist)
    asked = actions.ask_restatement(
        quarter=place.quarter, corrections=[correction], reason="ผิด", by=place.strategist, at=LATER
    )
    with pytest.raises(Refused):
        actions.decline_restatement(restatement=asked, by=place.reporter, at=LATER)
    actions.decline_restatement(restatement=asked, by=place.colleague, at=LATER)
    with pytest.raises(Refused):
        actions.decline_restatement(restatement=asked, by=place.colleague, at=LATER)
    assert Freeze.objects.count() == 1
    reopened(place)
    assert proposed(place)


@pytest.mark.parametrize(("count", "reason"), [(0, "ผิด"), (1, " ")])
def test_a_restatement_needs_a_reason_and_something_to_correct(place, count, reason):
    corrections = proposed(place, by=place.strategist)[:count]
    with pytest.raises(Refused):
        actions.ask_restatement(
            quarter=place.quarter,
            corrections=corrections,
            reason=reason,
            by=place.strategist,
            at=LATER,
        )
    assert not Restatement.objects.exists()


# ── The pages ────────────────────────────────────────────────────────────────


def test_the_whole_way_on_the_pages(client, place):
    page = "/desk/reports/2570/q1/corrections/"
    client.force_login(place.reporter)
    assert client.get(page).status_code == 403
    client.force_login(place.strategist)
    wrong = {"agency": place.agency.code, "until_date": "พรุ่งนี้", "reason": "นับซ้ำ"}
    answer = client.post(f"{page}reopen/", wrong)
    assert answer.status_code == 422
    assert "นับซ้ำ" in answer.content.decode()
    far = wrong | {"until_date": "1 ม.ค. 2580"}
    assert client.post(f"{page}reopen/", far).status_code == 409
    until = wrong | {"until_date": f"{DAY.day}/{DAY.month}/{DAY.year + 543}"}
    assert client.post(f"{page}reopen/", until).status_code == 302
    reopening = Reopening.objects.get()
    agree = f"/desk/reports/reopenings/{reopening.pk}/agree/"
    assert client.post(agree).status_code == 409
    client.force_login(place.colleague)
    assert client.post(agree).status_code == 302

    client.force_login(place.reporter)
    [row] = [row for row in client.get(page).context["rows"] if row.result == place.result]
    key = row.result.pk
    typed = {f"value-{key}": "๘๐", f"note-{key}": "นับซ้ำ", f"version-{key}": row.result.version}
    answer = client.post(f"{page}propose/", typed | {f"value-{key}": "แปดสิบ"})
    assert answer.status_code == 422
    assert "แปดสิบ" in answer.content.decode()
    answer = client.post(f"{page}propose/", typed | {f"note-{key}": ""})
    assert answer.status_code == 409
    assert client.post(f"{page}propose/", typed).status_code == 302
    assert client.post(f"{page}restate/").status_code == 403

    client.force_login(place.strategist)
    [correction] = client.get(f"{page}?agency={place.agency.code}").context["proposed"]
    ask = {"correction": [correction.pk], "reason": ""}
    assert client.post(f"{page}restate/", ask).status_code == 409
    assert client.post(f"{page}restate/", ask | {"reason": "นับซ้ำ"}).status_code == 302
    restatement = Restatement.objects.get()
    address = f"/desk/reports/restatements/{restatement.pk}/"
    assert client.post(f"{address}agree/").status_code == 409
    client.force_login(place.colleague)
    assert client.get(page).context["restated"] == [correction]
    assert client.post(f"{address}agree/").status_code == 302
    assert client.post(f"{address}decline/").status_code == 409
    place.result.refresh_from_db()
    assert place.result.value == Decimal(80)
