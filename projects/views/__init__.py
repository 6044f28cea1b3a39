"""Pages of projects."""

from projects.views.changes import (
    change_detail,
    change_list,
    change_new,
    change_withdraw,
)
from projects.views.dossier import project_file, project_new, target_link
from projects.views.evidence import evidence_add, evidence_remove, photo_add
from projects.views.explain import explain
from projects.views.files import project_detail
from projects.views.inspections import (
    checklist_list,
    finding_detail,
    finding_photo,
    inspection_detail,
    inspection_list,
    inspection_plan,
)
from projects.views.life import (
    evaluation_form,
    project_file_remove,
    project_files,
    project_life,
    project_photo,
)
from projects.views.lists import desk_list, project_list
from projects.views.months import month_form, progress_settings
from projects.views.reports import progress_form
from projects.views.risks import (
    risk_add,
    risk_csv,
    risk_detail,
    risk_edit,
    risk_list,
    risk_scales,
)
from projects.views.stories import (
    finished_list,
    project_map,
    story_detail,
    story_list,
    story_write,
)

__all__ = [
    "change_detail",
    "change_list",
    "change_new",
    "change_withdraw",
    "checklist_list",
    "desk_list",
    "evaluation_form",
    "evidence_add",
    "evidence_remove",
    "explain",
    "finding_detail",
    "finding_photo",
    "finished_list",
    "inspection_detail",
    "inspection_list",
    "inspection_plan",
    "month_form",
    "photo_add",
    "progress_form",
    "progress_settings",
    "project_detail",
    "project_file",
    "project_file_remove",
    "project_files",
    "project_life",
    "project_list",
    "project_map",
    "project_new",
    "project_photo",
    "risk_add",
    "risk_csv",
    "risk_detail",
    "risk_edit",
    "risk_list",
    "risk_scales",
    "story_detail",
    "story_list",
    "story_write",
    "target_link",
]
