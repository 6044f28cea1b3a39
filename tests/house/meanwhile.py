"""Somebody else who is faster: what happens between a verb's reading and its writing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def meanwhile(statement: str, act: Callable[[], object]) -> Iterator[None]:
    """Do something just before the first statement that begins so; it has to come."""
    waiting = [act]

    def step_in(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if waiting and sql.startswith(statement):
            waiting.pop()()
        return execute(sql, *rest)

    with connection.execute_wrapper(step_in):
        yield
    assert not waiting, f"no statement began with {statement}"
