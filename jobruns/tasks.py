"""Celery finds the runner's task here."""

from jobruns.runner import run_job

__all__ = ["run_job"]
