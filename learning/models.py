"""What officers should learn, what they did, and the trainings that the province holds."""

from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Holding, Role
from accounts.rules import Standing
from common.bilingual import Named, in_language
from common.fields import MeasureField
from kpi.models import KPI
from learning import scoring
from strategy.models import Issue
from submissions.models import Entry, entry_constraints
from submissions.workflow import COUNTED


class Goal(Named):
    """A goal of the human-resources strategy, tied to the development issues that it serves."""

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    issues = models.ManyToManyField(
        Issue, verbose_name=_("ประเด็นการพัฒนา"), blank=True, related_name="learning_goals"
    )
    source = models.TextField(_("ที่มา"), blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        verbose_name = _("เป้าหมายการบริหารทรัพยากรบุคคล")
        verbose_name_plural = _("เป้าหมายการบริหารทรัพยากรบุคคล")

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"


class CourseQuerySet(models.QuerySet["Course"]):
    def offered(self) -> Self:
        return self.filter(is_active=True)

    def in_code_order(self) -> Self:
        return self.order_by("code")


class Course(Named):
    """An e-learning course; digital ones count for the digital-skill part of the rule."""

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    provider_th = models.CharField(_("ผู้จัด"), max_length=300, blank=True)
    hours = MeasureField(_("ชั่วโมง"), null=True, blank=True)
    is_digital = models.BooleanField(_("ทักษะดิจิทัล"), default=False)
    address = models.URLField(_("ที่อยู่เว็บ"), blank=True)
    is_active = models.BooleanField(_("เปิดให้เลือก"), default=True)
    version = models.PositiveIntegerField(default=1)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("หลักสูตร")
        verbose_name_plural = _("หลักสูตร")
        constraints = [
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__gt=0), name="learning_hours_positive"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"


class Rule(models.Model):
    """How much each officer learns in a year; fiscal or calendar is for the province to say."""

    class Basis(models.TextChoices):
        FISCAL = scoring.Basis.FISCAL.value, _("ปีงบประมาณ")
        CALENDAR = scoring.Basis.CALENDAR.value, _("ปีปฏิทิน")

    year = models.PositiveSmallIntegerField(_("ปี พ.ศ."), primary_key=True)
    basis = models.CharField(_("นับตาม"), max_length=8, choices=Basis, default=Basis.FISCAL)
    courses_least = models.PositiveSmallIntegerField(_("อย่างน้อย (เรื่อง)"), default=2)
    digital_least = models.PositiveSmallIntegerField(_("ในจำนวนนี้เรื่องดิจิทัล"), default=1)
    # A ratio KPI that shows how many officers have met the rule; fed by HR, never by itself.
    kpi = models.ForeignKey(
        KPI, verbose_name=_("ตัวชี้วัดที่ใช้ผลนี้"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1)
    source = models.TextField(_("ที่มา"), blank=True)

    class Meta:
        verbose_name = _("เกณฑ์การเรียนรู้รายปี")
        verbose_name_plural = _("เกณฑ์การเรียนรู้รายปี")
        constraints = [
            models.CheckConstraint(
                condition=Q(year__gte=2540, year__lte=2700), name="learning_rule_year_buddhist"
            ),
            models.CheckConstraint(
                condition=Q(courses_least__gte=1) & Q(digital_least__lte=F("courses_least")),
                name="learning_rule_digital_within_courses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.courses_least}/{self.digital_least}"

    @property
    def least(self) -> scoring.Least:
        return scoring.Least(self.courses_least, self.digital_least)

    @property
    def limits(self) -> tuple[date, date]:
        """The first and the last day that count."""
        return scoring.year_limits(self.year, scoring.Basis(self.basis))


class RecordQuerySet(models.QuerySet["Record"]):
    def visible_to(self, standing: Standing, line: Collection[int]) -> Self:
        """One's own, those of the officers below (`line`: their ids), and HR's own agencies'."""
        return self.filter(
            Q(officer=standing.user.pk)
            | Q(officer__in=line)
            | Q(agency__in=standing.agencies(Role.HR))
        )

    def of_year(self, year: int) -> Self:
        return self.filter(year=year)

    def confirmed(self) -> Self:
        return self.filter(status__in=[status.value for status in COUNTED])

    def waiting(self) -> Self:
        return self.filter(status="submitted")

    def with_course(self) -> Self:
        return self.select_related("course", "officer", "agency", "entered_by", "approved_by")

    def newest_first(self) -> Self:
        return self.order_by("-completed_date", "-pk")


class Record(Entry):
    """A course that an officer completed: personal; for the officer, the line above and HR.

    `agency` and `year` are the officer's and the rule's on the day of completion.
    """

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("เจ้าหน้าที่"),
        on_delete=models.PROTECT,
        related_name="learning_records",
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("หน่วยงาน"), on_delete=models.PROTECT, related_name="+"
    )
    course = models.ForeignKey(
        Course, verbose_name=_("หลักสูตร"), on_delete=models.PROTECT, related_name="records"
    )
    completed_date = models.DateField(_("วันที่เรียนจบ"))
    year = models.PositiveSmallIntegerField(_("ปี พ.ศ."))
    certificate = models.FileField(
        _("ประกาศนียบัตร"), upload_to="certificates/%Y/%m", null=True, blank=True
    )
    certificate_name = models.CharField(max_length=255, blank=True)
    certificate_type = models.CharField(max_length=100, blank=True)
    certificate_sha256 = models.CharField(max_length=64, blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("บันทึกการเรียนรู้")
        verbose_name_plural = _("บันทึกการเรียนรู้")
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "course", "year"], name="learning_a_course_once_a_year"
            ),
            *entry_constraints("learning_record"),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.course_id} {self.year}"


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def of_year(self, first: date, last: date) -> Self:
        """Those of which a stated day lies there; where none is stated, it may be of any year."""
        return self.exclude(start_date__gt=last).exclude(
            Q(end_date__lt=first) | Q(end_date=None, start_date__lt=first)
        )


class Programme(Named):
    """A training that the province holds, such as an innovation lab, for a goal."""

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    goal = models.ForeignKey(
        Goal, verbose_name=_("เป้าหมาย"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="programmes",
    )  # fmt: skip
    is_digital = models.BooleanField(_("ทักษะดิจิทัล"), default=False)
    start_date = models.DateField(_("เริ่ม"), null=True, blank=True)
    end_date = models.DateField(_("สิ้นสุด"), null=True, blank=True)
    outcome_th = models.TextField(_("ผลที่ได้"), blank=True)
    outcome_en = models.TextField(blank=True)
    source = models.TextField(_("ที่มา"), blank=True)
    version = models.PositiveIntegerField(default=1)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("โครงการอบรม")
        verbose_name_plural = _("โครงการอบรม")
        constraints = [
            models.CheckConstraint(
                condition=Q(start_date=None) | Q(end_date=None) | Q(end_date__gte=F("start_date")),
                name="learning_programme_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"

    @property
    def outcome(self) -> str:
        return in_language(self.outcome_th, self.outcome_en)


class Turnout(models.Model):
    """How many people of one level of administration came to a programme; names are not kept."""

    class Level(models.TextChoices):
        CENTRAL = "central", _("ส่วนกลาง")
        REGIONAL = "regional", _("ส่วนภูมิภาค")
        LOCAL = "local", _("ส่วนท้องถิ่น")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="turnouts")
    level = models.CharField(_("ระดับ"), max_length=8, choices=Level)
    invited = models.PositiveIntegerField(_("เชิญ (คน)"), null=True, blank=True)
    attended = models.PositiveIntegerField(_("เข้าร่วม (คน)"), null=True, blank=True)

    class Meta:
        verbose_name = _("จำนวนผู้เข้าร่วม")
        verbose_name_plural = _("จำนวนผู้เข้าร่วม")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "level"], name="learning_one_turnout_of_a_level"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.level} {self.attended}"


def officers_on(day: date) -> models.QuerySet[Holding, Any]:
    """Return who is an officer on a day and where: the holders of posts, by post."""
    return (
        Holding.objects.current(day)
        .filter(user__is_active=True, post__is_active=True)
        .order_by("post__agency__code", "post__code", "user")
        .values("user", "post", "post__agency", "post__supervising_post")
    )
