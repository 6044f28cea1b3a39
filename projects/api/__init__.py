"""API v1: projects and their progress, by the same rules and verbs as the pages."""

from projects.api.works import register

__all__ = ["register"]
