"""What people need, from the village up, and the way it takes to an answer."""

from collections.abc import Collection
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Area, Role
from accounts.rules import Standing
from common.bilingual import Named
from common.fields import BahtField, MeasureField
from planning import workflow
from planning.scoring import MOST_POINTS
from projects.models import Project


class LevelChoices(models.TextChoices):
    """The levels with their words."""

    VILLAGE = workflow.Level.VILLAGE.value, _("หมู่บ้าน / ชุมชน")
    TAMBON = workflow.Level.TAMBON.value, _("ตำบล")
    LOCAL = workflow.Level.LOCAL.value, _("องค์กรปกครองส่วนท้องถิ่น")
    DISTRICT = workflow.Level.DISTRICT.value, _("อำเภอ")
    PROVINCE = workflow.Level.PROVINCE.value, _("จังหวัด")


class NeedCategory(Named):
    """What a need is about; people add and end categories."""

    code = models.CharField(_("รหัส"), max_length=20, unique=True)
    order = models.PositiveSmallIntegerField(_("ลำดับ"), default=0)
    is_active = models.BooleanField(_("ใช้งาน"), default=True)

    class Meta:
        verbose_name = _("หมวดของความต้องการ")
        verbose_name_plural = _("หมวดของความต้องการ")

    def __str__(self) -> str:
        return self.name_th


class Criterion(Named):
    """What a level asks when it ranks needs, and how much it weighs there."""

    level = models.CharField(_("ระดับ"), max_length=8, choices=LevelChoices)
    order = models.PositiveSmallIntegerField(_("ลำดับ"), default=0)
    weight = MeasureField(_("น้ำหนัก"))
    is_active = models.BooleanField(_("ใช้งาน"), default=True)

    class Meta:
        verbose_name = _("เกณฑ์จัดลำดับ")
        verbose_name_plural = _("เกณฑ์จัดลำดับ")
        constraints = [
            models.UniqueConstraint(
                fields=["level", "order"], name="planning_one_criterion_at_a_place"
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0), name="planning_criterion_weight_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.order}. {self.name_th}"


def in_areas(areas: models.QuerySet[Area] | Collection[int]) -> Q:
    """Needs whose place is one of the areas or lies in one."""
    return (
        Q(area__in=areas)
        | Q(area__parent__in=areas)
        | Q(area__parent__parent__in=areas)
        | Q(area__parent__parent__parent__in=areas)
    )


class NeedQuerySet(models.QuerySet["Need"]):
    def public(self) -> Self:
        """Needs that everybody may read."""
        return self.filter(status__in=[status.value for status in workflow.PUBLIC])

    def visible_to(self, standing: Standing) -> Self:
        """What everybody reads; and what is not yet checked to those who check it there."""
        if standing.has(Role.STRATEGIST):
            return self
        places = Area.objects.filter(agencies__in=standing.agencies(Role.PLANNER))
        return self.filter(
            Q(status__in=[status.value for status in workflow.PUBLIC])
            | Q(pk__in=Need.objects.filter(in_areas(places)).values("pk"))
        )

    def in_reach_of(self, standing: Standing) -> Self:
        """Needs of the places the person plans for; of the whole province where he or she sees it."""
        if standing.sees_province:
            return self.visible_to(standing)
        places = Area.objects.filter(agencies__in=standing.agencies(Role.PLANNER))
        return self.filter(pk__in=Need.objects.filter(in_areas(places)).values("pk"))

    def in_area(self, area_id: int) -> Self:
        """Needs of an area and of those inside it."""
        return self.filter(in_areas([area_id]))

    def in_areas(self, area_ids: Collection[int]) -> Self:
        return self.filter(in_areas(area_ids))

    def at_level(self, level: str) -> Self:
        return self.filter(level=level)

    def of_status(self, *statuses: str) -> Self:
        return self.filter(status__in=statuses)

    def pending(self) -> Self:
        """Needs about which somebody is to decide."""
        return self.of_status(*(status.value for status in workflow.PENDING))

    def unanswered(self) -> Self:
        """Needs to be decided about, and those that the public sent and nobody looked at yet."""
        return self.of_status(
            *(status.value for status in (*workflow.PENDING, workflow.Status.WAITING))
        )

    def matching(self, text: str) -> Self:
        """Needs whose code, name, words or place hold the text."""
        return self.filter(
            Q(code__icontains=text)
            | Q(title_th__icontains=text)
            | Q(detail_th__icontains=text)
            | Q(place_th__icontains=text)
            | Q(area__name_th__icontains=text)
        )

    def with_place(self) -> Self:
        """Join category, place and project; outlines of areas are large and stay behind."""
        return self.select_related(
            "category", "agency", "area__parent__parent__parent", "project__host_agency"
        ).defer(
            "area__boundary",
            "area__parent__boundary",
            "area__parent__parent__boundary",
            "area__parent__parent__parent__boundary",
        )

    def newest_first(self) -> Self:
        return self.order_by("-received_at", "-pk")


class Need(models.Model):
    """What people of a place need; it is answered by the level where it stands."""

    class Status(models.TextChoices):
        WAITING = workflow.Status.WAITING.value, _("รอตรวจก่อนเผยแพร่")
        HIDDEN = workflow.Status.HIDDEN.value, _("ไม่เผยแพร่")
        OPEN = workflow.Status.OPEN.value, _("กำลังพิจารณา")
        RETURNED = workflow.Status.RETURNED.value, _("ส่งกลับให้เพิ่มข้อมูล")
        MERGED = workflow.Status.MERGED.value, _("รวมกับเรื่องอื่น")
        FUNDED = workflow.Status.FUNDED.value, _("จัดสรรงบประมาณแล้ว")
        ADOPTED = workflow.Status.ADOPTED.value, _("เป็นโครงการแล้ว")
        REJECTED = workflow.Status.REJECTED.value, _("ไม่รับดำเนินการ")
        DONE = workflow.Status.DONE.value, _("แล้วเสร็จ")

    class Origin(models.TextChoices):
        OFFICER = "officer", _("เจ้าหน้าที่บันทึก")
        PUBLIC = "public", _("ประชาชนแจ้ง")
        FORUM = "forum", _("เวทีประชาคม")

    code = models.CharField(_("เลขที่"), max_length=20, unique=True)
    title_th = models.CharField(_("เรื่อง"), max_length=300)
    detail_th = models.TextField(_("รายละเอียด"), blank=True)
    category = models.ForeignKey(
        NeedCategory, verbose_name=_("หมวด"), on_delete=models.PROTECT, related_name="needs"
    )
    area = models.ForeignKey(
        Area, verbose_name=_("พื้นที่"), on_delete=models.PROTECT, related_name="needs"
    )
    place_th = models.CharField(_("หมู่บ้าน / จุดที่ตั้ง"), max_length=300, blank=True)
    latitude = models.DecimalField(
        _("ละติจูด"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("ลองจิจูด"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    # None: nobody said how many, which is not "none".
    people_affected = models.PositiveIntegerField(_("ผู้ได้รับผลกระทบ (คน)"), null=True, blank=True)
    cost_guess = BahtField(_("ประมาณการค่าใช้จ่าย (บาท)"), null=True, blank=True)
    origin = models.CharField(_("ที่มา"), max_length=8, choices=Origin, default=Origin.OFFICER)
    level = models.CharField(_("อยู่ที่ระดับ"), max_length=8, choices=LevelChoices)
    status = models.CharField(_("สถานะ"), max_length=8, choices=Status, default=Status.OPEN)
    # The agency that wrote it down; None where the public did.
    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="needs"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField(_("รับเรื่องเมื่อ"))
    arrived_at = models.DateTimeField(_("ถึงระดับนี้เมื่อ"))
    # The last word to the public, and when it was said.
    answer_th = models.TextField(_("คำตอบ"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    funded_baht = BahtField(_("งบประมาณที่จัดสรร (บาท)"), null=True, blank=True)
    funded_year = models.PositiveSmallIntegerField(_("ปีงบประมาณ"), null=True, blank=True)
    funded_source_th = models.CharField(_("แหล่งงบประมาณ"), max_length=200, blank=True)
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="needs"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    version = models.PositiveIntegerField(default=1)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("ความต้องการของพื้นที่")
        verbose_name_plural = _("ความต้องการของพื้นที่")
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("id")),
                name="planning_need_is_not_merged_into_itself",
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into=None)),
                name="planning_merged_need_says_into_which",
            ),
            models.CheckConstraint(
                condition=~Q(status="adopted") | Q(project__isnull=False),
                name="planning_adopted_need_has_a_project",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["funded", "done"])
                | Q(funded_baht__gt=0, funded_year__isnull=False),
                name="planning_funded_need_says_how_much",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["rejected", "returned", "hidden"]) | ~Q(answer_th=""),
                name="planning_refused_need_has_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="planning_need_place_has_both_coordinates",
            ),
            models.CheckConstraint(
                condition=Q(cost_guess=None) | Q(cost_guess__gte=0),
                name="planning_need_cost_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["level", "status"], name="planning_need_level_status")]

    def __str__(self) -> str:
        return f"{self.code} {self.title_th}"

    def get_absolute_url(self) -> str:
        return reverse("planning:need-detail", args=[self.code])

    @property
    def places(self) -> tuple[Area, ...]:
        """The need's place and what it lies in, the smallest first; read with `with_place`."""
        found: list[Area] = []
        area: Area | None = self.area
        while area is not None:
            found.append(area)
            area = area.parent
        return tuple(found)

    @property
    def area_ids(self) -> frozenset[int]:
        """The keys of `places`."""
        return frozenset(area.pk for area in self.places)

    @property
    def place(self) -> str:
        """Where it is, in words: the village or spot, then tambon and district."""
        named = [area.name for area in self.places if area.kind != Area.Kind.PROVINCE]
        return " · ".join([self.place_th, *named] if self.place_th else named)


class NeedStep(models.Model):
    """One step of a need's way: who did what, at which level, and what the public is told."""

    class Kind(models.TextChoices):
        RECORDED = "recorded", _("รับเรื่อง")
        PUBLISHED = "published", _("ตรวจแล้ว เผยแพร่")
        HIDDEN = "hidden", _("ไม่เผยแพร่")
        RANKED = "ranked", _("จัดลำดับ")
        SENT_UP = "sent_up", _("ส่งขึ้น")
        RETURNED = "returned", _("ส่งกลับ")
        MERGED = "merged", _("รวมเรื่อง")
        TOOK_IN = "took_in", _("รับเรื่องซ้ำเข้ามารวม")
        FUNDED = "funded", _("จัดสรรงบประมาณ")
        ADOPTED = "adopted", _("รับเป็นโครงการ")
        REJECTED = "rejected", _("ไม่รับดำเนินการ")
        DONE = "done", _("แล้วเสร็จ")

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=9, choices=Kind)
    from_level = models.CharField(max_length=8, choices=LevelChoices)
    to_level = models.CharField(max_length=8, choices=LevelChoices)
    note_th = models.TextField(blank=True)
    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    other = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    happened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("เส้นทางของเรื่อง")
        verbose_name_plural = _("เส้นทางของเรื่อง")

    def __str__(self) -> str:
        return f"{self.need_id} {self.kind}"


class NeedScore(models.Model):
    """The points that a level gave a need by one of its criteria."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    points = models.PositiveSmallIntegerField(_("คะแนน"))

    class Meta:
        verbose_name = _("คะแนนจัดลำดับ")
        verbose_name_plural = _("คะแนนจัดลำดับ")
        constraints = [
            models.UniqueConstraint(
                fields=["need", "criterion"], name="planning_a_criterion_scores_once"
            ),
            models.CheckConstraint(
                condition=Q(points__lte=MOST_POINTS), name="planning_points_0_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} {self.criterion_id}: {self.points}"


class NeedPhoto(models.Model):
    """A picture of the place, made anew without where and by what it was taken."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="photos")
    file = models.FileField(upload_to="needs/%Y/%m")
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("ภาพของเรื่อง")
        verbose_name_plural = _("ภาพของเรื่อง")

    def __str__(self) -> str:
        return f"{self.need_id} {self.sha256[:12]}"


class NeedContact(models.Model):
    """How to reach whoever told of a need: never public, each look is logged."""

    need = models.OneToOneField(Need, on_delete=models.PROTECT, related_name="contact")
    name = models.CharField(_("ชื่อผู้แจ้ง"), max_length=200, blank=True)
    phone = models.CharField(_("โทรศัพท์"), max_length=60, blank=True)
    email = models.EmailField(_("อีเมล"), blank=True)
    consented_at = models.DateTimeField(_("ให้ความยินยอมเมื่อ"))

    class Meta:
        verbose_name = _("ข้อมูลติดต่อผู้แจ้ง")
        verbose_name_plural = _("ข้อมูลติดต่อผู้แจ้ง")

    def __str__(self) -> str:
        return f"ติดต่อของ {self.need_id}"
