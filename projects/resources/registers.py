"""The registers of projects and of their activities: a line for each, of one agency and year."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from common import fiscal
from common.sheets import Figure, Prepared, SheetField, SheetResource, SheetRow
from projects import actions, rules
from projects.models import Activity, Project
from strategy.models import Issue
from submissions.actions import Withdrawal
from submissions.models import FiscalYear
from submissions.rules import standing_of

_CODE = re.compile(r"[0-9A-Za-z._-]{1,40}")
_ACTIVITY_CODE = re.compile(r"([0-9A-Za-z._-]{1,40})/(\d{1,3})")
TEXTS = (
    *("name_th", "name_en", "rationale_th", "objective_th", "output_th", "outcome_th"),
    *("coordinator_name", "coordinator_phone"),
)
PROJECT_TYPED = (*TEXTS, "issue", "start_date", "end_date", "beneficiaries")
ACTIVITY_TYPED = ("name_th", "agency", "weight", "start_date", "end_date", "budget")


class ProjectSheet(SheetResource):
    """An agency's projects of a year; activities have a form of their own."""

    kind = "projects"
    title = _("ทะเบียนโครงการ")
    period = "year"
    senders = ()
    province_senders = ("strategist",)
    submits = False
    is_open = True
    columns = (
        SheetField(
            "project_code", _("รหัสโครงการ"), reads="key", known_as=("รหัส",), width=16
        ),
        SheetField(
            "name_th", _("ชื่อโครงการ"), reads="text", known_as=("โครงการ", "โครงการ/กิจกรรม"), width=48,
            required=True,
        ),
        SheetField("name_en", _("ชื่อภาษาอังกฤษ"), reads="text", width=32),
        SheetField(
            "issue", _("ประเด็นการพัฒนา"), reads="choice", width=32,
            known_as=("ประเด็นการพัฒนาจังหวัด", "ประเด็นการพัฒนาจังหวัด (2566-2570)"),
        ),
        SheetField(
            "start_date", _("วันเริ่ม"), reads="date", known_as=("เริ่ม", "วันที่เริ่มต้น"), required=True
        ),
        SheetField(
            "end_date", _("วันสิ้นสุด"), reads="date", known_as=("สิ้นสุด", "วันที่สิ้นสุด"), required=True
        ),
        SheetField(
            "beneficiaries", _("ผู้ได้รับประโยชน์ (คน)"), reads="number", places=0, unit=_("คน"),
            known_as=("กลุ่มเป้าหมาย",),
        ),
        SheetField("rationale_th", _("หลักการและเหตุผล"), reads="text", width=32),
        SheetField("objective_th", _("วัตถุประสงค์"), reads="text", width=32),
        SheetField("output_th", _("ผลผลิต"), reads="text", width=32),
        SheetField("outcome_th", _("ผลลัพธ์"), reads="text", width=32),
        SheetField(
            "coordinator_name", _("ผู้ประสานงาน"), reads="text", known_as=("ผู้รับผิดชอบ",), width=24
        ),
        SheetField("coordinator_phone", _("โทรศัพท์"), reads="text"),
    )  # fmt: skip

    class Meta:
        model = Project
        import_id_fields = ("project_code",)

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return the development issues in force."""
        return {
            issue.code: f"{issue.code} {issue.name_th}"
            for issue in Issue.objects.in_force().in_code_order()
        }

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the agency's projects of the year."""
        return [_project_row(project) for project in _hosted(user, agency, period, at)]

    def new_row(self, code: str, *, agency: Agency, period: FiscalYear) -> SheetRow | None:
        """Return a project that is not known yet."""
        if not _CODE.fullmatch(code) or Project.objects.filter(code=code).exists():
            return None  # another agency's or another year's
        blank = Project(code=code, host_agency=agency)
        return SheetRow(0, code, code, PROJECT_TYPED, is_new=True, subject=blank)

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make one entry a line; work, places and links of a known project stay as they are."""
        issues = {issue.code: issue for issue in Issue.objects.in_force()}
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            changes: dict[str, Any] = {name: str(given.get(name) or "") for name in TEXTS}
            people = given.get("beneficiaries")
            changes |= {
                "start_date": _day(given["start_date"]),
                "end_date": _day(given["end_date"]),
                "beneficiaries": int(Decimal(people)) if people else None,
            }
            if "issue" in values:
                issue = issues.get(str(values["issue"]))
                changes |= {"issue": issue, "edition": issue.edition if issue else None}
                if row.subject.issue_id != (issue.pk if issue else None):
                    changes["approach"] = None
            if row.is_new:
                changes["years"] = {period.year: Decimal(1)}
            prepared.append(Prepared(_as_given(row.subject, **changes), (position,)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Register the projects."""
        actions.register_projects(projects=entries, by=by, at=at)
        return list(entries)

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say what came to rest on projects since they were brought in."""
        rests = rules.what_rests_on_projects([row.subject_id for row in rows])
        return {row.code: rests[row.subject_id] for row in rows if row.subject_id in rests}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take away projects on which nothing rests."""
        entries = [Withdrawal(row.subject_id, row.version) for row in rows]
        actions.withdraw_projects(entries=entries, by=by, at=at)


class ActivitySheet(SheetResource):
    """The activities of an agency's projects; a code is the project's with the number."""

    kind = "activities"
    title = _("กิจกรรมของโครงการ")
    period = "year"
    senders = ()
    province_senders = ("strategist",)
    submits = False
    is_open = True
    columns = (
        SheetField(
            "activity_code", _("รหัสโครงการ/กิจกรรม"), reads="key", known_as=("รหัส", "รหัสกิจกรรม"),
            width=18, note=_("รหัสโครงการตามด้วย / และลำดับกิจกรรม เช่น 70-101/2"),
        ),
        SheetField(
            "name_th", _("กิจกรรม"), reads="text", known_as=("ชื่อกิจกรรม",), width=48, required=True
        ),
        SheetField("agency", _("หน่วยดำเนินการ"), reads="choice", known_as=("หน่วยงาน",), width=28),
        SheetField(
            "weight", _("น้ำหนัก"), reads="number", unit="", note=_("ต้องมากกว่า 0"), required=True
        ),
        SheetField("start_date", _("วันเริ่ม"), reads="date", known_as=("เริ่ม",), required=True),
        SheetField("end_date", _("วันสิ้นสุด"), reads="date", known_as=("สิ้นสุด",), required=True),
        SheetField("budget", _("งบประมาณ (บาท)"), reads="money", places=2, width=18),
    )  # fmt: skip

    class Meta:
        model = Activity
        import_id_fields = ("activity_code",)

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return the agencies that may do an activity."""
        return dict(Agency.objects.active().in_code_order().values_list("code", "name_th"))

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the activities of the agency's projects of the year."""
        return [
            _activity_row(project, activity)
            for project in _hosted(user, agency, period, at)
            for activity in sorted(project.activities.all(), key=lambda each: each.number)
        ]

    def new_row(self, code: str, *, agency: Agency, period: FiscalYear) -> SheetRow | None:
        """Return an activity that is not known yet, of a project of this agency and year."""
        found = _ACTIVITY_CODE.fullmatch(code)
        if found is None or not int(found[2]):
            return None
        projects = Project.objects.for_year(period.year).filter(host_agency=agency)
        project = projects.filter(code=found[1]).first()
        if project is None or project.activities.filter(number=int(found[2])).exists():
            return None
        blank = Activity(project=project, number=int(found[2]), agency=agency)
        return SheetRow(
            project.pk, code, code, ACTIVITY_TYPED, unit="บาท", is_new=True, subject=blank
        )

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make one entry of the lines of a project; activities that are not named stay."""
        codes = {
            str(value) for row, values in rows if (value := {**row.stored, **values}.get("agency"))
        }
        agencies = {each.code: each for each in Agency.objects.filter(code__in=codes)}
        positions = defaultdict(list)
        for position, (row, _values) in enumerate(rows):
            positions[row.subject.project_id].append(position)
        projects = Project.objects.in_bulk(positions)
        prepared = []
        for project_id, own in positions.items():
            work = {
                each.number: each for each in actions.stored_input(projects[project_id]).activities
            }
            for position in own:
                row, values = rows[position]
                given = {**row.stored, **values}
                activity, budget = row.subject, given.get("budget")
                there = work.get(activity.number)
                kept = {
                    field.name: getattr(there, field.name)
                    for field in fields(actions.ActivityInput)
                    if there is not None
                }
                kept |= {
                    "number": activity.number,
                    "name_th": str(given["name_th"]),
                    "agency": agencies.get(str(given.get("agency"))) or activity.agency,
                    "weight": Decimal(given["weight"] or 0),
                    "start_date": _day(given["start_date"]),
                    "end_date": _day(given["end_date"]),
                    "budget": Decimal(budget) if budget is not None else None,
                }
                work[activity.number] = actions.ActivityInput(**kept)
            entry = _as_given(
                projects[project_id], activities=[work[number] for number in sorted(work)]
            )
            prepared.append(Prepared(entry, tuple(own)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Bring the projects' work to what is given."""
        actions.register_projects(projects=entries, by=by, at=at)
        return list(entries)

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say what came to rest on activities since they were brought in."""
        rests = rules.what_rests_on_activities([row.part_id for row in rows])
        return {row.code: rests[row.part_id] for row in rows if row.part_id in rests}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take activities away on which nothing rests."""
        entries = [Withdrawal(row.part_id, row.version) for row in rows]
        actions.withdraw_activities(entries=entries, by=by, at=at)


def _hosted(user: User, agency: Agency, period: FiscalYear, at: datetime) -> list[Project]:
    standing = standing_of(user, fiscal.local_date(at))
    return list(
        Project.objects.visible_to(standing)
        .for_year(period.year)
        .filter(host_agency=agency)
        .with_agency()
        .prefetch_related("activities__agency")
        .in_code_order()
    )


def _as_given(project: Project, **changes: Any) -> actions.ProjectInput:
    """Return a project as its verb takes it, with `changes` laid over what is stored."""
    if project.pk:
        return actions.stored_input(project, **changes)
    return actions.ProjectInput(code=project.code, host_agency=project.host_agency, **changes)


def _day(value: Figure) -> date:
    return date.fromisoformat(str(value))


def _project_row(project: Project) -> SheetRow:
    stored: dict[str, Figure] = {name: getattr(project, name) for name in TEXTS}
    people = project.beneficiaries
    stored |= {
        "issue": project.issue.code if project.issue else "",
        "start_date": project.start_date.isoformat(),
        "end_date": project.end_date.isoformat(),
        "beneficiaries": Decimal(people) if people is not None else None,
    }
    return SheetRow(
        subject_id=project.pk,
        code=project.code,
        label=project.name_th,
        typed=PROJECT_TYPED,
        stored=stored,
        decimals=0,
        version=project.version,
        definition=project.code,
        is_sample=project.is_sample,
        subject=project,
    )


def _activity_row(project: Project, activity: Activity) -> SheetRow:
    return SheetRow(
        subject_id=project.pk,
        part_id=activity.pk,
        code=f"{project.code}/{activity.number}",
        label=f"{project.name_th} · {activity.name_th}",
        typed=ACTIVITY_TYPED,
        stored={
            "name_th": activity.name_th,
            "agency": activity.agency.code,
            "weight": activity.weight,
            "start_date": activity.start_date.isoformat(),
            "end_date": activity.end_date.isoformat(),
            "budget": activity.budget,
        },
        unit="บาท",
        version=activity.version,
        definition=f"{project.code}:{activity.number}",
        is_sample=project.is_sample,
        subject=activity,
    )
