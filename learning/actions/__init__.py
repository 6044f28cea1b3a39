"""Every write of officers' learning."""

from learning.actions.catalogue import (
    CourseInput,
    GoalInput,
    ProgrammeInput,
    bring_goals,
    bring_rules,
    put_course,
    put_programme,
    set_rule,
)
from learning.actions.feeding import feed_kpi
from learning.actions.records import (
    Correction,
    RecordEntry,
    Withdrawal,
    add_records,
    confirm_records,
    correct_record,
    correct_records,
    look_at_officer,
    return_records,
    withdraw_records,
)

__all__ = [
    "Correction",
    "CourseInput",
    "GoalInput",
    "ProgrammeInput",
    "RecordEntry",
    "Withdrawal",
    "add_records",
    "bring_goals",
    "bring_rules",
    "confirm_records",
    "correct_record",
    "correct_records",
    "feed_kpi",
    "look_at_officer",
    "put_course",
    "put_programme",
    "return_records",
    "set_rule",
    "withdraw_records",
]
