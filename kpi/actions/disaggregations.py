"""How a version's figures are told apart; written with the version by `define_indicators` only."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Area
from kpi.models import Disaggregation, DisaggregationItem, IndicatorVersion


@dataclass(frozen=True, slots=True)
class ItemInput:
    """One part: its code and name; the district where it is one."""

    code: str
    name_th: str
    name_en: str = ""
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class DisaggregationInput:
    """One way to tell a figure apart; `kind` is one of Disaggregation.Kind."""

    kind: str
    name_th: str
    items: Sequence[ItemInput]
    name_en: str = ""
    is_required: bool = False


def same_disaggregations(
    given: Sequence[DisaggregationInput] | None, stored: IndicatorVersion
) -> bool:
    """Whether a version has these disaggregations; None says nothing about them."""
    if given is None:
        return True
    kept = sorted(stored.disaggregations.all(), key=lambda each: each.order)
    return [_given(each) for each in given] == [_stored(each) for each in kept]


def write_disaggregations(
    version: IndicatorVersion, given: Sequence[DisaggregationInput]
) -> list[Disaggregation]:
    """Write a new version's disaggregations with their items."""
    kept = Disaggregation.objects.bulk_create(
        Disaggregation(
            version=version,
            kind=each.kind,
            name_th=each.name_th,
            name_en=each.name_en,
            is_required=each.is_required,
            order=order,
        )
        for order, each in enumerate(given)
    )
    DisaggregationItem.objects.bulk_create(
        DisaggregationItem(
            disaggregation=parent,
            code=item.code,
            name_th=item.name_th,
            name_en=item.name_en,
            area=item.area,
            order=order,
        )
        for parent, each in zip(kept, given, strict=True)
        for order, item in enumerate(each.items)
    )
    return kept


def _given(each: DisaggregationInput) -> tuple[object, ...]:
    items = tuple((item.code, item.name_th) for item in each.items)
    return (each.kind, each.name_th, each.is_required, items)


def _stored(each: Disaggregation) -> tuple[object, ...]:
    items = sorted(each.items.all(), key=lambda item: item.order)
    return (
        each.kind,
        each.name_th,
        each.is_required,
        tuple((item.code, item.name_th) for item in items),
    )
