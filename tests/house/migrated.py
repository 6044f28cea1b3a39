"""A migrated SQLite database to copy: migrating takes ten seconds, copying none."""

import fcntl
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
    KEPT.mkdir(parents=True, exist_ok=True)
    # One process makes it; those beside it collect their tests meanwhile, and then wait.
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _make(kept)
    return kept


def _make(kept: Path) -> None:
    for older in KEPT.glob("migrated-*.sqlite3"):
        older.unlink(missing_ok=True)
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
