"""What was typed for KPIs in a quarter, sent and signed by the people it belongs to."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from common.refusal import EntriesRefused
from kpi.actions import (
    ResultEntry,
    accept_results,
    approve_results,
    record_results,
    return_results,
    submit_results,
)
from kpi.models import KPI, DisaggregationItem, Result
from kpi.rules.surroundings import Typed as Figures
from sakhon_portal.sample.book import PAST, STRATEGIST, Book, decimal_of, moment
from sakhon_portal.sample.standing import Line, lines_of
from submissions.models import Quarter
from submissions.workflow import Status

NOTES = (
    "ตรวจกับหลักฐานแนบแล้ว",
    "ข้อมูลจากระบบของกรมต้นสังกัด ณ วันสิ้นไตรมาส",
    "สูงต่ำตามฤดูกาล สอบทานกับพื้นที่แล้ว",
    "รวมรายงานของทุกอำเภอแล้ว",
)


def _entries(book: Book, quarter: Quarter) -> Iterator[tuple[Line, KPI, ResultEntry, str]]:
    """Yield what was typed for a quarter, with the state it is to reach."""
    year = quarter.fiscal_year_id
    items = {
        (item.disaggregation.version.indicator.code, item.code): item.pk
        for item in DisaggregationItem.objects.select_related("disaggregation__version__indicator")
    }
    for place, line in enumerate(lines_of(book, year)):
        results = line.stated.get("results")
        if not results or len(results) < quarter.number or results[quarter.number - 1] is None:
            continue
        given = results[quarter.number - 1]
        states = line.stated.get("states")
        state = states[quarter.number - 1] if states else "approved"
        kpi = book.kpi_rows[(year, line.code)]
        typed: dict[str, Any] = {}
        if isinstance(given, dict):
            typed = {"is_not_applicable": True, "not_applicable_reason": given["na"]}
        elif isinstance(given, list):
            typed = {"numerator": decimal_of(given[0]), "denominator": decimal_of(given[1])}
        else:
            typed = {"value": decimal_of(given)}
        if apart := line.stated.get("parts"):
            told = apart[quarter.number - 1]
            typed["parts"] = {
                items[line.indicator, code]: Figures(decimal_of(value))
                for code, value in told.items()
            }
        note = NOTES[(place + quarter.number) % len(NOTES)]
        yield line, kpi, ResultEntry(kpi.pk, quarter.pk, note=note, is_sample=True, **typed), state


@dataclass(frozen=True)
class Typed:
    """An entry with the state it is to reach, who signs it, and whether a second one does."""

    entry: ResultEntry
    state: str
    signer: User
    needs_acceptance: bool


def _sign(
    results: list[Result], *, verb: Callable[..., Any] = approve_results, **signing: Any
) -> None:
    """Sign in one go what is as usual, and the rest one by one, as the head would."""
    apart: set[int] = set()
    try:
        verb(entries=results, **signing)
    except EntriesRefused as refused:
        apart = set(refused.by_entry)
        usual = [each for position, each in enumerate(results) if position not in apart]
        if usual:
            verb(entries=usual, **signing)
    for position in sorted(apart):
        verb(entries=[results[position]], **signing)


def _typed_by(book: Book, quarter: Quarter, day: date) -> dict[int, list[Typed]]:
    """Return the quarter's entries by the user who types them."""
    typed: dict[int, list[Typed]] = defaultdict(list)
    for line, kpi, entry, state in _entries(book, quarter):
        if line.post:
            above = book.posts[line.post].supervising_post
            assert above is not None  # every post of people.json with a KPI stands under a head
            reporter, signer = book.holder(line.post, day), book.holder(above.code, day)
        else:
            reporter = book.person(line.agency, "reporter")
            signer = book.person(line.agency, "approver")
        typed[reporter.pk].append(Typed(entry, state, signer, kpi.needs_acceptance))
    return typed


def play_results(book: Book, quarter: Quarter, *, day: date) -> None:
    """Type, send, sign and accept the quarter's entries, each by the people it belongs to."""
    users = {user.pk: user for user in book.users.values()}
    at = moment(day)
    by_signer: dict[tuple[int, str], list[Result]] = defaultdict(list)
    to_accept: list[int] = []
    for reporter_id, rows in _typed_by(book, quarter, day).items():
        reporter = users[reporter_id]
        kept = record_results(entries=[row.entry for row in rows], by=reporter, at=at)
        sending = [
            (result, row)
            for result, row in zip(kept, rows, strict=True)
            if row.state != Status.DRAFT
        ]
        if not sending:
            continue
        sent = submit_results(
            entries=[result for result, _row in sending], by=reporter, at=at + timedelta(hours=1)
        )
        for result, (_kept, row) in zip(sent, sending, strict=True):
            by_signer[row.signer.pk, row.state].append(result)
            if row.needs_acceptance and (
                row.state == Status.ACCEPTED or quarter.fiscal_year_id == PAST
            ):
                to_accept.append(result.pk)
    for (signer_id, state), results in by_signer.items():
        signing: dict[str, Any] = {"by": users[signer_id], "at": at + timedelta(days=1)}
        if state in (Status.APPROVED, Status.ACCEPTED):
            _sign(results, **signing)
        elif state == Status.RETURNED:
            return_results(
                entries=results,
                reason="ตัวเลขไม่ตรงกับหลักฐานที่แนบ ตรวจยอดเดือนธันวาคมอีกครั้ง",
                **signing,
            )
    accepted = list(Result.objects.filter(pk__in=to_accept))
    if accepted:
        _sign(accepted, verb=accept_results, by=book.users[STRATEGIST], at=at + timedelta(days=2))
