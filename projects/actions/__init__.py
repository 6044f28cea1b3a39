"""Verbs of projects and their progress.

Everything that loads or types in bulk takes a list; nothing is written when one entry is refused
(`EntriesRefused.by_entry` says which and why, by position).

    register_projects(projects=[ProjectInput(...)], by=None | user, at=…) -> Registered
    withdraw_projects(entries=[Withdrawal(key, version)], by=…, at=…); withdraw_activities likewise
    decide_project(project=…, to="running", reference="มติ ก.บ.จ. …", decided_date=…, by=…, at=…)
    save_month_progress(project=…, month=…, …); submit_, approve_ and return_month_progress
    set_progress_settings(year=…, settings=ProgressSettings(...), by=…, at=…)
    save_progress(entries=[ProgressInput(project, quarter, ...)], by=…, at=…) -> list[Progress]
    submit_progress(entries=[Progress, …], by=…, at=…) -> list[Progress]
    approve_progress(entries=[…], by=…, at=…) -> list[Progress]
    return_progress(entries=[…], reason="…", by=…, at=…) -> list[Progress]
    undo_progress(entries=[…], by=…, at=…) -> list[Progress]; undo_month_progress
    attach_evidence(report=…, evidence=…, by=…, at=…); detach_evidence likewise
    keep_project_file(given=ProjectInput(...), version=None | int, by=…, at=…) -> Project
    evaluate_project(project=…, reached_th=…, learned_th=…, stays_th=…, actuals={…}, by=…, at=…)
    add_project_file(project=…, file=…, kind=…, caption_th=…, by=…, at=…); remove_project_file
    request_change(project=…, given=ProjectInput(...), reason_th=…, by=…, at=…); withdraw_change
    decide_change(request=…, approved=True, reference=…, decided_date=…, by=…, at=…)
    load_stories(stories=[StoryInput(...)], by=None, at=…); write_story(given=…, projects=…, …)
    mark_unconfirmed(project=…, reason="…", by=…, at=…)

`by=None` is the system (a loader); people need the role that the rules ask for. `register_projects`
matches by code, may be repeated, and says what it added, changed and left.
"""

from projects.actions.aligning import (
    Alignment,
    align_project,
    align_projects,
    link_target,
    units_answered,
)
from projects.actions.changes import decide_change, request_change, withdraw_change
from projects.actions.dossier import (
    add_project_file,
    evaluate_project,
    keep_project_file,
    remove_project_file,
)
from projects.actions.figures import mark_unconfirmed, refresh_year
from projects.actions.inputs import (
    ActivityInput,
    ProgressInput,
    ProjectInput,
    Registered,
    TargetInput,
)
from projects.actions.months import (
    approve_month_progress,
    return_month_progress,
    save_month_progress,
    submit_month_progress,
    undo_month_progress,
)
from projects.actions.progress import (
    approve_progress,
    attach_evidence,
    detach_evidence,
    return_progress,
    save_progress,
    submit_progress,
    undo_progress,
)
from projects.actions.registering import (
    decide_project,
    register_projects,
    withdraw_activities,
    withdraw_projects,
)
from projects.actions.settings import set_progress_settings
from projects.actions.stored import stored_input
from projects.actions.stories import StoryInput, load_stories, write_story

__all__ = [
    "ActivityInput",
    "Alignment",
    "ProgressInput",
    "ProjectInput",
    "Registered",
    "StoryInput",
    "TargetInput",
    "add_project_file",
    "align_project",
    "align_projects",
    "approve_month_progress",
    "approve_progress",
    "attach_evidence",
    "decide_change",
    "decide_project",
    "detach_evidence",
    "evaluate_project",
    "keep_project_file",
    "link_target",
    "load_stories",
    "mark_unconfirmed",
    "refresh_year",
    "register_projects",
    "remove_project_file",
    "request_change",
    "return_month_progress",
    "return_progress",
    "save_month_progress",
    "save_progress",
    "set_progress_settings",
    "stored_input",
    "submit_month_progress",
    "submit_progress",
    "undo_month_progress",
    "undo_progress",
    "units_answered",
    "withdraw_activities",
    "withdraw_change",
    "withdraw_projects",
    "write_story",
]
