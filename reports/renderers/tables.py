"""The report's figures as CSV rows and data sets: English names, nothing rounded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from common.tables import Column, Value, csv_chunks
from reports.document import Delivery, Money, Report, Total


@dataclass(frozen=True, slots=True)
class DataSet:
    """One table of a report: its name in addresses, its columns and its rows."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


_NAMED = ("code", "name_th", "name_en")
_MONEY = tuple(field.name for field in fields(Money))
KPI_COLUMNS = (
    *("fiscal_year", "quarter", "level", *_NAMED, "unit_th", "unit_en", "agency_code", "agency_th"),
    *("agency_en", "issue", "weight", "direction", "quarter_state", "quarter_value", "ytd_state"),
    *("ytd_value", "ytd_numerator", "ytd_denominator", "is_partial", "covered", "due", "target"),
    *("target_low", "target_high", "measured_against", "achievement_percent", "score"),
    *("score_percent", "standing", "last_year_value", "rules_version", "curve"),
    *("is_unconfirmed", "is_sample"),
)
PROJECT_COLUMNS = (
    *(
        "fiscal_year",
        "quarter",
        *_NAMED,
        "issue",
        "agency_code",
        "agency_th",
        "agency_en",
        "status",
    ),
    *("state", "delivered_percent", "planned_percent", "elapsed_percent", "variance_points"),
    *(
        "standing",
        "is_partial",
        *(f"{name}_baht" if "rate" not in name else name for name in _MONEY),
    ),
    *("is_unconfirmed", "is_sample"),
)
BUDGET_COLUMNS = (
    *("fiscal_year", "quarter", "source_code", "source_th", "source_en", "expenditure_type"),
    *("is_carried_over", *(f"{name}_baht" if "rate" not in name else name for name in _MONEY)),
)
SCORE_COLUMNS = (
    *("fiscal_year", "quarter", "level", *_NAMED, "weight", "score", "score_percent"),
    *("covered", "due", "projects", "delivered_percent", "planned_percent", "disbursement_rate"),
)
ALL_COLUMNS = tuple(
    dict.fromkeys(("table", *KPI_COLUMNS, *PROJECT_COLUMNS, *BUDGET_COLUMNS, *SCORE_COLUMNS))
)


def data_sets(report: Report) -> tuple[DataSet, ...]:
    """Return the open data of a report: KPIs, projects, budget and scores."""
    period = (report.period.fiscal_year, report.period.quarter)
    return (
        _data_set("kpis", KPI_COLUMNS, [(*period, *row) for row in _kpis(report)]),
        _data_set("projects", PROJECT_COLUMNS, [(*period, *row) for row in _projects(report)]),
        _data_set("budget", BUDGET_COLUMNS, [(*period, *row) for row in _budget(report)]),
        _data_set("scores", SCORE_COLUMNS, [(*period, *row) for row in _scores(report)]),
    )


def csv_of(report: Report) -> bytes:
    """Write all tables of a report as one CSV; the column `table` says which row is of which."""
    rows = []
    for data_set in data_sets(report):
        names = [column.name for column in data_set.columns]
        for row in data_set.rows:
            named: dict[str, Value] = {"table": data_set.name, **dict(zip(names, row, strict=True))}
            rows.append(tuple(named.get(name) for name in ALL_COLUMNS))
    columns = [Column(name, name, "text") for name in ALL_COLUMNS]
    return b"".join(csv_chunks(columns, rows))


def _data_set(name: str, names: Sequence[str], rows: Sequence[tuple[Value, ...]]) -> DataSet:
    return DataSet(name, tuple(Column(each, each, "text") for each in names), tuple(rows))


def _kpis(report: Report) -> Iterator[tuple[Value, ...]]:
    for row in report.kpis:
        yield (
            *(row.level, row.code, row.name.th, row.name.en, row.unit.th, row.unit.en),
            *(row.agency_code, row.agency.th, row.agency.en, row.issue_address, row.weight),
            *(row.direction, row.state, row.value, row.ytd_state, row.ytd_value, row.ytd_numerator),
            *(
                row.ytd_denominator,
                row.is_partial,
                row.covered,
                row.due,
                row.target,
                row.target_low,
            ),
            *(row.target_high, row.measured_against, row.achievement, row.score, row.score_percent),
            *(row.standing, row.last_year, row.rules_version, row.curve_code),
            *(row.is_unconfirmed, row.is_sample),
        )


def _projects(report: Report) -> Iterator[tuple[Value, ...]]:
    for row in report.projects:
        yield (
            *(
                row.code,
                row.name.th,
                row.name.en,
                row.issue_address,
                row.agency_code,
                row.agency.th,
            ),
            *(row.agency.en, row.status, row.state, row.delivered, row.planned, row.elapsed),
            *(row.variance, row.standing, row.is_partial, *_money(row.money)),
            *(row.is_unconfirmed, row.is_sample),
        )


def _budget(report: Report) -> Iterator[tuple[Value, ...]]:
    for row in report.money_rows:
        yield (
            *(row.source_code, row.source.th, row.source.en, row.expenditure_type),
            *(row.is_carried_over, *_money(row.money)),
        )


def _scores(report: Report) -> Iterator[tuple[Value, ...]]:
    name = report.province_name
    yield (
        *("province", "", name.th, name.en, None, *_total(report.province)),
        *(*_delivery(report.delivery), report.money.disbursement_rate),
    )
    for issue in report.issues:
        yield (
            *("issue", issue.address, issue.name.th, issue.name.en, issue.weight, None),
            *(issue.percent, issue.covered, issue.due, *_delivery(issue.delivery)),
            issue.money.disbursement_rate,
        )
    for agency in report.agencies:
        yield (
            *("agency", agency.code, agency.name.th, agency.name.en, None, *_total(agency.total)),
            *(None, None, None, None),
        )


def _total(total: Total) -> tuple[Decimal | None, Decimal | None, int, int]:
    return total.score, total.percent, total.covered, total.due


def _delivery(delivery: Delivery) -> tuple[int, Decimal | None, Decimal | None]:
    return delivery.projects, delivery.actual, delivery.planned


def _money(money: Money) -> tuple[Any, ...]:
    return tuple(getattr(money, name) for name in _MONEY)
