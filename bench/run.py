"""Run the workloads on both databases; see bench/README.md. `make bench ONLY=name SCALE=0.1`."""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results.jsonl"
ROLLUPS = ("rollup-quarter", "rollup-again", "rollup-nation", "save-one", "public-report")
SHEETS = ("read-100k", "export-100k", "preview-10k", "import-10k")
MODULES = {"bench.rollups": ROLLUPS, "bench.spreadsheets": SHEETS}
# These touch no database: once is enough.
WITHOUT_DATABASE = {"public-report", "read-100k", "export-100k"}
SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"


@contextmanager
def postgresql() -> Iterator[str | None]:
    """Make an empty database beside the one that DATABASE_URL names, and remove it; None: no server."""
    given = os.environ.get("DATABASE_URL", "")
    server = given if given.startswith("postgres") else SERVER
    name = f"bench_{secrets.token_hex(4)}"
    try:
        link = psycopg2.connect(server.replace("postgres://", "postgresql://", 1))
    except psycopg2.OperationalError as error:
        sys.stderr.write(f"no PostgreSQL here, so only SQLite is measured: {error}")
        yield None
        return
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(
            f"CREATE DATABASE {name} ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'th-TH' "
            "LOCALE 'C.UTF-8' TEMPLATE template0"
        )
        try:
            yield f"{server.rsplit('/', 1)[0]}/{name}"
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    link.close()


def measure(address: str, folder: str, only: str, scale: str, *, first: bool) -> None:
    """Run the asked workloads in processes of their own on one database."""
    environment = os.environ | {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "sakhon_portal.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SAMPLE_TODAY": "2027-01-13",
        "SCALE": scale,
        "VAR_DIR": folder,
        "REDIS_URL": "",
        "DEBUG": "off",
        "HTTPS": "off",
        "LOG_LEVEL": "ERROR",
    }
    migrate = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
    for module, names in MODULES.items():
        for name in names:
            if only not in ("", name) or (not first and name in WITHOUT_DATABASE):
                continue
            done = subprocess.run(
                [sys.executable, "-m", module],
                cwd=ROOT,
                env=environment | {"ONLY": name},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            sys.stdout.write(done.stdout)
            sys.stdout.flush()
            with RESULTS.open("a", encoding="utf-8") as results:
                results.write(done.stdout)


def main() -> None:
    """Measure on SQLite, then on PostgreSQL where it answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", choices=["", *ROLLUPS, *SHEETS])
    parser.add_argument("--scale", default="1")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/bench.sqlite3"
        measure(address, folder, options.only, options.scale, first=True)
    if options.only not in WITHOUT_DATABASE:
        with tempfile.TemporaryDirectory() as folder, postgresql() as server:
            if server:
                measure(server, folder, options.only, options.scale, first=False)


if __name__ == "__main__":
    main()
