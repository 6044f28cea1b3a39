"""What was learned, to be looked at: verbs write it."""

from django.contrib import admin

from common.readonly import ReadOnly
from learning.models import Course, Goal, Programme, Rule


@admin.register(Goal)
class GoalAdmin(ReadOnly):
    list_display = ("code", "name_th")
    ordering = ("code",)


@admin.register(Course)
class CourseAdmin(ReadOnly):
    list_display = ("code", "name_th", "is_digital", "is_active")
    ordering = ("code",)


@admin.register(Rule)
class RuleAdmin(ReadOnly):
    list_display = ("year", "basis", "courses_least", "digital_least")
    ordering = ("-year",)


@admin.register(Programme)
class ProgrammeAdmin(ReadOnly):
    list_display = ("code", "name_th", "start_date", "end_date")
    ordering = ("code",)
