"""Risks with their reviews, and visits with what they found."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from accounts.models import Area
from meetings.actions import (
    NewResolution,
    StatedMeeting,
    add_resolution,
    close_resolution,
    make_agenda,
    record_meeting,
    write_minutes,
)
from meetings.models import Committee, Resolution
from pages.agenda import agenda_of
from projects.actions.inspections import (
    FindingInput,
    add_finding,
    fix_finding,
    plan_inspection,
    record_inspection,
    verify_finding,
)
from projects.actions.risks import (
    ReviewInput,
    RiskInput,
    add_risk_action,
    finish_risk_action,
    register_risks,
    review_risks,
)
from projects.models import Checklist, Finding, Inspection, Project, Risk, RiskCategory
from sakhon_portal.sample.book import STRATEGIST, Book, moment
from submissions.models import Quarter

INSPECTOR = "inspector"


def register_sample_risks(book: Book, year: int, *, at: datetime) -> None:
    """Register the risks of a year with what is done about each."""
    strategist = book.users[STRATEGIST]
    stated = [each for each in book.oversight["risks"] if each["year"] == year]
    categories = {row.code: row for row in RiskCategory.objects.all()}
    projects = {row.code: row for row in Project.objects.filter(is_sample=True)}
    risks = register_risks(
        entries=[
            RiskInput(
                fiscal_year=book.years[year],
                agency=book.agencies[each["agency"]],
                category=categories[each["category"]],
                project=projects[each["project"]] if "project" in each else None,
                kpi=book.kpi_rows[year, each["kpi"]] if "kpi" in each else None,
                issue=book.issue_rows[each["issue"]] if "issue" in each else None,
                step_th=each["step_th"],
                name_th=each["name_th"],
                cause_th=each["cause_th"],
                control_th=each["control_th"],
                likelihood=each["likelihood"],
                impact=each["impact"],
                response=each["response"],
                is_sample=True,
            )
            for each in stated
        ],
        by=strategist,
        at=at,
    )
    for risk, each in zip(risks, stated, strict=True):
        for text, owner, due, done in each["actions"]:
            step = add_risk_action(
                risk=risk,
                text_th=text,
                owner=book.agencies[owner],
                due_date=date.fromisoformat(due),
                by=strategist,
                at=at,
                is_sample=True,
            )
            if done:
                finish_risk_action(
                    action=step,
                    state="done",
                    note_th=done,
                    by=strategist,
                    at=moment(date.fromisoformat(due)),
                )


def review_sample_risks(book: Book, quarter: Quarter, when: str, *, at: datetime) -> None:
    """Review the sample's risks in a quarter, as the book says for `when` ("past" or "now")."""
    stated = {each["name_th"]: each[when] for each in book.oversight["risks"] if each[when]}
    risks = Risk.objects.filter(is_sample=True, name_th__in=stated).with_subject()
    review_risks(
        entries=[
            ReviewInput(
                risk=risk,
                quarter=quarter,
                likelihood=stated[risk.name_th][0],
                impact=stated[risk.name_th][1],
                note_th=stated[risk.name_th][2],
                is_sample=True,
            )
            for risk in risks.order_by("code")
        ],
        by=book.users[STRATEGIST],
        at=at,
    )


def visit_projects(book: Book) -> None:
    """Plan and record visits, with findings open, mended and verified."""
    inspector = book.users[INSPECTOR]
    areas = {area.code: area for area in Area.objects.all()}
    checklists = {row.code: row for row in Checklist.objects.all()}
    for each in book.oversight["inspections"]:
        project = Project.objects.select_related("host_agency").get(code=each["project"])
        planned = date.fromisoformat(each["planned"])
        inspection = plan_inspection(
            project=project,
            planned_date=planned,
            purpose_th=each["purpose_th"],
            checklist=checklists[each["checklist"]],
            team_th=each["team_th"],
            area=areas[each["area"]],
            place_th=each["place_th"],
            by=inspector,
            at=moment(min(planned, date(2027, 1, 12)), 8),
            is_sample=True,
        )
        if "visited" not in each:
            continue
        visited = date.fromisoformat(each["visited"])
        record_inspection(
            inspection=inspection,
            visited_date=visited,
            summary_th=each["summary_th"],
            answers={n: (answer, "") for n, answer in enumerate(each["answers"], start=1)},
            version=inspection.version,
            by=inspector,
            at=moment(visited, 16),
        )
        for finding in each["findings"]:
            _find(book, inspection, finding, areas, at=moment(visited, 16))


def _find(
    book: Book,
    inspection: Inspection,
    stated: Mapping[str, Any],
    areas: Mapping[str, Area],
    *,
    at: datetime,
) -> None:
    owner = book.agencies[stated["owner"]]
    inspector = book.users[INSPECTOR]
    finding: Finding = add_finding(
        inspection=inspection,
        finding=FindingInput(
            text_th=stated["text_th"],
            severity=stated["severity"],
            corrective_th=stated["corrective_th"],
            owner=owner,
            due_date=date.fromisoformat(stated["due"]),
            area=areas[stated["area"]] if "area" in stated else None,
            place_th=stated.get("place_th", ""),
            latitude=Decimal(stated["latitude"]) if "latitude" in stated else None,
            longitude=Decimal(stated["longitude"]) if "longitude" in stated else None,
            kpis=list(inspection.project.kpis.select_related("scorecard", "agency"))
            if stated.get("kpis")
            else [],
            photos=[_drawn_photo()] if stated.get("photo") else [],
            is_sample=True,
        ),
        by=inspector,
        at=at,
    )
    if "fixed" in stated:
        day, how = stated["fixed"]
        fix_finding(
            finding=finding,
            fixed_th=how,
            version=finding.version,
            by=book.person(owner.code, "reporter"),
            at=moment(date.fromisoformat(day)),
        )
    if "verified" in stated:
        day, verdict = stated["verified"]
        verify_finding(
            finding=finding,
            accepted=True,
            verdict_th=verdict,
            version=finding.version,
            by=inspector,
            at=moment(date.fromisoformat(day)),
        )


def _drawn_photo() -> SimpleUploadedFile:
    """Draw what stands for a photo: nobody takes it for a real one."""
    picture = Image.new("RGB", (480, 320), "#dfe7ea")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 90, 420, 280), outline="#24566b", width=6)
    pen.line((60, 90, 240, 30, 420, 90), fill="#24566b", width=6)
    pen.text((150, 180), "SAMPLE PICTURE", fill="#24566b")
    out = BytesIO()
    picture.save(out, "JPEG", quality=70)
    return SimpleUploadedFile("sample-picture.jpg", out.getvalue(), content_type="image/jpeg")


def hold_committee(book: Book, *, today: date) -> None:
    """Hold the acceleration committee's last meeting, with its promises, and call the next."""
    strategist = book.users[STRATEGIST]
    for each in book.oversight["meetings"]:
        held = date.fromisoformat(each["held"])
        at = moment(min(held, today), 15)
        meeting = record_meeting(
            committee=Committee.objects.get(code=each["committee"]),
            meeting=StatedMeeting(
                number=each["number"],
                year=each["year"],
                held_date=held,
                place_th=each["place_th"],
                is_sample=True,
            ),
            by=strategist,
            at=at,
        )
        for stated in each["resolutions"]:
            resolution = add_resolution(
                meeting=meeting,
                resolution=NewResolution(
                    text_th=stated["text_th"],
                    owner=book.agencies[stated["owner"]],
                    due_date=date.fromisoformat(stated["due"]),
                    progress_th=stated["progress_th"],
                    is_sample=True,
                ),
                by=strategist,
                at=at,
            )
            if stated["closed"]:
                close_resolution(
                    resolution=resolution,
                    state=Resolution.State.DONE,
                    by=strategist,
                    at=moment(date.fromisoformat(stated["closed"])),
                )
        make_agenda(
            meeting=meeting,
            items=agenda_of(meeting, min(held, today)),
            version=meeting.version,
            by=strategist,
            at=at,
        )
        if "attendees_th" in each:
            write_minutes(
                meeting=meeting,
                attendees_th=each["attendees_th"],
                minutes_th=each["minutes_th"],
                said={},
                version=meeting.version,
                by=strategist,
                at=at,
            )
