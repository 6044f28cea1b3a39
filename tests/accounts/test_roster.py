"""An agency's people as one list, and what of it is refused: all or nothing."""

from datetime import timedelta

import pytest

from accounts.actions import people
from accounts.actions.people import Withdrawal, withdraw_invitations
from accounts.actions.roster import RosterInput, keep_roster
from accounts.models import Holding, Membership, Role, User
from audit.models import Event
from common.refusal import EntriesRefused, Refused
from tests.factories import (
    NOON,
    TODAY,
    AgencyFactory,
    HoldingFactory,
    MembershipFactory,
    PostFactory,
    UserFactory,
    person,
)
from tests.house.meanwhile import meanwhile

pytestmark = pytest.mark.django_db


def test_roles_follow_the_list_and_who_is_new_is_invited():
    agency = AgencyFactory()
    old = MembershipFactory(agency=agency, role=Role.REPORTER)
    kept = keep_roster(
        entries=[
            RosterInput(old.user.username, agency, [Role.APPROVER]),
            RosterInput("kanda", agency, [Role.REPORTER], "กานดา", "kanda@example.test"),
        ],
        by=None,
        at=NOON,
    )
    assert [user.username for user in kept] == [old.user.username, "kanda"]
    old.refresh_from_db()
    assert old.until_date == TODAY - timedelta(days=1)
    current = Membership.objects.current(TODAY).values_list("user__username", "role")
    assert set(current) == {(old.user.username, "approver"), ("kanda", "reporter")}


@pytest.mark.parametrize(
    ("changes", "code"), [({"roles": ["king"]}, "role"), ({"email": ""}, "no_email")]
)
def test_one_person_that_cannot_be_leaves_the_whole_list_out(changes, code):
    agency = AgencyFactory()
    good = {"full_name_th": "กานดา", "agency": agency, "roles": [Role.REPORTER]}
    bad = {**good, "username": "two", "email": "two@example.test", **changes}
    entries = [RosterInput(username="one", email="one@example.test", **good), RosterInput(**bad)]
    with pytest.raises(EntriesRefused) as refused:
        keep_roster(entries=entries, by=None, at=NOON)
    assert {position: each.code for position, each in refused.value.by_entry.items()} == {1: code}
    assert not User.objects.exists()
    assert not Membership.objects.exists()


def test_a_list_is_kept_by_an_administrator_only():
    row = MembershipFactory()
    entry = RosterInput(row.user.username, row.agency, [])
    with pytest.raises(EntriesRefused, match="ผู้ดูแลระบบ"):
        keep_roster(entries=[entry], by=person(Role.STRATEGIST), at=NOON)
    row.refresh_from_db()
    assert row.until_date is None


def test_an_invitation_is_withdrawn_by_an_administrator_with_the_roles_that_were_seen():
    agency, admin = AgencyFactory(), person(Role.ADMIN)
    entries = [
        RosterInput(name, agency, [Role.REPORTER, Role.HR], name, f"{name}@example.test")
        for name in ("kanda", "napa")
    ]
    kanda, napa = keep_roster(entries=entries, by=None, at=NOON)
    seen = [Withdrawal(user.pk, [Role.HR, Role.REPORTER]) for user in (kanda, napa)]

    def withdrawn(entries, by=admin):
        withdraw_invitations(entries=entries, agency=agency, by=by, at=NOON)

    with pytest.raises(Refused, match="ผู้ดูแลระบบ"):
        withdrawn(seen, by=person(Role.STRATEGIST))
    User.objects.filter(pk=napa.pk).update(last_login=NOON)
    with pytest.raises(EntriesRefused) as refused:
        withdrawn([Withdrawal(kanda.pk, [Role.HR]), seen[1]])
    assert {position: each.code for position, each in refused.value.by_entry.items()} == {
        0: "changed_meanwhile",
        1: "built_on",
    }
    assert User.objects.filter(pk__in=[kanda.pk, napa.pk]).count() == 2
    withdrawn(seen[:1])
    assert not User.objects.filter(pk=kanda.pk).exists()
    assert Membership.history.filter(user_id=kanda.pk, history_type="-").count() == 2


def test_an_account_without_a_role_is_withdrawn_too():
    agency, admin = AgencyFactory(), person(Role.ADMIN)
    invited = people.Invitation("kanda", "กานดา ใจดี", "kanda@example.go.th")
    alone = people.invite_user(invitation=invited, by=admin, at=NOON)
    seen = [Withdrawal(alone.pk, [])]
    withdraw_invitations(entries=seen, agency=agency, by=admin, at=NOON)
    assert not User.objects.filter(pk=alone.pk).exists()
    assert Event.objects.get(verb="accounts.user.withdrawn").before["roles"] == []


def test_two_who_appoint_at_once_leave_one_holder():
    post, mine, theirs = PostFactory(), UserFactory(), UserFactory()
    with (
        meanwhile(
            'INSERT INTO "accounts_holding"',
            lambda: HoldingFactory(post=post, user=theirs, from_date=TODAY),
        ),
        pytest.raises(Refused) as refused,
    ):
        people.appoint_holder(post=post, user=mine, from_date=TODAY, by=None, at=NOON)
    assert refused.value.code == "race"
    assert not Holding.objects.filter(user=mine).exists()
    assert not Event.objects.filter(verb="accounts.post.held").exists()
