"""Verbs of projects and their progress.

Everything that loads or types in bulk takes a list; nothing is written when one entry is refused
(`EntriesRefused.by_entry` says which and why, by position).

    register_projects(projects=[ProjectInput(...)], by=None | user, at=…) -> Registered
    decide_project(project=…, to="running", reference="มติ ก.บ.จ. …", decided_date=…, by=…, at=…)
    save_progress(entries=[ProgressInput(project, quarter, ...)], by=…, at=…) -> list[Progress]
    submit_progress(entries=[Progress, …], by=…, at=…) -> list[Progress]
    approve_progress(entries=[…], by=…, at=…) -> list[Progress]
    return_progress(entries=[…], reason="…", by=…, at=…) -> list[Progress]
    attach_evidence(report=…, evidence=…, by=…, at=…); detach_evidence likewise
    keep_project_file(given=ProjectInput(...), version=None | int, by=…, at=…) -> Project
    evaluate_project(project=…, reached_th=…, learned_th=…, stays_th=…, actuals={…}, by=…, at=…)
    add_project_file(project=…, file=…, kind=…, caption_th=…, by=…, at=…); remove_project_file
    mark_unconfirmed(project=…, quarter=…, unconfirmed=True, reason="…", by=…, at=…)

`by=None` is the system (a loader); people need the role that the rules ask for. `register_projects`
matches by code, may be repeated, and says what it added, changed and left.
"""

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
from projects.actions.progress import (
    approve_progress,
    attach_evidence,
    detach_evidence,
    return_progress,
    save_progress,
    submit_progress,
)
from projects.actions.registering import decide_project, register_projects
from projects.actions.stored import stored_input

__all__ = [
    "ActivityInput",
    "ProgressInput",
    "ProjectInput",
    "Registered",
    "TargetInput",
    "add_project_file",
    "approve_progress",
    "attach_evidence",
    "decide_project",
    "detach_evidence",
    "evaluate_project",
    "keep_project_file",
    "mark_unconfirmed",
    "refresh_year",
    "register_projects",
    "remove_project_file",
    "return_progress",
    "save_progress",
    "stored_input",
    "submit_progress",
]
