"""The form of quarterly progress: a line for each activity, or for the project that has none."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from common import fiscal
from common.sheets import Figure, Prepared, SheetField, SheetResource, SheetRow
from projects import actions, rules
from projects.models import Activity, ActivityProgress, Progress, Project
from submissions.models import Quarter
from submissions.rules import standing_of

TEXTS = {"narrative": "narrative_th", "problems": "problems_th", "remedies": "remedies_th"}


class ProgressSheet(SheetResource):
    """How far the agency's projects are at a quarter's end."""

    kind = "project-progress"
    title = _("ความก้าวหน้าโครงการ")
    period = "quarter"
    columns = (
        SheetField(
            "project_code",
            _("รหัสโครงการ / กิจกรรม"),
            reads="key",
            known_as=("รหัสโครงการ", "รหัส", "โครงการ/กิจกรรม", "ชื่อโครงการ", "โครงการ", "กิจกรรม"),
            width=18,
        ),
        SheetField("name", _("ชื่อ"), reads="shown", width=48),
        SheetField("last_percent", _("ไตรมาสก่อน (ร้อยละ)"), reads="shown"),
        SheetField(
            "percent",
            _("ความก้าวหน้าสะสม (ร้อยละ)"),
            reads="percent",
            known_as=(
                "ความก้าวหน้า",
                "ร้อยละ",
                "ร้อยละความก้าวหน้า",
                "ผลการดำเนินงานจริง",
                "%",
                "ผลการดำเนินงาน (ร้อยละ)",
            ),
            width=20,
            note=_("ร้อยละของงานทั้งหมดที่ทำเสร็จถึงสิ้นไตรมาส ระหว่าง 0 ถึง 100"),
        ),
        SheetField("narrative", _("ผลการดำเนินงาน"), reads="text", known_as=("สถานะ",), width=40),
        SheetField(
            "problems",
            _("ปัญหาอุปสรรค"),
            reads="text",
            known_as=("ปัญหา", "อุปสรรค", "ปัญหา/อุปสรรค"),
            width=32,
        ),
        SheetField(
            "remedies",
            _("แนวทางแก้ไข"),
            reads="text",
            known_as=("ข้อเสนอแนะ", "แนวทางแก้ไข/ข้อเสนอแนะ"),
            width=32,
        ),
        SheetField("note", _("หมายเหตุ"), reads="text", width=24),
    )

    class Meta:
        model = Progress
        import_id_fields = ("project_code",)

    def rows_for(
        self, *, user: User, agency: Agency, period: Quarter, at: datetime
    ) -> list[SheetRow]:
        """Return the agency's running projects; texts stand on the project's first line."""
        standing = standing_of(user, fiscal.local_date(at))
        projects = list(
            Project.objects.reporting_in_any([period.fiscal_year_id])
            .filter(host_agency=agency, pk__in=Project.objects.visible_to(standing))
            .with_agency()
            .in_code_order()
        )
        activities = defaultdict(list)
        for activity in Activity.objects.filter(project__in=projects).in_number_order():
            activities[activity.project_id].append(activity)
        reports, percents = _stored(projects, period)
        rows = []
        for project in projects:
            report = reports.get((project.pk, period.number))
            why_not = rules.why_not_save(project, period, report, standing)
            parts: list[Activity | None] = [*activities[project.pk]] or [None]
            for position, part in enumerate(parts):
                rows.append(
                    _row(
                        project,
                        part,
                        report,
                        percents,
                        period.number,
                        is_first=position == 0,
                        why_not=why_not,
                    )
                )
        return rows

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: Quarter
    ) -> list[Prepared]:
        """Make one entry of the lines of a project."""
        projects = Project.objects.with_agency().in_bulk({row.subject_id for row, _v in rows})
        positions = defaultdict(list)
        for position, (row, _values) in enumerate(rows):
            positions[row.subject_id].append(position)
        prepared = []
        for project_id, own in positions.items():
            texts: dict[str, str] = {}
            percents: dict[int, Decimal | None] = {}
            own_percent: Any = None
            for position in own:
                row, values = rows[position]
                if row.part_id:
                    if "percent" in values:
                        percents[row.part_id] = values["percent"]  # type: ignore[assignment]
                else:
                    own_percent = values.get("percent", row.stored.get("percent"))
                for name in ("narrative", "problems", "remedies", "note"):
                    if name in values:
                        texts[TEXTS.get(name, name)] = str(values[name] or "")
            entry = actions.ProgressInput(
                project=projects[project_id],
                quarter=period,
                version=rows[own[0]][0].version,
                percent=own_percent,
                activities=percents,
                **texts,  # type: ignore[arg-type]
            )
            prepared.append(Prepared(entry, tuple(own)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Progress]:
        """Keep the reports as drafts."""
        return actions.save_progress(entries=entries, by=by, at=at)

    def submit(self, stored: Sequence[Any], *, by: User, at: datetime) -> None:
        """Send the reports for signature."""
        actions.submit_progress(entries=stored, by=by, at=at)


Percents = dict[tuple[int, int, int], Decimal | None]


def _stored(
    projects: Sequence[Project], period: Quarter
) -> tuple[dict[tuple[int, int], Progress], Percents]:
    """Return reports by project and quarter, and percents by project, activity (0) and quarter."""
    reports = {
        (report.project_id, report.quarter.number): report
        for report in Progress.objects.filter(
            project__in=projects,
            quarter__fiscal_year=period.fiscal_year_id,
            quarter__number__lte=period.number,
        ).select_related("quarter")
    }
    percents: Percents = {
        (project_id, 0, number): report.percent for (project_id, number), report in reports.items()
    }
    by_report = {report.pk: key for key, report in reports.items()}
    for part in ActivityProgress.objects.filter(progress__in=by_report):
        project_id, number = by_report[part.progress_id]
        percents[project_id, part.activity_id, number] = part.percent
    return reports, percents


def _row(
    project: Project,
    part: Activity | None,
    report: Progress | None,
    percents: Percents,
    number: int,
    *,
    is_first: bool,
    why_not: str | None,
) -> SheetRow:
    part_id = part.pk if part else 0
    before = [
        percents[key]
        for earlier in range(number - 1, 0, -1)
        if (key := (project.pk, part_id, earlier)) in percents
    ]
    last = before[0] if before else None
    stored: dict[str, Figure] = {"percent": percents.get((project.pk, part_id, number))}
    typed: tuple[str, ...] = ("percent",)
    if is_first:
        typed += ("narrative", "problems", "remedies", "note")
        for name in typed[1:]:
            stored[name] = getattr(report, TEXTS.get(name, name)) if report else ""
    name_th = f"{project.name_th} · {part.name_th}" if part else project.name_th
    return SheetRow(
        subject_id=project.pk,
        part_id=part_id,
        code=f"{project.code}/{part.number}" if part else project.code,
        label=name_th,
        typed=typed,
        stored=stored,
        shown={"name": name_th, "last_percent": last},
        unit="ร้อยละ",
        is_percent=True,
        version=report.version if report else 0,
        why_not=why_not,
        definition=f"{project.code}:{part.number if part else 0}",
        is_sample=project.is_sample,
    )
