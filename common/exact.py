"""API fields of scaled figures: without them a serializer would take them for whole numbers."""

from typing import Any, ClassVar, TypeVar

from django.db import models
from rest_framework import serializers

from common.fields import BahtField, MeasureField

M = TypeVar("M", bound=models.Model)


class MeasureApiField(serializers.DecimalField):
    """A measure with four decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=19, decimal_places=4, **kwargs)


class BahtApiField(serializers.DecimalField):
    """An amount of baht with two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=19, decimal_places=2, **kwargs)


class ExactSerializer(serializers.ModelSerializer[M]):
    """A model serializer that says measures and money exactly, as decimals."""

    serializer_field_mapping: ClassVar[dict[type[models.Field[Any, Any]], Any]] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        MeasureField: MeasureApiField,
        BahtField: BahtApiField,
    }
