"""Wait for another process, and say what was waited for when it does not come."""

import time
from collections.abc import Callable

import pytest


def wait_until(happened: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Return as soon as `happened` says so; fail the test after `seconds`."""
    deadline = time.monotonic() + seconds
    pause = 0.02
    while not happened():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:.0f} s in vain for {what}")
        # Another process is given the core; there is nothing here that could be awaited.
        time.sleep(pause)
        pause = min(pause * 1.5, 0.5)
