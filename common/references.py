"""What else points at rows: all that would be left hanging if they went."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.functional import Promise
from django.utils.translation import gettext as _


def what_points_at(
    model: type[models.Model],
    keys: Collection[int],
    *,
    apart: Collection[type[models.Model]] = (),
) -> dict[int, str]:
    """Say by key what was kept about rows of a model, or linked with them.

    `apart` are the models of a row's own parts, and those that the caller looks at itself. One query
    for each relation, however many rows: relations that are made later are asked as well.
    """
    found: dict[int, str] = {}
    for kept, name in _kept_about(model, keys, apart):
        # A model that nobody named in Thai is not called by its English name.
        what = str(name) if isinstance(name, Promise) else _("ข้อมูลอื่นที่ผูกไว้")
        for key in kept:
            found.setdefault(key, _("มี%(what)sแล้ว") % {"what": what})
    return found


def _kept_about(
    model: type[models.Model], keys: Collection[int], apart: Collection[type[models.Model]]
) -> Iterator[tuple[Any, str | Promise]]:
    rows = model._base_manager.filter(pk__in=keys)
    other: Any
    for field in model._meta.many_to_many:
        linked = rows.filter(**{f"{field.name}__isnull": False})
        own = isinstance(field.verbose_name, Promise)
        other = field.related_model
        yield (
            linked.values_list("pk", flat=True),
            field.verbose_name if own else other._meta.verbose_name,
        )
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel):
            continue
        other = relation.related_model
        # History lets go of what it is about; the rows of a link are asked through the link.
        holds = relation.many_to_many or relation.on_delete in (models.PROTECT, models.CASCADE)
        if holds and not other._meta.auto_created and other not in apart:
            name = relation.field.name
            pointing = other._base_manager.filter(**{f"{name}__in": keys})
            yield pointing.values_list(name, flat=True), other._meta.verbose_name
