"""Pages of officers' learning."""

from learning.views.catalogue import course_edit, course_list, programme_edit, programme_list
from learning.views.officers import officer_detail, officer_list
from learning.views.overview import kpi_feed, overview, rule_edit
from learning.views.records import (
    certificate,
    my_learning,
    record_confirm,
    record_correct,
    record_return,
)

__all__ = [
    "certificate",
    "course_edit",
    "course_list",
    "kpi_feed",
    "my_learning",
    "officer_detail",
    "officer_list",
    "overview",
    "programme_edit",
    "programme_list",
    "record_confirm",
    "record_correct",
    "record_return",
    "rule_edit",
]
