"""Who works where as what, and the places they work for."""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from common.bilingual import Named, in_language


class Role(models.TextChoices):
    """What a membership lets a person do; one person may hold several."""

    REPORTER = "reporter", _("ผู้รายงาน")
    APPROVER = "approver", _("หัวหน้าส่วนราชการ")
    STRATEGIST = "strategist", _("กลุ่มงานยุทธศาสตร์")
    GOVERNOR = "governor", _("สำนักงานผู้ว่าราชการจังหวัด")
    COMPTROLLER = "comptroller", _("คลังจังหวัด")
    INSPECTOR = "inspector", _("คณะทำงานตรวจติดตาม")
    PLANNER = "planner", _("ผู้จัดทำแผนระดับพื้นที่")
    OPERATOR = "operator", _("ผู้ปฏิบัติงานเหตุการณ์")
    HR = "hr", _("บริหารทรัพยากรบุคคล")
    VIEWER = "viewer", _("ผู้ตรวจสอบ")
    ADMIN = "admin", _("ผู้ดูแลระบบ")


# Roles that look over the whole province, not one agency.
PROVINCE_ROLES = frozenset(
    {Role.STRATEGIST, Role.GOVERNOR, Role.COMPTROLLER, Role.INSPECTOR, Role.VIEWER}
)
# Roles whose holders sign in with a second factor.
SECOND_FACTOR_ROLES = frozenset({Role.APPROVER, Role.STRATEGIST, Role.ADMIN})


class AreaQuerySet(models.QuerySet["Area"]):
    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def in_code_order(self) -> Self:
        return self.order_by("code")


class Area(Named):
    """A province, district, tambon or village."""

    class Kind(models.TextChoices):
        PROVINCE = "province", _("จังหวัด")
        DISTRICT = "district", _("อำเภอ")
        TAMBON = "tambon", _("ตำบล")
        VILLAGE = "village", _("หมู่บ้าน")

    code = models.CharField(_("รหัส"), max_length=10, unique=True)
    kind = models.CharField(_("ประเภท"), max_length=10, choices=Kind)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("อยู่ใน"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    alt_name_en = models.CharField(max_length=200, blank=True)
    postal_codes = models.CharField(_("รหัสไปรษณีย์"), max_length=100, blank=True)
    # [longitude, latitude]
    point: Any = models.JSONField(null=True, blank=True)
    # GeoJSON geometry
    boundary: Any = models.JSONField(null=True, blank=True)
    official_area_sqkm = models.DecimalField(
        _("พื้นที่ (ตร.กม.)"), max_digits=10, decimal_places=3, null=True, blank=True
    )
    source = models.TextField(_("ที่มา"), blank=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = AreaQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("พื้นที่")
        verbose_name_plural = _("พื้นที่")

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"


class AgencyQuerySet(models.QuerySet["Agency"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def reporting(self) -> Self:
        """Agencies that report, without units inside an agency and pseudo-agencies."""
        return self.active().exclude(kind__in=[Agency.Kind.BUDGET_HOLDER, Agency.Kind.UNIT])

    def in_code_order(self) -> Self:
        return self.order_by("code")


class Agency(Named):
    """A government office, local administration, partner, unit inside one, or a budget holder."""

    class Kind(models.TextChoices):
        REGIONAL = "regional", _("ราชการส่วนภูมิภาค")
        CENTRAL = "central_in_area", _("ราชการส่วนกลางในพื้นที่")
        DISTRICT = "district", _("อำเภอ")
        LOCAL = "local", _("องค์กรปกครองส่วนท้องถิ่น")
        PUBLIC = "public_organization", _("องค์การมหาชน")
        PRIVATE = "private", _("ภาคเอกชน")
        BUDGET_HOLDER = "budget_holder", _("หน่วยรับงบประมาณ")
        UNIT = "unit", _("กลุ่มงาน")

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    kind = models.CharField(_("ประเภท"), max_length=20, choices=Kind)
    short_name_th = models.CharField(_("ชื่อย่อ"), max_length=120, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("สังกัด"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    ministry_th = models.CharField(_("กระทรวง"), max_length=200, blank=True)
    areas = models.ManyToManyField(Area, verbose_name=_("พื้นที่"), blank=True, related_name="agencies")
    phone = models.CharField(_("โทรศัพท์"), max_length=60, blank=True)
    basis = models.TextField(_("ที่มา"), blank=True)
    is_active = models.BooleanField(_("ใช้งาน"), default=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = AgencyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("หน่วยงาน")
        verbose_name_plural = _("หน่วยงาน")

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"

    @property
    def short_name(self) -> str:
        """The short name where there is one, for dense tables."""
        return in_language(self.short_name_th or self.name_th, self.name_en)


class PortalUserManager(UserManager["User"]):
    """Users are created by invitation; only `createsuperuser` uses this directly."""


class User(AbstractUser):
    """A person who signs in. What he or she may do stands on the memberships."""

    email = models.EmailField(_("อีเมล"), blank=True)
    full_name_th = models.CharField(_("ชื่อ-สกุล"), max_length=200, blank=True)
    full_name_en = models.CharField(_("ชื่อ-สกุล (อังกฤษ)"), max_length=200, blank=True)
    phone = models.CharField(_("โทรศัพท์"), max_length=60, blank=True)
    # Sample accounts may skip the second factor; the portal refuses to start with them when DEBUG is off.
    is_sample = models.BooleanField(_("บัญชีตัวอย่าง"), default=False)

    first_name: Any = None
    last_name: Any = None

    objects: ClassVar[PortalUserManager] = PortalUserManager()

    class Meta:
        verbose_name = _("ผู้ใช้")
        verbose_name_plural = _("ผู้ใช้")

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return in_language(self.full_name_th or self.username, self.full_name_en)

    def get_short_name(self) -> str:
        return self.get_full_name()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, day: date) -> Self:
        """Memberships in force on a day."""
        return self.filter(Q(until_date=None) | Q(until_date__gte=day), from_date__lte=day)

    def with_role(self, *roles: str) -> Self:
        return self.filter(role__in=roles)


class Membership(models.Model):
    """A person's role in an agency, from–to."""

    user = models.ForeignKey(
        User, verbose_name=_("ผู้ใช้"), on_delete=models.PROTECT, related_name="memberships"
    )
    agency = models.ForeignKey(
        Agency, verbose_name=_("หน่วยงาน"), on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(_("บทบาท"), max_length=12, choices=Role)
    from_date = models.DateField(_("ตั้งแต่"))
    until_date = models.DateField(_("ถึง"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("บทบาทของผู้ใช้")
        verbose_name_plural = _("บทบาทของผู้ใช้")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency", "role", "from_date"],
                name="accounts_one_membership_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(until_date__gte=models.F("from_date")),
                name="accounts_membership_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.agency_id}"


class PostQuerySet(models.QuerySet["Post"]):
    def vacant_on(self, day: date) -> Self:
        """Posts that nobody holds on a day."""
        return self.exclude(pk__in=Holding.objects.current(day).values("post"))

    def in_code_order(self) -> Self:
        return self.order_by("code")


class Post(models.Model):
    """A position (ตำแหน่ง): scorecards, drafts and dues belong to it and outlive its holder."""

    code = models.CharField(_("รหัส"), max_length=40, unique=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("หน่วยงาน"), on_delete=models.PROTECT, related_name="posts"
    )
    title_th = models.CharField(_("ตำแหน่ง"), max_length=300)
    title_en = models.CharField(_("ตำแหน่ง (อังกฤษ)"), max_length=300, blank=True)
    supervising_post = models.ForeignKey(
        "self",
        verbose_name=_("ผู้บังคับบัญชา"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="subordinates",
    )
    is_active = models.BooleanField(_("ใช้งาน"), default=True)
    is_sample = models.BooleanField(_("ข้อมูลตัวอย่าง"), default=False)

    objects = PostQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("ตำแหน่ง")
        verbose_name_plural = _("ตำแหน่ง")
        constraints = [
            models.CheckConstraint(
                condition=Q(supervising_post=None) | ~Q(supervising_post=models.F("id")),
                name="accounts_post_does_not_supervise_itself",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title_th}"

    @property
    def title(self) -> str:
        return in_language(self.title_th, self.title_en)


class HoldingQuerySet(models.QuerySet["Holding"]):
    def current(self, day: date) -> Self:
        return self.filter(Q(until_date=None) | Q(until_date__gte=day), from_date__lte=day)


class Holding(models.Model):
    """Who holds a post, from–to."""

    post = models.ForeignKey(
        Post, verbose_name=_("ตำแหน่ง"), on_delete=models.PROTECT, related_name="holdings"
    )
    user = models.ForeignKey(
        User, verbose_name=_("ผู้ดำรงตำแหน่ง"), on_delete=models.PROTECT, related_name="holdings"
    )
    from_date = models.DateField(_("ตั้งแต่"))
    until_date = models.DateField(_("ถึง"), null=True, blank=True)

    objects = HoldingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("ผู้ดำรงตำแหน่ง")
        verbose_name_plural = _("ผู้ดำรงตำแหน่ง")
        constraints = [
            models.UniqueConstraint(
                fields=["post"],
                condition=Q(until_date=None),
                name="accounts_one_open_holder_per_post",
            ),
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(until_date__gte=models.F("from_date")),
                name="accounts_holding_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.user_id}"
