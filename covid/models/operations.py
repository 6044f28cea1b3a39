"""What an incident's operators keep: facilities, each day's figures, and orders."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from common.bilingual import Named
from covid.models.stated import Incident
from meetings.models import Meeting


class FacilityQuerySet(models.QuerySet["Facility"]):
    def of_incident(self, incident: Incident) -> Self:
        return self.filter(incident=incident)

    def open_on(self, day: date) -> Self:
        return self.filter(
            Q(from_date=None) | Q(from_date__lte=day), Q(until_date=None) | Q(until_date__gte=day)
        )

    def with_area(self) -> Self:
        return self.select_related("area")

    def in_order(self) -> Self:
        return self.order_by("kind", "area__code", "code")


class Facility(Named):
    """A place with beds: its kind, district, operator, and when it was certified."""

    class Kind(models.TextChoices):
        FIELD_HOSPITAL = "field_hospital", _("โรงพยาบาลสนาม")
        FACTORY_ISOLATION = "fai", _("แยกกักในโรงงาน (FAI)")
        FACTORY_QUARANTINE = "faq", _("กักกันในโรงงาน (FAQ)")
        COMMUNITY = "community", _("ศูนย์พักคอยชุมชน (CI)")
        HOME = "home", _("แยกกักที่บ้าน (HI)")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="facilities")
    code = models.CharField(_("รหัส"), max_length=40)
    kind = models.CharField(_("ประเภท"), max_length=20, choices=Kind)
    area = models.ForeignKey(
        Area, verbose_name=_("อำเภอ"), on_delete=models.PROTECT, related_name="+"
    )
    operator_th = models.CharField(_("ผู้ดำเนินการ"), max_length=300, blank=True)
    beds = models.PositiveIntegerField(_("เตียง"))
    certified_date = models.DateField(_("วันที่รับรอง"), null=True, blank=True)
    from_date = models.DateField(_("วันที่เปิด"), null=True, blank=True)
    until_date = models.DateField(_("วันที่ปิด"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = FacilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("สถานที่รองรับ")
        verbose_name_plural = _("สถานที่รองรับ")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "code"], name="covid_one_facility_of_a_code"
            ),
            models.CheckConstraint(
                condition=Q(from_date=None)
                | Q(until_date=None)
                | Q(until_date__gte=F("from_date")),
                name="covid_facility_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"


class DailyFigure(models.Model):
    """What a day's figures have in common: the day, who typed them when, and the version seen."""

    day = models.DateField(_("วันที่"))
    note = models.TextField(_("หมายเหตุ"), blank=True)
    version = models.PositiveIntegerField(default=1)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        abstract = True


class OccupancyQuerySet(models.QuerySet["Occupancy"]):
    def of_incident(self, incident: Incident) -> Self:
        return self.filter(facility__incident=incident)

    def between(self, first: date, last: date) -> Self:
        return self.filter(day__gte=first, day__lte=last)


class Occupancy(DailyFigure):
    """A facility at the end of a day: patients, and who came and left."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="occupancies")
    beds = models.PositiveIntegerField(_("เตียงในวันนั้น"))
    patients = models.PositiveIntegerField(_("ผู้ป่วยคงอยู่"))
    admitted = models.PositiveIntegerField(_("รับใหม่"))
    discharged = models.PositiveIntegerField(_("จำหน่าย"))

    objects = OccupancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("การใช้เตียงรายวัน")
        verbose_name_plural = _("การใช้เตียงรายวัน")
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "day"], name="covid_one_occupancy_a_facility_and_day"
            ),
            models.CheckConstraint(
                condition=Q(patients__lte=F("beds")) | ~Q(note=""),
                name="covid_over_capacity_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.day} {self.patients}/{self.beds}"


class DailySituation(DailyFigure):
    """New cases and deaths of a district on a day."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="situations")
    area = models.ForeignKey(
        Area, verbose_name=_("อำเภอ"), on_delete=models.PROTECT, related_name="+"
    )
    cases = models.PositiveIntegerField(_("ติดเชื้อรายใหม่"))
    deaths = models.PositiveIntegerField(_("เสียชีวิต"))
    tested = models.PositiveIntegerField(_("ตรวจ"), null=True, blank=True)
    vaccinated = models.PositiveIntegerField(_("ฉีดวัคซีน"), null=True, blank=True)

    class Meta:
        verbose_name = _("สถานการณ์รายวัน")
        verbose_name_plural = _("สถานการณ์รายวัน")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "area", "day"], name="covid_one_situation_an_area_and_day"
            ),
            models.CheckConstraint(
                condition=Q(tested=None) | Q(tested__gte=F("cases")),
                name="covid_found_within_tested",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.day} {self.cases}"


class OrderQuerySet(models.QuerySet["Order"]):
    def newest_first(self) -> Self:
        return self.order_by("-issued_date", "-pk")

    def in_force_on(self, day: date) -> Self:
        return self.filter(Q(until_date=None) | Q(until_date__gte=day), from_date__lte=day)


class Order(Named):
    """An announcement or order of the communicable-disease committee; the archive is public."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(_("เลขที่"), max_length=60)
    issued_date = models.DateField(_("ลงวันที่"))
    from_date = models.DateField(_("มีผลตั้งแต่"))
    until_date = models.DateField(_("ถึง"), null=True, blank=True)
    basis_th = models.TextField(_("อาศัยอำนาจตาม"), blank=True)
    closes_th = models.TextField(_("ปิดหรือห้าม"), blank=True)
    opens_th = models.TextField(_("เปิดหรือผ่อนปรน"), blank=True)
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("มติการประชุม"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    file = models.FileField(_("ไฟล์"), upload_to="orders/%Y", null=True, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    file_type = models.CharField(max_length=100, blank=True)
    version = models.PositiveIntegerField(default=1)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("ประกาศและคำสั่ง")
        verbose_name_plural = _("ประกาศและคำสั่ง")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "number"], name="covid_one_order_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(until_date__gte=F("from_date")),
                name="covid_order_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name_th}"
