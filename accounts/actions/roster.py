"""An agency's people as one list: who is invited, who gets a role, whose role ends."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.people import Invitation, end_role, grant_role, invite_user
from accounts.models import Agency, Membership, Role, User
from common import fiscal
from common.refusal import EntriesRefused, Refused


@dataclass(frozen=True, slots=True)
class RosterInput:
    """A person of an agency with the roles that he or she should hold there from today on."""

    username: str
    agency: Agency
    roles: Collection[str]
    full_name_th: str = ""
    email: str = ""


@transaction.atomic
def keep_roster(*, entries: Sequence[RosterInput], by: User | None, at: datetime) -> list[User]:
    """Invite those who have no account and bring everybody's roles to what is given.

    A role that is no longer named ends yesterday; one that began today ends today.

    :raises EntriesRefused: where a person cannot be invited or `by` is no administrator.
    """
    known = {
        user.username.casefold(): user
        for user in User.objects.filter(username__in=[entry.username for entry in entries])
    }
    today = fiscal.local_date(at)
    held = list(
        Membership.objects.current(today)
        .filter(agency__in=[entry.agency for entry in entries], user__in=known.values())
        .select_related("user", "agency")
    )
    refusals: dict[int, Refused] = {}
    kept = []
    for position, entry in enumerate(entries):
        try:
            user = known.get(entry.username.casefold()) or invite_user(
                invitation=Invitation(entry.username, entry.full_name_th, entry.email), by=by, at=at
            )
            own = {
                row.role: row
                for row in held
                if row.user_id == user.pk and row.agency_id == entry.agency.pk
            }
            if unknown := set(entry.roles) - set(Role.values):
                raise Refused(_("ไม่มีบทบาท %(role)s") % {"role": min(unknown)}, code="role")
            for role in sorted(own.keys() - set(entry.roles)):
                last = max(own[role].from_date, today - timedelta(days=1))
                end_role(membership=own[role], until_date=last, by=by, at=at)
            for role in sorted(set(entry.roles) - own.keys()):
                grant_role(user=user, agency=entry.agency, role=role, from_date=today, by=by, at=at)
            kept.append(user)
        except Refused as refused:
            refusals[position] = refused
    if refusals:
        raise EntriesRefused(str(next(iter(refusals.values()))), refusals)
    return kept
