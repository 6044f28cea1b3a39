"""How a year's assessments are scored, and the assessments themselves: e-SAR and appraisal.

A scheme with its bands, rounds and competencies is data of a fiscal year. Source: domain.md §7.
"""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.rules import Standing
from common.bilingual import Named
from common.fields import MeasureField
from kpi.models.kpis import KPI
from kpi.models.scorecards import Scorecard, ScoreCurve
from submissions.models import FiscalYear


class AssessmentSchemeQuerySet(models.QuerySet["AssessmentScheme"]):
    def for_year(self, year: int) -> Self:
        return self.filter(fiscal_year_id=year)

    def whole(self) -> Self:
        """With bands, rounds and competencies."""
        return self.select_related("curve").prefetch_related("bands", "rounds", "competencies")

    def in_kind_order(self) -> Self:
        return self.order_by("fiscal_year_id", "kind")


class AssessmentScheme(models.Model):
    """How one kind of assessment is scored in a fiscal year: shares of its two parts, bands, rounds."""

    class Kind(models.TextChoices):
        AGENCY = "agency", _("ส่วนราชการ (e-SAR)")
        OFFICIAL = "official", _("ข้าราชการ")
        EMPLOYEE = "employee", _("พนักงานราชการ")
        PROBATION = "probation", _("ทดลองปฏิบัติหน้าที่ราชการ")

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="assessment_schemes"
    )
    kind = models.CharField(_("ชนิด"), max_length=10, choices=Kind)
    # The KPIs' share of the total in percent; the rest is competency, for an agency its potential.
    work_share = MeasureField(_("สัดส่วนผลสัมฤทธิ์"))
    # For agencies: the three-level curve of KPIs that have none of three levels themselves.
    curve = models.ForeignKey(
        ScoreCurve,
        verbose_name=_("เกณฑ์คะแนน"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="schemes",
    )
    # For agencies: the coverage in percent below which one is not placed in the ranking.
    least_coverage = MeasureField(_("ความครอบคลุมขั้นต่ำที่จัดอันดับ"), default=0)
    basis_th = models.TextField(_("ที่มา"), blank=True)
    version = models.PositiveIntegerField(default=1)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = AssessmentSchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("หลักเกณฑ์การประเมิน")
        verbose_name_plural = _("หลักเกณฑ์การประเมิน")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "kind"], name="kpi_one_scheme_of_a_kind_a_year"
            ),
            models.CheckConstraint(
                condition=Q(work_share__gt=0, work_share__lte=100),
                name="kpi_scheme_work_share_is_a_percent",
            ),
            models.CheckConstraint(
                condition=Q(least_coverage__gte=0, least_coverage__lte=100),
                name="kpi_scheme_least_coverage_is_a_percent",
            ),
            models.CheckConstraint(
                condition=~Q(kind="agency") | Q(curve__isnull=False),
                name="kpi_agency_scheme_has_its_curve",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fiscal_year_id}"

    @property
    def is_of_agencies(self) -> bool:
        return self.kind == AssessmentScheme.Kind.AGENCY


class AssessmentBand(Named):
    """A named band of totals in percent, from its lower limit on."""

    scheme = models.ForeignKey(AssessmentScheme, on_delete=models.CASCADE, related_name="bands")
    limit = MeasureField(_("ตั้งแต่"))

    class Meta:
        verbose_name = _("ระดับผลการประเมิน")
        verbose_name_plural = _("ระดับผลการประเมิน")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "limit"], name="kpi_one_band_from_a_limit"),
            models.CheckConstraint(
                condition=Q(limit__gte=0, limit__lte=100), name="kpi_band_limit_is_a_percent"
            ),
        ]

    def __str__(self) -> str:
        return self.name_th


class AssessmentRound(Named):
    """A round of a scheme: which quarters it covers."""

    scheme = models.ForeignKey(AssessmentScheme, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("รอบที่"))
    first_quarter = models.PositiveSmallIntegerField(_("ตั้งแต่ไตรมาส"))
    last_quarter = models.PositiveSmallIntegerField(_("ถึงไตรมาส"))

    class Meta:
        verbose_name = _("รอบการประเมิน")
        verbose_name_plural = _("รอบการประเมิน")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="kpi_one_round_of_a_number"),
            models.CheckConstraint(
                condition=Q(first_quarter__gte=1, last_quarter__lte=4)
                & Q(first_quarter__lte=F("last_quarter")),
                name="kpi_round_quarters_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name_th

    @property
    def months(self) -> int:
        """How many months of the fiscal year have passed at its end."""
        return self.last_quarter * 3


class Competency(Named):
    """What is asked of how the work is done, with the level expected of it."""

    scheme = models.ForeignKey(
        AssessmentScheme, on_delete=models.PROTECT, related_name="competencies"
    )
    code = models.CharField(_("รหัส"), max_length=20)
    order = models.PositiveSmallIntegerField(_("ลำดับ"))
    weight = MeasureField(_("น้ำหนัก"))

    class Meta:
        verbose_name = _("สมรรถนะ")
        verbose_name_plural = _("สมรรถนะ")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="kpi_one_competency_of_a_code"),
            models.CheckConstraint(
                condition=Q(weight__gt=0), name="kpi_competency_weight_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name_th


class SelfAssessment(models.Model):
    """What an agency (or the province) says of its own year at a round's end.

    `frozen` holds the sheet as it was sent; None while it is a draft and follows the figures.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("ร่าง")
        SENT = "sent", _("ส่งแล้ว")

    scorecard = models.ForeignKey(
        Scorecard, on_delete=models.PROTECT, related_name="self_assessments"
    )
    round = models.ForeignKey(
        AssessmentRound, on_delete=models.PROTECT, related_name="self_assessments"
    )
    # Percent; None: not scored yet.
    potential = MeasureField(_("คะแนนศักยภาพ"), null=True, blank=True)
    summary_th = models.TextField(_("สรุปความเห็น"), blank=True)
    state = models.CharField(_("สถานะ"), max_length=5, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    frozen: Any = models.JSONField(null=True, blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        verbose_name = _("รายงานประเมินตนเอง")
        verbose_name_plural = _("รายงานประเมินตนเอง")
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "round"], name="kpi_one_self_assessment_a_round"
            ),
            models.CheckConstraint(
                condition=Q(potential=None) | Q(potential__gte=0, potential__lte=100),
                name="kpi_self_assessment_potential_is_a_percent",
            ),
            models.CheckConstraint(
                condition=Q(sent_by=None, sent_at=None)
                | Q(sent_by__isnull=False, sent_at__isnull=False),
                name="kpi_self_assessment_sent_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", sent_at=None, frozen=None)
                | Q(state="sent", sent_at__isnull=False, frozen__isnull=False),
                name="kpi_self_assessment_sent_is_frozen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_id} round {self.round_id}"


class SelfAssessmentRemark(models.Model):
    """What the agency says about one KPI of its self-assessment."""

    assessment = models.ForeignKey(SelfAssessment, on_delete=models.CASCADE, related_name="remarks")
    kpi = models.ForeignKey(KPI, on_delete=models.PROTECT, related_name="remarks")
    text_th = models.TextField(_("ผลการดำเนินงาน"))

    class Meta:
        verbose_name = _("คำชี้แจงรายตัวชี้วัด")
        verbose_name_plural = _("คำชี้แจงรายตัวชี้วัด")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "kpi"], name="kpi_one_remark_on_a_kpi"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.kpi_id}"


class AppraisalQuerySet(models.QuerySet["Appraisal"]):
    def visible_to(self, standing: Standing) -> Self:
        """One's own, those of posts right below one's own, and for HR the agency's.

        The line further up is asked one by one: `rules.appraisals.why_not_see`.
        """
        return self.filter(
            Q(assessed_id=standing.user.pk)
            | Q(scorecard__post__supervising_post__in=standing.post_ids)
            | Q(scorecard__agency__in=standing.agencies(Role.HR))
        )


class Appraisal(models.Model):
    """An officer's appraisal in a round: personal, for the officer, the line above and HR only.

    `frozen` holds the sheet as it was signed; None while the supervisor still scores.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("กำลังประเมิน")
        SIGNED = "signed", _("ผู้ประเมินลงนามแล้ว")
        ACKNOWLEDGED = "acknowledged", _("ผู้รับการประเมินรับทราบแล้ว")

    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="appraisals")
    round = models.ForeignKey(AssessmentRound, on_delete=models.PROTECT, related_name="appraisals")
    # Who is assessed; the post may get another holder later, who does not read this.
    assessed = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appraisals"
    )
    comment_th = models.TextField(_("ความเห็นของผู้ประเมิน"), blank=True)
    development_th = models.TextField(_("แผนพัฒนารายบุคคล"), blank=True)
    state = models.CharField(_("สถานะ"), max_length=12, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    frozen: Any = models.JSONField(null=True, blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = AppraisalQuerySet.as_manager()

    class Meta:
        verbose_name = _("แบบประเมินรายบุคคล")
        verbose_name_plural = _("แบบประเมินรายบุคคล")
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "round"], name="kpi_one_appraisal_of_a_post_a_round"
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="kpi_appraisal_signed_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_by=None, acknowledged_at=None)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
                name="kpi_appraisal_acknowledged_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", signed_at=None, frozen=None)
                | Q(~Q(state="draft"), signed_at__isnull=False, frozen__isnull=False),
                name="kpi_appraisal_signed_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(state="acknowledged", acknowledged_at__isnull=False)
                | Q(~Q(state="acknowledged"), acknowledged_at=None),
                name="kpi_appraisal_acknowledged_is_stamped",
            ),
            models.CheckConstraint(
                condition=~Q(signed_by=F("assessed")) | Q(signed_by=None),
                name="kpi_appraisal_not_signed_by_the_assessed",
            ),
        ]

    def __str__(self) -> str:
        # No name: the label stands in the log, which more people read than the appraisal.
        return f"{self.scorecard_id} round {self.round_id}"


class CompetencyScore(models.Model):
    """The level, 1 to 5, that the supervisor saw of one competency."""

    appraisal = models.ForeignKey(Appraisal, on_delete=models.CASCADE, related_name="scores")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="scores")
    score = MeasureField(_("คะแนน"))

    class Meta:
        verbose_name = _("คะแนนสมรรถนะ")
        verbose_name_plural = _("คะแนนสมรรถนะ")
        constraints = [
            models.UniqueConstraint(
                fields=["appraisal", "competency"], name="kpi_one_score_of_a_competency"
            ),
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=5), name="kpi_competency_score_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appraisal_id} {self.competency_id}"
