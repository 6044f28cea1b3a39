"""An indicator on a scorecard in a year: KPIs, how they hang together, and their targets."""

from collections.abc import Collection
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Role
from accounts.rules import Standing
from common.fields import MeasureField
from kpi.models.indicators import Indicator
from kpi.models.scorecards import Scorecard, ScoreCurve
from kpi.scoring import targets
from strategy.models import Issue, PlanEdition
from submissions.models import FiscalYear, PeriodState, Quarter


class KPIQuerySet(models.QuerySet["KPI"]):
    def for_year(self, year: int) -> Self:
        return self.filter(fiscal_year_id=year)

    def of_level(self, level: str) -> Self:
        return self.filter(scorecard__level=level)

    def visible_to(self, standing: Standing) -> Self:
        """KPIs whose figures the person may read; personal ones for the holder and the post above.

        The line further up and HR are asked for one by one: `rules.definitions.may_see_personal`.
        """
        impersonal = ~Q(scorecard__level=Scorecard.Level.POST)
        personal = Q(scorecard__post__in=standing.post_ids) | Q(
            scorecard__post__supervising_post__in=standing.post_ids
        )
        if standing.sees_province:
            return self.filter(impersonal | personal)
        return self.filter(
            Q(scorecard__level=Scorecard.Level.PROVINCE)
            | (impersonal & Q(agency__in=standing.agencies()))
            | personal
        )

    def with_rules(self) -> Self:
        return self.select_related(
            "indicator", "scorecard", "agency", "curve", "issue", "scorecard__post"
        )

    def public(self) -> Self:
        """KPIs of the province and its agencies in years of which a quarter is published."""
        published = Quarter.objects.filter(
            fiscal_year=OuterRef("fiscal_year"), state=PeriodState.PUBLISHED
        )
        return self.exclude(scorecard__level=Scorecard.Level.POST).filter(Exists(published))

    def reported_by(self, standing: Standing, vacant_post_ids: Collection[int] = ()) -> Self:
        """KPIs whose figures the person types: the agency's, and those of posts held or vacant below."""
        impersonal = ~Q(scorecard__level=Scorecard.Level.POST)
        return self.filter(
            (impersonal & Q(agency__in=standing.agencies(Role.REPORTER)))
            | Q(scorecard__post__in=[*standing.post_ids, *vacant_post_ids])
        )

    def reporting_themselves(self) -> Self:
        """KPIs with an entry of their own: no share children (or the rule `own`), no `same` parent."""
        share = Link.objects.filter(parent=OuterRef("pk"), kind=Link.Kind.SHARE)
        same = Link.objects.filter(child=OuterRef("pk"), kind=Link.Kind.SAME)
        return self.filter(Q(reports_own=True) | ~Exists(share)).exclude(Exists(same))

    def in_code_order(self) -> Self:
        return self.order_by("code")


class KPI(models.Model):
    """An indicator on somebody's scorecard in a fiscal year: weight, curve, base and year target.

    `code` is the address (`/kpis/<code>/`), the same over the years for the same scorecard line; it is
    unique within a fiscal year.
    """

    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="kpis")
    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="kpis")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="kpis")
    code = models.CharField(_("รหัส"), max_length=40)
    # Who reports; for a post's KPI the post's agency.
    agency = models.ForeignKey(
        Agency, verbose_name=_("หน่วยงานเจ้าภาพ"), on_delete=models.PROTECT, related_name="kpis"
    )
    issue = models.ForeignKey(
        Issue,
        verbose_name=_("ประเด็นการพัฒนา"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="kpis",
    )
    edition = models.ForeignKey(
        PlanEdition, null=True, blank=True, on_delete=models.PROTECT, related_name="kpis"
    )
    weight = models.DecimalField(_("น้ำหนัก"), max_digits=7, decimal_places=4)
    curve = models.ForeignKey(
        ScoreCurve, verbose_name=_("เกณฑ์คะแนน"), on_delete=models.PROTECT, related_name="kpis"
    )
    # With the rule `own` a KPI reports its own figure although it has share children.
    reports_own = models.BooleanField(_("รายงานเอง"), default=False)
    year_target = MeasureField(_("เป้าหมายปี"), null=True, blank=True)
    year_low = MeasureField(_("ขอบล่างของปี"), null=True, blank=True)
    year_high = MeasureField(_("ขอบบนของปี"), null=True, blank=True)
    base_year = models.PositiveSmallIntegerField(_("ปีฐาน"), null=True, blank=True)
    # The base of the year's end; quarter bases stand on the targets. None: unknown.
    base_value = MeasureField(_("ค่าฐาน"), null=True, blank=True)
    base_unit_th = models.CharField(_("หน่วยของค่าฐาน"), max_length=80, blank=True)
    expected_evidence_th = models.TextField(_("หลักฐานที่ต้องใช้"), blank=True)
    needs_acceptance = models.BooleanField(_("ต้องรับรองโดยสำนักงานจังหวัด"), default=False)
    unconfirmed_reason = models.TextField(_("เหตุที่ยังไม่ยืนยัน"), blank=True)
    # Last year's line that this one was copied from; what differs is marked.
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = KPIQuerySet.as_manager()

    class Meta:
        verbose_name = _("ตัวชี้วัด")
        verbose_name_plural = _("ตัวชี้วัด")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "code"], name="kpi_one_kpi_of_a_code_in_a_year"
            ),
            models.UniqueConstraint(
                fields=["scorecard", "indicator"], name="kpi_an_indicator_once_on_a_scorecard"
            ),
            models.CheckConstraint(condition=Q(weight__gt=0), name="kpi_weight_positive"),
            models.CheckConstraint(
                condition=(Q(year_low=None) & Q(year_high=None)) | Q(year_low__lt=F("year_high")),
                name="kpi_year_band_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.fiscal_year_id})"

    @property
    def name(self) -> str:
        """The indicator's name; load it with `with_rules`."""
        return self.indicator.name

    @property
    def is_personal(self) -> bool:
        """Whether the KPI stands on a post's scorecard; load it with `with_rules`."""
        return self.scorecard.level == Scorecard.Level.POST


class Link(models.Model):
    """How a child KPI serves its parent. Source: measures.md §3."""

    class Kind(models.TextChoices):
        SHARE = "share", _("แบ่งค่าเป้าหมาย")
        SAME = "same", _("รับทั้งหมด")
        SUPPORT = "support", _("สนับสนุน")

    parent = models.ForeignKey(KPI, on_delete=models.PROTECT, related_name="links_down")
    child = models.ForeignKey(KPI, on_delete=models.PROTECT, related_name="links_up")
    kind = models.CharField(_("ชนิด"), max_length=8, choices=Kind)
    # Of the mean; equal by default.
    weight = MeasureField(_("น้ำหนัก"), default=1)

    class Meta:
        verbose_name = _("การถ่ายทอด")
        verbose_name_plural = _("การถ่ายทอด")
        constraints = [
            models.UniqueConstraint(fields=["parent", "child"], name="kpi_one_link_between_two"),
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(kind__in=["share", "same"]),
                name="kpi_one_share_or_same_parent",
            ),
            models.CheckConstraint(condition=~Q(parent=F("child")), name="kpi_link_not_to_itself"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="kpi_link_weight_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} ← {self.child_id} ({self.kind})"


class Target(models.Model):
    """A quarter's target: an increment for a flow, otherwise the level to reach by then."""

    kpi = models.ForeignKey(KPI, on_delete=models.PROTECT, related_name="targets")
    quarter = models.PositiveSmallIntegerField(_("ไตรมาส"))
    value = MeasureField(_("เป้าหมาย"), null=True, blank=True)
    low = MeasureField(_("ขอบล่าง"), null=True, blank=True)
    high = MeasureField(_("ขอบบน"), null=True, blank=True)
    # Ratio: what the denominator is planned to be, for reconciling children's targets.
    planned_denominator = MeasureField(_("ตัวหารตามแผน"), null=True, blank=True)
    # Change, or lower with a baseline: the base of the same year-to-date period of the base year.
    base = MeasureField(_("ค่าฐานช่วงเดียวกัน"), null=True, blank=True)
    # A step, a milestone and a level are all `value`; a band uses low and high.

    class Meta:
        verbose_name = _("เป้าหมายรายไตรมาส")
        verbose_name_plural = _("เป้าหมายรายไตรมาส")
        constraints = [
            models.UniqueConstraint(fields=["kpi", "quarter"], name="kpi_one_target_a_quarter"),
            models.CheckConstraint(
                condition=Q(quarter__range=(1, 4)), name="kpi_target_quarter_1_to_4"
            ),
            models.CheckConstraint(
                condition=(Q(low=None) & Q(high=None)) | Q(low__lt=F("high")),
                name="kpi_target_band_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id} q{self.quarter}"

    @property
    def target(self) -> targets.Target:
        """The target as the arithmetic reads it."""
        return targets.Target(self.value, self.low, self.high)


class AcceptedDifference(models.Model):
    """Children's targets differing from the parent's, accepted by a named officer with a reason."""

    kpi = models.ForeignKey(KPI, on_delete=models.PROTECT, related_name="accepted_differences")
    quarter = models.PositiveSmallIntegerField()
    difference = MeasureField()
    reason = models.TextField()
    accepted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("ส่วนต่างที่ยอมรับ")
        verbose_name_plural = _("ส่วนต่างที่ยอมรับ")
        constraints = [
            models.UniqueConstraint(
                fields=["kpi", "quarter"], name="kpi_one_accepted_difference_a_quarter"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="kpi_accepted_difference_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id} q{self.quarter}"
