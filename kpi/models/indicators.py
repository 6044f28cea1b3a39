"""What is measured: indicators, their rules from a quarter on, and what a figure is told apart into."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Area
from common.bilingual import Named, in_language
from kpi.scoring import words
from strategy.models import FrameworkItem


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
