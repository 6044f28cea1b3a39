"""What is done about an incident: factories sealed, cases looked for, vaccine given, supplies asked for."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from common.bilingual import Named
from covid import scoring
from covid.models.stated import Incident


class Kept(models.Model):
    """What rows of the response have in common: a remark, and the version that was seen."""

    note = models.TextField(_("หมายเหตุ"), blank=True)
    version = models.PositiveIntegerField(default=1)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        abstract = True


class FactoryQuerySet(models.QuerySet["Factory"]):
    def of_incident(self, incident: Incident) -> Self:
        return self.filter(incident=incident)

    def with_last_inspection(self) -> Self:
        """With `last_date` and `last_outcome` of the newest inspection."""
        newest = FactoryInspection.objects.filter(factory=OuterRef("pk")).order_by("-day", "-pk")
        return self.select_related("area").annotate(
            last_date=Subquery(newest.values("day")[:1]),
            last_outcome=Subquery(newest.values("outcome")[:1]),
        )

    def in_order(self) -> Self:
        return self.order_by("area__code", "code")


class Factory(Named, Kept):
    """A factory under Bubble & Seal: live-in workers sealed, others between lodging and factory."""

    class Status(models.TextChoices):
        PREPARING = "preparing", _("เตรียมการ")
        IN_FORCE = "in_force", _("อยู่ระหว่าง Bubble & Seal")
        STOPPED = "stopped", _("หยุดผลิตตามคำสั่ง")
        ENDED = "ended", _("ครบกำหนดแล้ว")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="factories")
    code = models.CharField(_("รหัส"), max_length=40)
    area = models.ForeignKey(
        Area, verbose_name=_("อำเภอ"), on_delete=models.PROTECT, related_name="+"
    )
    thai_workers = models.PositiveIntegerField(_("แรงงานไทย"))
    foreign_workers = models.PositiveIntegerField(_("แรงงานต่างด้าว"))
    status = models.CharField(_("สถานะ"), max_length=10, choices=Status, default=Status.PREPARING)
    from_date = models.DateField(_("เริ่มมาตรการ"), null=True, blank=True)
    until_date = models.DateField(_("ครบกำหนด"), null=True, blank=True)

    objects = FactoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("โรงงาน Bubble & Seal")
        verbose_name_plural = _("โรงงาน Bubble & Seal")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "code"], name="covid_one_factory_of_a_code"
            ),
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(until_date__gte=F("from_date")),
                name="covid_factory_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(status="preparing") | Q(from_date__isnull=False),
                name="covid_factory_in_force_since_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"

    @property
    def workers(self) -> int:
        return self.thai_workers + self.foreign_workers


class FactoryInspection(Kept):
    """A visit to a factory: what was found, and whether it keeps the measures."""

    class Outcome(models.TextChoices):
        PASSED = "passed", _("ผ่าน")
        TO_MEND = "to_mend", _("ให้แก้ไข")
        FAILED = "failed", _("ไม่ผ่าน")

    factory = models.ForeignKey(Factory, on_delete=models.PROTECT, related_name="inspections")
    day = models.DateField(_("วันที่ตรวจ"))
    inspector_th = models.CharField(_("ผู้ตรวจ"), max_length=300)
    tested = models.PositiveIntegerField(_("สุ่มตรวจ"), null=True, blank=True)
    found = models.PositiveIntegerField(_("พบเชื้อ"), null=True, blank=True)
    outcome = models.CharField(_("ผลการตรวจ"), max_length=10, choices=Outcome)

    class Meta:
        verbose_name = _("การตรวจโรงงาน")
        verbose_name_plural = _("การตรวจโรงงาน")
        constraints = [
            models.UniqueConstraint(
                fields=["factory", "day"], name="covid_one_inspection_a_factory_and_day"
            ),
            models.CheckConstraint(
                condition=Q(found=None) | Q(tested__isnull=False, found__lte=F("tested")),
                name="covid_inspection_found_within_tested",
            ),
            models.CheckConstraint(
                condition=Q(outcome="passed") | ~Q(note=""),
                name="covid_inspection_not_passed_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.factory_id} {self.day} {self.outcome}"

    @property
    def incident(self) -> Incident:
        return self.factory.incident

    @property
    def incident_id(self) -> int:
        return self.factory.incident_id


class CaseFindingQuerySet(models.QuerySet["CaseFinding"]):
    def of_incident(self, incident: Incident) -> Self:
        return self.filter(incident=incident)

    def between(self, first: date, last: date) -> Self:
        return self.filter(day__gte=first, day__lte=last)

    def newest_first(self) -> Self:
        return self.order_by("-day", "area__code", "pk")


class CaseFinding(Kept):
    """A round of active case finding: where, how many were tested, how many were found."""

    class Place(models.TextChoices):
        MARKET = "market", _("ตลาด")
        FACTORY = "factory", _("โรงงาน")
        COMMUNITY = "community", _("ชุมชน")
        OTHER = "other", _("อื่น ๆ")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="case_findings")
    day = models.DateField(_("วันที่"))
    area = models.ForeignKey(
        Area, verbose_name=_("อำเภอ"), on_delete=models.PROTECT, related_name="+"
    )
    place = models.CharField(_("ประเภทสถานที่"), max_length=10, choices=Place)
    place_th = models.CharField(_("สถานที่"), max_length=300)
    tested = models.PositiveIntegerField(_("ตรวจ"))
    # Unknown until the laboratory answers; zero is nobody.
    found = models.PositiveIntegerField(_("พบเชื้อ"), null=True, blank=True)

    objects = CaseFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("รอบค้นหาผู้ติดเชื้อเชิงรุก")
        verbose_name_plural = _("รอบค้นหาผู้ติดเชื้อเชิงรุก")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "day", "area", "place_th"],
                name="covid_one_round_a_place_and_day",
            ),
            models.CheckConstraint(
                condition=Q(found=None) | Q(found__lte=F("tested")),
                name="covid_round_found_within_tested",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.place_th} {self.found}/{self.tested}"

    @property
    def found_share(self) -> Decimal | None:
        """Found in percent of tested; None where either is not known."""
        return None if self.found is None else scoring.share(self.found, self.tested)


class VaccinationQuerySet(models.QuerySet["Vaccination"]):
    def of_incident(self, incident: Incident) -> Self:
        return self.filter(incident=incident)

    def newest_by(self, day: date) -> Self:
        """Only the newest row of each dose, group and district, no later than a day."""
        newest = (
            Vaccination.objects.filter(
                incident=OuterRef("incident"), dose=OuterRef("dose"), group=OuterRef("group"),
                area=OuterRef("area"), day__lte=day,
            )
            .order_by("-day")
            .values("pk")[:1]
        )  # fmt: skip
        return self.filter(pk=Subquery(newest))

    def in_order(self) -> Self:
        return self.order_by("dose", "group", "area__code", "-day")


class Vaccination(Kept):
    """Vaccine given up to a day: by dose, group and district, beside the target."""

    class Group(models.TextChoices):
        HEALTH = "health", _("บุคลากรทางการแพทย์และด่านหน้า")
        ELDERLY = "elderly", _("ผู้สูงอายุ 60 ปีขึ้นไป")
        CHRONIC = "chronic", _("ผู้มีโรคเรื้อรัง")
        PREGNANT = "pregnant", _("หญิงตั้งครรภ์")
        PUPILS = "pupils", _("นักเรียน")
        WORKERS = "workers", _("แรงงานไทยและต่างด้าว")
        GENERAL = "general", _("ประชาชนทั่วไป")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="vaccinations")
    dose = models.PositiveSmallIntegerField(_("เข็มที่"))
    group = models.CharField(_("กลุ่มเป้าหมาย"), max_length=10, choices=Group)
    area = models.ForeignKey(
        Area, verbose_name=_("อำเภอ"), on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField(_("ข้อมูลถึงวันที่"))
    given = models.PositiveIntegerField(_("ฉีดสะสม"))
    target = models.PositiveIntegerField(_("เป้าหมาย (คน)"), null=True, blank=True)

    objects = VaccinationQuerySet.as_manager()

    class Meta:
        verbose_name = _("การฉีดวัคซีน")
        verbose_name_plural = _("การฉีดวัคซีน")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "dose", "group", "area", "day"],
                name="covid_one_vaccination_a_dose_group_area_and_day",
            ),
            models.CheckConstraint(
                condition=Q(dose__gte=1, dose__lte=9), name="covid_dose_from_one_to_nine"
            ),
            models.CheckConstraint(
                condition=Q(target=None) | Q(given__lte=F("target")) | ~Q(note=""),
                name="covid_given_beyond_target_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dose} {self.group} {self.area_id} {self.day} {self.given}"

    @property
    def given_share(self) -> Decimal | None:
        """Given in percent of the target; None where there is none."""
        return None if self.target is None else scoring.share(self.given, self.target)


class SupplyRequestQuerySet(models.QuerySet["SupplyRequest"]):
    def of_incident(self, incident: Incident) -> Self:
        return self.filter(incident=incident)

    def short(self) -> Self:
        """Those that still lack something and were not closed."""
        return self.filter(closed_reason="", given__lt=F("asked"))

    def in_order(self) -> Self:
        """What is lacking first, the oldest on top."""
        return self.order_by(
            models.Case(
                models.When(closed_reason="", given__lt=F("asked"), then=0),
                default=1,
                output_field=models.IntegerField(),
            ),
            "day",
            "pk",
        )


class SupplyRequest(Kept):
    """Something that was asked for: how much, how much was given, and what is still lacking."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="supply_requests")
    day = models.DateField(_("วันที่ขอ"))
    requester_th = models.CharField(_("ผู้ขอ"), max_length=300)
    area = models.ForeignKey(
        Area, verbose_name=_("อำเภอ"), on_delete=models.PROTECT, related_name="+"
    )
    item_th = models.CharField(_("สิ่งที่ขอ"), max_length=300)
    unit_th = models.CharField(_("หน่วยนับ"), max_length=60)
    asked = models.PositiveIntegerField(_("ขอ"))
    given = models.PositiveIntegerField(_("ให้แล้ว"), default=0)
    needed_date = models.DateField(_("ต้องการภายใน"), null=True, blank=True)
    closed_reason = models.CharField(_("เหตุที่ปิดคำขอ"), max_length=300, blank=True)

    objects = SupplyRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("คำขอสนับสนุน")
        verbose_name_plural = _("คำขอสนับสนุน")
        constraints = [
            models.CheckConstraint(
                condition=Q(asked__gte=1) & Q(given__lte=F("asked")),
                name="covid_given_within_asked",
            ),
            models.CheckConstraint(
                condition=Q(needed_date=None) | Q(needed_date__gte=F("day")),
                name="covid_needed_after_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_th} {self.given}/{self.asked}"

    @property
    def lacking(self) -> int:
        """What is still to be given; nothing once the request is closed."""
        return 0 if self.closed_reason else self.asked - self.given
