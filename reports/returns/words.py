"""What a project says in the fields of any form: one place, so that no two forms disagree."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from django.urls import reverse

from common import thaidates
from common.thainumbers import format_number
from projects.models import Project, ProjectTarget
from reports.returns.form import Cell
from reports.returns.reading import Record

SEPARATOR = "\n"


def joined(words: Iterable[str]) -> str:
    return SEPARATOR.join(word for word in words if word)


def period(record: Record) -> str:
    project = record.project
    return (
        f"{thaidates.format_date(project.start_date, 'long')}"
        f" – {thaidates.format_date(project.end_date, 'long')}"
    )


def years(record: Record) -> str:
    return ", ".join(str(row.fiscal_year_id) for row in record.years)


def target_lines(record: Record, *kinds: str) -> str:
    """Return targets as “name target unit”, one a line."""
    lines = []
    for row in record.targets:
        if kinds and row.kind not in kinds:
            continue
        target = "" if row.target is None else f" {plain(row.target)}"
        lines.append(f"{row.name_th}{target} {row.unit_th}".strip())
    return joined(lines)


def plain(value: Decimal) -> str:
    """Return a figure without needless zeros."""
    text = format_number(value, 4)
    return text.rstrip("0").rstrip(".") if "." in text else text


def areas(record: Record) -> str:
    names = []
    for area in sorted(record.project.areas.all(), key=lambda each: each.code):
        kind = area.get_kind_display()
        parent = area.parent.name_th if area.parent and area.kind == "tambon" else ""
        names.append(f"{kind}{area.name_th}" + (f" อำเภอ{parent}" if parent else ""))
    return joined(names)


def items_of(record: Record, *codes: str) -> str:
    """Return the framework items of some frameworks (by the start of their code)."""
    return joined(
        f"{item.framework.name_th}: {item.name_th}"
        for item in sorted(
            record.project.framework_items.all(), key=lambda i: (i.framework.order, i.order)
        )
        if item.framework.code.startswith(codes)
    )


def approval(record: Record) -> str:
    decided = [d for d in record.decisions if d.to_status == Project.Status.APPROVED]
    if not decided:
        return ""
    last = decided[-1]
    return f"{last.reference} {thaidates.format_date(last.decided_date)}"


def activities(record: Record) -> str:
    return joined(f"{a.number}. {a.name_th} ({a.agency.name_th})" for a in record.activities)


def sources(record: Record) -> str:
    names: dict[str, Decimal] = {}
    for money in record.money.values():
        for name, amount in money.sources.items():
            names[name] = names.get(name, Decimal(0)) + amount
    return joined(f"{name} {format_number(amount)} บาท" for name, amount in names.items())


def beneficiaries(record: Record) -> str:
    project = record.project
    if project.beneficiaries is None:
        return project.beneficiaries_th
    said = f"{format_number(project.beneficiaries, 0)} คน"
    return f"{project.beneficiaries_th} {said}".strip()


def main_kpi(record: Record) -> str:
    project = record.project
    if project.main_kpi is None:
        return ""
    return joined([project.main_kpi.code, project.main_kpi_reason_th])


def kpis(record: Record) -> str:
    named = {kpi.code: kpi.indicator.name_th for kpi in record.project.kpis.all()}
    return joined(f"{code} {name}" for code, name in sorted(named.items()))


FIELDS: dict[str, Callable[[Record], Cell]] = {
    "code": lambda r: r.project.code,
    "emenscr_code": lambda r: r.project.emenscr_code,
    "name_th": lambda r: r.project.name_th,
    "years": years,
    "period": period,
    "status": lambda r: r.project.get_status_display(),
    "host_agency": lambda r: r.project.host_agency.name_th,
    "supporting_agencies": lambda r: joined(
        sorted(a.name_th for a in r.project.supporting_agencies.all())
    ),
    "approval": approval,
    "coordinator": lambda r: r.project.coordinator_name,
    "coordinator_position": lambda r: r.project.coordinator_position_th,
    "coordinator_phone": lambda r: r.project.coordinator_phone,
    "coordinator_email": lambda r: r.project.coordinator_email,
    "main_item": lambda r: r.project.main_item.name_th if r.project.main_item else "",
    "main_item_reason": lambda r: r.project.main_item_reason_th,
    "national_strategy": lambda r: items_of(r, "NS"),
    "other_items": lambda r: items_of(r, "MP", "REG", "CLU"),
    "nesdp": lambda r: items_of(r, "NESDP"),
    "sdg": lambda r: items_of(r, "SDG"),
    "value_chain": lambda r: r.project.value_chain_th,
    "issue": lambda r: (
        f"{r.project.issue.code} {r.project.issue.name_th}" if r.project.issue else ""
    ),
    "approach": lambda r: (
        f"{r.project.approach.code} {r.project.approach.name_th}" if r.project.approach else ""
    ),
    "kpis": kpis,
    "main_kpi": main_kpi,
    "programme": lambda r: r.project.programme_th,
    "subprogramme": lambda r: r.project.subprogramme_th,
    "rationale": lambda r: r.project.rationale_th,
    "objective": lambda r: r.project.objective_th,
    "targets": target_lines,
    "indicators": lambda r: target_lines(r, ProjectTarget.Kind.INDICATOR),
    "outputs": lambda r: joined([r.project.output_th, target_lines(r, ProjectTarget.Kind.OUTPUT)]),
    "outcomes": lambda r: joined(
        [r.project.outcome_th, target_lines(r, ProjectTarget.Kind.OUTCOME)]
    ),
    "areas": areas,
    "beneficiaries": beneficiaries,
    "activities": activities,
    "budget": lambda r: r.budget,
    "sources": sources,
    "photos": lambda r: sum(r.photos.values()) or None,
}

# Which page of a project's file fills a field; the rest stand in the file itself.
_PAGES = {"approval": "project-life", "status": "project-life", "photos": "project-files"}


def where(record: Record, key: str) -> str:
    """Return the address at which a field is filled in."""
    if key == "sources":
        return ""
    return reverse(f"projects:{_PAGES.get(key, 'project-file')}", args=[record.project.code])
