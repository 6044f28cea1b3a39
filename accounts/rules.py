"""Who may act as what, where, on a day. Read once per request and passed on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet, Value
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from accounts.models import PROVINCE_ROLES, Agency, Area, Holding, Membership, Post, Role, User
from common.asked import once
from common.dues import Whose
from common.prepared import PreparedRows
from common.references import what_points_at

Visitor: TypeAlias = User | AnonymousUser

# What a row of the one query is.
_ROLE, _POST, _LENT = "role", "post", "lent"


@dataclass(frozen=True)
class Standing:
    """What a person is on a day: (role, agency) pairs, the posts held, delegations included."""

    user: Visitor
    pairs: frozenset[tuple[str, int]]
    post_ids: frozenset[int] = frozenset()
    # Agencies in which a pair stands only because somebody lends it.
    lent_in: frozenset[int] = frozenset()

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(role for role, _agency in self.pairs)

    def has(self, *roles: str) -> bool:
        """Whether the person holds any of the roles anywhere."""
        return not self.roles.isdisjoint(roles)

    def is_role_of(self, role: str, agency_id: int | None) -> bool:
        """Whether the person holds the role in this very agency."""
        return agency_id is not None and (role, agency_id) in self.pairs

    def agencies(self, *roles: str) -> frozenset[int]:
        """The agencies in which the person holds one of the roles; all roles where none is named."""
        return frozenset(agency for role, agency in self.pairs if not roles or role in roles)

    @property
    def sees_province(self) -> bool:
        """Whether the person reads every agency's rows (personal ones not included)."""
        return not self.roles.isdisjoint(PROVINCE_ROLES)


def whose_of(standing: Standing, vacant: Collection[int] = ()) -> Whose:
    """Return whose dues a person hears of: of the own agencies and posts, or of all agencies.

    `vacant` are the posts below that the person stands in for.
    """
    agencies = standing.agencies(Role.REPORTER, Role.APPROVER)
    own = {standing.user.pk} if standing.user.pk else set()
    return Whose(
        agencies=None if standing.sees_province else agencies,
        posts=standing.post_ids | frozenset(vacant),
        people=frozenset(own),
        planners=standing.agencies(Role.PLANNER),
        strategists=standing.agencies(Role.STRATEGIST),
    )


def standings_of(
    users: Collection[User], day: date, *, lent: QuerySet[Any, Any] | None = None
) -> dict[int, Standing]:
    """Return what people are on a day, as `standing_of` does for one; three queries for all.

    `lent` gives (person, role, agency) of the pairs that others lend.
    """
    pairs: dict[int, set[tuple[str, int]]] = {user.pk: set() for user in users if user.is_active}
    posts: dict[int, set[int]] = {user_id: set() for user_id in pairs}
    for user_id, role, agency_id in Membership.objects.current(day).values_list(
        "user_id", "role", "agency_id"
    ):
        if user_id in pairs:
            pairs[user_id].add((role, agency_id))
    for user_id, role, agency_id in lent if lent is not None else ():
        if pairs.get(user_id):
            pairs[user_id].add((role, agency_id))
    for user_id, post_id in (
        Holding.objects.current(day).filter(post__is_active=True).values_list("user_id", "post_id")
    ):
        if user_id in posts:
            posts[user_id].add(post_id)
    return {
        user.pk: Standing(
            user,
            frozenset(pairs.get(user.pk, ())),
            frozenset(posts.get(user.pk, ())),
        )
        for user in users
    }


def rows_of_standing(
    user_id: int, day: date, lent: QuerySet[Any, Any] | None = None
) -> QuerySet[Any, Any]:
    """Return the one query of what a person is on a day, for `standing_of`.

    `lent` gives the (role, agency) pairs of others that count beside the person's own;
    `submissions.rules` knows them.
    """
    of_memberships = (
        Membership.objects.current(day)
        .filter(user_id=user_id)
        .values_list(Value(_ROLE), F("role"), F("agency_id"))
    )
    of_holdings = (
        Holding.objects.current(day)
        .filter(user_id=user_id, post__is_active=True)
        .values_list(Value(_POST), Value(""), F("post_id"))
    )
    if lent is None:
        return of_memberships.union(of_holdings, all=True)
    of_loans = lent.values_list(Value(_LENT), F("role"), F("agency_id"))
    return of_memberships.union(of_holdings, of_loans, all=True)


_OWN = PreparedRows(rows_of_standing, int, date)


def standing_of(user: Visitor, day: date, *, asked: PreparedRows = _OWN) -> Standing:
    """Return what a person is on a day; one query for someone signed in.

    `asked` is `rows_of_standing` with what others lend; `submissions.rules.standing_of` gives it.
    Whoever has no role of his or her own is lent none.
    """
    if not isinstance(user, User) or not user.is_active:
        return Standing(user, frozenset())
    found: dict[str, set[tuple[str, int]]] = {_ROLE: set(), _POST: set(), _LENT: set()}
    for kind, role, subject_id in asked.rows(user.pk, day):
        found[kind].add((role, subject_id))
    pairs = found[_ROLE] and found[_ROLE] | found[_LENT]
    return Standing(
        user,
        frozenset(pairs),
        frozenset(post_id for _none, post_id in found[_POST]),
        frozenset(agency_id for _role, agency_id in pairs - found[_ROLE]),
    )


def what_stands_to_the_name_of(users: Collection[User], agency: Agency) -> dict[int, str]:
    """Say by key why accounts stay that were invited into an agency: used, or something bears them."""
    found: dict[int, str] = {}
    for user in users:
        if user.last_login is not None:
            found[user.pk] = _("เข้าสู่ระบบแล้ว สิ้นสุดบทบาทด้วยไฟล์หรือหน้าผู้ดูแลแทน")
        elif user.has_usable_password():
            found[user.pk] = _("ตอบรับคำเชิญและตั้งรหัสผ่านแล้ว สิ้นสุดบทบาทด้วยไฟล์หรือหน้าผู้ดูแลแทน")
    keys = [user.pk for user in users]
    elsewhere = Membership.objects.filter(user__in=keys).exclude(agency=agency)
    for key in elsewhere.values_list("user", flat=True):
        found.setdefault(key, _("มีบทบาทในหน่วยงานอื่นแล้ว"))
    return what_points_at(User, keys, apart=(Membership,)) | found


def what_rests_on_villages(keys: Collection[int]) -> dict[int, str]:
    """Say by village what was kept about it, so that it stays."""
    return what_points_at(Area, keys)


def signed_in(request: Request) -> User:
    """Return the user who acts over the API.

    :raises NotAuthenticated: if nobody is signed in.
    """
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def reporters_of(day: date) -> dict[int, tuple[int, ...]]:
    """Return by agency who owes its reports on a day: its reporters, or its heads where it has none.

    One query for all agencies.
    """
    return once(("reporters", day), lambda: _reporters_of(day))


def _reporters_of(day: date) -> dict[int, tuple[int, ...]]:
    by_role: dict[str, dict[int, list[int]]] = {Role.REPORTER: {}, Role.APPROVER: {}}
    members = (
        Membership.objects.current(day)
        .with_role(*by_role)
        .filter(user__is_active=True)
        .order_by("user")
        .values_list("role", "agency_id", "user_id")
    )
    for role, agency_id, user_id in members:
        by_role[role].setdefault(agency_id, []).append(user_id)
    owing = by_role[Role.APPROVER] | by_role[Role.REPORTER]
    return {agency_id: tuple(user_ids) for agency_id, user_ids in owing.items()}


def in_line_above(post: Post, post_ids: Collection[int]) -> bool:
    """Whether one of the posts supervises `post`, at any distance; one query a step."""
    seen: set[int] = set()
    current: Post | None = post
    while current is not None and current.pk not in seen:
        seen.add(current.pk)
        current = current.supervising_post
        if current is not None and current.pk in post_ids:
            return True
    return False
