"""Bring rows that a folder states into the tables, and log what that changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import models, transaction

from audit.log import Actor, Deed, record_many

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows a load added, changed and left as they were."""

    added: int = 0
    changed: int = 0
    left: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.added + other.added, self.changed + other.changed, self.left + other.left)


@dataclass(frozen=True, slots=True)
class Brought(Generic[M]):
    """The rows as they stand now, in the order given, and what was done to them."""

    rows: list[M]
    tally: Tally
    added: list[M] = field(default_factory=list)


@transaction.atomic
def bring_in(
    *,
    rows: Sequence[M],
    key: Sequence[str],
    fields: Sequence[str],
    verb: str,
    by: Actor | None,
    at: datetime,
) -> Brought[M]:
    """Add the rows that are missing, change those that differ, leave the rest; one audit row each.

    `rows` are unsaved and of one model; `key` names the fields that tell which row it is, `fields`
    what is stated about it. Rows of the table that are not among `rows` are left alone.
    """
    if not rows:
        return Brought([], Tally())
    model = type(rows[0])
    first = key[0]
    there = {
        _values(row, key): row
        for row in model._default_manager.filter(
            **{f"{first}__in": {getattr(row, _attname(model, first)) for row in rows}}
        )
    }
    added: list[M] = []
    changed: list[M] = []
    now: list[M] = []
    deeds: list[Deed] = []
    for row in rows:
        found = there.get(_values(row, key))
        if found is None:
            added.append(row)
            now.append(row)
            continue
        now.append(found)
        before = dict(zip(fields, _values(found, fields), strict=True))
        after = dict(zip(fields, _values(row, fields), strict=True))
        differing = [name for name in fields if before[name] != after[name]]
        if not differing:
            continue
        for name in differing:
            setattr(found, _attname(model, name), after[name])
        changed.append(found)
        deeds.append(
            Deed(
                f"{verb}.changed",
                found,
                before={name: before[name] for name in differing},
                after={name: after[name] for name in differing},
            )
        )
    model._default_manager.bulk_create(added, batch_size=500)
    if changed:
        model._default_manager.bulk_update(changed, list(fields), batch_size=100)
    deeds += [Deed(f"{verb}.added", row) for row in added]
    record_many(deeds, by=by, at=at)
    return Brought(
        now, Tally(len(added), len(changed), len(rows) - len(added) - len(changed)), added
    )


def _attname(model: type[models.Model], name: str) -> str:
    attname: str = model._meta.get_field(name).attname  # type: ignore[union-attr]
    return attname


def _values(row: models.Model, names: Sequence[str]) -> tuple[Any, ...]:
    """Read fields as the database would give them back, so that stated and stored compare."""
    values = []
    for name in names:
        value = getattr(row, _attname(type(row), name))
        column: models.Field[Any, Any] = row._meta.get_field(name)  # type: ignore[assignment]
        if value is not None and not isinstance(column, models.ForeignKey | models.JSONField):
            value = column.to_python(value)
        values.append(value)
    return tuple(values)
