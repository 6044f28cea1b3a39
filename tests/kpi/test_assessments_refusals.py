"""Assessments that are refused or come too late, and schemes that people have begun to use."""

from decimal import Decimal

import pytest

from audit.models import Event
from common.refusal import EntriesRefused, Refused
from kpi import actions
from kpi.actions.schemes import BandInput, CompetencyInput, RoundInput, SchemeInput, _write
from kpi.forms.scoring import AgencySchemeForm
from kpi.models import (
    Appraisal,
    AssessmentBand,
    AssessmentRound,
    AssessmentScheme,
    Competency,
    ScoreCurve,
    SelfAssessment,
)
from submissions.actions import prepare_fiscal_year
from submissions.models import FiscalYear
from tests.kpi import test_assessments as assessments
from tests.kpi.test_assessments import APRIL
from tests.kpi.test_schemes import three

pytestmark = pytest.mark.django_db
D = Decimal
_april, house = assessments._april, assessments.house


def loaded(appraisal):
    return Appraisal.objects.select_related(
        "scorecard__agency", "scorecard__post", "round__scheme"
    ).get(pk=appraisal.pk)


def test_an_agency_is_not_assessed_in_a_round_of_officers(house):
    with pytest.raises(Refused, match="ไม่ใช่ของใบคะแนนนี้") as caught:
        actions.save_self_assessment(
            scorecard=house.card,
            round_=house.round("official"),
            potential=D(80),
            summary_th="ดี",
            remarks={},
            version=0,
            by=house.officer,
            at=APRIL,
        )
    assert caught.value.code == "round"
    assert not SelfAssessment.objects.exists()


def test_a_self_assessment_is_not_sent_over_what_was_written_meanwhile(house):
    house.write()
    house.write(version=1, summary_th="ดีมาก")
    with pytest.raises(Refused) as caught:
        house.send(version=1)
    assert caught.value.code == "clash"
    assert SelfAssessment.objects.get().state == "draft"
    assert not Event.objects.filter(verb="kpi.self_assessment.sent").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [({"version": 3}, "clash"), ({"levels": ("4", "6")}, "levels")],
)
def test_an_appraisal_that_cannot_be_begun_is_not(house, change, code):
    with pytest.raises(Refused) as caught:
        house.appraise(**change)
    assert caught.value.code == code
    assert not Appraisal.objects.exists()


def test_only_a_posts_scorecard_is_appraised(house):
    house.own_card = house.card
    with pytest.raises(Refused, match="ใบคะแนนของตำแหน่งเท่านั้น") as caught:
        house.appraise()
    assert caught.value.code == "level"
    assert not Appraisal.objects.exists()


def test_an_appraisal_is_not_signed_over_scores_given_meanwhile(house):
    seen = loaded(house.appraise())
    house.appraise(("1", "1"), version=seen.version)
    with pytest.raises(Refused) as caught:
        actions.sign_appraisal(appraisal=seen, version=seen.version, by=house.boss, at=APRIL)
    assert caught.value.code == "clash"
    assert Appraisal.objects.get().state == "draft"
    with pytest.raises(Refused, match="ผู้อื่นบันทึก"):
        house.appraise(("5", "5"), version=seen.version)
    assert set(Appraisal.objects.get().scores.values_list("score", flat=True)) == {D(1)}


def test_an_appraisal_is_acknowledged_once(house):
    seen = house.sign(house.appraise())
    actions.acknowledge_appraisal(appraisal=loaded(seen), by=house.officer, at=APRIL)
    with pytest.raises(Refused) as caught:
        actions.acknowledge_appraisal(appraisal=seen, by=house.officer, at=APRIL)
    assert caught.value.code == "clash"
    assert Event.objects.filter(verb="kpi.appraisal.acknowledged").count() == 1


# ── Schemes in use ───────────────────────────────────────────────────────────


def official(house, **change):
    whole = {
        "work_share": D(60),
        "bands": [BandInput(D(0), "ทั้งหมด")],
        "rounds": [RoundInput(1, 2, "รอบ 1"), RoundInput(3, 4, "รอบ 2")],
        "competencies": [CompetencyInput("C1", "บริการ", D(50)), CompetencyInput("C2", "ทีม", D(50))],
    }
    return SchemeInput(house.year, "official", **(whole | change))


@pytest.mark.parametrize(
    ("number", "change", "said"),
    [
        (2, {"rounds": [RoundInput(1, 4, "ทั้งปี")]}, "เริ่มแล้วในรอบที่ตัดออก"),
        (1, {"competencies": [CompetencyInput("C1", "บริการ", D(100))]}, "ให้คะแนนสมรรถนะที่ตัดออกแล้ว"),
    ],
)
def test_what_an_appraisal_has_begun_with_is_not_cut_off(house, number, change, said):
    house.appraise(number=number)
    with pytest.raises(EntriesRefused, match=said) as caught:
        actions.set_schemes(schemes=[official(house, **change)], by=None, at=APRIL)
    assert [refusal.code for refusal in caught.value.by_entry.values()] == ["used"]
    scheme = AssessmentScheme.objects.get(kind="official")
    assert (scheme.work_share, scheme.version) == (D(70), 1)
    assert AssessmentRound.objects.filter(scheme=scheme).count() == 2
    assert Competency.objects.filter(scheme=scheme).count() == 2
    assert AssessmentBand.objects.filter(scheme=scheme).count() == 3


def test_a_scheme_that_somebody_else_changes_between_reading_and_writing_stays_theirs(house):
    seen = AssessmentScheme.objects.get(kind="official")
    actions.set_schemes(schemes=[official(house, work_share=D(80))], by=None, at=APRIL)
    with pytest.raises(Refused, match="มีผู้อื่นแก้หลักเกณฑ์") as caught:
        _write(official(house), seen)
    assert caught.value.code == "clash"
    assert AssessmentScheme.objects.get(kind="official").work_share == D(80)


# ── The form of a scheme of agencies ─────────────────────────────────────────


def test_the_form_offers_only_curves_of_three_levels_of_the_year(house):
    serving = ScoreCurve.objects.get(code="three")
    assert ScoreCurve.objects.filter(fiscal_year=2570, code="five").exists()
    prepare_fiscal_year(year=2571)
    three(FiscalYear.objects.get(year=2571))
    form = AgencySchemeForm(year=2570)
    assert [label for _pk, label in form.fields["curve"].choices if _pk] == [str(serving)]
    for curve in ScoreCurve.objects.all():
        asked = {"work_share": "๗๐", "curve": curve.pk, "least_coverage": "50"}
        assert AgencySchemeForm(asked, year=2570).is_valid() is (curve == serving)
