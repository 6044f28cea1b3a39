"""Uploaded workbooks with what was understood and done, and remembered column mappings."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Role
from accounts.rules import Standing
from common.fields import DeflatedField
from jobruns.models import JobRun
from submissions.models import FiscalYear, Month, Quarter

Period = Quarter | Month | FiscalYear


def random_path(upload: "Upload", name: str) -> str:
    """Return where an upload is stored: nothing of the sender's name, out of the web root."""
    suffix = upload.format or "bin"
    return f"uploads/{upload.uploaded_at:%Y/%m}/{uuid.uuid4().hex}.{suffix}"


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, standing: Standing) -> Self:
        """Uploads of the person's agencies; the province's offices see all but the personal ones."""
        personal = Q(is_personal=True, agency__in=standing.agencies(Role.HR))
        others = Q(is_personal=False)
        if not standing.sees_province:
            others &= Q(agency__in=standing.agencies()) | Q(uploaded_by=standing.user.pk)
        return self.filter(personal | others)

    def with_period(self) -> Self:
        return self.select_related(
            "agency", "quarter", "month", "fiscal_year", "uploaded_by", "job"
        ).defer("understood")

    def in_time_order(self) -> Self:
        """Newest first."""
        return self.order_by("-uploaded_at", "-pk")


class Upload(models.Model):
    """One workbook that somebody sent: the original, what was understood, what became of it."""

    class State(models.TextChoices):
        RECEIVED = "received", _("รอตรวจ")
        READY = "ready", _("ตรวจแล้ว รอยืนยัน")
        REFUSED = "refused", _("อ่านไม่ได้")
        COMMITTING = "committing", _("กำลังนำเข้า")
        COMMITTED = "committed", _("นำเข้าแล้ว")
        UNDONE = "undone", _("ยกเลิกการนำเข้าแล้ว")
        DISCARDED = "discarded", _("ทิ้งแล้ว")

    class Action(models.TextChoices):
        DRAFT = "draft", _("บันทึกเป็นร่าง")
        SUBMIT = "submit", _("บันทึกแล้วส่งลงนาม")

    kind = models.CharField(_("แบบ"), max_length=40)
    agency = models.ForeignKey(
        Agency, verbose_name=_("หน่วยงาน"), on_delete=models.PROTECT, related_name="uploads"
    )
    quarter = models.ForeignKey(
        Quarter, null=True, blank=True, on_delete=models.PROTECT, related_name="uploads"
    )
    month = models.ForeignKey(
        Month, null=True, blank=True, on_delete=models.PROTECT, related_name="uploads"
    )
    fiscal_year = models.ForeignKey(
        FiscalYear, null=True, blank=True, on_delete=models.PROTECT, related_name="uploads"
    )
    file = models.FileField(_("ไฟล์"), upload_to=random_path)
    original_name = models.CharField(_("ชื่อไฟล์"), max_length=255)
    format = models.CharField(max_length=5, blank=True)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # Sheet, heading row, column of each field, whether dashes are zeros: what was confirmed.
    mapping: Any = models.JSONField(default=dict, blank=True)
    # What was understood, for people and machines; see actions.reports.
    report: Any = models.JSONField(default=dict, blank=True)
    # What a person confirms, line by line, and against which rows: a commit writes it and an undo
    # puts it back, so that the file is read once and nothing is kept twice; see reading.
    understood: Any = DeflatedField(default=dict, blank=True)
    # What came of each line: the version reached, whether it was made, and the code it was given.
    written: Any = DeflatedField(default=list, blank=True)
    # Of a kind about persons: read by the agency's own HR only.
    is_personal = models.BooleanField(_("เป็นข้อมูลส่วนบุคคล"), default=False)
    action = models.CharField(max_length=6, choices=Action, default=Action.DRAFT)
    state = models.CharField(_("สถานะ"), max_length=10, choices=State, default=State.RECEIVED)
    job = models.ForeignKey(
        JobRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads"
    )
    uploaded_at = models.DateTimeField()
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    committed_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("ไฟล์นำเข้า")
        verbose_name_plural = _("ไฟล์นำเข้า")
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter__isnull=False, month=None, fiscal_year=None)
                | Q(quarter=None, month__isnull=False, fiscal_year=None)
                | Q(quarter=None, month=None, fiscal_year__isnull=False),
                name="spreadsheets_upload_for_one_period",
            ),
            models.CheckConstraint(
                condition=Q(committed_by=None, committed_at=None)
                | Q(committed_by__isnull=False, committed_at__isnull=False),
                name="spreadsheets_committed_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(undone_by=None, undone_at=None)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="spreadsheets_undone_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["committed", "undone"]) | Q(committed_at__isnull=False),
                name="spreadsheets_committed_is_stamped",
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | Q(undone_at__isnull=False),
                name="spreadsheets_undone_is_stamped",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "uploaded_at"], name="spreadsheets_upload_history")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.original_name}"

    @property
    def period(self) -> Period:
        """The quarter, month or year that it is for."""
        period = self.quarter or self.month or self.fiscal_year
        if period is None:
            raise ValueError("an upload is for a quarter, a month or a year")
        return period

    @property
    def is_running(self) -> bool:
        """Whether work on it waits or runs."""
        return self.state in (self.State.RECEIVED, self.State.COMMITTING)


class RememberedMapping(models.Model):
    """Which column is which on a form that an agency has sent before."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="remembered_mappings")
    kind = models.CharField(max_length=40)
    # Of the headings, so that the same form is known again next month.
    layout = models.CharField(max_length=64)
    # Heading text by field name: columns may have moved since.
    columns: Any = models.JSONField(default=dict)
    dash_is_zero = models.BooleanField(default=False)
    remembered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    remembered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("การจับคู่คอลัมน์ที่จำไว้")
        verbose_name_plural = _("การจับคู่คอลัมน์ที่จำไว้")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "layout"], name="spreadsheets_one_mapping_of_a_layout"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.agency_id} {self.layout[:8]}"
