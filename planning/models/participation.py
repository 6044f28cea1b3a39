"""Who took part: forums with attendance and proposals, and consultations on a draft."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from accounts.rules import Standing
from common import fiscal
from planning.models.needs import Need
from strategy.models import Approach, PlanEdition


class Sector(models.TextChoices):
    """The four that take part in planning."""

    GOVERNMENT = "government", _("ภาครัฐ")
    PRIVATE = "private", _("ภาคเอกชน")
    CIVIL = "civil", _("ภาคประชาสังคม")
    PEOPLE = "people", _("ประชาชน")


class ForumQuerySet(models.QuerySet["Forum"]):
    def with_counts(self) -> Self:
        return self.select_related("edition__plan", "area").prefetch_related("attendance")

    def newest_first(self) -> Self:
        return self.order_by("-held_date", "-pk")

    def held_in(self, first: date, last: date) -> Self:
        return self.filter(held_date__range=(first, last))


class Forum(models.Model):
    """A meeting or forum about the plan; nobody's name stands in it."""

    title_th = models.CharField(_("ชื่อเวที"), max_length=300)
    held_date = models.DateField(_("วันที่จัด"))
    place_th = models.CharField(_("สถานที่"), max_length=300, blank=True)
    area = models.ForeignKey(
        Area,
        verbose_name=_("พื้นที่"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    edition = models.ForeignKey(
        PlanEdition,
        verbose_name=_("แผนฉบับ"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="forums",
    )
    minutes_th = models.TextField(_("สรุปการประชุม"), blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ForumQuerySet.as_manager()

    class Meta:
        verbose_name = _("เวทีรับฟัง")
        verbose_name_plural = _("เวทีรับฟัง")
        constraints = [
            models.UniqueConstraint(
                fields=["title_th", "held_date"], name="planning_one_forum_of_a_title_a_day"
            )
        ]

    def __str__(self) -> str:
        return self.title_th


class ForumAttendance(models.Model):
    """How many of a sector came to a forum."""

    forum = models.ForeignKey(Forum, on_delete=models.CASCADE, related_name="attendance")
    sector = models.CharField(_("ภาคส่วน"), max_length=10, choices=Sector)
    people = models.PositiveIntegerField(_("คน"))

    class Meta:
        verbose_name = _("ผู้เข้าร่วม")
        verbose_name_plural = _("ผู้เข้าร่วม")
        constraints = [
            models.UniqueConstraint(
                fields=["forum", "sector"], name="planning_one_attendance_of_a_sector"
            )
        ]

    def __str__(self) -> str:
        return f"{self.forum_id} {self.sector} {self.people}"


class ForumProposal(models.Model):
    """What was proposed at a forum, and what became of it."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("ยังไม่ตอบ")
        TAKEN = "taken", _("รับไว้ในแผน")
        NEED = "need", _("รับเป็นความต้องการ")
        NOT_TAKEN = "not_taken", _("ไม่รับ")

    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="proposals")
    number = models.PositiveSmallIntegerField(_("ข้อ"))
    sector = models.CharField(_("ภาคส่วนที่เสนอ"), max_length=10, choices=Sector)
    text_th = models.TextField(_("ข้อเสนอ"))
    outcome = models.CharField(_("ผล"), max_length=10, choices=Outcome, default=Outcome.OPEN)
    outcome_th = models.TextField(_("คำตอบ"), blank=True)
    version = models.PositiveIntegerField(default=1)
    approach = models.ForeignKey(
        Approach, null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    need = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        verbose_name = _("ข้อเสนอจากเวที")
        verbose_name_plural = _("ข้อเสนอจากเวที")
        constraints = [
            models.UniqueConstraint(
                fields=["forum", "number"], name="planning_one_proposal_of_a_number"
            ),
            models.CheckConstraint(
                condition=Q(outcome="open", answered_by=None, answered_at=None)
                | (
                    ~Q(outcome="open")
                    & ~Q(outcome_th="")
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
                name="planning_answered_proposal_says_what_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="need") | Q(need__isnull=False),
                name="planning_proposal_taken_as_a_need_names_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.forum_id}/{self.number}"


class ForumFileQuerySet(models.QuerySet["ForumFile"]):
    def visible_to(self, standing: Standing) -> Self:
        """The forum is public, its files once they are marked so; those at the desk see all."""
        if standing.sees_province:
            return self
        return self.filter(is_public=True)

    def kept(self) -> Self:
        """Leave out what was taken away."""
        return self.filter(removed_at=None)

    def in_time_order(self) -> Self:
        return self.order_by("added_at", "pk")


class ForumFile(models.Model):
    """Minutes of a forum as a file; public only when somebody looked and said so.

    What is taken away stays with its reason, and may be put back.
    """

    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="files")
    file = models.FileField(_("ไฟล์"), upload_to="forums/%Y")
    file_name = models.CharField(_("ชื่อไฟล์"), max_length=255)
    file_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    caption_th = models.CharField(_("คำอธิบาย"), max_length=300)
    is_public = models.BooleanField(_("เผยแพร่"), default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_reason = models.CharField(_("เหตุผลที่เอาออก"), max_length=300, blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ForumFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("รายงานการประชุมของเวที")
        verbose_name_plural = _("รายงานการประชุมของเวที")
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None, removed_reason="")
                | (
                    Q(removed_at__isnull=False, removed_by__isnull=False)
                    & ~Q(removed_reason="")
                    & Q(is_public=False)
                ),
                name="planning_removed_forum_file_says_why_and_is_not_public",
            )
        ]

    def __str__(self) -> str:
        return self.caption_th


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def with_edition(self) -> Self:
        return self.select_related("edition__plan")

    def open_on(self, day: date) -> Self:
        return self.filter(opens_date__lte=day, closes_date__gte=day, closed_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-opens_date", "-pk")


class Consultation(models.Model):
    """The public's time to say what it thinks of a draft edition."""

    edition = models.ForeignKey(PlanEdition, on_delete=models.PROTECT, related_name="consultations")
    opens_date = models.DateField(_("เปิดรับ"))
    closes_date = models.DateField(_("ปิดรับ"))
    question_th = models.TextField(_("ขอความเห็นเรื่อง"))
    # Closed before its last day, for a reason that everybody reads.
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_reason = models.CharField(_("เหตุผลที่ปิดรับก่อนกำหนด"), max_length=300, blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("การรับฟังความคิดเห็น")
        verbose_name_plural = _("การรับฟังความคิดเห็น")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_date__gte=F("opens_date")),
                name="planning_consultation_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, closed_reason="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_reason="")),
                name="planning_consultation_closed_early_says_why_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.opens_date}"

    @property
    def last_date(self) -> date:
        """The last day on which comments are taken: the day of closing where that came first."""
        return fiscal.local_date(self.closed_at) if self.closed_at else self.closes_date


class ConsultationComment(models.Model):
    """What somebody says about a draft; shown after a look, and answered."""

    class State(models.TextChoices):
        WAITING = "waiting", _("รอตรวจก่อนเผยแพร่")
        SHOWN = "shown", _("เผยแพร่แล้ว")
        HIDDEN = "hidden", _("ไม่เผยแพร่")

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="comments"
    )
    sector = models.CharField(_("ภาคส่วน"), max_length=10, choices=Sector)
    # What of the draft it is about, in the words of the form; "" for the whole.
    about_th = models.CharField(_("เกี่ยวกับ"), max_length=300, blank=True)
    text_th = models.TextField(_("ความคิดเห็น"))
    state = models.CharField(_("สถานะ"), max_length=8, choices=State, default=State.WAITING)
    received_at = models.DateTimeField()
    answer_th = models.TextField(_("คำตอบ"), blank=True)
    version = models.PositiveIntegerField(default=1)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    class Meta:
        verbose_name = _("ความคิดเห็น")
        verbose_name_plural = _("ความคิดเห็น")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_th="", answered_by=None, answered_at=None)
                | (~Q(answer_th="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="planning_comment_answered_by_whom_and_when",
            )
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.text_th[:60]}"
