"""Where things stand in the tree; the architecture tests and the Makefile ask here."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Packages of Python that are no part of the portal itself.
BESIDE = {"tests", "bench"}


def app_names() -> list[str]:
    """Return the portal's packages, the roof included, in alphabetical order."""
    found = (path.parent.name for path in ROOT.glob("*/__init__.py"))
    return sorted(name for name in found if name not in BESIDE and not name.startswith("."))


def modules(*apps: str) -> Iterator[Path]:
    """Yield the portal's own Python files, migrations left out."""
    for app in apps or app_names():
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path, line: int | None = None) -> str:
    """Return the path as a person would type it."""
    name = str(path.relative_to(ROOT))
    return f"{name}:{line}" if line else name


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


if __name__ == "__main__":
    sys.stdout.write(" ".join(app_names()) + "\n")
