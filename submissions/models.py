"""Fiscal periods with their deadlines, the abstract entry, evidence, delegated signatures."""

from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.base import ModelState
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Post, Role
from accounts.rules import Standing
from submissions import workflow


class FiscalYear(models.Model):
    """A Thai fiscal year, 1 October to 30 September, named by its Buddhist year."""

    year = models.PositiveSmallIntegerField(_("ปีงบประมาณ"), primary_key=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)
    # Data per year, never code: outlier and note thresholds, progress bounds, due days, result bands
    # (see each app's `…_settings` reader for the keys and defaults).
    thresholds: Any = models.JSONField(_("เกณฑ์ของปี"), default=dict, blank=True)

    class Meta:
        verbose_name = _("ปีงบประมาณ")
        verbose_name_plural = _("ปีงบประมาณ")
        constraints = [
            models.CheckConstraint(
                condition=Q(year__range=(2500, 2700)), name="submissions_fiscal_year_is_buddhist"
            )
        ]

    def __str__(self) -> str:
        return str(self.year)


class PeriodState(models.TextChoices):
    """How far a quarter or month is."""

    PLANNED = "planned", _("ยังไม่เปิด")
    OPEN = "open", _("เปิดรับรายงาน")
    CLOSED = "closed", _("ปิดแล้ว")
    PUBLISHED = "published", _("เผยแพร่แล้ว")


class QuarterQuerySet(models.QuerySet["Quarter"]):
    def open(self) -> Self:
        return self.filter(state=PeriodState.OPEN)

    def in_time_order(self) -> Self:
        return self.order_by("fiscal_year_id", "number")


class Quarter(models.Model):
    """A quarter of a fiscal year: who must be ready by when, and whether it can still change."""

    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="quarters")
    number = models.PositiveSmallIntegerField(_("ไตรมาส"))
    state = models.CharField(
        _("สถานะ"), max_length=10, choices=PeriodState, default=PeriodState.PLANNED
    )
    report_due_date = models.DateField(_("ครบกำหนดส่งรายงาน"))
    approve_due_date = models.DateField(_("ครบกำหนดหัวหน้าส่วนราชการลงนาม"))
    accept_due_date = models.DateField(_("ครบกำหนดสำนักงานจังหวัดรับรอง"))
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = QuarterQuerySet.as_manager()

    class Meta:
        verbose_name = _("ไตรมาส")
        verbose_name_plural = _("ไตรมาส")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "number"], name="submissions_one_quarter_of_a_year"
            ),
            models.CheckConstraint(
                condition=Q(number__range=(1, 4)), name="submissions_quarter_1_to_4"
            ),
            models.CheckConstraint(
                condition=Q(report_due_date__lte=F("approve_due_date"))
                & Q(approve_due_date__lte=F("accept_due_date")),
                name="submissions_quarter_deadlines_in_order",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="submissions_quarter_closed_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.fiscal_year_id}"

    @property
    def is_closed(self) -> bool:
        return self.state in (PeriodState.CLOSED, PeriodState.PUBLISHED)


class MonthQuerySet(models.QuerySet["Month"]):
    def open(self) -> Self:
        return self.filter(state=PeriodState.OPEN)

    def in_time_order(self) -> Self:
        return self.order_by("fiscal_year_id", "number")


class Month(models.Model):
    """A fiscal month; 1 is October."""

    fiscal_year = models.ForeignKey(FiscalYear, on_delete=models.PROTECT, related_name="months")
    number = models.PositiveSmallIntegerField(_("เดือนที่"))
    state = models.CharField(
        _("สถานะ"), max_length=10, choices=PeriodState, default=PeriodState.PLANNED
    )
    report_due_date = models.DateField(_("ครบกำหนดส่งรายงาน"))

    objects = MonthQuerySet.as_manager()

    class Meta:
        verbose_name = _("เดือน")
        verbose_name_plural = _("เดือน")
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "number"], name="submissions_one_month_of_a_year"
            ),
            models.CheckConstraint(
                condition=Q(number__range=(1, 12)), name="submissions_month_1_to_12"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number:02}/{self.fiscal_year_id}"

    @property
    def is_closed(self) -> bool:
        return self.state in (PeriodState.CLOSED, PeriodState.PUBLISHED)


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, standing: Standing) -> Self:
        """The agency's own and the province's offices; a personal file is for the post's line."""
        personal = Q(post__in=standing.post_ids) | Q(post__supervising_post__in=standing.post_ids)
        impersonal = Q(post=None)
        if not standing.sees_province:
            impersonal &= Q(agency__in=standing.agencies())
        return self.filter(
            impersonal | personal | Q(post__isnull=False, agency__in=standing.agencies(Role.HR))
        )


class Evidence(models.Model):
    """A file that supports an entry, stored under a random name outside the web root.

    Photos are re-encoded without their GPS. `post` is set where the entry is personal: then only the
    holder, the line above and HR may open it.
    """

    file = models.FileField(upload_to="evidence/%Y/%m")
    original_name = models.CharField(_("ชื่อไฟล์"), max_length=255)
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="evidence")
    post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("หลักฐาน")
        verbose_name_plural = _("หลักฐาน")

    def __str__(self) -> str:
        return self.original_name


class EntryStatus(models.TextChoices):
    """The workflow's statuses with their words."""

    DRAFT = workflow.Status.DRAFT.value, _("ร่าง")
    SUBMITTED = workflow.Status.SUBMITTED.value, _("ส่งแล้ว รอลงนาม")
    APPROVED = workflow.Status.APPROVED.value, _("ลงนามแล้ว")
    ACCEPTED = workflow.Status.ACCEPTED.value, _("รับรองแล้ว")
    RETURNED = workflow.Status.RETURNED.value, _("ส่งกลับแก้ไข")


class Entry(models.Model):
    """What everything that is reported has in common; concrete in kpi, projects, budget, learning.

    `version` grows with every write, so that a stale page is noticed. Who and when go in pairs
    (a constraint of each concrete model: `Entry.paired_stamps(prefix)`). Nobody asks for entries by
    who wrote them: five indexes would cost every write more than the row itself.
    """

    status = models.CharField(
        _("สถานะ"), max_length=10, choices=EntryStatus, default=EntryStatus.DRAFT
    )
    version = models.PositiveIntegerField(default=1)
    note = models.TextField(_("หมายเหตุ"), blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ผู้กรอก"),
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ผู้ส่ง"),
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    submitted_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ผู้ลงนาม"),
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ผู้รับรอง"),
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    accepted_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ผู้ส่งกลับ"),
        null=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    returned_at = models.DateTimeField(null=True)
    return_reason = models.TextField(_("เหตุที่ส่งกลับ"), blank=True)
    evidence = models.ManyToManyField(
        Evidence, verbose_name=_("หลักฐาน"), blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    @classmethod
    def from_db(
        cls,
        db: str | None,
        field_names: Collection[str],
        values: Collection[Any],
        *,
        fetch_mode: Any = None,
    ) -> Self:
        """Return a stored entry, in a quarter of the time of asking every field for its value.

        A column that was not read is asked for when it is looked at, as Django's own does.
        """
        entry = cls.__new__(cls)
        entry.__dict__.update(zip(field_names, values, strict=True), _state=ModelState())
        entry._state.adding, entry._state.db = False, db
        return entry

    def another(self, **columns: Any) -> Self:
        """Return an unsaved entry like this one but for some columns.

        Beginning thousands so takes a twentieth of asking every field of the class each time.
        """
        entry = type(self).__new__(type(self))
        entry.__dict__.update(self.__dict__, _state=ModelState(), **columns)
        entry._state.fields_cache = {**self._state.fields_cache}
        return entry


def entry_constraints(prefix: str) -> list[models.BaseConstraint]:
    """Constraints that every concrete entry carries, named after its app and model.

    Who and when go in pairs; a status has the stamps that it stands for; a return has its reason.
    """
    pairs = ("entered", "submitted", "approved", "accepted", "returned")
    constraints: list[models.BaseConstraint] = [
        models.CheckConstraint(
            condition=Q(**{f"{pair}_by": None, f"{pair}_at": None})
            | Q(**{f"{pair}_by__isnull": False, f"{pair}_at__isnull": False}),
            name=f"{prefix}_{pair}_by_whom_and_when",
        )
        for pair in pairs
    ]
    constraints += [
        models.CheckConstraint(
            condition=~Q(status="submitted") | Q(submitted_at__isnull=False),
            name=f"{prefix}_submitted_is_stamped",
        ),
        models.CheckConstraint(
            condition=~Q(status__in=["approved", "accepted"]) | Q(approved_at__isnull=False),
            name=f"{prefix}_approved_is_signed",
        ),
        models.CheckConstraint(
            condition=~Q(status="accepted") | Q(accepted_at__isnull=False),
            name=f"{prefix}_accepted_is_signed",
        ),
        models.CheckConstraint(
            condition=~Q(status="returned") | (Q(returned_at__isnull=False) & ~Q(return_reason="")),
            name=f"{prefix}_returned_has_its_reason",
        ),
    ]
    return constraints


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def current(self, day: date) -> Self:
        return self.filter(from_date__lte=day, until_date__gte=day, revoked_at=None)


class Delegation(models.Model):
    """A signature lent from one person to another, from–to, in one agency."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="delegations")
    lender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ผู้มอบ"),
        on_delete=models.PROTECT,
        related_name="delegations_given",
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ผู้รับมอบ"),
        on_delete=models.PROTECT,
        related_name="delegations_held",
    )
    from_date = models.DateField(_("ตั้งแต่"))
    until_date = models.DateField(_("ถึง"))
    reason = models.CharField(_("เหตุผล"), max_length=300)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("การมอบอำนาจลงนาม")
        verbose_name_plural = _("การมอบอำนาจลงนาม")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_date__gte=F("from_date")),
                name="submissions_delegation_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(lender=F("deputy")), name="submissions_delegation_to_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lender_id} → {self.deputy_id}"
