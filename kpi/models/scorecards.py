"""Who answers for what: score curves, scorecards and the amendments that change a signed one."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Post
from accounts.rules import Standing
from common.bilingual import Named
from common.fields import MeasureField
from kpi.scoring import curves
from submissions.models import FiscalYear


class ScoreCurve(Named):
    """How achievement (or the value) becomes a score; data per fiscal year, not code.

    `points` is a list of [x, score] strings, x in order. Source: measures.md §5.
    """

    class Preset(models.TextChoices):
        FIVE = "five", _("ห้าระดับ 1–5")
        THREE = "three", _("สามระดับ 50/75/100")
        OWN = "own", _("กำหนดเอง")

    class Axis(models.TextChoices):
        ACHIEVEMENT = "achievement", _("ร้อยละความสำเร็จ")
        VALUE = "value", _("ค่าของตัวชี้วัด")

    class Below(models.TextChoices):
        HOLD = "hold", _("คะแนนแรก")
        ZERO = "zero", _("ศูนย์")

    code = models.CharField(_("รหัส"), max_length=40)
    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="curves")
    preset = models.CharField(_("แบบ"), max_length=6, choices=Preset)
    axis = models.CharField(_("แกน"), max_length=12, choices=Axis, default=Axis.ACHIEVEMENT)
    points: Any = models.JSONField(_("จุด"))
    steps_only = models.BooleanField(_("เป็นขั้น"), default=False)
    below_first = models.CharField(_("ต่ำกว่าจุดแรก"), max_length=4, choices=Below, default=Below.HOLD)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        verbose_name = _("เกณฑ์คะแนน")
        verbose_name_plural = _("เกณฑ์คะแนน")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "code"], name="kpi_one_curve_of_a_code_in_a_year"
            )
        ]

    def __str__(self) -> str:
        return self.name_th

    @property
    def curve(self) -> curves.Curve:
        """The curve as the arithmetic reads it."""
        return curves.curve_of(self.points, self.axis, self.below_first, self.steps_only)


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    def for_year(self, year: int) -> Self:
        return self.filter(fiscal_year_id=year)

    def visible_to(self, standing: Standing) -> Self:
        """The province's and agencies' for staff; a post's for its holder and the post above."""
        impersonal = ~Q(level=Scorecard.Level.POST)
        if standing.sees_province:
            return self.filter(impersonal | Q(post__in=standing.post_ids))
        return self.filter(
            Q(level=Scorecard.Level.PROVINCE)
            | Q(level=Scorecard.Level.AGENCY, agency__in=standing.agencies())
            | Q(post__in=standing.post_ids)
            | Q(post__supervising_post__in=standing.post_ids)
        )


class Scorecard(models.Model):
    """The KPIs that the province, an agency or a post answers for in a fiscal year."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("จังหวัด")
        AGENCY = "agency", _("หน่วยงาน")
        POST = "post", _("บุคคล")

    class State(models.TextChoices):
        DRAFT = "draft", _("ร่าง")
        SIGNED = "signed", _("ลงนามแล้ว")

    # Grows with every change of the KPIs on it, so that nobody signs what he or she did not see.
    version = models.PositiveIntegerField(default=1)
    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="scorecards")
    level = models.CharField(_("ระดับ"), max_length=8, choices=Level)
    # Whose scorecard it is; the post's agency for a post; the plan's owner for the province.
    agency = models.ForeignKey(
        Agency, verbose_name=_("หน่วยงาน"), on_delete=models.PROTECT, related_name="scorecards"
    )
    post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="scorecards"
    )
    scale = models.CharField(
        _("มาตรคะแนน"), max_length=6, choices=ScoreCurve.Preset, default=ScoreCurve.Preset.FIVE
    )
    # The top score of an own scale; five and three levels have theirs.
    top_score = MeasureField(_("คะแนนเต็ม"), null=True, blank=True)
    state = models.CharField(_("สถานะ"), max_length=8, choices=State, default=State.DRAFT)
    # Both sides sign: who answers for it (officer, agency head) and who agrees (supervisor, governor).
    owner_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner_signed_at = models.DateTimeField(null=True, blank=True)
    supervisor_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    supervisor_signed_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        verbose_name = _("ใบคะแนน")
        verbose_name_plural = _("ใบคะแนน")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year"],
                condition=Q(level="province"),
                name="kpi_one_province_scorecard_a_year",
            ),
            models.UniqueConstraint(
                fields=["fiscal_year", "agency"],
                condition=Q(level="agency"),
                name="kpi_one_scorecard_of_an_agency_a_year",
            ),
            models.UniqueConstraint(
                fields=["fiscal_year", "post"],
                condition=Q(level="post"),
                name="kpi_one_scorecard_of_a_post_a_year",
            ),
            models.CheckConstraint(
                condition=Q(level="post", post__isnull=False) | (~Q(level="post") & Q(post=None)),
                name="kpi_scorecard_of_a_post_has_one",
            ),
            models.CheckConstraint(
                condition=Q(owner_signed_by=None, owner_signed_at=None)
                | Q(owner_signed_by__isnull=False, owner_signed_at__isnull=False),
                name="kpi_scorecard_owner_signed_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(supervisor_signed_by=None, supervisor_signed_at=None)
                | Q(supervisor_signed_by__isnull=False, supervisor_signed_at__isnull=False),
                name="kpi_scorecard_supervisor_signed_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed")
                | Q(owner_signed_at__isnull=False, supervisor_signed_at__isnull=False),
                name="kpi_scorecard_signed_by_both_sides",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year_id} {self.level} {self.agency_id}"


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def waiting(self) -> Self:
        return self.filter(state=Amendment.State.PROPOSED)

    def in_number_order(self) -> Self:
        return self.order_by("-number")


class Amendment(models.Model):
    """A change of a signed scorecard: old and new, the reason, and the agreement of both sides."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("รอความเห็นชอบ")
        AGREED = "agreed", _("เห็นชอบทั้งสองฝ่าย")
        DECLINED = "declined", _("ไม่เห็นชอบ")

    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField(_("ครั้งที่"))
    reason = models.TextField(_("เหตุผล"))
    # [{"kpi", "field", "old", "new"}]; figures as strings, so that nothing is lost.
    changes: Any = models.JSONField(_("รายการที่แก้"))
    state = models.CharField(_("สถานะ"), max_length=8, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    owner_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner_agreed_at = models.DateTimeField(null=True, blank=True)
    supervisor_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    supervisor_agreed_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    declined_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.TextField(_("เหตุที่ไม่เห็นชอบ"), blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("บันทึกแก้ไขข้อตกลง")
        verbose_name_plural = _("บันทึกแก้ไขข้อตกลง")
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "number"], name="kpi_one_amendment_of_a_number"
            ),
            models.UniqueConstraint(
                fields=["scorecard"],
                condition=Q(state="proposed"),
                name="kpi_one_amendment_waits_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="kpi_amendment_has_a_reason"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{pair}_by": None, f"{pair}_at": None})
                    | Q(**{f"{pair}_by__isnull": False, f"{pair}_at__isnull": False}),
                    name=f"kpi_amendment_{pair}_by_whom_and_when",
                )
                for pair in ("owner_agreed", "supervisor_agreed", "declined")
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed")
                | Q(owner_agreed_at__isnull=False, supervisor_agreed_at__isnull=False),
                name="kpi_amendment_agreed_by_both_sides",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined")
                | (Q(declined_at__isnull=False) & ~Q(decline_reason="")),
                name="kpi_amendment_declined_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_id} #{self.number}"
