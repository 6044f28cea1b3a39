"""A list as a file: the same rows, the filters of the address in force, in three formats.

    LIST = Listing("projects", _("โครงการ"), columns_of(Project, "code", "host_agency.code", …))
    LIST = Listing("projects", _("โครงการ"), (ListColumn("code", _("รหัส"), lambda row: row.code), …))

    if asked_format(request):                       # ?download=xlsx, csv or json
        return download(request, LIST, projects)    # the whole list, not the page

`{% list_downloads %}` shows the three links beside a list.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from common.fields import BahtField, MeasureField
from common.tables import (
    CSV_TYPE,
    JSON_TYPE,
    XLSX_TYPE,
    CellKind,
    Column,
    Value,
    csv_chunks,
    json_chunks,
    write_xlsx,
)

FORMATS: Final = ("xlsx", "csv", "json")
_ROWS_AT_ONCE = 2_000
_LONG = 100
_KINDS: Final[tuple[tuple[type[models.Field[Any, Any]], CellKind], ...]] = (
    (BahtField, "money"),
    (MeasureField, "number"),
    (models.DecimalField, "number"),
    (models.BooleanField, "boolean"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.IntegerField, "integer"),
)


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list: its stable English name, its label, and what it reads of a row."""

    name: str
    label: str | Promise
    read: Callable[[Any], Value]
    kind: CellKind = "text"
    places: int = 2
    width: int = 16


@dataclass(frozen=True, slots=True)
class Listing:
    """The name of a list's file, its title, and its columns."""

    name: str
    title: str | Promise
    columns: tuple[ListColumn, ...]


def columns_of(model: type[models.Model], *paths: str, row: str = "") -> tuple[ListColumn, ...]:
    """Return the columns of a model's fields, with the words and the kinds that the fields have.

    A path leads through foreign keys: `agency.code` is `agency_code`, and empty where one is.
    `row` names the attribute of a row that holds the object, where rows are wrapped.
    """
    return tuple(_column_of(model, path, row) for path in paths)


def _column_of(model: type[models.Model], path: str, row: str) -> ListColumn:
    words: list[str | Promise] = []
    field: Any = None
    for name in path.split("."):
        field = (field.related_model if field else model)._meta.get_field(name)
        words.append(field.verbose_name)
    kind: CellKind = next((kind for known, kind in _KINDS if isinstance(field, known)), "text")
    label = words[0] if len(words) == 1 else format_lazy(" ".join(["{}"] * len(words)), *words)
    is_long = kind == "text" and (field.max_length or _LONG) >= _LONG
    read = _along(f"{row}.{path}" if row else path)
    places = getattr(field, "places", 2)
    return ListColumn(path.replace(".", "_"), label, read, kind, places, 48 if is_long else 16)


def _along(path: str) -> Callable[[Any], Value]:
    """Return the reader of a dotted path of attributes; nothing ends it."""
    names = path.split(".")

    def read(row: Any) -> Value:
        for name in names:
            if row is None:
                return None
            row = getattr(row, name)
        value: Value = row
        return value

    return read


def asked_format(request: HttpRequest) -> str:
    """Return the format that the address asks for, or an empty text: then the page is meant."""
    asked = request.GET.get("download", "")
    return asked if asked in FORMATS else ""


def download(
    request: HttpRequest, listing: Listing, rows: Iterable[Any], *, is_sample: bool = False
) -> HttpResponseBase:
    """Answer with the rows as the file that the address asks for; csv and json are streamed.

    A QuerySet is read in pieces, so 100,000 rows need no more memory than a few thousand.
    """
    columns = [
        Column(each.name, str(each.label), each.kind, each.places, each.width)
        for each in listing.columns
    ]
    title = f"{listing.title} · {_('ข้อมูลตัวอย่าง')}" if is_sample else str(listing.title)
    return send_table(request, listing.name, columns, _cells(listing, rows), title=title)


def send_table(
    request: HttpRequest,
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    title: str = "",
) -> HttpResponseBase:
    """Answer with a table of cells as the file that the address asks for."""
    asked = asked_format(request)
    if asked == "xlsx":
        target = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
        write_xlsx(target, columns, rows, sheet=name, title=title)
        target.seek(0)
        return FileResponse(
            target, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE
        )
    chunks = csv_chunks if asked == "csv" else json_chunks
    return StreamingHttpResponse(
        chunks(columns, rows),
        content_type=CSV_TYPE if asked == "csv" else JSON_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.{asked}"'},
    )


def _cells(listing: Listing, rows: Iterable[Any]) -> Iterator[list[Value]]:
    reads = [column.read for column in listing.columns]
    source = rows.iterator(chunk_size=_ROWS_AT_ONCE) if isinstance(rows, QuerySet) else rows
    for row in source:
        yield [read(row) for read in reads]
