"""Verbs of what was proposed at forums, and of what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import standing_of
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import Refused
from planning.models import Forum, ForumProposal, Need
from planning.rules import participation as rules
from strategy.models import Approach
from submissions.actions import (
    Withdrawal,
    as_one,
    changed_meanwhile,
    refuse_all,
    refuse_twins,
    refuse_what_stays,
)

Outcome = ForumProposal.Outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a proposal, and the words that everybody reads; open: nothing yet."""

    outcome: str = Outcome.OPEN.value
    answer_th: str = ""
    approach: Approach | None = None
    need: Need | None = None


UNANSWERED = Answer()


@dataclass(frozen=True, slots=True)
class NewProposal:
    """What was proposed at a forum, with its answer where there is one."""

    forum: Forum
    sector: str
    text_th: str
    answer: Answer = UNANSWERED


@dataclass(frozen=True, slots=True)
class ProposalAnswer:
    """An answer to a proposal; `version` is the one that was seen. Open without words takes it back."""

    proposal: ForumProposal
    version: int
    answer: Answer


@transaction.atomic
def add_proposal(
    *, forum: Forum, sector: str, text_th: str, by: User, at: datetime
) -> ForumProposal:
    """Write down what was proposed at a forum; it gets the forum's next number.

    :raises Refused: if `by` may not, or nothing is said.
    """
    with as_one():
        [row] = add_proposals(entries=[NewProposal(forum, sector, text_th)], by=by, at=at)
    return row


@transaction.atomic
def add_proposals(*, entries: Sequence[NewProposal], by: User, at: datetime) -> list[ForumProposal]:
    """Write down what was proposed at forums; each gets its forum's next number.

    :raises Refused: if `by` may not.
    :raises EntriesRefused: by position: nothing is said, or its answer does not stand.
    """
    _refuse_unless_organiser(by, at)
    refusals: dict[int, Refused] = {}
    for position, entry in enumerate(entries):
        if not entry.text_th.strip():
            refusals[position] = Refused(_("เขียนข้อเสนอก่อนบันทึก"), code="no_text")
        elif _is_given(entry.answer) and (refused := _why_not_answer(entry.answer)):
            refusals[position] = refused
    refuse_all(refusals)
    # Held, so that nobody else gives the same numbers.
    forums = {entry.forum.pk for entry in entries}
    list(Forum.objects.select_for_update().filter(pk__in=forums).order_by("pk").values("pk"))
    last = dict(
        ForumProposal.objects.filter(forum__in=forums)
        .order_by()
        .values_list("forum")
        .annotate(Max("number"))
    )
    rows = []
    for entry in entries:
        last[entry.forum.pk] = last.get(entry.forum.pk, 0) + 1
        rows.append(
            ForumProposal(
                forum=entry.forum,
                number=last[entry.forum.pk],
                sector=entry.sector,
                text_th=entry.text_th.strip(),
                is_sample=entry.forum.is_sample,
                **_as_stored(entry.answer, by, at),
            )
        )
    ForumProposal.objects.bulk_create(rows)
    deeds = [Deed("planning.proposal.added", row, after={"text": row.text_th}) for row in rows]
    deeds += [
        Deed(
            "planning.proposal.answered",
            row,
            before={"outcome": Outcome.OPEN.value},
            after={"outcome": row.outcome, "answer": row.outcome_th},
        )
        for row in rows
        if row.outcome != Outcome.OPEN
    ]
    record_many(deeds, by=by, at=at)
    return rows


@transaction.atomic
def answer_proposal(
    *,
    proposal: ForumProposal,
    version: int,
    outcome: str,
    answer_th: str,
    by: User,
    at: datetime,
    approach: Approach | None = None,
    need: Need | None = None,
) -> ForumProposal:
    """Say what became of a proposal: taken into the plan, taken as a need, or not, and why.

    :raises Refused: if `by` may not, it is not said what or why, the need is not named, or somebody
        answered meanwhile.
    """
    _refuse_unless_organiser(by, at)
    answer = Answer(outcome, answer_th, approach, need)
    if refused := _why_not_answer(answer):
        raise refused
    with as_one():
        [row] = answer_proposals(entries=[ProposalAnswer(proposal, version, answer)], by=by, at=at)
    return row


@transaction.atomic
def answer_proposals(
    *, entries: Sequence[ProposalAnswer], by: User, at: datetime
) -> list[ForumProposal]:
    """Say what became of proposals, or take answers back.

    :raises Refused: if `by` may not.
    :raises EntriesRefused: by position: it is not said what or why, the need is not named, or somebody
        answered meanwhile.
    """
    _refuse_unless_organiser(by, at)
    refuse_twins([entry.proposal.pk for entry in entries])
    refusals: dict[int, Refused] = {}
    deeds: list[Deed] = []
    for position, entry in enumerate(entries):
        row, answer = entry.proposal, entry.answer
        if _is_given(answer) and (refused := _why_not_answer(answer)):
            refusals[position] = refused
            continue
        unmoved = ForumProposal.objects.filter(pk=row.pk, version=entry.version)
        values = _as_stored(answer, by, at)
        if not unmoved.update(**values, version=F("version") + 1):
            refusals[position] = Refused(changed_meanwhile(), code="changed_meanwhile")
            continue
        deeds.append(
            Deed(
                f"planning.proposal.{'answered' if _is_given(answer) else 'reopened'}",
                row,
                before={"outcome": row.outcome, "answer": row.outcome_th},
                after={"outcome": values["outcome"], "answer": values["outcome_th"]},
            )
        )
    refuse_all(refusals)
    record_many(deeds, by=by, at=at)
    fresh = ForumProposal.objects.select_related("forum").in_bulk(
        [entry.proposal.pk for entry in entries]
    )
    return [fresh[entry.proposal.pk] for entry in entries]


@transaction.atomic
def withdraw_proposals(*, entries: Sequence[Withdrawal], by: User, at: datetime) -> None:
    """Take proposals away, as if nobody had written them down.

    :raises Refused: if `by` may not.
    :raises EntriesRefused: by position: something rests on it, or somebody answered meanwhile.
    """
    _refuse_unless_organiser(by, at)
    held = ForumProposal.objects.select_for_update().in_bulk([entry.key for entry in entries])
    versions = {key: row.version for key, row in held.items()}
    refuse_what_stays(entries, versions, rules.what_rests_on_proposals(held))
    deeds = [
        Deed(
            "planning.proposal.withdrawn",
            row,
            before={"forum": row.forum_id, "text": row.text_th, "outcome": row.outcome},
        )
        for row in held.values()
    ]
    record_many(deeds, by=by, at=at)
    ForumProposal.objects.filter(pk__in=held).delete()


def _is_given(answer: Answer) -> bool:
    return answer.outcome != Outcome.OPEN or bool(answer.answer_th.strip())


def _why_not_answer(answer: Answer) -> Refused | None:
    if answer.outcome == Outcome.OPEN:
        return Refused(_("เลือกว่าข้อเสนอนี้เป็นอย่างไร"), code="no_outcome")
    if not answer.answer_th.strip():
        return Refused(_("เขียนคำตอบของข้อเสนอนี้ ประชาชนจะเห็น"), code="no_text")
    if answer.outcome == Outcome.NEED and answer.need is None:
        return Refused(_("ใส่เลขที่เรื่องความต้องการที่รับไว้"), code="no_need")
    return None


def _as_stored(answer: Answer, by: User, at: datetime) -> dict[str, Any]:
    """Return an answer as it is kept: a link only where it says so, who and when where it is given."""
    given = _is_given(answer)
    return {
        "outcome": answer.outcome,
        "outcome_th": answer.answer_th.strip(),
        "approach": answer.approach if answer.outcome == Outcome.TAKEN else None,
        "need": answer.need if answer.outcome == Outcome.NEED else None,
        "answered_by": by if given else None,
        "answered_at": at if given else None,
    }


def _refuse_unless_organiser(by: User, at: datetime) -> None:
    if reason := rules.why_not_organise(standing_of(by, fiscal.local_date(at))):
        raise Refused(reason, code="not_strategist")
