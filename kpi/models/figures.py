"""What is computed: figures of KPIs and scores; rollups are their only writer."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.fields import MeasureField
from common.states import CellState
from kpi.models.indicators import IndicatorVersion
from kpi.models.kpis import KPI
from kpi.models.scorecards import Scorecard
from strategy.models import Issue
from submissions.models import Quarter


class CellStateChoices(models.TextChoices):
    """The five states with their words."""

    VALUE = CellState.VALUE.value, _("มีค่า")
    NOT_DUE = CellState.NOT_DUE.value, _("ยังไม่ถึงกำหนด")
    NOT_APPLICABLE = CellState.NOT_APPLICABLE.value, _("ไม่เกี่ยวข้อง")
    NOT_REPORTED = CellState.NOT_REPORTED.value, _("ยังไม่รายงาน")
    LATE = CellState.LATE.value, _("เกินกำหนด")


class FigureQuerySet(models.QuerySet["Figure"]):
    def for_quarter(self, quarter: Quarter) -> Self:
        return self.filter(quarter=quarter)

    def stale(self) -> Self:
        return self.filter(inputs_version__gt=F("computed_version"))

    def with_kpi(self) -> Self:
        return self.select_related(
            "kpi__indicator",
            "kpi__agency",
            "kpi__issue__edition__plan",
            "kpi__scorecard__post",
            "quarter",
        )


class Figure(models.Model):
    """What a KPI comes to for a quarter and year to date: written by rollups only.

    `inputs_version` grows with every change below; a refresh that read version n writes only where
    n is newer than `computed_version`, so it may run twice, late or in any order.
    """

    kpi = models.ForeignKey(KPI, on_delete=models.PROTECT, related_name="figures")
    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="figures")
    # Nobody looks figures up by it, and its index would be rewritten with every first figure.
    version = models.ForeignKey(
        IndicatorVersion, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(
        max_length=15, choices=CellStateChoices, default=CellStateChoices.NOT_DUE
    )
    state_reason = models.CharField(max_length=60, blank=True)
    value = MeasureField(null=True)
    numerator = MeasureField(null=True)
    denominator = MeasureField(null=True)
    ytd_state = models.CharField(
        max_length=15, choices=CellStateChoices, default=CellStateChoices.NOT_DUE
    )
    ytd_value = MeasureField(null=True)
    ytd_numerator = MeasureField(null=True)
    ytd_denominator = MeasureField(null=True)
    is_partial = models.BooleanField(default=False)
    # Leaf entries of the quarter with a value / due.
    covered = models.PositiveIntegerField(default=0)
    due = models.PositiveIntegerField(default=0)
    # Under `mean`: link weight with a value / due among the direct children; None otherwise.
    covered_weight = MeasureField(null=True)
    due_weight = MeasureField(null=True)
    target_ytd = MeasureField(null=True)
    target_low = MeasureField(null=True)
    target_high = MeasureField(null=True)
    # Change: the percent against the base, which is what stands against the target.
    measured_against = MeasureField(null=True)
    # Percent, not capped; None where there is none (see state_reason).
    achievement = MeasureField(null=True)
    score = MeasureField(null=True)
    score_percent = MeasureField(null=True)
    is_unconfirmed = models.BooleanField(default=False)
    inputs_version = models.PositiveIntegerField(default=1)
    computed_version = models.PositiveIntegerField(default=0)
    computed_at = models.DateTimeField(null=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("ค่าที่คำนวณแล้ว")
        verbose_name_plural = _("ค่าที่คำนวณแล้ว")
        constraints = [
            models.UniqueConstraint(fields=["kpi", "quarter"], name="kpi_one_figure_per_quarter"),
            models.CheckConstraint(
                condition=Q(computed_version__lte=F("inputs_version")),
                name="kpi_figure_not_newer_than_its_inputs",
            ),
            models.CheckConstraint(
                condition=Q(covered__lte=F("due")), name="kpi_figure_covers_at_most_what_is_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.quarter_id}"


class InForce(models.Model):
    """What a figure was made of when its quarter was closed: no later edit changes it.

    Rules stand in the figure's version; targets and curves of a closed quarter cannot change.
    """

    figure = models.OneToOneField(Figure, on_delete=models.PROTECT, related_name="in_force")
    weight = MeasureField()
    year_target = MeasureField(null=True)
    reports_own = models.BooleanField()
    # The KPI whose figure this one showed; None where it had its own.
    shown = models.ForeignKey(KPI, null=True, on_delete=models.PROTECT, related_name="+")
    # [{"child": id, "kind": …, "weight": …}]; weights as strings, so that nothing is lost.
    below: Any = models.JSONField(default=list)

    class Meta:
        verbose_name = _("สิ่งที่มีผลเมื่อปิดไตรมาส")
        verbose_name_plural = _("สิ่งที่มีผลเมื่อปิดไตรมาส")

    def __str__(self) -> str:
        return f"{self.figure_id}"


class Score(models.Model):
    """A scorecard's or an issue's score for a quarter (year to date): written by rollups only.

    Exactly one of scorecard and issue is set; the province's total is its scorecard's row.
    """

    scorecard = models.ForeignKey(
        Scorecard, null=True, on_delete=models.PROTECT, related_name="scores"
    )
    issue = models.ForeignKey(Issue, null=True, on_delete=models.PROTECT, related_name="scores")
    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="scores")
    # On the scorecard's scale; an issue's is percent. None: nothing counts yet.
    score = MeasureField(null=True)
    percent = MeasureField(null=True)
    # Weight of what counts / weight of all that is due.
    covered_weight = MeasureField(default=0)
    due_weight = MeasureField(default=0)
    # KPIs with a score / KPIs due.
    covered = models.PositiveIntegerField(default=0)
    due = models.PositiveIntegerField(default=0)
    # What the issue weighs in the province's score; None for scorecards.
    weight = MeasureField(null=True)
    computed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("คะแนนรวม")
        verbose_name_plural = _("คะแนนรวม")
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "quarter"],
                condition=Q(scorecard__isnull=False),
                name="kpi_one_score_of_a_scorecard",
            ),
            models.UniqueConstraint(
                fields=["issue", "quarter"],
                condition=Q(issue__isnull=False),
                name="kpi_one_score_of_an_issue",
            ),
            models.CheckConstraint(
                condition=Q(scorecard=None, issue__isnull=False)
                | Q(scorecard__isnull=False, issue=None),
                name="kpi_score_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_id or self.issue_id} {self.quarter_id}"
