"""Verbs of money.

What people use in bulk takes a list; nothing is written when one entry is refused
(`EntriesRefused.by_entry` says which and why, by position).

    register_sources(sources=[SourceInput(...)], at=…)
    set_cabinet_targets(targets=[TargetInput(...)], by=None | user, at=…)
    withdraw_cabinet_target(target=…, reason="…", by=…, at=…)
    allocate(allocations=[AllocationInput(...)], by=None | user, at=…) -> Allocated
    withdraw_allocations(entries=[Withdrawal(key, version)], by=…, at=…)
    receive_outside_money(allocation=…, amount=…, received_date=…, reference=…, by=…, at=…)
    transfer(transfers=[TransferInput(...)], by=…, at=…) -> list[Transfer]
    record_monthly_figures(entries=[MonthlyInput(...)], by=…, at=…) -> list[MonthlyFigure]
    submit_monthly_figures(entries=[…], by=…, at=…) -> list[MonthlyFigure]
    approve_monthly_figures(entries=[…], by=…, at=…) -> list[MonthlyFigure]
    return_monthly_figures(entries=[…], reason="…", by=…, at=…) -> list[MonthlyFigure]
    undo_monthly_figures(entries=[…], by=…, at=…) -> list[MonthlyFigure]
    attach_evidence(figure=…, evidence=…, by=…, at=…); detach_evidence likewise
    settle_allocation(allocation=…, settlement=Settlement(...), by=…, at=…)
    carry_over(allocations=[…], by=None | user, at=…) -> list[Allocation]
    enact_allocation(allocation=…, appropriation=…, allotted=…, reference="…", by=…, at=…)
    plan_contracts(contracts=[ContractInput(...)], by=None | user, at=…) -> list[Contract]
    sign_contract(contract=…, signed_date=…, number="…", by=…, at=…); cancel_contract likewise
    set_signing_deadlines(deadlines=[DeadlineInput(...)], by=None | user, at=…)
    correct_disbursement(figure=…, disbursed_to_date=…, obligated=…, reason=…, by=…, at=…)

`by=None` is the system (a loader); people need the role that the rules ask for. `allocate` matches
by code, may be repeated, and says what it added, changed and left. Amounts are baht; monthly
figures are cumulative from 1 October (disbursed) and outstanding at the month's end (obligated).
"""

from budget.actions.above import recompute_money, recompute_open_years
from budget.actions.books import (
    allocate,
    receive_outside_money,
    register_sources,
    set_cabinet_targets,
    transfer,
    withdraw_allocations,
    withdraw_cabinet_target,
)
from budget.actions.contracts import (
    cancel_contract,
    plan_contracts,
    set_signing_deadlines,
    sign_contract,
)
from budget.actions.inputs import (
    Allocated,
    AllocationInput,
    ContractInput,
    DeadlineInput,
    MonthlyInput,
    Settlement,
    SourceInput,
    TargetInput,
    TransferInput,
)
from budget.actions.months import (
    approve_monthly_figures,
    attach_evidence,
    check_monthly_figures,
    correct_disbursement,
    detach_evidence,
    record_monthly_figures,
    return_monthly_figures,
    submit_monthly_figures,
    undo_monthly_figures,
)
from budget.actions.year import carry_over, enact_allocation, settle_allocation

__all__ = [
    "Allocated",
    "AllocationInput",
    "ContractInput",
    "DeadlineInput",
    "MonthlyInput",
    "Settlement",
    "SourceInput",
    "TargetInput",
    "TransferInput",
    "allocate",
    "approve_monthly_figures",
    "attach_evidence",
    "cancel_contract",
    "carry_over",
    "check_monthly_figures",
    "correct_disbursement",
    "detach_evidence",
    "enact_allocation",
    "plan_contracts",
    "receive_outside_money",
    "recompute_money",
    "recompute_open_years",
    "record_monthly_figures",
    "register_sources",
    "return_monthly_figures",
    "set_cabinet_targets",
    "set_signing_deadlines",
    "settle_allocation",
    "sign_contract",
    "submit_monthly_figures",
    "transfer",
    "undo_monthly_figures",
    "withdraw_allocations",
    "withdraw_cabinet_target",
]
