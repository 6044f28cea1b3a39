"""Pages of projects."""

from projects.views.evidence import evidence_add, evidence_remove
from projects.views.files import project_detail
from projects.views.lists import desk_list, project_list
from projects.views.reports import progress_form

__all__ = [
    "desk_list",
    "evidence_add",
    "evidence_remove",
    "progress_form",
    "project_detail",
    "project_list",
]
