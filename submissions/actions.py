"""Moves of entries, periods, evidence and delegation: the verbs that every app's verbs use."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Agency, Post, Role, User
from accounts.rules import Standing
from accounts.rules import standing_of as own_standing_of
from audit.log import Deed, record, record_many
from common import fiscal
from common.refusal import EntriesRefused, Refused
from common.setwise import insert_together, update_together
from submissions import rules
from submissions.files import check_file, is_named_as_photo
from submissions.models import (
    Delegation,
    Entry,
    Evidence,
    FiscalYear,
    Month,
    PeriodState,
    Quarter,
)
from submissions.workflow import EDITABLE, Status

E = TypeVar("E", bound=Entry)


def refuse_all(refusals: Mapping[int, Refused]) -> None:
    """Raise one refusal for a list where any entry was refused; a list of one keeps its own sentence.

    :raises EntriesRefused: with the refusals by position.
    """
    if not refusals:
        return
    if len(refusals) == 1:
        sentence = str(next(iter(refusals.values())))
    else:
        sentence = _("ทำรายการไม่ได้ %(count)d รายการ ยังไม่มีรายการใดถูกบันทึก") % {"count": len(refusals)}
    raise EntriesRefused(sentence, refusals)


@contextmanager
def as_one() -> Iterator[None]:
    """Let a list of one be refused as its entry was, with that entry's own code.

    :raises Refused: as the only entry was refused.
    """
    try:
        yield
    except EntriesRefused as refused:
        raise refused.by_entry[0] from refused


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A row that is to be as if nobody had written it; `version` is the one that was seen."""

    key: int
    version: int


def refuse_what_stays(
    entries: Sequence[Withdrawal], held: Mapping[int, int], rests: Mapping[int, str]
) -> None:
    """Refuse to take rows away that are not as they were seen, or on which something rests.

    `held` gives the versions of the rows, locked by the caller, `rests` what rests on them.

    :raises EntriesRefused: with the refusals by position.
    """
    refusals: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        if reason := rests.get(entry.key):
            refusals[position] = Refused(reason, code="built_on")
        elif held.get(entry.key) != entry.version:
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
    refuse_all(refusals)


def refuse_twins(places: Sequence[Hashable]) -> None:
    """Refuse a list that names an entry more than once: which of the two is meant, nobody knows.

    :raises EntriesRefused: with the later ones, by position.
    """
    seen: set[Hashable] = set()
    twins = {}
    for position, place in enumerate(places):
        if place in seen:
            twins[position] = Refused(_("รายการนี้มีมากกว่าหนึ่งครั้งในชุดเดียวกัน"), code="twice")
        seen.add(place)
    refuse_all(twins)


def begin_entries(new: Sequence[E], *, subject: str, period: str) -> dict[tuple[int, int], E]:
    """Write entries that nobody had begun, all in one statement, or none.

    `subject` and `period` name the two columns of which a pair has one entry. Returns, by them,
    the entries that somebody else began at the same moment; where there is one, nothing is written.
    """
    if not new:
        return {}
    model = type(new[0])
    try:
        with transaction.atomic():
            insert_together(new, known_by=(subject, period))
    except IntegrityError:
        wanted = {(getattr(entry, subject), getattr(entry, period)) for entry in new}
        begun = model._default_manager.select_related("entered_by").filter(
            **{
                f"{subject}__in": {pair[0] for pair in wanted},
                f"{period}__in": {pair[1] for pair in wanted},
            }
        )
        taken = {(getattr(row, subject), getattr(row, period)): row for row in begun}
        theirs = {pair: row for pair, row in taken.items() if pair in wanted}
        if not theirs:
            raise
        return theirs
    return {}


def type_over(changed: Sequence[E], *, names: Sequence[str]) -> dict[int, E]:
    """Write typed-over drafts by compare-and-set, in as many statements for one as for thousands.

    Give each as it was read, with the new values of the `names` set; who typed and when is written
    with them. Returns, by id, the entries that moved on meanwhile as they stand now; where there is
    one, nothing is written.
    """
    if not changed:
        return {}
    model = type(changed[0])
    entries = model._default_manager.filter(pk__in=[entry.pk for entry in changed])
    # The rows stay ours until the verb ends; held in id order, so that two lists never deadlock.
    held = entries.select_for_update(no_key=True).order_by("pk")
    present = {pk: stands for pk, *stands in held.values_list("pk", "version", "status")}
    moved = [
        entry.pk
        for entry in changed
        if present[entry.pk][0] != entry.version or Status(present[entry.pk][1]) not in EDITABLE
    ]
    if moved:
        theirs = model._default_manager.select_related("entered_by").filter(pk__in=moved)
        return {row.pk: row for row in theirs}
    for entry in changed:
        entry.version += 1
    update_together(changed, names=[*names, "entered_by", "entered_at", "version"])
    return {}


def move_entries(
    entries: Collection[E],
    *,
    to: Status,
    by: User,
    at: datetime,
    verb: str,
    role: str,
    agency_code: Callable[[E], str],
    reason: str = "",
    figures: Callable[[E], Mapping[str, str]] | None = None,
    standing: Standing | None = None,
) -> None:
    """Move entries of one model by compare-and-set, whole or not at all, and log each.

    Call inside the verb's transaction after its rules said yes; one UPDATE for each status among them.
    `figures` says what stood in an entry when it moved; a signature that was lent is logged with
    the name of who lent it; a verb that gives the person's `standing` spares asking where nobody lends.

    :raises EntriesRefused: where somebody else changed an entry meanwhile.
    """
    hold_open(
        quarters={entry.quarter_id for entry in entries if hasattr(entry, "quarter_id")},
        months={entry.month_id for entry in entries if hasattr(entry, "month_id")},
    )
    stamp = rules.STAMPS[to]
    changes: dict[str, Any] = {"status": to.value, f"{stamp}_by": by, f"{stamp}_at": at}
    if to is Status.RETURNED:
        changes["return_reason"] = reason
    listed = list(entries)
    model = type(listed[0])
    seen: dict[tuple[str, int], list[int]] = {}
    for entry in listed:
        seen.setdefault((entry.status, entry.version), []).append(entry.pk)
    moved = 0
    for (status, version), ids in seen.items():
        unmoved = model._default_manager.filter(pk__in=ids, status=status, version=version)
        moved += unmoved.update(**changes, version=F("version") + 1)
    if moved != len(listed):
        current = dict(
            model._default_manager.filter(pk__in=[entry.pk for entry in listed]).values_list(
                "pk", "version"
            )
        )
        refuse_all(
            {
                position: Refused(changed_meanwhile(), code="changed_meanwhile")
                for position, entry in enumerate(listed)
                if current.get(entry.pk) != entry.version + 1
            }
        )
        # Every version fits and yet a row was not ours: somebody made the same move.
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    may_be_lent = role == Role.APPROVER and (standing is None or standing.lent_in)
    lent = rules.lenders_of(by, fiscal.local_date(at)) if may_be_lent else {}
    record_many(
        [
            Deed(
                verb,
                entry,
                before={"status": entry.status},
                after={
                    "status": to.value,
                    **(figures(entry) if figures else {}),
                    **lent.get(agency_code(entry), {}),
                },
                reason=reason,
                agency_code=agency_code(entry),
            )
            for entry in listed
        ],
        by=by,
        at=at,
        role=role,
    )
    for entry in listed:
        for name, value in changes.items():
            setattr(entry, name, value)
        entry.version += 1


def undo_entries(
    entries: Sequence[E], *, by: User, at: datetime, verb: str, agency_code: Callable[[E], str]
) -> None:
    """Let entries stand as before the person signed or returned them, whole or not at all; log each.

    Call inside the verb's transaction with entries loaded with their period.

    :raises EntriesRefused: where the move is not the person's or is too long ago.
    :raises Refused: where somebody moved one on meanwhile.
    """
    if not entries:
        return
    name = "quarter" if hasattr(entries[0], "quarter_id") else "month"
    periods: list[Quarter | Month] = [getattr(entry, name) for entry in entries]
    refuse_all(
        {
            position: Refused(reason, code="not_undone")
            for position, entry in enumerate(entries)
            if (reason := rules.why_not_undo(entry, periods[position], by, at))
        }
    )
    hold_open(
        quarters={each.pk for each in periods if isinstance(each, Quarter)},
        months={each.pk for each in periods if isinstance(each, Month)},
    )
    model = type(entries[0])
    groups: dict[tuple[str, int, Status], list[E]] = {}
    for entry in sorted(entries, key=lambda each: each.pk):
        place = (entry.status, entry.version, rules.stood_before(entry))
        groups.setdefault(place, []).append(entry)
    deeds = []
    for (status, version, before), group in groups.items():
        stamp = rules.STAMPS[Status(status)]
        changes = {"status": before.value, f"{stamp}_by": None, f"{stamp}_at": None}
        if status == Status.RETURNED.value:
            changes["return_reason"] = ""
        unmoved = model._default_manager.filter(
            pk__in=[entry.pk for entry in group], status=status, version=version
        )
        if unmoved.update(**changes, version=F("version") + 1) != len(group):
            raise Refused(changed_meanwhile(), code="changed_meanwhile")
        for entry in group:
            deeds.append(
                Deed(
                    verb,
                    entry,
                    before={"status": status},
                    after={"status": before.value},
                    agency_code=agency_code(entry),
                )
            )
            for name, value in changes.items():
                setattr(entry, name, value)
            entry.version += 1
    record_many(deeds, by=by, at=at)


def hold_open(*, quarters: Collection[int] = (), months: Collection[int] = ()) -> None:
    """Keep periods open until the running transaction ends; a save that races a close loses.

    On PostgreSQL each period's row is held FOR SHARE, which closing waits for; on SQLite the write
    transaction already keeps everybody else out.

    :raises Refused: if one was closed meanwhile.
    """
    for model, ids in ((Quarter, quarters), (Month, months)):
        if not ids:
            continue
        table = connection.ops.quote_name(model._meta.db_table)
        places = ", ".join(["%s"] * len(ids))
        share = " FOR SHARE" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(
                # Only names that Django itself quotes stand in the sentence.
                f"SELECT state FROM {table} WHERE id IN ({places}) ORDER BY id{share}",  # nosec B608
                sorted(ids),
            )
            states = {row[0] for row in cursor.fetchall()}
        if not states <= {PeriodState.OPEN.value}:
            raise Refused(_("รอบรายงานนี้ปิดไปแล้วระหว่างที่ท่านทำรายการ จึงไม่ได้บันทึก"), code="period_closed")


def changed_meanwhile() -> str:
    """The sentence of a lost race."""
    return _("มีผู้อื่นแก้ไขรายการนี้ระหว่างที่ท่านทำรายการ โหลดหน้าใหม่แล้วทำอีกครั้ง")


@transaction.atomic
def prepare_fiscal_year(*, year: int, is_sample: bool = False) -> FiscalYear:
    """Make a fiscal year with its quarters and months, all planned, with usual deadlines; may be repeated.

    The deadlines are ordinary data afterwards: reports by the 15th (months by the 5th) of the next
    month, signatures five and acceptance fourteen days later.
    """
    fiscal_year, _made = FiscalYear.objects.get_or_create(
        year=year, defaults={"is_sample": is_sample}
    )
    for number in range(1, 5):
        following = fiscal.quarter_end(year, number) + timedelta(days=1)
        Quarter.objects.get_or_create(
            fiscal_year=fiscal_year,
            number=number,
            defaults={
                "report_due_date": following.replace(day=15),
                "approve_due_date": following.replace(day=20),
                "accept_due_date": following.replace(day=28),
            },
        )
    for number in range(1, 13):
        following = fiscal.month_end(year, number) + timedelta(days=1)
        Month.objects.get_or_create(
            fiscal_year=fiscal_year,
            number=number,
            defaults={"report_due_date": following.replace(day=5)},
        )
    return fiscal_year


@transaction.atomic
def open_quarter(*, quarter: Quarter, by: User | None, at: datetime) -> Quarter:
    """Open a planned quarter and its months for reporting.

    :raises Refused: if it is not planned.
    """
    opened = Quarter.objects.filter(pk=quarter.pk, state=PeriodState.PLANNED)
    if not opened.update(state=PeriodState.OPEN, opened_at=at):
        raise Refused(_("ไตรมาสนี้เปิดหรือปิดไปแล้ว"), code="not_planned")
    first = quarter.number * 3 - 2
    Month.objects.filter(
        fiscal_year_id=quarter.fiscal_year_id,
        number__range=(first, first + 2),
        state=PeriodState.PLANNED,
    ).update(state=PeriodState.OPEN)
    quarter.refresh_from_db()
    record("submissions.quarter.opened", quarter, by=by, at=at, role=Role.STRATEGIST)
    return quarter


@transaction.atomic
def move_deadlines(
    *, period: Quarter | Month, dates: Mapping[str, date], by: User, at: datetime
) -> None:
    """Set deadlines of a period that is not closed, by the names of their columns.

    :raises Refused: if the person is no administrator or strategist, it is closed, or the dates
        are not in order.
    """
    standing = own_standing_of(by, fiscal.local_date(at))
    before = {name: getattr(period, name) for name in dates}
    after = {**before, **dates}
    if reason := rules.why_not_move_deadlines(period, standing, list(after.values())):
        raise Refused(reason, code="deadlines")
    if before == after:
        return
    moved = type(period)._default_manager.filter(
        pk=period.pk, state__in=(PeriodState.PLANNED, PeriodState.OPEN)
    )
    if not moved.update(**after):
        raise Refused(changed_meanwhile(), code="changed_meanwhile")
    record(
        "submissions.deadlines.moved",
        period,
        by=by,
        at=at,
        before=before,
        after=after,
    )


@transaction.atomic
def delegate_signature(
    *,
    agency: Agency,
    lender: User,
    deputy: User,
    from_date: date,
    until_date: date,
    reason: str,
    at: datetime,
) -> Delegation:
    """Lend a signature of an agency from–to.

    :raises Refused: if the lender may not sign there, or the dates are not in order.
    """
    standing = own_standing_of(lender, fiscal.local_date(at))
    if not standing.is_role_of(Role.APPROVER, agency.pk):
        raise Refused(_("เฉพาะหัวหน้าส่วนราชการมอบอำนาจลงนามของหน่วยงานตนได้"), code="not_approver")
    if lender.pk == deputy.pk:
        raise Refused(_("มอบอำนาจให้ตนเองไม่ได้"), code="to_oneself")
    if until_date < from_date:
        raise Refused(_("วันสิ้นสุดต้องไม่ก่อนวันเริ่มต้น"), code="dates")
    delegation = Delegation.objects.create(
        agency=agency,
        lender=lender,
        deputy=deputy,
        from_date=from_date,
        until_date=until_date,
        reason=reason,
        created_at=at,
    )
    record(
        "submissions.delegation.given",
        delegation,
        by=lender,
        at=at,
        role=Role.APPROVER,
        agency_code=agency.code,
        after={"deputy": deputy.username, "from": from_date, "until": until_date},
        reason=reason,
    )
    return delegation


@transaction.atomic
def revoke_delegation(*, delegation: Delegation, by: User, at: datetime) -> None:
    """Take a lent signature back.

    :raises Refused: if it was taken back already or is not the person's own.
    """
    if delegation.lender_id != by.pk:
        raise Refused(_("เฉพาะผู้มอบอำนาจยกเลิกได้"), code="not_lender")
    if not Delegation.objects.filter(pk=delegation.pk, revoked_at=None).update(revoked_at=at):
        raise Refused(_("ยกเลิกการมอบอำนาจนี้ไปแล้ว"), code="revoked")
    record("submissions.delegation.revoked", delegation, by=by, at=at, role=Role.APPROVER)


@transaction.atomic
def store_evidence(
    *,
    file: UploadedFile[bytes],
    agency: Agency,
    post: Post | None = None,
    only_photo: bool = False,
    by: User,
    at: datetime,
) -> Evidence:
    """Keep a file as evidence under a random name; the entry's own verb attaches it.

    `post` is given where the entry is personal, `only_photo` where nothing but a photo will do.

    :raises Refused: if the file is not one that is taken (see `files.check_file`).
    """
    if only_photo and not is_named_as_photo(file.name or ""):
        raise Refused(
            _("“%(name)s” ไม่ใช่ภาพ แนบได้เฉพาะ JPG PNG หรือ WebP") % {"name": file.name},
            code="not_a_photo",
        )
    checked = check_file(file)
    evidence = Evidence(
        original_name=checked.original_name,
        media_type=checked.media_type,
        size_bytes=checked.size_bytes,
        sha256=checked.sha256,
        agency=agency,
        post=post,
        uploaded_by=by,
        uploaded_at=at,
    )
    evidence.file.save(str(checked.content.name), checked.content, save=False)
    evidence.save()
    record(
        "submissions.evidence.stored",
        evidence,
        by=by,
        at=at,
        agency_code=agency.code,
        after={"name": checked.original_name, "sha256": checked.sha256},
    )
    return evidence
