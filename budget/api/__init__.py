"""API v1 of money: allocations, transfers, contracts and months, by the pages' rules and verbs."""

from rest_framework.routers import BaseRouter

from budget.api.books import AllocationViewSet, TransferViewSet
from budget.api.contracts import ContractViewSet
from budget.api.figures import DisbursementViewSet
from budget.api.totals import MoneyFigureViewSet


def register(router: BaseRouter) -> None:
    """Put the app's resources under the API's root."""
    router.register("allocations", AllocationViewSet, basename="allocation")
    router.register("transfers", TransferViewSet, basename="transfer")
    router.register("contracts", ContractViewSet, basename="contract")
    router.register("disbursements", DisbursementViewSet, basename="disbursement")
    router.register("money-figures", MoneyFigureViewSet, basename="money-figure")
