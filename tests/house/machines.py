"""What a machine reads of a list of the API, and what that costs."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def rows(client: Client, path: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/{path}/")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        rows(client, path)
    return len(asked)
