"""PostgreSQL's own programs, told which database is ours."""

import os
import shutil

from django.core.management.base import CommandError
from django.db import connection


def server_tool(name: str) -> tuple[str, dict[str, str]]:
    """Return the program and an environment that names the database; no password on its line.

    :raises CommandError: if PostgreSQL's client programs are not installed.
    """
    tool = shutil.which(name)
    if tool is None:
        raise CommandError(f"{name} is not installed: install PostgreSQL's client programs.")
    place = connection.settings_dict
    named = {
        "PGDATABASE": place["NAME"],
        "PGUSER": place["USER"],
        "PGPASSWORD": place["PASSWORD"],
        "PGHOST": place["HOST"],
        "PGPORT": str(place["PORT"] or ""),
    }
    return tool, os.environ | {key: value for key, value in named.items() if value}
