"""An incident and the facts stated about it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from common.bilingual import Named, in_language


class Incident(Named):
    """An emergency the province runs a response to; COVID-19 of 2563–2564 is the first."""

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    start_date = models.DateField(_("เริ่ม"), null=True, blank=True)
    end_date = models.DateField(_("สิ้นสุด"), null=True, blank=True)
    summary_th = models.TextField(_("สรุป"), blank=True)
    summary_en = models.TextField(blank=True)
    source = models.TextField(_("ที่มา"), blank=True)

    class Meta:
        verbose_name = _("เหตุการณ์")
        verbose_name_plural = _("เหตุการณ์")

    def __str__(self) -> str:
        return self.name_th

    @property
    def summary(self) -> str:
        return in_language(self.summary_th, self.summary_en)


class StatedFact(models.Model):
    """A figure that a source states; no part is invented for a total, no date for an undated one."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="facts")
    key = models.CharField(max_length=80)
    label_th = models.CharField(_("รายการ"), max_length=300)
    label_en = models.CharField(max_length=300, blank=True)
    value = models.BigIntegerField(_("ค่า"))
    unit_th = models.CharField(_("หน่วย"), max_length=60)
    unit_en = models.CharField(max_length=60, blank=True)
    from_date = models.DateField(null=True, blank=True)
    until_date = models.DateField(_("ณ วันที่"), null=True, blank=True)
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)
    source = models.TextField(_("ที่มา"), blank=True)

    class Meta:
        verbose_name = _("ข้อเท็จจริง")
        verbose_name_plural = _("ข้อเท็จจริง")
        constraints = [
            models.UniqueConstraint(fields=["incident", "key"], name="covid_one_fact_of_a_key"),
            models.CheckConstraint(condition=Q(value__gte=0), name="covid_fact_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.value}"

    @property
    def label(self) -> str:
        return in_language(self.label_th, self.label_en)

    @property
    def unit(self) -> str:
        return in_language(self.unit_th, self.unit_en)


class FacilityCount(models.Model):
    """How many sites and beds of a type there were, in a district or (area None) in total as stated."""

    class Kind(models.TextChoices):
        FIELD_HOSPITAL = "field_hospital", _("ศูนย์ห่วงใยคนสาคร (โรงพยาบาลสนาม)")
        FACTORY = "factory", _("ศูนย์ห่วงใยแรงงานสาคร (FAI และ FAQ)")
        COMMUNITY = "community", _("ศูนย์พักคอยคนสาคร (CI)")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="facility_counts")
    kind = models.CharField(_("ประเภท"), max_length=20, choices=Kind)
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sites = models.PositiveIntegerField(_("แห่ง"))
    beds = models.PositiveIntegerField(_("เตียง"))
    as_of_date = models.DateField(_("ณ วันที่"), null=True, blank=True)
    source = models.TextField(_("ที่มา"), blank=True)

    class Meta:
        verbose_name = _("จำนวนสถานที่รองรับ")
        verbose_name_plural = _("จำนวนสถานที่รองรับ")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "kind", "area"], name="covid_one_count_of_a_kind_and_area", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sites}/{self.beds}"


class Measure(Named):
    """Something that was ordered or done in the response, in order."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="measures")
    order = models.PositiveSmallIntegerField(_("ลำดับ"))
    detail_th = models.TextField(blank=True)
    from_date = models.DateField(null=True, blank=True)
    until_date = models.DateField(null=True, blank=True)
    source = models.TextField(_("ที่มา"), blank=True)

    class Meta:
        verbose_name = _("มาตรการ")
        verbose_name_plural = _("มาตรการ")
        constraints = [
            models.UniqueConstraint(fields=["incident", "order"], name="covid_one_measure_at_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.name_th}"
