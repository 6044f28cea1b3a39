"""A migrated SQLite database to copy: migrating takes ten seconds, copying none."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.house.layout import ROOT

KEPT = ROOT / "var" / "tests"


def database() -> Path:
    """Return the migrated database of the present migrations, made where there is none yet."""
    digest = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    kept = KEPT / f"migrated-{digest.hexdigest()[:16]}.sqlite3"
    if not kept.exists():
        _make(kept)
    return kept


def _make(kept: Path) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    for older in KEPT.glob("migrated-*.sqlite3"):
        older.unlink(missing_ok=True)
    # Several runs may make it at the same time; the last one's rename wins, and all are equal.
    draft = KEPT / f"draft-{os.getpid()}.sqlite3"
    try:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": f"sqlite:///{draft}"},
            check=True,
        )
        draft.replace(kept)
    finally:
        for left in KEPT.glob(f"{draft.name}*"):
            left.unlink()
