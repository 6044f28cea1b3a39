"""The form of an agency's people: one line for each account, with the roles held today."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actions.people import Withdrawal, withdraw_invitations
from accounts.actions.roster import RosterInput, keep_roster
from accounts.models import Agency, Membership, Role, User
from accounts.rules import what_stands_to_the_name_of
from common import fiscal
from common.readings import Note, Reading
from common.sheets import Checked, Figure, Prepared, Remark, SheetField, SheetResource, SheetRow

_USERNAME = re.compile(r"[A-Za-z0-9.@+_-]{3,150}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
SENTENCES = {
    "no_role": "ไม่มีบทบาท “%(written)s” ใช้คำเหล่านี้ คั่นด้วยจุลภาค: %(known)s",
    "no_email": "“%(written)s” ไม่ใช่อีเมล ใส่อีเมลสำหรับส่งคำเชิญ",
}


class MembershipSheet(SheetResource):
    """Who works for an agency in the portal, and as what."""

    kind = "memberships"
    title = _("ผู้ใช้และบทบาทของหน่วยงาน")
    period = "year"
    senders = ()
    province_senders = ("admin",)
    submits = False
    is_open = True
    columns = (
        SheetField("username", _("ชื่อผู้ใช้"), reads="key", known_as=("บัญชี", "user"), width=20),
        SheetField(
            "full_name_th", _("ชื่อ-สกุล"), reads="text", known_as=("ชื่อ", "ชื่อและสกุล"), width=32,
            required=True,
        ),
        SheetField(
            "email", _("อีเมล"), reads="text", known_as=("e-mail",), width=32, required=True
        ),
        SheetField(
            "roles", _("บทบาท"), reads="text", width=40, required=True,
            note=_("หลายบทบาทคั่นด้วยจุลภาค บทบาทที่ไม่อยู่ในช่องนี้จะสิ้นสุดเมื่อนำเข้า"),
        ),
    )  # fmt: skip

    class Meta:
        model = Membership
        import_id_fields = ("username",)

    def rows_for(self, *, user: User, agency: Agency, period: Any, at: datetime) -> list[SheetRow]:
        """Return the people who hold a role in the agency today."""
        held: dict[User, list[str]] = defaultdict(list)
        for row in (
            Membership.objects.current(fiscal.local_date(at))
            .filter(agency=agency)
            .select_related("user")
            .order_by("user__username", "role")
        ):
            held[row.user].append(row.role)
        return [_row(person, agency, roles) for person, roles in held.items()]

    def new_row(self, code: str, *, agency: Agency, period: Any) -> SheetRow | None:
        """Return a person who holds no role here yet; an account that there is keeps its name."""
        if not _USERNAME.fullmatch(code):
            return None
        known = User.objects.filter(username__iexact=code).first()
        if known:
            return _row(known, agency, [])
        typed = ("full_name_th", "email", "roles")
        return SheetRow(0, code, code, typed, is_new=True, subject=(code, agency))

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Read the roles by name or label, and ask for an address to write to."""
        checked = super().check(row, read)
        values = dict(checked.values)
        remarks = []
        if (email := values.get("email")) and not _EMAIL.fullmatch(str(email)):
            remarks.append(_remark("email", "no_email", written=str(email)))
        if named := values.get("roles"):
            roles, unknown = roles_in(str(named))
            values["roles"] = ", ".join(roles)
            if unknown:
                known = ", ".join(str(label) for label in Role.labels)
                remarks.append(_remark("roles", "no_role", written=unknown, known=known))
        return Checked(values, tuple(remarks))

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: Any
    ) -> list[Prepared]:
        """Make one entry a person."""
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            username, agency = row.subject
            entry = RosterInput(
                username=username,
                agency=agency,
                roles=roles_in(str(given.get("roles") or ""))[0],
                full_name_th=str(given.get("full_name_th") or ""),
                email=str(given.get("email") or ""),
            )
            prepared.append(Prepared(entry, (position,)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Invite, grant and end."""
        return keep_roster(entries=entries, by=by, at=at)

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say which accounts were used since, or bear something."""
        _username, agency = rows[0].subject
        users = User.objects.filter(pk__in=[row.subject_id for row in rows])
        stays = what_stands_to_the_name_of(users, agency)
        return {row.code: stays[row.subject_id] for row in rows if row.subject_id in stays}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take away accounts that nobody used yet."""
        _username, agency = rows[0].subject
        entries = [
            Withdrawal(row.subject_id, roles_in(str(row.stored["roles"]))[0]) for row in rows
        ]
        withdraw_invitations(entries=entries, agency=agency, by=by, at=at)


def roles_in(text: str) -> tuple[list[str], str]:
    """Return the roles that a cell names, in their own order, and the first word that is none."""
    names = {value: value for value in Role.values}
    names |= {str(label): value for value, label in Role.choices}
    words = [word.strip() for word in re.split(r"[,;\n]", text) if word.strip()]
    found = {names[word] for word in words if word in names}
    unknown = next((word for word in words if word not in names), "")
    return [role for role in Role.values if role in found], unknown


def _remark(field: str, code: str, **params: str) -> Remark:
    return Remark(field, Note(code, SENTENCES[code], params))


def _row(person: User, agency: Agency, roles: Sequence[str]) -> SheetRow:
    ordered = [role for role in Role.values if role in roles]
    return SheetRow(
        subject_id=person.pk,
        code=person.username,
        label=person.full_name_th or person.username,
        typed=("roles",),
        stored={
            "full_name_th": person.full_name_th,
            "email": person.email,
            "roles": ", ".join(ordered),
        },
        definition=person.username,
        is_sample=person.is_sample,
        subject=(person.username, agency),
    )
