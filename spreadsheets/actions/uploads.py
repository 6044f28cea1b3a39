"""Verbs of the desk: receive, choose columns, commit, undo, discard.

receive_upload(file=…, name=…, kind=…, agency=…, period=…, action=…, by=…, at=…) -> Upload
read_upload(upload=…, at=…) -> Upload             # the deferred reading of a large file
receive_next_table(upload=…, sheet=…, heading=…, by=…, at=…) -> Upload
choose_columns(upload=…, choice=Choice(…), by=…, at=…) -> Upload
commit_upload(upload=…, confirmed=True, by=…, at=…) -> Upload
finish_commit(upload=…, at=…) -> Upload           # the deferred commit of a large file
undo_upload(upload=…, by=…, at=…) -> Upload
discard_upload(upload=…, by=…, at=…) -> Upload
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from audit.log import record
from common import fiscal
from common.refusal import EntriesRefused, Refused
from common.sheets import Prepared, SheetResource, SheetRow
from common.workbooks.gate import UnreadableFile, judge
from jobruns.runner import schedule
from spreadsheets import rules
from spreadsheets.actions.kinds import period_key, resource_of
from spreadsheets.actions.reading import (
    is_as_sent,
    kept_of,
    limits,
    lines_to_write,
    lines_understood,
    local_copy,
    play,
    prepare_entries,
    read_again,
    understand_file,
    understood_of,
    written_of,
)
from spreadsheets.actions.reports import from_plain, note_as_json, report_of
from spreadsheets.actions.understanding import (
    ERROR,
    Choice,
    Line,
    Understanding,
    columns_to_remember,
    is_same,
)
from spreadsheets.models import Period, RememberedMapping, Upload
from spreadsheets.tasks import COMMIT_UPLOAD, READ_UPLOAD
from spreadsheets.workflow import Status
from submissions.models import FiscalYear, Month, Quarter
from submissions.rules import standing_of


@transaction.atomic
def receive_upload(
    *,
    file: IO[bytes],
    name: str,
    kind: str,
    agency: Agency,
    period: Period,
    action: str,
    by: User,
    at: datetime,
    choice: Choice | None = None,
    tables: Sequence[Mapping[str, Any]] = (),
) -> Upload:
    """Judge a file, keep it, and say what it would change; a large one is read by the worker.

    `choice` points to one of its tables, `tables` names those that may be opened after it.

    :raises Refused: if the person may not send for the agency, or the file may not be read.
    """
    resource = resource_of(kind)
    if reason := rules.why_not_send(resource, agency, standing_of(by, fiscal.local_date(at))):
        raise Refused(reason, code="not_allowed")
    with local_copy(file) as (path, sha256, size):
        try:
            judged = judge(path, name, limits())
        except UnreadableFile as error:
            raise _refusal(error) from error
        upload = Upload(
            kind=kind,
            agency=agency,
            quarter=period if isinstance(period, Quarter) else None,
            month=period if isinstance(period, Month) else None,
            fiscal_year=period if isinstance(period, FiscalYear) else None,
            original_name=name[-255:],
            format=judged.format.value,
            size_bytes=size,
            sha256=sha256,
            is_personal=resource.is_personal,
            action=action if resource.submits else Upload.Action.DRAFT,
            uploaded_by=by,
            uploaded_at=at,
            report={"notes": [note_as_json(note) for note in judged.notes]},
            mapping={"tables": list(tables)} | ({"chosen": asdict(choice)} if choice else {}),
        )
        is_small = size <= settings.UPLOAD_READ_AT_ONCE_BYTES
        if is_small:
            try:
                found = understand_file(
                    path, judged, upload, resource, choice or Choice(), user=by, at=at
                )
            except UnreadableFile as error:
                raise _refusal(error) from error
        with path.open("rb") as content:
            upload.file.save(name, File(content), save=False)
            if is_small:
                _put_report(upload, resource, found)
                upload.state = Upload.State.READY
            upload.save()
            record(
                "spreadsheets.upload.received",
                upload,
                by=by,
                at=at,
                agency_code=agency.code,
                after={"kind": kind, "period": period_key(period), "sha256": sha256},
            )
            if not is_small:
                _defer(upload, READ_UPLOAD)
    return upload


@transaction.atomic
def receive_next_table(
    *, upload: Upload, sheet: str, heading: int | None, by: User, at: datetime
) -> Upload:
    """Open another table of a file that is here already, as an upload of its own.

    :raises Refused: if the person may not send for the agency, or the file has no such table.
    """
    wanted = {"sheet": sheet, "heading": heading}
    tables = upload.report.get("tables", [])
    if wanted not in tables:
        raise Refused(_("ไม่พบตารางนี้ในไฟล์ โหลดหน้าใหม่แล้วเลือกอีกครั้ง"), code="no_such_table")
    with upload.file.open("rb") as stored:
        return receive_upload(
            file=stored,
            name=upload.original_name,
            kind=upload.kind,
            agency=upload.agency,
            period=upload.period,
            action=upload.action,
            by=by,
            at=at,
            choice=Choice(sheet, heading, dash_is_zero=upload.report["dash_is_zero"]),
            tables=[each for each in tables if each != wanted],
        )


def _refusal(error: UnreadableFile) -> Refused:
    sentence = _(error.note.sentence) % dict(error.note.params)
    return Refused(sentence, code=error.note.code)


def _defer(upload: Upload, job_name: str) -> None:
    run = schedule(job_name, key=f"upload:{upload.pk}", payload={"upload_id": upload.pk})
    Upload.objects.filter(pk=upload.pk).update(job=run)
    upload.job = run


def read_upload(*, upload: Upload, at: datetime) -> Upload:
    """Read a stored file and keep what it would change; what cannot be read is marked so."""
    resource = resource_of(upload.kind)
    try:
        found = read_again(upload, resource, user=upload.uploaded_by, at=at)
    except UnreadableFile as error:
        refused = upload.report | {"refused": note_as_json(error.note)}
        _move(upload, to=Status.REFUSED, report=refused)
        return upload
    _put_report(upload, resource, found)
    _move_ready(upload)
    return upload


def _read_or_refuse(
    upload: Upload, resource: SheetResource, *, by: User, at: datetime, rehearse: bool = True
) -> Understanding:
    """Read a stored file.

    :raises Refused: if it cannot be read any more.
    """
    try:
        return read_again(upload, resource, user=by, at=at, rehearse=rehearse)
    except UnreadableFile as error:
        raise _refusal(error) from error


def _put_report(upload: Upload, resource: SheetResource, found: Understanding) -> None:
    notes = upload.report.get("notes", [])
    report = report_of(found, resource, period=period_key(upload.period))
    further = [each for each in upload.mapping.get("tables", ()) if each not in report["tables"]]
    upload.report = report | {"notes": notes, "tables": [*report["tables"], *further]}
    headings = columns_to_remember(found.layout) if found.layout else {}
    upload.mapping = upload.mapping | {"headings": headings}
    submit = upload.action == Upload.Action.SUBMIT
    upload.understood = understood_of(found, resource, submit=submit)


def _move_ready(upload: Upload) -> None:
    _move(
        upload,
        to=Status.READY,
        report=upload.report,
        mapping=upload.mapping,
        understood=upload.understood,
    )


def _move(upload: Upload, *, to: Status, **changes: Any) -> None:
    """Change the state only if nobody else has.

    :raises Refused: if somebody has.
    """
    unmoved = Upload.objects.filter(pk=upload.pk, state=upload.state)
    if not unmoved.update(state=to.value, **changes):
        raise Refused(_("มีผู้อื่นทำรายการกับไฟล์นี้ไปแล้ว โหลดหน้าใหม่"), code="changed_meanwhile")
    upload.state = to.value
    for name, value in changes.items():
        setattr(upload, name, value)


@transaction.atomic
def choose_columns(*, upload: Upload, choice: Choice, by: User, at: datetime) -> Upload:
    """Read the file again with the sheet and columns that the person chose, and remember them.

    :raises Refused: if the person may not, or the file is not waiting for confirmation.
    """
    standing = standing_of(by, fiscal.local_date(at))
    resource = resource_of(upload.kind)
    _check(
        rules.why_not_send(resource, upload.agency, standing)
        or rules.why_not_move(upload, Status.READY)
    )
    upload.mapping = upload.mapping | {"chosen": asdict(choice)}
    found = _read_or_refuse(upload, resource, by=by, at=at)
    _put_report(upload, resource, found)
    _move_ready(upload)
    if choice.columns and upload.report["layout"]:
        RememberedMapping.objects.update_or_create(
            agency=upload.agency,
            kind=upload.kind,
            layout=upload.report["layout"],
            defaults={
                "columns": upload.mapping["headings"],
                "dash_is_zero": choice.dash_is_zero,
                "remembered_by": by,
                "remembered_at": at,
            },
        )
    return upload


@transaction.atomic
def refresh_preview(*, upload: Upload, by: User, at: datetime) -> Upload:
    """Compare a waiting file with what is stored now.

    :raises Refused: if the file is not waiting for confirmation.
    """
    _check(rules.why_not_move(upload, Status.READY))
    resource = resource_of(upload.kind)
    found = _read_or_refuse(upload, resource, by=by, at=at)
    _put_report(upload, resource, found)
    _move_ready(upload)
    return upload


def _check(reason: str | None, code: str = "not_allowed") -> None:
    if reason:
        raise Refused(reason, code=code)


@transaction.atomic
def commit_upload(*, upload: Upload, confirmed: bool, by: User, at: datetime) -> Upload:
    """Bring the whole file in through the kind's verb, or nothing; a large one by the worker.

    :raises Refused: if the person may not, cells are still wrong, questions are not confirmed, or
        the figures in the portal changed since the preview.
    """
    standing = standing_of(by, fiscal.local_date(at))
    reason = rules.why_not_commit(upload, resource_of(upload.kind), standing, confirmed=confirmed)
    _check(reason, "not_ready")
    if upload.report["counts"]["rows"] > settings.UPLOAD_COMMIT_AT_ONCE_ROWS:
        _move(upload, to=Status.COMMITTING, committed_by=by, committed_at=at)
        _defer(upload, COMMIT_UPLOAD)
        return upload
    return _commit(upload, by=by, at=at)


def finish_commit(*, upload: Upload, at: datetime) -> Upload:
    """Bring a waiting file in; where it cannot be after all, it waits for the person again.

    Done twice it does nothing the second time.
    """
    if upload.state != Upload.State.COMMITTING or upload.committed_by is None:
        return upload
    try:
        return _commit(upload, by=upload.committed_by, at=upload.committed_at or at)
    except Refused as refused:
        upload.refresh_from_db()
        report = upload.report | {"stopped": str(refused)}
        _move(upload, to=Status.READY, report=report, committed_by=None, committed_at=None)
        return upload


def _changed_since_preview() -> Refused:
    return Refused(
        _("ค่าในระบบเปลี่ยนไปหลังจากที่ตรวจไฟล์นี้ ตรวจความต่างอีกครั้งแล้วยืนยันใหม่"),
        code="changed_meanwhile",
    )


def _lines_confirmed(
    upload: Upload, resource: SheetResource, *, by: User, at: datetime
) -> list[Line]:
    """Return what the person confirmed, as long as it still says the same of what is stored.

    :raises Refused: if it does not.
    """
    rows = resource.rows_for(user=by, agency=upload.agency, period=upload.period, at=at)
    lines = lines_understood(upload, resource, rows) if is_as_sent(upload) else None
    if lines is None:
        found = _read_or_refuse(upload, resource, by=by, at=at, rehearse=False)
        lines = lines_to_write(found, submit=upload.action == Upload.Action.SUBMIT)
        kept = kept_of(lines)
        if found.of_level(ERROR) or any(kept[part] != upload.understood.get(part) for part in kept):
            raise _changed_since_preview()
    return lines


@transaction.atomic
def _commit(upload: Upload, *, by: User, at: datetime) -> Upload:
    resource = resource_of(upload.kind)
    submit = upload.action == Upload.Action.SUBMIT
    lines = _lines_confirmed(upload, resource, by=by, at=at)
    prepared = prepare_entries(lines, resource, upload.period)
    try:
        stored = play(prepared, resource, submit=submit, user=by, at=at)
    except IntegrityError as error:
        # Somebody began one of these entries at the same moment.
        raise _changed_since_preview() from error
    codes = [line.row.code for line in lines]
    reached = _reached(upload, resource, codes, prepared, stored, submit=submit, by=by, at=at)
    made = {
        lines[position].row.code: resource.code_made(kept)
        for each, kept in zip(prepared, stored, strict=True)
        for position in each.rows
        if lines[position].row.is_new
    }
    written = [
        (reached.get(made.get(row.code) or row.code, 0), row.is_new, made.get(row.code, ""),
         row.version)
        for row in (line.row for line in lines)
    ]  # fmt: skip
    _move(
        upload,
        to=Status.COMMITTED,
        written=written,
        committed_by=by,
        committed_at=at,
    )
    record(
        "spreadsheets.upload.committed",
        upload,
        by=by,
        at=at,
        agency_code=upload.agency.code,
        after={
            "sha256": upload.sha256,
            "rows": len(written),
            "values": sum(len(line.changes) for line in lines),
            "action": upload.action,
        },
    )
    return upload


def _reached(
    upload: Upload,
    resource: SheetResource,
    codes: Sequence[str],
    prepared: Sequence[Prepared],
    stored: Sequence[Any],
    *,
    submit: bool,
    by: User,
    at: datetime,
) -> dict[str, int]:
    """Return by code the version that each written line has reached; `codes` are in their order."""
    if submit or not resource.submits:  # sending moves versions on; a register answers no entries
        rows = resource.rows_for(user=by, agency=upload.agency, period=upload.period, at=at)
        return {row.code: row.version for row in rows}
    return {
        codes[position]: resource.version_of(kept)
        for each, kept in zip(prepared, stored, strict=True)
        for position in each.rows
    }


def _code_now(written: Mapping[str, Any]) -> str:
    """Return the code of a written row as it stands: where the portal numbers new ones, its own."""
    code: str = written["made"] or written["code"]
    return code


def _made_by(upload: Upload, present: Mapping[str, SheetRow]) -> list[SheetRow]:
    codes = [_code_now(written) for written in written_of(upload) if written["is_new"]]
    return [present[code] for code in codes if code in present]


def in_the_way_of_undo(
    upload: Upload, resource: SheetResource, rows: Sequence[SheetRow]
) -> list[dict[str, str]]:
    """List what was built on an import: on what it made, or entries changed, sent or closed since."""
    present = {row.code: row for row in rows}
    made = _made_by(upload, present)
    kept = resource.why_not_taken_back(made) if made else {}
    standing = _versions_after_undone(upload)
    obstacles = []
    for written in written_of(upload):
        code = _code_now(written)
        row = present.get(code)
        if row is not None and row.why_not:
            reason = row.why_not
        elif row is None:
            reason = _("รายการนี้ไม่อยู่ในรอบนี้แล้ว")
        elif code in kept:
            reason = kept[code]
        elif row.version != standing[code] or not _stands(written, resource, row):
            reason = _("มีผู้แก้ไขรายการนี้หลังจากนำเข้า")
        elif not written["is_new"] and (
            why_not := resource.why_not_put_back(from_plain(written["before"].items(), resource))
        ):
            reason = why_not
        else:
            continue
        obstacles.append({"code": code, "reason": reason})
    return obstacles


def _versions_after_undone(upload: Upload) -> dict[str, int]:
    """Return by code the version that each line has if nobody touched it since.

    A later file that was undone put back what it found: it moved the version on and nothing else.
    """
    standing = {_code_now(written): written["version"] for written in written_of(upload)}
    undone = Upload.objects.filter(
        kind=upload.kind,
        agency=upload.agency,
        quarter=upload.quarter,
        month=upload.month,
        fiscal_year=upload.fiscal_year,
        state=Upload.State.UNDONE,
        committed_at__gte=upload.committed_at,
    ).exclude(pk=upload.pk)
    for later in undone.order_by("committed_at", "pk"):
        for written in written_of(later):
            code = _code_now(written)
            if written["put_back"] and standing.get(code) == written["found"]:
                standing[code] = written["put_back"]
    return standing


def _stands(written: Mapping[str, Any], resource: SheetResource, row: SheetRow) -> bool:
    """Say whether a register still holds what was brought in; it has no version of its own."""
    after = from_plain(written["after"].items(), resource)
    return resource.submits or all(
        is_same(value, row.stored.get(name)) for name, value in after.items()
    )


@transaction.atomic
def undo_upload(*, upload: Upload, by: User, at: datetime) -> Upload:
    """Put back every value that an import changed and take away what it made.

    Only while nothing was built on it.

    :raises EntriesRefused: with what stands in the way, by position in what was written.
    """
    standing = standing_of(by, fiscal.local_date(at))
    resource = resource_of(upload.kind)
    _check(rules.why_not_undo(upload, resource, standing))
    rows = resource.rows_for(user=by, agency=upload.agency, period=upload.period, at=at)
    if obstacles := in_the_way_of_undo(upload, resource, rows):
        positions = {_code_now(written): index for index, written in enumerate(written_of(upload))}
        raise EntriesRefused(
            _("ยกเลิกการนำเข้าไม่ได้ เพราะมี %(count)d รายการที่ดำเนินการต่อไปแล้ว")
            % {"count": len(obstacles)},
            {
                positions[each["code"]]: Refused(
                    f"{each['code']}: {each['reason']}", code="built_on"
                )
                for each in obstacles
            },
        )
    present = {row.code: row for row in rows}
    # What is new goes first: it may stand where something else was before.
    if made := _made_by(upload, present):
        resource.take_back(made, by=by, at=at)
    changed = [each for each in written_of(upload) if each["before"] and not each["is_new"]]
    prepared = resource.prepare(
        [
            (present[written["code"]], from_plain(written["before"].items(), resource))
            for written in changed
        ],
        period=upload.period,
    )
    stored = resource.record([each.entry for each in prepared], by=by, at=at)
    codes = [each["code"] for each in changed]
    put_back = _reached(upload, resource, codes, prepared, stored, submit=False, by=by, at=at)
    written = [
        (*each[:3], line["found"], put_back.get(line["code"]))
        for each, line in zip(upload.written, written_of(upload), strict=True)
    ]
    _move(upload, to=Status.UNDONE, undone_by=by, undone_at=at, written=written)
    record(
        "spreadsheets.upload.undone",
        upload,
        by=by,
        at=at,
        agency_code=upload.agency.code,
        after={"rows": len(upload.written)},
    )
    return upload


@transaction.atomic
def discard_upload(*, upload: Upload, by: User, at: datetime) -> Upload:
    """Lay a file aside that was not brought in; the original stays on record.

    :raises Refused: if it was brought in already.
    """
    standing = standing_of(by, fiscal.local_date(at))
    _check(
        rules.why_not_send(resource_of(upload.kind), upload.agency, standing)
        or rules.why_not_move(upload, Status.DISCARDED)
    )
    _move(upload, to=Status.DISCARDED)
    record("spreadsheets.upload.discarded", upload, by=by, at=at, agency_code=upload.agency.code)
    return upload
