"""Field classes for measures and money (integers in the database, Decimals in Python), and for
what is kept for machines only.

SQLite keeps decimals as floats (333 of 3,000 exactly spent allocations broke their own constraint);
integers compare, sum and constrain alike on both databases. In an UPDATE, combine such a field only with
other such fields (`F("a") + F("b")`), never with a Python Decimal, which would not be scaled.
"""

import json
import zlib
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.utils.translation import gettext_lazy as _

from common.rounding import round_half_up


@lru_cache(maxsize=4096)
def _scaled(value: int, places: int) -> Decimal:
    """Return a stored figure; a column says zero and the same round sums again and again."""
    return Decimal(value).scaleb(-places)


class ScaledField(models.BigIntegerField[Any, Any]):
    """A Decimal stored as an integer of its last place; lookups take Decimals as well."""

    places: ClassVar[int]
    # What may be assigned and what is read, for django-stubs: figures are Decimals, not integers.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(
        self, value: int | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> Decimal | None:
        return None if value is None else _scaled(value, self.places)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            number = value if type(value) is Decimal else Decimal(value)
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ValidationError(_("กรอกเป็นตัวเลข"), code="invalid") from error
        if not number.is_finite():
            raise ValidationError(_("กรอกเป็นตัวเลข"), code="invalid")
        return round_half_up(number, self.places)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if type(value) is Decimal and value.is_finite():
            whole = int(value.scaleb(self.places))
            if Decimal(whole).scaleb(-self.places) == value:  # most figures: nothing to round
                return whole
        number = self.to_python(value)
        return None if number is None else int(number.scaleb(self.places))

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return self.get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    @property
    def validators(self) -> list[Any]:
        """Leave out the integer range checks: they would compare the unscaled Decimal."""
        return []

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(
            self, **{"form_class": forms.DecimalField, "decimal_places": self.places, **kwargs}
        )


class MeasureField(ScaledField):
    """A measure, exact to 1/10,000."""

    places = 4


class BahtField(ScaledField):
    """An amount of baht, exact to the satang."""

    places = 2


class DeflatedField(models.BinaryField[Any, Any]):
    """Plain JSON that only the portal reads back: squeezed, so that no database looks into it.

    A megabyte of it costs PostgreSQL a tenth of a second as JSON.
    """

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(
        self, value: bytes | memoryview | None, expression: Expression, connection: Any
    ) -> Any:
        return None if value is None else json.loads(zlib.decompress(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if not (value is None or isinstance(value, bytes)):
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            value = zlib.compress(text.encode(), 1)
        return super().get_db_prep_value(value, connection, prepared)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj), ensure_ascii=False)
