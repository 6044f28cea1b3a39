"""Queries whose SQL is put together once a process: what nearly every request asks."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

# Stand for what is asked, until it is: no row's key, no portal's day.
_MARKS: dict[type, Sequence[int | date]] = {
    int: (-2147483601, -2147483602, -2147483603),
    date: (date(101, 1, 1), date(101, 1, 2), date(101, 1, 3)),
}


class PreparedRows:
    """A query of plain text and whole numbers, asked again and again with other keys and days.

    Putting the SQL together takes Django ten times as long as the database takes to answer;
    here it is done at the first call on each kind of database. What the query says stays where
    it is written, in the models' own querysets.

    `build` takes keys and days, in the order in which `rows` gets them, and returns the query.
    It must not decide anything by their values.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *takes: type[int] | type[date]):
        self._build = build
        self._marks = [_MARKS[kind][takes[:place].count(kind)] for place, kind in enumerate(takes)]
        self._prepared: dict[str, tuple[str, list[tuple[int | None, Any]]]] = {}

    def rows(self, *asked: int | date) -> list[tuple[Any, ...]]:
        """Return the rows for these keys and days; one query."""
        if connection.vendor not in self._prepared:
            self._prepared[connection.vendor] = self._prepare()
        sql, places = self._prepared[connection.vendor]
        given = [_written(each) for each in asked]
        with connection.cursor() as cursor:
            cursor.execute(sql, [fixed if at is None else given[at] for at, fixed in places])
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def _prepare(self) -> tuple[str, list[tuple[int | None, Any]]]:
        sql, parameters = self._build(*self._marks).query.sql_with_params()
        marks = [_written(mark) for mark in self._marks]
        places: list[tuple[int | None, Any]] = [
            (marks.index(each), None) if each in marks else (None, each) for each in parameters
        ]
        if {at for at, _fixed in places} - {None} != set(range(len(marks))):
            raise LookupError("the query leaves out something that it is asked with")
        return sql, places


def _written(value: int | date) -> Any:
    """Return a key or a day as the database's driver takes it."""
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
