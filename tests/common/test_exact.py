"""A serializer says measures and money exactly."""

from decimal import Decimal

from budget.models import Allocation, CabinetTarget
from common.exact import ExactSerializer


def test_measures_have_four_decimals_and_money_two():
    class Target(ExactSerializer):
        class Meta:
            model = CabinetTarget
            fields = ("percent",)

    class Money(ExactSerializer):
        class Meta:
            model = Allocation
            fields = ("allotted",)

    assert Target(CabinetTarget(percent=Decimal("24.8"))).data == {"percent": "24.8000"}
    assert Money(Allocation(allotted=Decimal("0.1"))).data == {"allotted": "0.10"}
