"""What the documents name is there: commands, files, headings, settings."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from tests.house.layout import ROOT, app_names, shown

DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "bench").glob("*.md")),
]
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.+?)\s*$", re.MULTILINE)
READ = re.compile(r"""\benv\.\w+\(\s*["']([A-Z_0-9]+)["']""")
documents = pytest.mark.parametrize("document", DOCUMENTS, ids=shown)


def code_in(document: Path) -> list[str]:
    return CODE.findall(document.read_text(encoding="utf-8"))


def anchors_of(document: Path) -> set[str]:
    """Return the anchors that a forge gives the headings."""
    headings = HEADING.findall(document.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- \u0e00-\u0e7f]", "", each.lower()).replace(" ", "-") for each in headings
    }


@documents
def test_every_make_target_in_the_documents_exists(document):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        name for code in code_in(document) for name in re.findall(r"\bmake\s+([a-z][a-z-]*)", code)
    }
    assert named <= targets


@documents
def test_every_command_and_option_in_the_documents_exists(document):
    commands = get_commands()
    wrong = []
    for code in code_in(document):
        for name, rest in re.findall(r"manage\.py\s+([a-z_]+)([^\n`#]*)", code):
            if name not in commands:
                wrong.append(name)
                continue
            command = load_command_class(str(commands[name]), name)
            help_text = command.create_parser("manage.py", name).format_help()
            wrong += [
                f"{name} {option}"
                for option in re.findall(r"(?<=\s)--[a-z-]+", rest)
                if option not in help_text
            ]
    assert wrong == []


@documents
def test_every_link_inside_the_repository_leads_somewhere(document):
    text = CODE.sub("", document.read_text(encoding="utf-8"))
    broken = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        place, _hash, anchor = link.partition("#")
        target = (document.parent / place).resolve() if place else document
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert broken == []


def test_every_setting_that_is_read_is_in_the_example_and_the_other_way_round():
    settings = (ROOT / "sakhon_portal" / "settings.py").read_text(encoding="utf-8")
    read = set(READ.findall(settings))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert read == set(re.findall(r"^#? ?([A-Z][A-Z_0-9]+)=", example, re.MULTILINE))


def test_the_floors_in_the_readme_are_those_that_are_held():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    drawn = re.search(r"```\n(sakhon_portal .*?)```", readme, re.DOTALL)
    assert drawn is not None
    floors = [
        re.split(r"\s{2,}|(?<=jobruns) ", line)[0].split(" | ") for line in drawn[1].splitlines()
    ]
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    held = re.search(r'name = "Apps stand on floors".*?layers = \[(.*?)\]\n', contracts, re.DOTALL)
    assert held is not None
    # What is in brackets there is kept for an app that is to come.
    there = set(app_names())
    named = [re.findall(r"\w+", each) for each in re.findall(r'"([^"]+)"', held[1])]
    names = [floor for each in named if (floor := [name for name in each if name in there])]
    assert [sorted(floor) for floor in floors] == [sorted(floor) for floor in names]


def test_the_decisions_are_all_listed():
    folder = ROOT / "docs" / "adr"
    listed = set(LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in folder.glob("0*.md")}
