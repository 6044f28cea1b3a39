"""What is measured, on whose scorecard, against which target, with what result.

Indicator (what, with versioned rules) → KPI (an indicator on a scorecard in a fiscal year, with
weight, curve, base and targets) → Result (one quarter's entry) → Figure (the computed quarter and
year to date, stored by rollups only).
"""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Area, Post, Role
from accounts.rules import Standing
from common.bilingual import Named, in_language
from common.fields import MeasureField
from common.states import CellState
from kpi.scoring import curves, targets, words
from strategy.models import FrameworkItem, Issue, PlanEdition
from submissions.models import Entry, FiscalYear, PeriodState, Quarter, entry_constraints


class OverTime(models.TextChoices):
    """Quarters → year to date."""

    FLOW = "flow", _("นับเหตุการณ์ในไตรมาส รวมสะสม")
    STOCK = "stock", _("ค่าสิ้นไตรมาส")
    PEAK = "peak", _("ค่าสูงสุดของปี")


class OverUnits(models.TextChoices):
    """Children → parent."""

    SUM = "sum", _("รวม")
    RATIO = "ratio", _("ผลรวมตัวตั้ง ÷ ผลรวมตัวหาร")
    MEAN = "mean", _("ค่าเฉลี่ยถ่วงน้ำหนัก")
    MIN = "min", _("ค่าต่ำสุด")
    MAX = "max", _("ค่าสูงสุด")
    OWN = "own", _("รายงานเอง")


class Direction(models.TextChoices):
    """Which side is better."""

    HIGHER = "higher", _("มากกว่าดีกว่า")
    LOWER = "lower", _("น้อยกว่าดีกว่า")
    BAND = "band", _("อยู่ในช่วง")


class TargetMeaning(models.TextChoices):
    """What the target's number means."""

    LEVEL = "level", _("ถึงค่านี้")
    CHANGE = "change", _("เปลี่ยนแปลงร้อยละจากค่าฐาน")
    MILESTONE = "milestone", _("ขั้นตอนความสำเร็จ")


class Frequency(models.TextChoices):
    """How often the indicator asks for a figure."""

    QUARTERLY = "quarterly", _("รายไตรมาส")
    HALF_YEARLY = "half_yearly", _("รายครึ่งปี (ไตรมาส 2 และ 4)")
    YEARLY = "yearly", _("รายปี (ไตรมาส 4)")


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def in_code_order(self) -> Self:
        return self.order_by("code")


class Indicator(Named):
    """What is measured, on whoever's scorecard. The code never changes; a rename is safe."""

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    definition_th = models.TextField(_("คำอธิบาย"), blank=True)
    definition_en = models.TextField(blank=True)
    formula_th = models.TextField(_("สูตรการคำนวณ"), blank=True)
    formula_en = models.TextField(blank=True)
    source_agency = models.ForeignKey(
        Agency,
        verbose_name=_("แหล่งข้อมูล"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="indicators",
    )
    framework_items = models.ManyToManyField(
        FrameworkItem,
        verbose_name=_("สอดคล้องกับแผนระดับชาติ"),
        blank=True,
        related_name="indicators",
    )
    is_active = models.BooleanField(_("ใช้งาน"), default=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("ตัวชี้วัดในพจนานุกรม")
        verbose_name_plural = _("พจนานุกรมตัวชี้วัด")

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"

    @property
    def definition(self) -> str:
        return in_language(self.definition_th, self.definition_en)

    @property
    def formula(self) -> str:
        return in_language(self.formula_th, self.formula_en)


class IndicatorVersion(models.Model):
    """The rules of an indicator, effective from a quarter until the next version's.

    Source: measures.md §3.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("รุ่น"))
    from_year = models.PositiveSmallIntegerField(_("มีผลตั้งแต่ปีงบประมาณ"))
    from_quarter = models.PositiveSmallIntegerField(_("มีผลตั้งแต่ไตรมาส"), default=1)
    unit_th = models.CharField(_("หน่วยนับ"), max_length=80)
    unit_en = models.CharField(_("หน่วยนับ (อังกฤษ)"), max_length=80, blank=True)
    decimals = models.PositiveSmallIntegerField(_("ทศนิยม"), default=2)
    is_ratio = models.BooleanField(_("มีตัวตั้งและตัวหาร"), default=False)
    # What the quotient is multiplied by: 100 for a percent, 1 for 1:N, 100,000 for a rate.
    scale = models.PositiveIntegerField(_("คูณด้วย"), default=1)
    shows_one_to = models.BooleanField(_("แสดงเป็น 1:N"), default=False)
    over_time = models.CharField(_("รวมตามเวลา"), max_length=6, choices=OverTime)
    # For a ratio, `over_time` is the numerator's rule and this the denominator's; "" otherwise.
    denominator_over_time = models.CharField(
        _("รวมตัวหารตามเวลา"), max_length=6, choices=OverTime, blank=True, default=""
    )
    over_units = models.CharField(_("รวมตามหน่วยงาน"), max_length=6, choices=OverUnits)
    direction = models.CharField(_("ทิศทาง"), max_length=6, choices=Direction)
    target_meaning = models.CharField(
        _("ความหมายของเป้าหมาย"), max_length=10, choices=TargetMeaning, default=TargetMeaning.LEVEL
    )
    frequency = models.CharField(
        _("ความถี่"), max_length=12, choices=Frequency, default=Frequency.QUARTERLY
    )
    # How many quarters after its period a figure is known; until then it is not due.
    lag_quarters = models.PositiveSmallIntegerField(_("รู้ผลช้า (ไตรมาส)"), default=0)
    numerator_th = models.CharField(_("ตัวตั้ง"), max_length=300, blank=True)
    numerator_en = models.CharField(max_length=300, blank=True)
    denominator_th = models.CharField(_("ตัวหาร"), max_length=300, blank=True)
    denominator_en = models.CharField(max_length=300, blank=True)
    # Whether a figure below zero can be true (growth, temperature); otherwise it is refused.
    allows_negative = models.BooleanField(_("ติดลบได้"), default=False)
    # Names of the steps of a milestone ladder, first step first.
    milestones: Any = models.JSONField(_("ขั้นตอน"), default=list, blank=True)

    class Meta:
        verbose_name = _("รุ่นของกติกา")
        verbose_name_plural = _("รุ่นของกติกา")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "number"], name="kpi_one_version_of_a_number"
            ),
            models.UniqueConstraint(
                fields=["indicator", "from_year", "from_quarter"],
                name="kpi_one_version_from_a_quarter",
            ),
            models.CheckConstraint(
                condition=Q(from_quarter__range=(1, 4)), name="kpi_version_from_quarter_1_to_4"
            ),
            models.CheckConstraint(condition=Q(scale__gt=0), name="kpi_version_scale_positive"),
            models.CheckConstraint(
                condition=Q(decimals__lte=4), name="kpi_version_decimals_at_most_4"
            ),
            models.CheckConstraint(
                condition=(Q(is_ratio=True) & ~Q(denominator_over_time=""))
                | Q(is_ratio=False, denominator_over_time=""),
                name="kpi_version_ratio_has_two_time_rules",
            ),
            # The refused pairs of measures.md §3.
            models.CheckConstraint(
                condition=~Q(over_time="peak", over_units="sum"),
                name="kpi_version_no_peak_with_sum",
            ),
            models.CheckConstraint(
                condition=Q(is_ratio=False)
                | ~(Q(over_time="peak") | Q(denominator_over_time="peak")),
                name="kpi_version_no_peak_in_a_ratio",
            ),
            models.CheckConstraint(
                condition=Q(is_ratio=False) | ~Q(over_units__in=["sum", "mean"]),
                name="kpi_version_ratio_never_summed_or_averaged",
            ),
            models.CheckConstraint(
                condition=Q(is_ratio=True) | ~Q(over_units="ratio"),
                name="kpi_version_ratio_rule_needs_a_ratio",
            ),
            models.CheckConstraint(
                condition=~Q(direction="band") | Q(is_ratio=True) | ~Q(over_time="flow"),
                name="kpi_version_no_band_with_flow",
            ),
            models.CheckConstraint(
                condition=~Q(target_meaning="milestone")
                | (~Q(over_time="flow") & Q(over_units__in=["own", "min", "max"])),
                name="kpi_version_milestone_is_a_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} v{self.number}"

    @property
    def unit(self) -> str:
        return in_language(self.unit_th, self.unit_en)

    @property
    def numerator_name(self) -> str:
        return in_language(self.numerator_th, self.numerator_en)

    @property
    def denominator_name(self) -> str:
        return in_language(self.denominator_th, self.denominator_en)

    @property
    def rules(self) -> words.IndicatorRules:
        """The rules as the arithmetic reads them."""
        over_time = words.OverTime(self.over_time)
        return words.IndicatorRules(
            over_units=words.OverUnits(self.over_units),
            over_time=None if self.is_ratio else over_time,
            numerator_over_time=over_time if self.is_ratio else None,
            denominator_over_time=words.OverTime(self.denominator_over_time)
            if self.is_ratio
            else None,
            direction=words.Direction(self.direction),
            meaning=words.Meaning(self.target_meaning),
        )


class Disaggregation(Named):
    """One way that a version's figure is told apart; its parts add up to the figure.

    Part of the rules: another list is another version. A version may have several, each adding up.
    """

    class Kind(models.TextChoices):
        DISTRICT = "district", _("รายอำเภอ")
        SEX = "sex", _("ตามเพศ")
        AGE = "age", _("ตามช่วงอายุ")
        LIST = "list", _("ตามรายการที่กำหนด")

    version = models.ForeignKey(
        IndicatorVersion, on_delete=models.PROTECT, related_name="disaggregations"
    )
    kind = models.CharField(_("จำแนก"), max_length=8, choices=Kind)
    order = models.PositiveSmallIntegerField(default=0)
    # Whether an entry may be sent only with all its parts.
    is_required = models.BooleanField(_("ต้องกรอกทุกครั้ง"), default=False)

    class Meta:
        verbose_name = _("การจำแนกข้อมูล")
        verbose_name_plural = _("การจำแนกข้อมูล")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "name_th"], name="kpi_one_disaggregation_of_a_name"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.name_th}"


class DisaggregationItem(Named):
    """One part that a figure is told apart into: a district, a sex, an age group, a named item."""

    disaggregation = models.ForeignKey(
        Disaggregation, on_delete=models.PROTECT, related_name="items"
    )
    code = models.CharField(_("รหัส"), max_length=40)
    order = models.PositiveSmallIntegerField(default=0)
    # The district where the kind is `district`.
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("รายการจำแนก")
        verbose_name_plural = _("รายการจำแนก")
        constraints = [
            models.UniqueConstraint(
                fields=["disaggregation", "code"], name="kpi_one_item_of_a_code_in_a_disaggregation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"


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
        return curves.Curve(
            tuple(curves.Point(Decimal(x), Decimal(score)) for x, score in self.points),
            curves.Axis(self.axis),
            curves.Below(self.below_first),
            self.steps_only,
        )


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


class ResultQuerySet(models.QuerySet["Result"]):
    def visible_to(self, standing: Standing) -> Self:
        """Entries of readable KPIs; unsigned ones only in one's agency or province-wide."""
        readable = self.filter(kpi__in=KPI.objects.visible_to(standing))
        if standing.sees_province:
            return readable
        return readable.filter(
            Q(status__in=["approved", "accepted"]) | Q(kpi__agency__in=standing.agencies())
        )

    def for_quarter(self, quarter: Quarter) -> Self:
        return self.filter(quarter=quarter)

    def with_kpi(self) -> Self:
        return self.select_related(
            "quarter",
            "kpi__indicator",
            "kpi__scorecard__post",
            "kpi__agency",
            "entered_by",
            "submitted_by",
        )


class Result(Entry):
    """One KPI's entry for one quarter: a value, or the two parts of a ratio, or not applicable."""

    kpi = models.ForeignKey(KPI, on_delete=models.PROTECT, related_name="results")
    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="results")
    value = MeasureField(_("ผล"), null=True, blank=True)
    numerator = MeasureField(_("ตัวตั้ง"), null=True, blank=True)
    denominator = MeasureField(_("ตัวหาร"), null=True, blank=True)
    is_not_applicable = models.BooleanField(_("ไม่เกี่ยวข้อง"), default=False)
    not_applicable_reason = models.TextField(_("เหตุที่ไม่เกี่ยวข้อง"), blank=True)
    # A flow typed as year to date; the portal derived `value` from it.
    typed_as_ytd = models.BooleanField(default=False)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("ผลการดำเนินงาน")
        verbose_name_plural = _("ผลการดำเนินงาน")
        constraints = [
            *entry_constraints("kpi_result"),
            models.UniqueConstraint(fields=["kpi", "quarter"], name="kpi_one_result_per_quarter"),
            models.CheckConstraint(
                condition=Q(is_not_applicable=False)
                | (Q(value=None, numerator=None, denominator=None) & ~Q(not_applicable_reason="")),
                name="kpi_result_not_applicable_has_reason_and_no_value",
            ),
            models.CheckConstraint(
                condition=Q(numerator=None, denominator=None)
                | Q(numerator__isnull=False, denominator__isnull=False)
                | Q(status__in=["draft", "returned"]),
                name="kpi_result_sent_ratio_has_both_parts",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "returned"])
                | Q(is_not_applicable=True)
                | Q(value__isnull=False)
                | Q(denominator__isnull=False),
                name="kpi_result_sent_has_a_figure",
            ),
            models.CheckConstraint(
                condition=Q(denominator=None) | Q(denominator__gte=0),
                name="kpi_result_denominator_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(denominator=None)
                | Q(denominator__gt=0)
                | Q(numerator=None)
                | Q(numerator=0),
                name="kpi_result_nothing_over_zero_but_zero",
            ),
        ]
        indexes = [models.Index(fields=["quarter", "status"], name="kpi_result_quarter_status")]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.quarter_id}"


class ResultPart(models.Model):
    """What one item of a disaggregation brings to an entry; the items of each one add up to it."""

    result = models.ForeignKey(Result, on_delete=models.CASCADE, related_name="parts")
    item = models.ForeignKey(DisaggregationItem, on_delete=models.PROTECT, related_name="parts")
    value = MeasureField(_("ผล"), null=True, blank=True)
    numerator = MeasureField(_("ตัวตั้ง"), null=True, blank=True)
    denominator = MeasureField(_("ตัวหาร"), null=True, blank=True)

    class Meta:
        verbose_name = _("ผลจำแนก")
        verbose_name_plural = _("ผลจำแนก")
        constraints = [
            models.UniqueConstraint(fields=["result", "item"], name="kpi_one_part_of_an_item"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(numerator=None, denominator=None),
                name="kpi_part_is_a_value_or_a_ratio",
            ),
            models.CheckConstraint(
                condition=Q(denominator=None) | Q(denominator__gte=0),
                name="kpi_part_denominator_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(denominator=None)
                | Q(denominator__gt=0)
                | Q(numerator=None)
                | Q(numerator=0),
                name="kpi_part_nothing_over_zero_but_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result_id} {self.item_id}"


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
    version = models.ForeignKey(
        IndicatorVersion, null=True, on_delete=models.PROTECT, related_name="+"
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
