"""Sample people with one published password; the portal does not start with them in earnest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Agency, Area, Holding, Membership, Post, Role, User
from audit.log import Deed, record_many


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """A person with a role in one agency, and further roles there in `also`."""

    username: str
    full_name_th: str
    full_name_en: str
    agency: str
    role: str
    also: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SamplePost:
    """A post with who holds it (None: vacant) and until when."""

    code: str
    agency: str
    title_th: str
    title_en: str
    supervising: str | None = None
    holder: str | None = None
    until_date: date | None = None


@transaction.atomic
def make_sample_people(
    *,
    people: Sequence[SamplePerson],
    posts: Sequence[SamplePost],
    password: str,
    from_date: date,
    by: User | None,
    at: datetime,
) -> dict[str, User]:
    """Make sample accounts with roles and posts, once; gives the users by name."""
    there = set(
        User.objects.filter(username__in=[each.username for each in people]).values_list(
            "username", flat=True
        )
    )
    new = [each for each in people if each.username not in there]
    # One hash for all: the password is published anyway, and hashing is slow on purpose.
    hashed = make_password(password) if new else ""
    User.objects.bulk_create(
        [
            User(
                username=each.username,
                full_name_th=each.full_name_th,
                full_name_en=each.full_name_en,
                email=f"{each.username}@example.test",
                password=hashed,
                is_sample=True,
                is_staff=each.role == Role.ADMIN,
                is_superuser=each.role == Role.ADMIN,
            )
            for each in new
        ]
    )
    users = {
        user.username: user
        for user in User.objects.filter(username__in=[each.username for each in people])
    }
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    Membership.objects.bulk_create(
        [
            Membership(
                user=users[each.username],
                agency=agencies[each.agency],
                role=role,
                from_date=from_date,
            )
            for each in new
            for role in (each.role, *each.also)
        ]
    )
    record_many(
        [
            Deed(
                "accounts.sample.made",
                users[each.username],
                after={"role": ", ".join((each.role, *each.also))},
                agency_code=each.agency,
            )
            for each in new
        ],
        by=by,
        at=at,
    )
    known = {post.code: post for post in Post.objects.all()}
    for supervised in (False, True):
        made = Post.objects.bulk_create(
            [
                Post(
                    code=each.code,
                    agency=agencies[each.agency],
                    title_th=each.title_th,
                    title_en=each.title_en,
                    supervising_post=known[each.supervising] if each.supervising else None,
                    is_sample=True,
                )
                for each in posts
                if bool(each.supervising) is supervised and each.code not in known
            ]
        )
        known |= {post.code: post for post in made}
    held = set(Holding.objects.values_list("post__code", flat=True))
    Holding.objects.bulk_create(
        [
            Holding(
                post=known[each.code],
                user=users[each.holder],
                from_date=from_date,
                until_date=each.until_date,
            )
            for each in posts
            if each.holder and each.code not in held
        ]
    )
    return users


@dataclass(frozen=True, slots=True)
class SampleOffice:
    """An office of a village or tambon, under an agency, for one place."""

    code: str
    name_th: str
    name_en: str
    area: str
    parent: str


@transaction.atomic
def make_sample_offices(
    *, offices: Sequence[SampleOffice], by: User | None, at: datetime
) -> list[Agency]:
    """Make sample offices below the districts, each working for one place; once."""
    there = set(
        Agency.objects.filter(code__in=[each.code for each in offices]).values_list(
            "code", flat=True
        )
    )
    parents = dict(Agency.objects.values_list("code", "pk"))
    areas = dict(Area.objects.values_list("code", "pk"))
    new = [each for each in offices if each.code not in there]
    rows = Agency.objects.bulk_create(
        [
            Agency(
                code=each.code,
                kind=Agency.Kind.UNIT,
                name_th=each.name_th,
                name_en=each.name_en,
                parent_id=parents[each.parent],
                is_sample=True,
            )
            for each in new
        ]
    )
    ties = Agency.areas.through
    ties._default_manager.bulk_create(
        [
            ties(agency_id=row.pk, area_id=areas[each.area])
            for row, each in zip(rows, new, strict=True)
        ]
    )
    record_many([Deed("accounts.agency.added", row) for row in rows], by=by, at=at)
    return rows
