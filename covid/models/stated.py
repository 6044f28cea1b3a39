"""An incident and the facts stated about it."""

from typing import Self

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
    # Open: operators keep daily figures. What only sources state was never open here.
    is_open = models.BooleanField(_("เปิดอยู่"), default=False)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        verbose_name = _("เหตุการณ์")
        verbose_name_plural = _("เหตุการณ์")

    def __str__(self) -> str:
        return self.name_th

    @property
    def summary(self) -> str:
        return in_language(self.summary_th, self.summary_en)


class StatedFact(models.Model):
    """A figure that a source states: no part invented for a total, no date for an undated one."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="facts")
    key = models.CharField(max_length=80)
    label_th = models.CharField(_("รายการ"), max_length=300)
    label_en = models.CharField(max_length=300, blank=True)
    value = models.BigIntegerField(_("ค่า"))
    unit_th = models.CharField(_("หน่วย"), max_length=60)
    unit_en = models.CharField(max_length=60, blank=True)
    from_date = models.DateField(null=True, blank=True)
    until_date = models.DateField(_("ณ วันที่"), null=True, blank=True)
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
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


class FacilityCountQuerySet(models.QuerySet["FacilityCount"]):
    def totals(self) -> Self:
        """The stated totals, without the parts by area."""
        return self.filter(area=None)

    def by_area(self) -> Self:
        return self.filter(area__isnull=False).select_related("area")

    def in_order(self) -> Self:
        return self.order_by("order", "kind", "area__code")


class FacilityCount(models.Model):
    """How many sites and beds of a type there were, in a district or (area None) as a total."""

    class Kind(models.TextChoices):
        FIELD_HOSPITAL = "field_hospital", _("โรงพยาบาลสนาม")
        FACTORY = "factory", _("แยกกักและกักกันในโรงงาน (FAI และ FAQ)")
        COMMUNITY = "community", _("ศูนย์พักคอยชุมชน (CI)")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="facility_counts")
    kind = models.CharField(_("ประเภท"), max_length=20, choices=Kind)
    # What the province calls this type; its word goes before the type's general name.
    label_th = models.CharField(_("ชื่อที่จังหวัดใช้"), max_length=300, blank=True)
    label_en = models.CharField(max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sites = models.PositiveIntegerField(_("แห่ง"))
    beds = models.PositiveIntegerField(_("เตียง"))
    as_of_date = models.DateField(_("ณ วันที่"), null=True, blank=True)
    source = models.TextField(_("ที่มา"), blank=True)

    objects = FacilityCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("จำนวนสถานที่รองรับ")
        verbose_name_plural = _("จำนวนสถานที่รองรับ")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "kind", "area"], name="covid_one_count_of_a_kind_and_area"
            ),
            models.UniqueConstraint(
                fields=["incident", "kind"],
                condition=Q(area=None),
                name="covid_one_stated_total_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sites}/{self.beds}"

    @property
    def label(self) -> str:
        return in_language(self.label_th, self.label_en) or str(FacilityCount.Kind(self.kind).label)


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
            models.UniqueConstraint(
                fields=["incident", "order"], name="covid_one_measure_at_a_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.name_th}"


class Event(models.Model):
    """A dated step of the story as a source tells it; an undated one says before which day."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="events")
    order = models.PositiveSmallIntegerField(_("ลำดับ"))
    happened_date = models.DateField(_("วันที่"), null=True, blank=True)
    before_date = models.DateField(_("ก่อนวันที่"), null=True, blank=True)
    text_th = models.TextField(_("เหตุการณ์"))
    text_en = models.TextField(blank=True)
    # From the press, not from the province's own text.
    is_press = models.BooleanField(_("ข่าว"), default=False)
    source = models.TextField(_("ที่มา"), blank=True)

    class Meta:
        verbose_name = _("ลำดับเหตุการณ์")
        verbose_name_plural = _("ลำดับเหตุการณ์")
        constraints = [
            models.UniqueConstraint(fields=["incident", "order"], name="covid_one_event_at_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.text_th[:80]}"

    @property
    def text(self) -> str:
        return in_language(self.text_th, self.text_en)


class Term(Named):
    """An abbreviation of the response and what it stands for."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="terms")
    order = models.PositiveSmallIntegerField(default=0)
    abbreviation = models.CharField(_("คำย่อ"), max_length=40)
    is_shown = models.BooleanField(_("แสดงต่อสาธารณะ"), default=True)

    class Meta:
        verbose_name = _("คำย่อ")
        verbose_name_plural = _("คำย่อ")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "abbreviation"], name="covid_one_term_of_an_abbreviation"
            )
        ]

    def __str__(self) -> str:
        return self.abbreviation
