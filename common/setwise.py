"""Many rows in one statement, alike on both databases.

`bulk_create` splits a list by the parameters that SQLite takes, asks every field of every row for its
value, and its upsert sends whole rows to change two columns. Here the columns that differ travel as one
JSON text, those that do not as one parameter each.
"""

import json
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from common.fields import ScaledField

Columns = list[tuple[models.Field[Any, Any], list[Any]]]


def insert_together(rows: Sequence[models.Model], *, known_by: Sequence[str]) -> None:
    """Insert rows of one model and give each its number.

    `known_by` names the columns that tell the rows apart.

    :raises IntegrityError: as the database does; then none is there.
    """
    model = type(rows[0])
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    sources, shared, varied = _sources([(field, _values(rows, field)) for field in fields])
    known = [_field(model, name) for name in known_by]
    table, number = _quoted(model._meta.db_table), _column(_field(model, "pk"))
    names, key = [_column(field) for field in fields], [_column(field) for field in known]
    with connection.cursor() as cursor:
        # Only names that Django itself quotes stand in the sentence.
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) "  # nosec B608
            f"SELECT {', '.join(sources)} FROM {_each()} "
            f"RETURNING {', '.join([number, *key])}",
            [*shared, _as_json(varied, len(rows))],
        )
        numbers = {tuple(found): pk for pk, *found in cursor.fetchall()}
    keys = zip(*(_values(rows, field) for field in known), strict=True)
    own = _field(model, "pk").attname
    for row, key_of_row in zip(rows, keys, strict=True):
        vars(row)[own], state = numbers[key_of_row], row._state
        state.adding, state.db = False, DEFAULT_DB_ALIAS


def update_together(rows: Sequence[models.Model], *, names: Sequence[str]) -> None:
    """Write the named fields of stored rows of one model."""
    model = type(rows[0])
    fields = [_field(model, name) for name in names]
    table, number = _quoted(model._meta.db_table), _field(model, "pk")
    # The row's own number stands first among what differs.
    (own, *sources), shared, varied = _sources(
        [(number, [row.pk for row in rows])] + [(field, _values(rows, field)) for field in fields],
        always_varied=number,
    )
    settings = ", ".join(
        f"{_column(field)} = {source}" for field, source in zip(fields, sources, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {settings} FROM {_each()} "  # nosec B608
            f"WHERE {table}.{_column(number)} = {own}",
            [*shared, _as_json(varied, len(rows))],
        )


def _values(rows: Sequence[models.Model], field: models.Field[Any, Any]) -> list[Any]:
    # What a row holds, not its attributes: those are asked of the class first.
    return list(map(itemgetter(field.attname), map(vars, rows)))


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def _sources(
    columns: Columns, *, always_varied: models.Field[Any, Any] | None = None
) -> tuple[list[str], list[Any], list[list[Any]]]:
    """Return where the sentence takes each column from, what is shared, and what differs by row."""
    sources: list[str] = []
    shared: list[Any] = []
    varied: list[list[Any]] = []
    for field, values in columns:
        if field is not always_varied and values.count(values[0]) == len(values):
            sources.append(_typed("%s", field))
            shared.append(field.get_db_prep_save(values[0], connection))
        else:
            sources.append(_typed(f"(each.value->>{len(varied)})", field))
            varied.append(_all_stored(field, values))
    return sources, shared, varied


def _all_stored(field: models.Field[Any, Any], values: list[Any]) -> list[Any]:
    """Return the values as the database keeps them; equal ones are asked for once."""
    if set(map(type, values)) == {int} and _keeps_whole_numbers(field):
        return values
    link = connections[DEFAULT_DB_ALIAS]  # the proxy costs more than the question
    known = {value: field.get_db_prep_save(value, link) for value in set(values)}
    return [known[value] for value in values]


def _keeps_whole_numbers(field: models.Field[Any, Any]) -> bool:
    """Say whether a whole number is kept as it is: in a key's column too."""
    kept = field.target_field if isinstance(field, models.ForeignKey) else field
    return isinstance(kept, models.IntegerField) and not isinstance(kept, ScaledField)


def _as_json(varied: list[list[Any]], count: int) -> str:
    rows = list(zip(*varied, strict=True)) if varied else [()] * count
    return json.dumps(rows, ensure_ascii=False, default=str)


def _each() -> str:
    if connection.vendor == "postgresql":
        return "json_array_elements(%s::json) AS each(value)"
    return "json_each(%s) AS each"


def _typed(source: str, field: models.Field[Any, Any]) -> str:
    """Return a source in its column's type; SQLite's columns convert by themselves."""
    if connection.vendor != "postgresql":
        return source
    kind = field.db_type(connection) or "text"
    # A cast to varchar(10) would cut a longer text in silence; the column refuses it.
    return f"{source}::{'text' if kind.startswith('varchar') else kind}"


def _column(field: models.Field[Any, Any]) -> str:
    return _quoted(str(field.column))


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
