"""Columns of the KPI lists as files: English names, nothing rounded."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.downloads import ListColumn, Listing, columns_of
from common.tables import CellKind
from kpi.models import Indicator, IndicatorVersion


def _figure(name: str, label: Any) -> ListColumn:
    return _of_figure(name, label, kind="number")


def _of_figure(name: str, label: Any, *, kind: CellKind = "text") -> ListColumn:
    def read(line: Any) -> Any:
        return getattr(line.figure, name) if line.figure else None

    return ListColumn(name, label, read, kind, places=4)


def _state(line: Any) -> str | None:
    """The state's code; `withheld` where the quarter must be published first."""
    if line.is_withheld:
        return "withheld"
    return line.figure.state if line.figure else None


PROVINCE_KPIS = Listing(
    "kpis",
    _("ตัวชี้วัดของจังหวัด"),
    (
        ListColumn("fiscal_year", _("ปีงบประมาณ"), lambda line: line.kpi.fiscal_year_id, "integer"),
        ListColumn("issue", _("ประเด็นการพัฒนา"), lambda line: getattr(line.kpi.issue, "code", None)),
        ListColumn("code", _("รหัส"), lambda line: line.kpi.code),
        ListColumn("name_th", _("ตัวชี้วัด"), lambda line: line.kpi.indicator.name_th, width=52),
        ListColumn("name_en", _("ชื่ออังกฤษ"), lambda line: line.kpi.indicator.name_en, width=40),
        ListColumn("agency_code", _("รหัสหน่วยงาน"), lambda line: line.kpi.agency.code),
        ListColumn("agency_th", _("หน่วยงานเจ้าภาพ"), lambda line: line.kpi.agency.name_th, width=32),
        ListColumn("state", _("สถานะข้อมูล"), _state),
        _figure("value", _("ผลไตรมาส")),
        _figure("ytd_value", _("ผลสะสม")),
        ListColumn("target_ytd", _("เป้า"), lambda line: line.target.value, "number", places=4),
        _figure("achievement", _("ร้อยละของเป้า")),
        _figure("score", _("คะแนน")),
        _of_figure("is_partial", _("ข้อมูลไม่ครบ"), kind="boolean"),
        _of_figure("covered", _("รายงานแล้ว"), kind="integer"),
        _of_figure("due", _("ต้องรายงาน"), kind="integer"),
        ListColumn("is_sample", _("ข้อมูลตัวอย่าง"), lambda line: line.kpi.is_sample, "boolean"),
    ),
)


def _target(number: int) -> Callable[[Any], Decimal | None]:
    """Read the target of a quarter from what was fetched before."""
    return lambda row: next(
        (each.value for each in row[0].targets.all() if each.quarter == number), None
    )


# A row is a KPI and the version of its definition in force.
DICTIONARY = Listing(
    "kpi-dictionary",
    _("พจนานุกรมตัวชี้วัด"),
    (
        ListColumn("fiscal_year", _("ปีงบประมาณ"), lambda row: row[0].fiscal_year_id, "integer"),
        ListColumn("level", _("ระดับ"), lambda row: row[0].scorecard.level),
        ListColumn("code", _("รหัส"), lambda row: row[0].code),
        ListColumn("indicator", _("รหัสนิยาม"), lambda row: row[0].indicator.code),
        ListColumn("name_th", _("ตัวชี้วัด"), lambda row: row[0].indicator.name_th, width=52),
        ListColumn("name_en", _("ชื่ออังกฤษ"), lambda row: row[0].indicator.name_en, width=40),
        ListColumn("agency_code", _("รหัสหน่วยงาน"), lambda row: row[0].agency.code),
        ListColumn("agency_th", _("หน่วยงาน"), lambda row: row[0].agency.name_th, width=32),
        ListColumn("weight", _("น้ำหนัก"), lambda row: row[0].weight, "number"),
        ListColumn("unit", _("หน่วย"), lambda row: row[1].unit if row[1] else None),
        ListColumn(
            "definition_version",
            _("นิยามฉบับที่"),
            lambda row: row[1].number if row[1] else None,
            "integer",
        ),
        *(
            ListColumn(
                f"target_q{number}",
                label,
                _target(number),
                "number",
                places=4,
            )
            for number, label in enumerate(
                (_("เป้า ไตรมาส 1"), _("เป้า ไตรมาส 2"), _("เป้า ไตรมาส 3"), _("เป้า ไตรมาส 4")), 1
            )
        ),
        ListColumn("is_sample", _("ข้อมูลตัวอย่าง"), lambda row: row[0].is_sample, "boolean"),
    ),
)

# A row has the indicator and the version of its rules in force.
INDICATORS = Listing(
    "indicators",
    _("พจนานุกรมตัวชี้วัด"),
    (
        *columns_of(Indicator, "code", "name_th", "name_en", "definition_th", row="indicator"),
        *columns_of(Indicator, "source_agency.code", "is_active", row="indicator"),
        *columns_of(IndicatorVersion, "number", "unit_th", "unit_en", "is_ratio", row="version"),
        *columns_of(IndicatorVersion, "over_time", "over_units", "direction", row="version"),
        *columns_of(Indicator, "is_sample", row="indicator"),
    ),
)

# A row is an agency's place of a quarter.
RANKING = Listing(
    "ranking",
    _("คะแนนและอันดับ"),
    (
        ListColumn("place", _("อันดับ"), lambda row: row.placed.place, "integer"),
        ListColumn("is_tied", _("อันดับร่วม"), lambda row: row.placed.is_tied, "boolean"),
        ListColumn("agency_code", _("รหัสหน่วยงาน"), lambda row: row.scorecard.agency.code),
        ListColumn("agency_th", _("หน่วยงาน"), lambda row: row.scorecard.agency.name_th, width=32),
        ListColumn("percent", _("คะแนน"), lambda row: row.score.percent, "percent", places=4),
        ListColumn("band", _("ระดับ"), lambda row: row.band),
        ListColumn("coverage", _("รายงานแล้ว"), lambda row: row.coverage, "percent", places=2),
        ListColumn("is_sample", _("ข้อมูลตัวอย่าง"), lambda row: row.scorecard.is_sample, "boolean"),
    ),
)
