"""Maintenance of people, posts and reference data; every write goes through a verb or keeps history."""

from typing import Any

import allauth.mfa.admin
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.admin import SimpleHistoryAdmin

from accounts.actions import people
from accounts.forms import InvitationForm
from accounts.models import Agency, Area, Holding, Membership, Post, User
from common import clock
from common.refusal import Refused

# It shows the secret of anybody's second factor, with which an administrator could sign for others.
assert allauth.mfa.admin  # it has registered its page by now
admin.site.unregister(Authenticator)


@admin.register(User)
class PortalUserAdmin(UserAdmin[User]):
    list_display = ("username", "full_name_th", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "memberships__role")
    search_fields = ("username", "full_name_th", "full_name_en", "email")
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": ("username", "full_name_th", "full_name_en", "email", "phone")}),
        (gettext_lazy("สิทธิ์"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
    )
    add_form = InvitationForm
    add_fieldsets = (
        (None, {"fields": ("username", "full_name_th", "full_name_en", "email", "phone")}),
    )
    actions = ("send_invitation", "reset_second_factor")

    def save_model(
        self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool
    ) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        assert isinstance(request.user, User)
        invited = people.invite_user(
            invitation=people.Invitation(
                username=obj.username,
                full_name_th=obj.full_name_th,
                full_name_en=obj.full_name_en,
                email=obj.email,
                phone=obj.phone,
            ),
            by=request.user,
            at=clock.now(),
        )
        obj.pk = invited.pk

    @admin.action(description=gettext_lazy("ส่งคำเชิญตั้งรหัสผ่าน"))
    def send_invitation(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        users = list(queryset.exclude(email=""))
        for user in users:
            people.send_invitation(user)
        self.message_user(
            request, _("ส่งคำเชิญแล้ว %(count)d ราย") % {"count": len(users)}, messages.SUCCESS
        )

    @admin.action(description=gettext_lazy("เลิกการยืนยันตัวตนขั้นที่สอง (โทรศัพท์หาย)"))
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        assert isinstance(request.user, User)
        for user in queryset.order_by("username"):
            try:
                people.reset_second_factor(user=user, by=request.user, at=clock.now())
            except Refused as refused:
                told, level = refused.sentence, messages.ERROR
            else:
                told, level = _("ตั้งใหม่ได้เมื่อเข้าสู่ระบบครั้งถัดไป และส่งอีเมลแจ้งแล้ว"), messages.SUCCESS
            self.message_user(request, f"{user.username}: {told}", level)


@admin.register(Membership)
class MembershipAdmin(SimpleHistoryAdmin[Membership]):  # type: ignore[misc]
    list_display = ("user", "role", "agency", "from_date", "until_date")
    list_filter = ("role",)
    search_fields = ("user__username", "user__full_name_th", "agency__name_th", "agency__code")
    autocomplete_fields = ("user", "agency")
    list_select_related = ("user", "agency")

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        assert isinstance(request.user, User)
        granted = people.grant_role(
            user=obj.user,
            agency=obj.agency,
            role=obj.role,
            from_date=obj.from_date,
            until_date=obj.until_date,
            by=request.user,
            at=clock.now(),
        )
        obj.pk = granted.pk

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        # A role ends on a day; it is never unmade.
        return False


@admin.register(Agency)
class AgencyAdmin(SimpleHistoryAdmin[Agency]):  # type: ignore[misc]
    list_display = ("code", "name_th", "kind", "parent", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("code", "name_th", "name_en")
    autocomplete_fields = ("parent", "areas")
    ordering = ("code",)
    list_select_related = ("parent",)


@admin.register(Area)
class AreaAdmin(SimpleHistoryAdmin[Area]):  # type: ignore[misc]
    list_display = ("code", "name_th", "name_en", "kind", "parent")
    list_filter = ("kind",)
    search_fields = ("code", "name_th", "name_en")
    autocomplete_fields = ("parent",)
    ordering = ("code",)
    exclude = ("boundary",)
    list_select_related = ("parent",)


@admin.register(Post)
class PostAdmin(SimpleHistoryAdmin[Post]):  # type: ignore[misc]
    list_display = ("code", "title_th", "agency", "supervising_post", "is_active")
    search_fields = ("code", "title_th", "agency__name_th")
    autocomplete_fields = ("agency", "supervising_post")
    list_select_related = ("agency", "supervising_post")


@admin.register(Holding)
class HoldingAdmin(SimpleHistoryAdmin[Holding]):  # type: ignore[misc]
    list_display = ("post", "user", "from_date", "until_date")
    search_fields = ("post__title_th", "user__username", "user__full_name_th")
    autocomplete_fields = ("post", "user")
    list_select_related = ("post", "user")

    def save_model(self, request: HttpRequest, obj: Holding, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        assert isinstance(request.user, User)
        held = people.appoint_holder(
            post=obj.post, user=obj.user, from_date=obj.from_date, by=request.user, at=clock.now()
        )
        obj.pk = held.pk
