"""Closed quarters, frozen: the document of all figures, its restatements and published editions."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from accounts.rules import Standing
from common.fields import MeasureField
from kpi.models import Result
from submissions.models import Quarter


class Freeze(models.Model):
    """The frozen figures of a quarter: number 0 is the closing, later ones are restatements.

    `document` is a `document.Frozen`; `sha256` is of its canonical JSON.
    """

    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="freezes")
    number = models.PositiveSmallIntegerField()
    document: Any = models.JSONField()
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # A restatement has a reason and a second person.
    reason = models.TextField(_("เหตุผล"), blank=True)
    agreed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("ค่าที่ปิดแล้ว")
        verbose_name_plural = _("ค่าที่ปิดแล้ว")
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "number"], name="reports_one_freeze_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(number=0, agreed_by=None)
                | (
                    Q(number__gt=0, agreed_by__isnull=False)
                    & ~Q(reason="")
                    & ~Q(agreed_by=models.F("made_by"))
                ),
                name="reports_restatement_has_reason_and_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter_id} #{self.number}"


class ReopeningQuerySet(models.QuerySet["Reopening"]):
    def visible_to(self, standing: Standing) -> Self:
        """All for the office and its readers; an agency reads its own once they are agreed."""
        if standing.sees_province:
            return self
        return self.filter(agency__in=standing.agencies(), agreed_at__isnull=False)

    def with_people(self) -> Self:
        return self.select_related("agency", "asked_by", "agreed_by", "quarter__fiscal_year")

    def running(self, day: date) -> Self:
        """Those that are agreed and have not ended by themselves."""
        return self.filter(agreed_at__isnull=False, until_date__gte=day)

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class Reopening(models.Model):
    """One agency may correct its entries of a closed quarter, until a day; then it ends by itself.

    What is corrected changes no frozen figure: the office restates with it, or leaves it.
    """

    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="reopenings")
    agency = models.ForeignKey(
        Agency, verbose_name=_("หน่วยงาน"), on_delete=models.PROTECT, related_name="reopenings"
    )
    reason = models.TextField(_("เหตุผล"))
    until_date = models.DateField(_("ถึงวันที่"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)

    objects = ReopeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("การเปิดให้แก้ไข")
        verbose_name_plural = _("การเปิดให้แก้ไข")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="reports_reopening_has_a_reason"),
            models.CheckConstraint(
                condition=Q(agreed_by=None, agreed_at=None)
                | (
                    Q(agreed_by__isnull=False, agreed_at__isnull=False)
                    & ~Q(agreed_by=models.F("asked_by"))
                ),
                name="reports_reopening_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter_id} {self.agency_id}"


class Restatement(models.Model):
    """A restatement that one of the office asks for and another agrees to or declines."""

    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="restatements")
    reason = models.TextField(_("เหตุผล"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("คำขอแก้ไขย้อนหลัง")
        verbose_name_plural = _("คำขอแก้ไขย้อนหลัง")
        constraints = [
            models.UniqueConstraint(
                fields=["quarter"],
                condition=Q(agreed_at=None, declined_at=None),
                name="reports_one_restatement_waits_in_a_quarter",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="reports_restatement_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(agreed_by=None, agreed_at=None)
                | (
                    Q(agreed_by__isnull=False, agreed_at__isnull=False, declined_at=None)
                    & ~Q(agreed_by=models.F("asked_by"))
                ),
                name="reports_restatement_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(declined_by=None, declined_at=None)
                | Q(declined_by__isnull=False, declined_at__isnull=False),
                name="reports_restatement_declined_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter_id} {self.pk}"


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, standing: Standing) -> Self:
        """All for the office and its readers; an agency reads those of its entries."""
        if standing.sees_province:
            return self
        return self.filter(result__kpi__agency__in=standing.agencies())

    def waiting(self) -> Self:
        """Those that no restatement has taken up."""
        return self.filter(restatement=None)

    def with_entry(self) -> Self:
        return self.select_related("result__kpi__indicator", "result__kpi__agency", "typed_by")

    def in_code_order(self) -> Self:
        return self.order_by("result__kpi__code", "pk")


class Correction(models.Model):
    """What a signed entry of a closed quarter should have said; nothing changes before a restatement."""

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="corrections")
    # The entry's version and figures that were read.
    version = models.PositiveIntegerField()
    before: Any = models.JSONField()
    value = MeasureField(null=True)
    numerator = MeasureField(null=True)
    denominator = MeasureField(null=True)
    note = models.TextField(_("เหตุผลของรายการ"))
    typed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    typed_at = models.DateTimeField()
    # None where the office typed it itself.
    reopening = models.ForeignKey(
        Reopening, null=True, on_delete=models.PROTECT, related_name="corrections"
    )
    restatement = models.ForeignKey(
        Restatement, null=True, on_delete=models.PROTECT, related_name="corrections"
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("รายการแก้ไข")
        verbose_name_plural = _("รายการแก้ไข")
        constraints = [
            models.UniqueConstraint(
                fields=["result"],
                condition=Q(restatement=None),
                name="reports_one_waiting_correction_of_an_entry",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="reports_correction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(value__isnull=False, numerator=None, denominator=None)
                | Q(value=None, numerator__isnull=False, denominator__isnull=False),
                name="reports_correction_is_a_value_or_a_ratio",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result_id} {self.pk}"


class ReportSummary(models.Model):
    """What the strategy office writes above the figures before an edition is published."""

    quarter = models.OneToOneField(Quarter, on_delete=models.PROTECT, related_name="summary")
    text_th = models.TextField(_("บทสรุป"))
    text_en = models.TextField(_("บทสรุป (อังกฤษ)"), blank=True)
    version = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("บทสรุปรายงาน")
        verbose_name_plural = _("บทสรุปรายงาน")

    def __str__(self) -> str:
        return str(self.quarter_id)


class EditionQuerySet(models.QuerySet["Edition"]):
    def finished(self) -> Self:
        """Editions whose files are all there: what the public reads."""
        return self.filter(finished_at__isnull=False)

    def with_quarter(self) -> Self:
        return self.select_related("quarter")

    def without_document(self) -> Self:
        """For lists: the document is large and only the files are needed."""
        return self.defer("document")

    def newest_first(self) -> Self:
        return self.order_by("-quarter__fiscal_year", "-quarter__number", "-number")


class Edition(models.Model):
    """A published edition of a quarter's report; its files never change a byte."""

    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField(_("ฉบับที่"))
    freeze_record = models.ForeignKey(Freeze, on_delete=models.PROTECT, related_name="editions")
    document: Any = models.JSONField()
    sha256 = models.CharField(max_length=64)
    # {"html-th": {"path": …, "sha256": …, "size": …}, "html-en": …, "pdf": …, "csv": …, "json": …}
    files: Any = models.JSONField(default=dict)
    corrections_th = models.TextField(_("สิ่งที่แก้ไขจากฉบับก่อน"), blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    # When its files were all written; before that nobody is led to it.
    finished_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("ฉบับรายงาน")
        verbose_name_plural = _("ฉบับรายงาน")
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "number"], name="reports_one_edition_of_a_number"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="reports_editions_begin_at_1"),
        ]

    def __str__(self) -> str:
        return f"{self.quarter_id} ฉบับที่ {self.number}"

    @property
    def quarter_address(self) -> str:
        """Where the newest edition of its quarter is; `quarter` must be loaded."""
        return f"/reports/{self.quarter.fiscal_year_id}/q{self.quarter.number}/"

    @property
    def address(self) -> str:
        """Where this edition is for good; `quarter` must be loaded."""
        return f"{self.quarter_address}edition/{self.number}/"


class FieldLabel(models.Model):
    """What the province calls a field of a form that others ask for, and whether it is asked for.

    A field without a row here is called as `returns/labels.json` says.
    """

    form = models.CharField(_("แบบฟอร์ม"), max_length=40)
    key = models.CharField(_("ช่อง"), max_length=60)
    label_th = models.CharField(_("ชื่อที่ใช้"), max_length=300)
    is_required = models.BooleanField(_("ต้องกรอก"), default=False)

    class Meta:
        verbose_name = _("ชื่อช่องของแบบฟอร์ม")
        verbose_name_plural = _("ชื่อช่องของแบบฟอร์ม")
        constraints = [
            models.UniqueConstraint(fields=["form", "key"], name="reports_one_label_of_a_field")
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.key}"
