"""A file as a form of its kind: read for what an agency may fill in, and rehearsed.

A preview is the kind's own verb called for the whole list and rolled back: what it refuses is what
a commit would refuse, and no rule is written twice.
"""

import hashlib
import marshal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction

from accounts.models import Agency, User
from common.readings import Note
from common.refusal import EntriesRefused
from common.sheets import Prepared, SheetResource, SheetRow
from common.workbooks.book import read_book
from common.workbooks.gate import Format, Judged, Limits, UnreadableFile, judge
from spreadsheets.actions.kinds import period_key, period_name, year_of
from spreadsheets.actions.reports import from_plain, plain
from spreadsheets.actions.understanding import (
    ERROR,
    QUESTION,
    SENTENCES,
    Choice,
    Finding,
    Line,
    Remembered,
    Understanding,
    understand,
)
from spreadsheets.models import Period, RememberedMapping, Upload
from submissions.models import FiscalYear

FORM_PROPERTY = "portal_form"


def limits() -> Limits:
    """Return what a file may measure, from the settings."""
    return Limits(**getattr(settings, "UPLOAD_LIMITS", {}))


@contextmanager
def local_copy(source: IO[bytes]) -> Iterator[tuple[Path, str, int]]:
    """Give a file of our own with its SHA-256 and size; wherever the original is stored."""
    digest = hashlib.sha256()
    size = 0
    with tempfile.NamedTemporaryFile(prefix="upload-") as copy:
        while piece := source.read(1024 * 1024):
            digest.update(piece)
            size += len(piece)
            copy.write(piece)
        copy.flush()
        yield Path(copy.name), digest.hexdigest(), size


def is_as_sent(upload: Upload) -> bool:
    """Say whether the stored file is still the one that was sent."""
    with upload.file.open("rb") as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest() == upload.sha256


def read_again(
    upload: Upload, resource: SheetResource, *, user: User, at: datetime, rehearse: bool = True
) -> Understanding:
    choice = Choice.from_stored(upload.mapping.get("chosen", {}))
    with upload.file.open("rb") as stored, local_copy(stored) as (path, sha256, _size):
        if sha256 != upload.sha256:
            raise UnreadableFile("truncated")
        judged = judge(path, f"x.{upload.format}", limits())
        return understand_file(
            path, judged, upload, resource, choice, user=user, at=at, rehearse=rehearse
        )


def understand_file(
    path: Path,
    judged: Judged,
    upload: Upload,
    resource: SheetResource,
    choice: Choice,
    *,
    user: User,
    at: datetime,
    rehearse: bool = True,
) -> Understanding:
    """Read the file for what the agency may fill in, and let the verb say what it would refuse."""
    book = read_book(path, Format(judged.format), limits())
    period = upload.period
    rows = resource.rows_for(user=user, agency=upload.agency, period=period, at=at)
    known = RememberedMapping.objects.filter(agency=upload.agency, kind=upload.kind)
    remembered = {
        each.layout: Remembered(
            {name: (text, right) for name, (text, right) in each.columns.items()},
            each.dash_is_zero,
        )
        for each in known
    }
    found = understand(
        book,
        resource,
        rows,
        choice,
        agency_name=upload.agency.short_name,
        fiscal_year=year_of(period),
        number=0 if isinstance(period, FiscalYear) else period.number,
        make=partial(resource.new_row, agency=upload.agency, period=period)
        if resource.is_open
        else None,
        remembered=remembered,
    )
    upload.mapping = upload.mapping | {"dash_is_zero": found.dash_is_zero}
    _compare_form(found, book.properties.get(FORM_PROPERTY, ""), upload, resource, rows)
    if rehearse and not found.of_level(ERROR):
        _rehearse(found, resource, upload, user=user, at=at)
    return found


def form_stamp(
    resource: SheetResource, agency: Agency, period: Period, rows: Sequence[SheetRow]
) -> str:
    """Return the hidden fingerprint of a form: kind, agency, period and version of its rows."""
    definition = hashlib.sha256("|".join(row.definition for row in rows).encode()).hexdigest()[:16]
    return f"{resource.kind};{agency.code};{period_key(period)};{definition}"


def _compare_form(
    found: Understanding,
    stamp: str,
    upload: Upload,
    resource: SheetResource,
    rows: Sequence[SheetRow],
) -> None:
    """Recognise a form of our own that is stale, or made for somebody or something else."""
    parts = stamp.split(";")
    if len(parts) != 4:
        return
    kind, agency, period, definition = parts
    sheet = found.sheet.name

    def add(level: str, code: str, **params: str) -> None:
        found.findings.append(Finding(level, Note(code, SENTENCES[code], params), sheet))

    mine = form_stamp(resource, upload.agency, upload.period, rows).split(";")
    if kind != mine[0]:
        add(ERROR, "other_kind", form=kind)
    elif agency != mine[1]:
        name = Agency.objects.filter(code=agency).values_list("short_name_th", "name_th").first()
        shown = (name[0] or name[1]) if name else agency
        add(ERROR, "other_agency", form=shown, chosen=upload.agency.short_name)
    elif period != mine[2]:
        add(ERROR, "other_period", form=period, chosen=period_name(upload.period))
    elif definition != mine[3]:
        add(QUESTION, "stale", rows=period_name(upload.period))


# ---------------------------------------------------------------- kept until it is confirmed


def understood_of(found: Understanding, resource: SheetResource, *, submit: bool) -> dict[str, Any]:
    """Return what a commit would write, to be kept with the rows that it was made against."""
    return {"rows": stamp_of(resource, found.rows)} | kept_of(lines_to_write(found, submit=submit))


def kept_of(lines: Sequence[Line]) -> dict[str, Any]:
    """Return what a person confirms of the lines: their codes, and what stands and will stand.

    Thousands change the same columns, so each such set is named once, in `columns`; a line holds
    its code, the set's place, what stands in each, then what will stand.
    """
    sets: dict[tuple[str, ...], int] = {}
    kept = []
    for line in lines:
        names = tuple(line.changes)
        place = sets.setdefault(names, len(sets))
        before = map(plain, map(line.row.stored.get, names))
        kept.append([line.row.code, place, *before, *map(plain, line.changes.values())])
    return {"columns": list(map(list, sets)), "lines": kept}


def kept_changes(
    upload: Upload,
) -> Iterator[tuple[str, dict[str, str | None], dict[str, str | None]]]:
    """Yield what a preview kept, line by line: the code, and by column what stood and what will."""
    sets = upload.understood.get("columns", ())
    for code, place, *figures in upload.understood.get("lines", ()):
        names, half = sets[place], len(figures) // 2
        before, after = figures[:half], figures[half:]
        yield code, dict(zip(names, before, strict=True)), dict(zip(names, after, strict=True))


def written_of(upload: Upload) -> list[dict[str, Any]]:
    """Return what was brought in, line by line: what stood, what was written, what came of it."""
    return [
        {
            "code": code,
            "before": before,
            "after": after,
            "version": version,
            "is_new": is_new,
            "made": made,
            # The versions that it was written over, and that an undo left behind.
            "found": versions[0] if versions else version - 1,
            "put_back": versions[1] if len(versions) > 1 else None,
        }
        for (code, before, after), (version, is_new, made, *versions) in zip(
            kept_changes(upload), upload.written, strict=True
        )
    ]


def stamp_of(resource: SheetResource, rows: Sequence[SheetRow]) -> str:
    """Return what changes with anything that a reading of a file rests on."""
    choices = [
        (column.name, value, str(label))
        for column in resource.columns
        if column.reads == "choice"
        for value, label in resource.choices(column.name).items()
    ]
    rests_on = [
        (
            row.code, row.label, row.typed, row.version, row.definition, row.why_not is None,
            row.unit, row.is_percent, row.is_one_to, *row.stored, *map(plain, row.stored.values()),
        )
        for row in rows
    ]  # fmt: skip
    # Plain values; its second version writes equal ones alike, in half the time of repr.
    return hashlib.sha256(marshal.dumps((choices, rests_on), 2)).hexdigest()


def lines_understood(
    upload: Upload, resource: SheetResource, rows: Sequence[SheetRow]
) -> list[Line] | None:
    """Return the lines that a preview kept, or None where the file must be read again.

    That is where a row that the reading rests on is not as it was, or nothing was kept.
    """
    if upload.understood.get("rows") != stamp_of(resource, rows):
        return None
    by_code = {row.code: row for row in rows}
    sets = upload.understood["columns"]
    lines = []
    for number, (code, place, *figures) in enumerate(upload.understood["lines"]):
        row = by_code.get(code) or resource.new_row(
            code, agency=upload.agency, period=upload.period
        )
        if row is None or row.code != code:
            return None
        after = zip(sets[place], figures[len(figures) // 2 :], strict=True)
        lines.append(Line("", number, row, changes=from_plain(after, resource)))
    return lines


# ---------------------------------------------------------------- the verb, rehearsed and played


def lines_to_write(found: Understanding, *, submit: bool) -> list[Line]:
    """Return the lines that a commit writes: what changes, and what is sent unchanged."""
    return [
        line
        for line in found.lines
        if not line.has_errors
        and (line.changes or (submit and line.values and not line.row.why_not))
    ]


def prepare_entries(
    lines: Sequence[Line], resource: SheetResource, period: Period
) -> list[Prepared]:
    return resource.prepare([(line.row, line.changes) for line in lines], period=period)


def play(
    prepared: Sequence[Prepared], resource: SheetResource, *, submit: bool, user: User, at: datetime
) -> Sequence[Any]:
    """Call the kind's verbs; returns what was stored, by position.

    :raises EntriesRefused: with the refusals by position of the prepared entries.
    """
    stored = resource.record([each.entry for each in prepared], by=user, at=at)
    if submit:
        resource.submit(stored, by=user, at=at)
    return stored


def _rehearse(
    found: Understanding, resource: SheetResource, upload: Upload, *, user: User, at: datetime
) -> None:
    """Let the verbs run and roll back; their refusals become findings at the row's key cell."""
    submit = upload.action == Upload.Action.SUBMIT
    lines = lines_to_write(found, submit=submit)
    if not lines:
        return
    prepared = prepare_entries(lines, resource, upload.period)
    try:
        if submit:
            with transaction.atomic():
                try:
                    play(prepared, resource, submit=True, user=user, at=at)
                finally:
                    transaction.set_rollback(True)
        else:
            resource.rehearse([each.entry for each in prepared], by=user, at=at)
    except EntriesRefused as refused:
        _blame(found, resource, lines, prepared, refused)


def _blame(
    found: Understanding,
    resource: SheetResource,
    lines: Sequence[Line],
    prepared: Sequence[Prepared],
    refused: EntriesRefused,
) -> None:
    layout = found.layout
    for position, refusal in refused.by_entry.items():
        field = getattr(refusal, "field", "")
        whole = [lines[index] for index in prepared[position].rows]
        named = [line for line in whole if resource.is_refused_in(field, line.row)]
        for line in named or whole:
            line.has_errors = True
            changed = resource.column_of_refusal(field)
            if layout is None or changed not in layout.columns:
                changed = next(iter(line.changes), "")
            column = layout.columns.get(changed, 0) if layout else 0
            note = Note("verb_refused", SENTENCES["verb_refused"], {"reason": str(refusal)})
            written = line.written(changed) or line.row.code
            found.findings.append(Finding(ERROR, note, line.sheet, line.number, column, written))
