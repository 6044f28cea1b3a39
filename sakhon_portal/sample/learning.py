"""What sample officers learned, and the trainings that the sample province held."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from learning.actions import (
    CourseInput,
    GoalInput,
    ProgrammeInput,
    RecordEntry,
    add_records,
    bring_goals,
    confirm_records,
    put_course,
    put_programme,
    return_records,
)
from learning.models import Goal, Record
from sakhon_portal.sample.book import STRATEGIST, Book, moment
from sakhon_portal.sample.papers import certificate_of


def play_learning(book: Book) -> int:
    """Bring goals, courses, records and trainings in; returns how many records there are."""
    stated = book.learning
    office = book.users[STRATEGIST]
    begins = moment(date(2026, 10, 1))
    bring_goals(
        goals=[
            GoalInput(
                code=each["code"],
                name_th=each["name_th"],
                name_en=each["name_en"],
                issues=[book.issue_rows[code] for code in each["issues"]],
                source="ข้อมูลตัวอย่าง",
                is_sample=True,
            )
            for each in stated["goals"]
        ],
        by=None,
        at=begins,
    )
    courses = {
        each["code"]: put_course(
            course=CourseInput(**{**each, "hours": Decimal(each["hours"])}, is_sample=True),
            instead_of=None,
            by=office,
            at=begins,
        )
        for each in stated["courses"]
    }
    for each in stated["records"]:
        day = date.fromisoformat(each["date"])
        officer = book.users[each["officer"]]
        [row] = add_records(
            entries=[
                RecordEntry(
                    officer=officer,
                    course=courses[each["course"]],
                    completed_date=day,
                    certificate=certificate_of(
                        officer.full_name_th, courses[each["course"]].name_th, day
                    )
                    if each["move"] == "confirm"
                    else None,
                    is_sample=True,
                )
            ],
            by=officer,
            at=moment(day + timedelta(days=1)),
        )
        _decide(book, row, each)
    goals = {goal.code: goal for goal in Goal.objects.all()}
    for each in stated["programmes"]:
        put_programme(
            programme=ProgrammeInput(
                code=each["code"],
                name_th=each["name_th"],
                name_en=each["name_en"],
                goal=goals[each["goal"]],
                is_digital=each["is_digital"],
                start_date=date.fromisoformat(each["start"]),
                end_date=date.fromisoformat(each["end"]),
                outcome_th=each["outcome_th"],
                source="ข้อมูลตัวอย่าง",
                turnouts={level: tuple(pair) for level, pair in each["turnouts"].items()},
                is_sample=True,
            ),
            instead_of=None,
            by=office,
            at=moment(date.fromisoformat(each["end"]), 16),
        )
    return len(stated["records"])


def _decide(book: Book, row: Record, stated: Mapping[str, Any]) -> None:
    at = moment(row.completed_date + timedelta(days=3))
    if stated["move"] == "confirm":
        confirm_records(entries=[row], by=book.users[stated["by"]], at=at)
    elif stated["move"] == "return":
        return_records(entries=[row], reason=stated["reason"], by=book.users[stated["by"]], at=at)
