"""The job rows, to be read, and a failed one to be sent again."""

from django.contrib import admin
from django.http import HttpRequest

from jobruns.models import JobRun


@admin.register(JobRun)
class JobRunAdmin(admin.ModelAdmin[JobRun]):
    list_display = ("task", "key", "state", "attempts", "created_at", "finished_at", "error")
    list_filter = ("state", "task")
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False
