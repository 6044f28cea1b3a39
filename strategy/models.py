"""The plan: from the vision down to approaches, and what it answers to above."""

from typing import Any, Self

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Agency
from accounts.rules import Standing
from common.bilingual import Named, in_language
from common.fields import MeasureField


class Plan(Named):
    """A plan of the province over years (five-year plan, 20-year goal)."""

    class Kind(models.TextChoices):
        GOAL = "goal_20_years", _("เป้าหมายการพัฒนาจังหวัด 20 ปี")
        FIVE_YEAR = "five_year", _("แผนพัฒนาจังหวัด 5 ปี")
        ANNUAL = "annual", _("แผนปฏิบัติราชการประจำปี")

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    kind = models.CharField(_("ประเภท"), max_length=20, choices=Kind)
    start_year = models.PositiveSmallIntegerField(_("ตั้งแต่ปี"))
    end_year = models.PositiveSmallIntegerField(_("ถึงปี"))
    goal_th = models.TextField(_("เป้าหมาย"), blank=True)
    goal_en = models.TextField(blank=True)
    fact_th = models.TextField(blank=True)
    source = models.TextField(_("ที่มา"), blank=True)

    class Meta:
        verbose_name = _("แผน")
        verbose_name_plural = _("แผน")
        constraints = [
            models.CheckConstraint(
                condition=Q(end_year__gte=F("start_year")), name="strategy_plan_years_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.name_th

    @property
    def goal(self) -> str:
        return in_language(self.goal_th, self.goal_en)


class PlanEditionQuerySet(models.QuerySet["PlanEdition"]):
    def visible_to(self, standing: Standing) -> Self:
        """Everybody reads what was out for consultation or came later; drafts stay at the desk."""
        if standing.sees_province:
            return self
        return self.exclude(state=PlanEdition.State.DRAFT)

    def in_force(self) -> Self:
        return self.filter(state=PlanEdition.State.IN_FORCE)

    def of_kind(self, kind: str) -> Self:
        return self.filter(plan__kind=kind)

    def in_time_order(self) -> Self:
        return self.order_by("plan__start_year", "plan__end_year", "number")

    def with_plan(self) -> Self:
        return self.select_related("plan")


class PlanEdition(models.Model):
    """An edition (ฉบับ) of a plan; projects and KPIs know the edition they came from."""

    class State(models.TextChoices):
        DRAFT = "draft", _("ร่าง")
        CONSULTATION = "consultation", _("รับฟังความคิดเห็น")
        APPROVED = "approved", _("ก.บ.จ. เห็นชอบ")
        IN_FORCE = "in_force", _("ใช้บังคับ")
        SUPERSEDED = "superseded", _("ถูกแทนที่")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField(_("ฉบับที่"), default=1)
    review_year = models.PositiveSmallIntegerField(_("ฉบับทบทวน พ.ศ."), null=True, blank=True)
    state = models.CharField(_("สถานะ"), max_length=12, choices=State, default=State.DRAFT)
    vision_th = models.TextField(_("วิสัยทัศน์"), blank=True)
    vision_en = models.TextField(_("วิสัยทัศน์ (อังกฤษ)"), blank=True)
    motto_th = models.TextField(_("นโยบายผู้ว่าราชการจังหวัด"), blank=True)
    motto_en = models.TextField(blank=True)
    source = models.TextField(_("ที่มา"), blank=True)
    approved_date = models.DateField(null=True, blank=True)
    # The edition of which it began as a copy.
    based_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )

    objects = PlanEditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("ฉบับของแผน")
        verbose_name_plural = _("ฉบับของแผน")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"], name="strategy_one_edition_of_a_number"
            ),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state="in_force"),
                name="strategy_one_edition_in_force_per_plan",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} ฉบับที่ {self.number}"

    @property
    def vision(self) -> str:
        return in_language(self.vision_th, self.vision_en)

    @property
    def motto(self) -> str:
        return in_language(self.motto_th, self.motto_en)


class EditionMove(models.Model):
    """That an edition moved on: who did it, when, and by which decision."""

    edition = models.ForeignKey(PlanEdition, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=12, choices=PlanEdition.State)
    to_state = models.CharField(max_length=12, choices=PlanEdition.State)
    reference = models.CharField(_("มติ"), max_length=300, blank=True)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("ขั้นของฉบับ")
        verbose_name_plural = _("ขั้นของฉบับ")

    def __str__(self) -> str:
        return f"{self.edition_id} {self.from_state} → {self.to_state}"


class Mission(Named):
    """A mission (พันธกิจ) of an edition."""

    edition = models.ForeignKey(PlanEdition, on_delete=models.PROTECT, related_name="missions")
    number = models.PositiveSmallIntegerField(_("ข้อ"))

    class Meta:
        verbose_name = _("พันธกิจ")
        verbose_name_plural = _("พันธกิจ")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"], name="strategy_one_mission_of_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name_th}"


class CoreValue(Named):
    """A letter of the province's values (ค่านิยม)."""

    edition = models.ForeignKey(PlanEdition, on_delete=models.PROTECT, related_name="core_values")
    order = models.PositiveSmallIntegerField()
    letter = models.CharField(max_length=2)

    class Meta:
        verbose_name = _("ค่านิยม")
        verbose_name_plural = _("ค่านิยม")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "order"], name="strategy_one_value_at_a_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.name_th}"


class IssueQuerySet(models.QuerySet["Issue"]):
    def in_force(self) -> Self:
        return self.filter(edition__state=PlanEdition.State.IN_FORCE)

    def in_code_order(self) -> Self:
        return self.order_by("edition__plan__start_year", "order", "code")

    def with_edition(self) -> Self:
        return self.select_related("edition__plan")

    def at_address(self, code: str) -> Self:
        """The issue that an address names: `<plan start>-<code>`, of the edition in force first."""
        start, _dash, own = code.partition("-")
        if not start.isdecimal() or not own:
            return self.none()
        known = self.filter(edition__plan__start_year=int(start), code=own).exclude(
            edition__state=PlanEdition.State.DRAFT
        )
        # The one in force first; then the newest of those that were, and what is not yet last.
        rank = Case(
            When(edition__state=PlanEdition.State.IN_FORCE, then=0),
            When(edition__state=PlanEdition.State.SUPERSEDED, then=1),
            default=2,
        )
        return known.order_by(rank, "-edition__number")


class Issue(Named):
    """A development issue (ประเด็นการพัฒนา); its code is unique within an edition."""

    edition = models.ForeignKey(PlanEdition, on_delete=models.PROTECT, related_name="issues")
    code = models.CharField(_("รหัส"), max_length=20)
    order = models.PositiveSmallIntegerField(_("ลำดับ"), default=0)
    objective_th = models.TextField(_("วัตถุประสงค์"), blank=True)
    objective_en = models.TextField(blank=True)
    # None: the sum of the weights of the province's KPIs under it (measures.md §5).
    weight = models.DecimalField(_("น้ำหนัก"), max_digits=7, decimal_places=2, null=True, blank=True)
    missions = models.ManyToManyField(
        Mission, verbose_name=_("พันธกิจ"), blank=True, related_name="issues"
    )
    lead_agency = models.ForeignKey(
        Agency,
        verbose_name=_("เจ้าภาพ"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="issues_led",
    )
    source = models.TextField(_("ที่มา"), blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = IssueQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("ประเด็นการพัฒนา")
        verbose_name_plural = _("ประเด็นการพัฒนา")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "code"], name="strategy_one_issue_of_a_code"
            ),
            models.CheckConstraint(
                condition=Q(weight=None) | Q(weight__gt=0), name="strategy_issue_weight_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"

    @property
    def objective(self) -> str:
        return in_language(self.objective_th, self.objective_en)

    @property
    def path(self) -> str:
        """The issue's public address without the language; load it with `with_edition`."""
        return f"/issues/{self.edition.plan.start_year}-{self.code}/"

    @property
    def address_code(self) -> str:
        """The code as addresses carry it, unique over the editions; needs `with_edition`."""
        return f"{self.edition.plan.start_year}-{self.code}"


class Approach(Named):
    """An approach (แนวทางการพัฒนา) under an issue."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="approaches")
    code = models.CharField(_("รหัส"), max_length=20)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        verbose_name = _("แนวทางการพัฒนา")
        verbose_name_plural = _("แนวทางการพัฒนา")
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "code"], name="strategy_one_approach_of_a_code"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"


class FrameworkQuerySet(models.QuerySet["Framework"]):
    def in_plan_order(self) -> Self:
        return self.order_by("order", "code")


class Framework(Named):
    """A plan above the province's: national strategy, master plans, NESDP, region, cluster."""

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    level = models.PositiveSmallIntegerField(_("แผนระดับที่"), null=True, blank=True)
    start_year = models.PositiveSmallIntegerField(null=True, blank=True)
    end_year = models.PositiveSmallIntegerField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    source = models.TextField(_("ที่มา"), blank=True)
    attributes: Any = models.JSONField(default=dict, blank=True)

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("แผนระดับชาติและภาค")
        verbose_name_plural = _("แผนระดับชาติและภาค")

    def __str__(self) -> str:
        return self.name_th


class FrameworkItem(Named):
    """A strategy, master plan issue, milestone or sub-target of a framework."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="items")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    code = models.CharField(_("รหัส"), max_length=40)
    order = models.PositiveSmallIntegerField(default=0)
    # The item of the level above that this one serves: master plan → national strategy.
    serves = models.ForeignKey(
        "self",
        verbose_name=_("สนับสนุน"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="served_by",
    )
    is_verified = models.BooleanField(_("ตรวจสอบแล้ว"), default=False)

    class Meta:
        verbose_name = _("รายการของแผนระดับชาติ")
        verbose_name_plural = _("รายการของแผนระดับชาติ")
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"], name="strategy_one_item_of_a_code"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"


class IssueAlignment(models.Model):
    """That an issue serves an item of a framework."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="alignments")
    item = models.ForeignKey(
        FrameworkItem, on_delete=models.PROTECT, related_name="issue_alignments"
    )
    reason_th = models.TextField(_("เหตุผล"), blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        verbose_name = _("ความเชื่อมโยงของประเด็น")
        verbose_name_plural = _("ความเชื่อมโยงของประเด็น")
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "item"], name="strategy_an_issue_serves_an_item_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} → {self.item_id}"


class ProvinceFactQuerySet(models.QuerySet["ProvinceFact"]):
    def about(self, *subjects: str) -> Self:
        return self.filter(subject__in=subjects)

    def in_order(self) -> Self:
        return self.order_by("subject", "order", "key")


class ProvinceFact(models.Model):
    """Something that a source states about the province or how it plans; no part is invented."""

    class Subject(models.TextChoices):
        PEOPLE = "people", _("ประชากรและพื้นที่")
        ECONOMY = "economy", _("เศรษฐกิจ")
        BUDGET = "budget", _("งบประมาณ")
        CLUSTER = "cluster", _("กลุ่มจังหวัด")
        CHAIN = "chain", _("สายการวางแผนจากบนลงล่าง")
        FROM_BELOW = "from_below", _("สายการวางแผนจากล่างขึ้นบน")
        CHANNEL = "channel", _("ช่องทางถ่ายทอดแผน")
        MONITORING = "monitoring", _("การติดตามประเมินผล")
        LEARNING = "learning", _("การเรียนรู้ของข้าราชการ")

    key = models.CharField(max_length=80, unique=True)
    subject = models.CharField(_("เรื่อง"), max_length=12, choices=Subject)
    order = models.PositiveSmallIntegerField(default=0)
    label_th = models.TextField(_("รายการ"))
    label_en = models.TextField(blank=True)
    # None: the fact is the sentence itself.
    value = MeasureField(_("ค่า"), null=True, blank=True)
    unit_th = models.CharField(_("หน่วย"), max_length=80, blank=True)
    unit_en = models.CharField(max_length=80, blank=True)
    # A calendar or fiscal year of the Buddhist Era, as the source means it.
    year = models.PositiveSmallIntegerField(_("ปี พ.ศ."), null=True, blank=True)
    source = models.TextField(_("ที่มา"), blank=True)

    objects = ProvinceFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("ข้อเท็จจริงของจังหวัด")
        verbose_name_plural = _("ข้อเท็จจริงของจังหวัด")

    def __str__(self) -> str:
        return self.key

    @property
    def label(self) -> str:
        return in_language(self.label_th, self.label_en)

    @property
    def unit(self) -> str:
        return in_language(self.unit_th, self.unit_en)
