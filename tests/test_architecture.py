"""What the import contracts cannot show, held for every file there is and will be."""

import ast
import importlib
import re
import subprocess
import tomllib
from collections.abc import Iterator
from enum import Enum

import pytest
from django.apps import apps
from django.db import models
from django.db.models import CheckConstraint, Q

from tests.house.layout import ROOT, app_names, modules, shown, templates, tree_of

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {
    contract["name"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]
}
ROOF = "sakhon_portal"
GROUND = "common"

TOP_LEVEL = {
    *("manage.py", "Makefile", "Procfile", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"),
    *("LICENSE", "NOTICE", "pyproject.toml", "requirements.lock", "Dockerfile"),
    *("docker-compose.yml", ".env.example", ".gitignore", ".ci"),
    *("data", "deploy", "templates", "static", "locale", "tests", "bench", "docs"),
}
# Where rows may be written: verbs (loaders too), totals, deferred tails, the log, the job rows.
WRITERS = {"actions", "rollups", "tasks"}
WRITING_APPS = {"audit", "jobruns"}
# Where the clock may be read.
ENTRANCES = {
    *("views", "api", "admin", "jobs", "management", "middleware", "context"),
    *("adapters", "backends"),
}
# The machine's own time: behind the clock, and for job rows and heartbeats, whose age is real while
# the sample's day stands still.
REAL_TIME = {
    "common/clock.py",
    "jobruns/jobs.py",
    "jobruns/runner.py",
    "pages/views/machines.py",
    "reminders/tasks.py",
}
# Steps that the verbs of several apps are made of; they run in the verb's transaction.
STEPS = {"submissions"}
VAGUE = {
    "util",
    "utils",
    "helper",
    "helpers",
    "manager",
    "managers",
    "data",
    "info",
    "process",
    "handle",
}


def floors() -> dict[str, int]:
    """Return the height of each app; siblings stand at the same height."""
    layers = reversed(CONTRACTS["Apps stand on floors"]["layers"])
    return {
        app.strip(" ()"): height for height, layer in enumerate(layers) for app in layer.split("|")
    }


def inner_module(path) -> str:
    """Return the module's place inside its app: `actions` for kpi/actions/results.py too."""
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


def calls_in(path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


def nothing(findings: list[str]) -> None:
    assert not findings, "\n".join(["", *findings])


# ── The tree ─────────────────────────────────────────────────────────────────
def test_top_level_holds_only_what_is_named():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = {line.split("/")[0] for line in listed.stdout.splitlines()}
    nothing(sorted(found - TOP_LEVEL - set(app_names())))


def test_every_app_is_named_where_apps_are_named():
    found = set(app_names())
    named = floors()
    layered = set(CONTRACTS["Inside an app"]["containers"])
    private = set(CONTRACTS["What an app keeps to itself"]["apps"])
    copied = set(re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    assert set(PYPROJECT["tool"]["importlinter"]["root_packages"]) == found
    assert found <= set(named)
    assert layered == found - {ROOF, GROUND}
    assert private == found - {ROOF, GROUND}
    assert found <= copied


def test_module_names_say_a_subject():
    nothing(
        [
            shown(path)
            for path in modules()
            if VAGUE & set(path.stem.split("_")) or VAGUE & set(path.parent.name.split("_"))
        ]
    )


def test_every_setting_from_the_environment_is_in_the_example():
    asked = set(
        re.findall(
            r'env\.\w+\(\s*"(\w+)"', (ROOT / ROOF / "settings.py").read_text(encoding="utf-8")
        )
    )
    listed = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert asked <= listed
    assert listed <= asked | {"POSTGRES_PASSWORD", "PORTAL_PORT", "PORTAL_VERSION"}


# ── Writes ───────────────────────────────────────────────────────────────────
def writes(call: ast.Call) -> bool:
    """Tell a write to rows from a dictionary's update, a picture's save, a cache's delete."""
    if not isinstance(call.func, ast.Attribute):
        return False
    name = call.func.attr
    if name in {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}:
        return True
    if name == "create":
        return "objects" in ast.unparse(call.func.value)
    if name == "update":
        return not call.args and bool(call.keywords)
    return name in {"save", "delete"} and not call.args


def test_rows_are_written_only_by_verbs_rollups_tasks_and_the_log():
    nothing(
        [
            f"{shown(path, call.lineno)}: {ast.unparse(call.func)}"
            for path in modules()
            if inner_module(path) not in WRITERS
            and path.relative_to(ROOT).parts[0] not in WRITING_APPS
            for call in calls_in(path)
            if writes(call)
        ]
    )


def test_verbs_take_keywords_only_and_are_one_transaction():
    findings = []
    for path in modules():
        if inner_module(path) != "actions":
            continue
        for node in tree_of(path).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            positions = {argument.arg for argument in [*node.args.posonlyargs, *node.args.args]}
            named = {argument.arg for argument in node.args.kwonlyargs}
            if positions & {"by", "at"}:
                findings.append(
                    f"{shown(path, node.lineno)}: {node.name} takes who or when by position"
                )
            # Whoever acts at a time is a verb; the rest only reads or shapes.
            if not {"by", "at"} <= named or path.relative_to(ROOT).parts[0] in STEPS:
                continue
            if positions:
                findings.append(f"{shown(path, node.lineno)}: {node.name} takes positions")
            if not any("atomic" in ast.unparse(mark) for mark in node.decorator_list):
                findings.append(f"{shown(path, node.lineno)}: {node.name} is not atomic")
    nothing(findings)


def test_nothing_happens_by_signal():
    findings = []
    for path in modules():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and "signals" in (node.module or ""):
                findings.append(shown(path, node.lineno))
            if isinstance(node, ast.FunctionDef):
                findings += [
                    shown(path, node.lineno)
                    for mark in node.decorator_list
                    if ast.unparse(mark).startswith("receiver")
                ]
    nothing(findings)


def test_no_model_form_serializer_or_resource_overrides_save():
    nothing(
        [
            f"{shown(path, node.lineno)}: {node.name}"
            for path in modules()
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.FunctionDef)
            and node.name in {"save", "save_model", "save_instance", "save_m2m", "delete_model"}
            # The admin is an entrance: its save_model hands what was typed to a verb.
            and (node.name, inner_module(path)) != ("save_model", "admin")
        ]
    )


def test_the_clock_is_read_only_at_the_entrances():
    findings = []
    for path in modules():
        for call in calls_in(path):
            name = ast.unparse(call.func)
            if name == "clock.now" or name == "clock.today":
                allowed = inner_module(path) in ENTRANCES
            elif name.split(".")[-2:] in (
                ["timezone", "now"],
                ["datetime", "now"],
                ["date", "today"],
                ["timezone", "localdate"],
            ):
                allowed = shown(path) in REAL_TIME
            else:
                continue
            if not allowed:
                findings.append(f"{shown(path, call.lineno)}: {name}")
    nothing(findings)


# LINE calls from its own machines and signs what it says with the channel's secret.
SIGNED_CALLS = {"reminders/views/feeds.py"}


def test_no_address_is_exempt_from_csrf_but_what_another_machine_signs():
    exempt = {
        shown(path) for path in modules() if "csrf_exempt" in path.read_text(encoding="utf-8")
    }
    assert exempt == SIGNED_CALLS


# ── Workflow ─────────────────────────────────────────────────────────────────
def workflow_apps() -> list[str]:
    return [app for app in app_names() if (ROOT / app / "workflow.py").exists()]


@pytest.mark.parametrize("app", workflow_apps())
def test_every_status_is_a_key_of_next(app):
    workflow = importlib.import_module(f"{app}.workflow")
    assert isinstance(workflow.Status, type(Enum))
    assert set(workflow.NEXT) == set(workflow.Status)
    assert {status for moves in workflow.NEXT.values() for status in moves} <= set(workflow.Status)


# ── Models ───────────────────────────────────────────────────────────────────
def own_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in app_names() and not model.__name__.startswith("Historical")
    ]


def names_in(condition) -> set[str]:
    """Return the fields a condition speaks of."""
    found = set()
    for child in condition.children:
        if isinstance(child, Q):
            found |= names_in(child)
        elif isinstance(child, tuple):
            found.add(child[0].split("__")[0])
    return found


def test_who_and_when_go_in_pairs_by_constraint():
    findings = []
    for model in own_models():
        fields = {field.name: field for field in model._meta.concrete_fields}
        for name, by in fields.items():
            at = fields.get(f"{name.removesuffix('_by')}_at")
            if not name.endswith("_by") or at is None or not (by.null or at.null):
                continue
            held = any(
                {name, at.name} <= names_in(constraint.condition)
                for constraint in model._meta.constraints
                if isinstance(constraint, CheckConstraint)
            )
            if not held:
                findings.append(f"{model._meta.label}: {name} and {at.name} may come alone")
    nothing(findings)


def test_no_model_orders_by_itself():
    nothing([model._meta.label for model in own_models() if model._meta.ordering])


def test_constraints_carry_names_that_can_be_read():
    nothing(
        [
            f"{model._meta.label}: {constraint.name}"
            for model in own_models()
            for constraint in model._meta.constraints
            if not constraint.name.startswith(f"{model._meta.app_label}_")
            or len(constraint.name) < 12
        ]
    )


# ── Templates ────────────────────────────────────────────────────────────────
REFERENCE = re.compile(r"""{%-?\s*(?:extends|include)\s+["']([^"']+)["']""")
ADDRESS = re.compile(r"""{%-?\s*url\s+["'](\w+):""")
HTML_TAG = re.compile(r"<[a-zA-Z][^<>]*>", re.DOTALL)
DJANGO_CODE = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)


def home_of(name: str) -> str:
    """Return the app a template belongs to; base, components and errors stand on the ground."""
    first = name.split("/")[0]
    return first if first in floors() else GROUND


def may_know(knower: str, known: str) -> bool:
    heights = floors()
    return knower == known or heights[known] < heights[knower]


def test_templates_build_only_on_their_own_floor_and_below():
    nothing(
        [
            f"{shown(path)}: {used}"
            for path in templates()
            for used in REFERENCE.findall(path.read_text(encoding="utf-8"))
            if not may_know(home_of(str(path.relative_to(ROOT / "templates"))), home_of(used))
        ]
    )


def test_an_apps_templates_link_only_to_its_own_floor_and_below():
    nothing(
        [
            f"{shown(path)}: {app}:"
            for path in templates()
            # base.html holds the navigation, which is the roof's.
            if (home := home_of(str(path.relative_to(ROOT / "templates")))) != GROUND
            for app in ADDRESS.findall(path.read_text(encoding="utf-8"))
            if app in floors() and not may_know(home, app)
        ]
    )


def inline_code_in(markup: str) -> list[str]:
    """Return the tags that a strict Content-Security-Policy would refuse."""
    bare = DJANGO_CODE.sub("", markup)
    found = []
    for tag in HTML_TAG.findall(bare):
        if re.search(r"""\s(style|on\w+|hx-on[\w:-]*)\s*=""", tag, re.IGNORECASE):
            found.append(tag)
        if re.match(r"<style\b", tag, re.IGNORECASE):
            found.append(tag)
        if re.match(r"<script\b", tag, re.IGNORECASE) and not re.search(
            r"""\ssrc\s*=|type=["']application/(ld\+)?json["']""", tag
        ):
            found.append(tag)
    return found


def test_templates_hold_no_inline_style_or_script():
    nothing(
        [
            f"{shown(path)}: {tag[:120]}"
            for path in templates()
            for tag in inline_code_in(path.read_text(encoding="utf-8"))
        ]
    )


def test_markup_made_in_code_holds_no_inline_style_or_script():
    nothing(
        [
            f"{shown(path, node.lineno)}: {tag[:120]}"
            for path in modules()
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            for tag in inline_code_in(node.value)
        ]
    )


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color: red">',
        '<a onclick="go()">',
        '<form hx-on:submit="go()">',
        "<script>go()</script>",
        "<style>p {}</style>",
    ],
)
def test_inline_code_is_seen(markup):
    assert inline_code_in(markup)


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="/static/js/grid.js" defer></script>',
        '<script type="application/json" id="rows">[]</script>',
        '<p class="style">on = 1</p>',
        '<button {% if x %}disabled{% endif %} type="submit">',
    ],
)
def test_plain_markup_is_let_be(markup):
    assert not inline_code_in(markup)
