"""Users by invitation, memberships from–to, posts and their holders."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Agency, Holding, Membership, Post, Role, User
from accounts.rules import standing_of, what_stands_to_the_name_of
from audit.log import Deed, record, record_many
from common import fiscal
from common.refusal import EntriesRefused, Refused


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom to invite: a user name, a name, where to write."""

    username: str
    full_name_th: str
    email: str
    full_name_en: str = ""
    phone: str = ""


def _refuse_unless_admin(by: User | None, at: datetime) -> None:
    """Only administrators keep accounts; None is a command run by the operator."""
    if by is None or by.is_superuser:
        return
    if not standing_of(by, fiscal.local_date(at)).has(Role.ADMIN):
        raise Refused(_("เฉพาะผู้ดูแลระบบจัดการบัญชีผู้ใช้ได้"), code="not_admin")


@transaction.atomic
def invite_user(*, invitation: Invitation, by: User | None, at: datetime) -> User:
    """Make an account without a password and send the link that sets one.

    :raises Refused: if the user name is taken, there is no e-mail, or `by` is no administrator.
    """
    _refuse_unless_admin(by, at)
    if not invitation.email:
        raise Refused(_("ต้องมีอีเมลสำหรับส่งคำเชิญ"), code="no_email")
    if User.objects.filter(username__iexact=invitation.username).exists():
        raise Refused(_("มีชื่อผู้ใช้นี้แล้ว"), code="username_taken")
    user = User(
        username=invitation.username,
        full_name_th=invitation.full_name_th,
        full_name_en=invitation.full_name_en,
        email=invitation.email,
        phone=invitation.phone,
    )
    user.set_unusable_password()
    user.save()
    record("accounts.user.invited", user, by=by, at=at, role=Role.ADMIN)
    transaction.on_commit(partial(send_invitation, user))
    return user


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An account that is to be as if nobody had invited it, with the roles that were seen."""

    user_id: int
    roles: Collection[str]


@transaction.atomic
def withdraw_invitations(
    *, entries: Sequence[Withdrawal], agency: Agency, by: User | None, at: datetime
) -> None:
    """Take away accounts that nobody used yet, with their roles; the link in the letter is void then.

    The log and the history of roles keep that they were there.

    :raises EntriesRefused: by position: used, something bears its name, or its roles were changed
        meanwhile.
    """
    _refuse_unless_admin(by, at)
    # Held, so that nobody signs in with them between the look and the end.
    users = (
        User.objects.select_for_update().order_by("pk").in_bulk([each.user_id for each in entries])
    )
    held: dict[int, list[str]] = {}
    for user_id, role in Membership.objects.filter(user__in=users).values_list("user_id", "role"):
        held.setdefault(user_id, []).append(role)
    reasons = what_stands_to_the_name_of(users.values(), agency)
    refusals: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        if reason := reasons.get(entry.user_id):
            refusals[position] = Refused(reason, code="built_on")
        elif sorted(held.get(entry.user_id, ())) != sorted(entry.roles):
            changed = _("บทบาทของบัญชีนี้เปลี่ยนไปแล้ว โหลดหน้าใหม่แล้วทำอีกครั้ง")
            refusals[position] = Refused(changed, code="changed_meanwhile")
    if refusals:
        raise EntriesRefused(str(next(iter(refusals.values()))), refusals)
    record_many(
        [
            Deed(
                "accounts.user.withdrawn",
                user,
                before={
                    "full_name_th": user.full_name_th,
                    "email": user.email,
                    "roles": sorted(held.get(user.pk, ())),
                },
                agency_code=agency.code,
            )
            for user in users.values()
        ],
        by=by,
        at=at,
        role=Role.ADMIN,
    )
    Membership.objects.filter(user__in=users).delete()
    User.objects.filter(pk__in=users).delete()


def invitation_address(user: User) -> str:
    """Return the link that lets its reader choose a password once."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("accounts:invitation", args=[uid, default_token_generator.make_token(user)])
    return settings.SITE_ADDRESS + path


def send_invitation(user: User) -> None:
    """Write to a person who was invited."""
    with override("th"):
        send_mail(
            _("คำเชิญเข้าใช้ระบบยุทธศาสตร์และตัวชี้วัดจังหวัด"),
            _(
                "เรียน %(name)s\n\nท่านได้รับเชิญให้ใช้ระบบยุทธศาสตร์และตัวชี้วัดจังหวัด ชื่อผู้ใช้ของท่านคือ %(username)s\n"
                "ตั้งรหัสผ่านได้ที่ลิงก์นี้ (ใช้ได้ครั้งเดียว)\n%(address)s\n"
            )
            % {
                "name": user.get_full_name(),
                "username": user.username,
                "address": invitation_address(user),
            },
            None,
            [user.email],
        )


@transaction.atomic
def reset_second_factor(*, user: User, by: User | None, at: datetime) -> None:
    """Take away the second factor of somebody who lost the telephone, recovery codes included.

    The person sets up a new one at the next sign-in and is written to, in case it was not asked for.

    :raises Refused: if there is none, it is one's own, or `by` is no administrator.
    """
    _refuse_unless_admin(by, at)
    if by == user:
        raise Refused(
            _("เลิกการยืนยันตัวตนขั้นที่สองของตนเองไม่ได้ ใช้รหัสสำรอง หรือขอให้ผู้ดูแลระบบคนอื่นทำ"), code="own"
        )
    taken, _kinds = Authenticator.objects.filter(user=user).delete()
    if not taken:
        raise Refused(_("บัญชีนี้ยังไม่ได้ตั้งการยืนยันตัวตนขั้นที่สอง"), code="none")
    record("accounts.second_factor.reset", user, by=by, at=at, role=Role.ADMIN)
    if user.email:
        transaction.on_commit(partial(_tell_of_reset, user))


def _tell_of_reset(user: User) -> None:
    with override("th"):
        send_mail(
            _("ผู้ดูแลระบบเลิกการยืนยันตัวตนขั้นที่สองของท่านแล้ว"),
            _(
                "เรียน %(name)s\n\nเข้าสู่ระบบครั้งถัดไป ระบบจะพาท่านตั้งแอปยืนยันตัวตนใหม่\n"
                "หากท่านไม่ได้ขอ แจ้งผู้ดูแลระบบของหน่วยงานทันที\n"
            )
            % {"name": user.get_full_name()},
            None,
            [user.email],
        )


@transaction.atomic
def grant_role(
    *,
    user: User,
    agency: Agency,
    role: str,
    from_date: date,
    until_date: date | None = None,
    by: User | None,
    at: datetime,
) -> Membership:
    """Give a person a role in an agency.

    :raises Refused: if the person holds it already, the dates are out of order, or `by` may not.
    """
    _refuse_unless_admin(by, at)
    if until_date is not None and until_date < from_date:
        raise Refused(_("วันสิ้นสุดต้องไม่ก่อนวันเริ่มต้น"), code="dates")
    held = Membership.objects.filter(user=user, agency=agency, role=role).filter(
        Q(until_date=None) | Q(until_date__gte=from_date)
    )
    if held.exists():
        raise Refused(_("ผู้ใช้มีบทบาทนี้ในหน่วยงานนี้อยู่แล้ว"), code="held")
    membership = Membership.objects.create(
        user=user, agency=agency, role=role, from_date=from_date, until_date=until_date
    )
    if role == Role.ADMIN:
        # Django's own door to the admin; what is open behind it, the role decides each day.
        User.objects.filter(pk=user.pk).update(is_staff=True)
    record(
        "accounts.role.granted",
        user,
        by=by,
        at=at,
        role=Role.ADMIN,
        agency_code=agency.code,
        after={"role": role, "from": from_date, "until": until_date},
    )
    return membership


@transaction.atomic
def end_role(*, membership: Membership, until_date: date, by: User | None, at: datetime) -> None:
    """End a role on a day; the row stays as history.

    :raises Refused: if it has ended before that day already.
    """
    _refuse_unless_admin(by, at)
    if until_date < membership.from_date:
        raise Refused(_("วันสิ้นสุดต้องไม่ก่อนวันเริ่มต้น"), code="dates")
    running = Membership.objects.filter(pk=membership.pk).filter(
        Q(until_date=None) | Q(until_date__gt=until_date)
    )
    if not running.update(until_date=until_date):
        raise Refused(_("บทบาทนี้สิ้นสุดไปแล้ว"), code="ended")
    record(
        "accounts.role.ended",
        membership.user,
        by=by,
        at=at,
        role=Role.ADMIN,
        agency_code=membership.agency.code,
        after={"role": membership.role, "until": until_date},
    )


@transaction.atomic
def appoint_holder(
    *, post: Post, user: User, from_date: date, by: User | None, at: datetime
) -> Holding:
    """Let a person hold a post from a day; the holder before ends on the day before.

    :raises Refused: if the present holder began on that day or later.
    """
    _refuse_unless_admin(by, at)
    present = Holding.objects.filter(post=post, until_date=None).first()
    if present is not None:
        if present.from_date >= from_date:
            raise Refused(_("ผู้ดำรงตำแหน่งปัจจุบันเริ่มวันเดียวกันหรือหลังจากนี้"), code="dates")
        Holding.objects.filter(pk=present.pk).update(until_date=from_date - timedelta(days=1))
    try:
        with transaction.atomic():
            holding = Holding.objects.create(post=post, user=user, from_date=from_date)
    except IntegrityError as error:
        raise Refused(_("มีผู้อื่นแต่งตั้งผู้ดำรงตำแหน่งนี้พร้อมกัน โหลดหน้าใหม่"), code="race") from error
    record(
        "accounts.post.held",
        post,
        by=by,
        at=at,
        role=Role.ADMIN,
        agency_code=post.agency.code,
        before={"holder": present.user_id} if present else None,
        after={"holder": user.pk, "from": from_date},
    )
    return holding


@transaction.atomic
def vacate_post(*, post: Post, until_date: date, by: User | None, at: datetime) -> None:
    """Let a post stand vacant from the day after; its dues go to the supervising post.

    :raises Refused: if nobody holds it.
    """
    _refuse_unless_admin(by, at)
    held = Holding.objects.filter(post=post, until_date=None, from_date__lte=until_date)
    if not held.update(until_date=until_date):
        raise Refused(_("ตำแหน่งนี้ว่างอยู่แล้ว"), code="vacant")
    record(
        "accounts.post.vacated",
        post,
        by=by,
        at=at,
        role=Role.ADMIN,
        agency_code=post.agency.code,
        after={"until": until_date},
    )
