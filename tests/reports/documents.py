"""A report made by hand, with every state in it."""

from decimal import Decimal as D
from typing import Any

from reports.document import (
    FORMAT,
    AgencyRow,
    Correction,
    CurveInForce,
    Delivery,
    EditionMark,
    IssueRow,
    KPIRow,
    Money,
    MoneyMonth,
    MoneyRow,
    MoneyTarget,
    Period,
    ProjectRow,
    Report,
    Total,
    Words,
)

MONEY = Money(
    D("212400000.00"),
    D("212400000.00"),
    D("12104800.00"),
    D("193880120.50"),
    D("91.2807"),
    D("96.9798"),
)
NO_MONEY = Money(D(0), D(0), D(0), D(0), None, None)
DELIVERY = Delivery(
    46,
    D("93.42"),
    D("100"),
    44,
    46,
    True,
    2,
    D("50"),
    {"on_track": 30, "behind": 10, "critical": 4, "unreported": 2},
)
NO_DELIVERY = Delivery(0, None, None, 0, 0, False, 0, None, {})


def kpi(code="1.1", **changes):
    base: dict[str, Any] = {
        "code": code,
        "level": "province",
        "name": Words("ร้อยละของน้ำเสียที่ได้รับการบำบัด", "Share of waste water treated"),
        "unit": Words("ร้อยละ", "percent"),
        "decimals": 2,
        "shows_one_to": False,
        "direction": "higher",
        "agency_code": "MNRE",
        "agency": Words("สำนักงานทรัพยากรธรรมชาติและสิ่งแวดล้อมจังหวัด", "Natural Resources Office"),
        "issue_address": "2566-1",
        "weight": D("8.0000"),
        "state": "value",
        "state_reason": "",
        "value": D("96.3800"),
        "ytd_state": "value",
        "ytd_value": D("96.3800"),
        "ytd_numerator": None,
        "ytd_denominator": None,
        "is_partial": False,
        "covered": 3,
        "due": 3,
        "target": D("95.0000"),
        "target_low": None,
        "target_high": None,
        "measured_against": None,
        "achievement": D("101.4526"),
        "score": D("5.0000"),
        "score_percent": D("100.0000"),
        "last_year": D("94.1000"),
        "standing": "good",
        "is_unconfirmed": False,
        "is_sample": True,
        "rules_version": 1,
        "curve_code": "five",
    }
    return KPIRow(**(base | changes))


def without_value(code, state, **changes):
    nothing = dict.fromkeys(("value", "ytd_value", "achievement", "score", "score_percent"))
    return kpi(code, state=state, ytd_state=state, standing="", **nothing, **changes)


def report(**changes):
    base: dict[str, Any] = {
        "format": FORMAT,
        "edition": EditionMark(
            1,
            "2026-11-14T09:00:00+07:00",
            "/reports/2569/q4/edition/1/",
            "/reports/2569/q4/",
            0,
            "a" * 64,
        ),
        "period": Period(2569, 4, "2025-10-01", "2026-09-30"),
        "closed_at": "2026-10-28T16:30:00+07:00",
        "is_sample": True,
        "province_name": Words("จังหวัดสมุทรสาคร", "Samut Sakhon Province"),
        "summary": Words(
            "คะแนนจังหวัดสูงขึ้นจากไตรมาส 3 น้ำเสียและการดำเนินงานด้านสิ่งแวดล้อมยังต่ำกว่าเป้า\nยังขาด 2 ตัวชี้วัด",
            "The score rose.",
        ),
        "province": Total(D("4.0656"), D("81.3120"), D(5), 12, 14, D(86), D(100), "good"),
        "previous_score": D("3.9738"),
        "scale": "five",
        "issues": (
            IssueRow(
                "2566-1",
                "1",
                Words("เพิ่มศักยภาพภาคอุตสาหกรรม การค้า และการลงทุน", "Industry"),
                D(60),
                D("89.2180"),
                3,
                3,
                D("80.4"),
                "good",
                DELIVERY,
                MONEY,
                True,
            ),
            IssueRow(
                "2566-2",
                "2",
                Words("พัฒนาสังคม ยกระดับคุณภาพชีวิตและสิ่งแวดล้อม", "Society"),
                D(40),
                D("53.8680"),
                4,
                5,
                D("55"),
                "bad",
                NO_DELIVERY,
                NO_MONEY,
                True,
            ),
        ),
        "agencies": (
            AgencyRow(
                "MNRE",
                Words("สำนักงานทรัพยากรธรรมชาติฯ", "Natural Resources Office"),
                Total(D("3.4"), D("68"), D(5), 2, 3, D(80), D(100), "watch"),
            ),
        ),
        "kpis": (
            kpi("1.1"),
            kpi("1.2", decimals=0, value=D(0), ytd_value=D(0), standing="bad", achievement=D(0)),
            kpi("1.3", shows_one_to=True, decimals=0, direction="lower", standing="watch"),
            without_value("1.4", "not_due"),
            without_value("2.1", "not_applicable", issue_address="2566-2"),
            without_value("2.2", "not_reported", issue_address="2566-2"),
            without_value("2.3", "late", issue_address="2566-2"),
            kpi(
                "2.4",
                issue_address="2566-2",
                is_partial=True,
                covered=8,
                due=11,
                corrected="แก้ไข 1",
            ),
            kpi(
                "2.5",
                issue_address="",
                direction="band",
                target=None,
                target_low=D(20),
                target_high=D(30),
            ),
            kpi("MNRE-1", level="agency"),
        ),
        "projects": (
            ProjectRow(
                "P-001",
                Words("โครงการบำบัดน้ำเสียคลองดำเนินสะดวก", "Canal"),
                "2566-1",
                "MNRE",
                Words("สำนักงานทรัพยากรฯ"),
                "running",
                "value",
                D(80),
                D(90),
                D(100),
                D(-10),
                "behind",
                False,
                False,
                MONEY,
                True,
            ),
            ProjectRow(
                "P-002",
                Words("โครงการที่ยังไม่รายงาน"),
                "2566-2",
                "MNRE",
                Words("สำนักงานทรัพยากรฯ"),
                "running",
                "late",
                None,
                D(90),
                D(100),
                None,
                "",
                False,
                False,
                NO_MONEY,
                True,
            ),
        ),
        "delivery": DELIVERY,
        "money": MONEY,
        "money_rows": (
            MoneyRow(
                "province", Words("งบประมาณจังหวัด", "Provincial budget"), "investment", False, MONEY
            ),
            MoneyRow("province", Words("งบประมาณจังหวัด"), "investment", True, NO_MONEY),
        ),
        "money_targets": (
            MoneyTarget(
                "overall",
                "disbursement",
                D(93),
                "cabinet",
                "มติ ครม.",
                True,
                D("91.2807"),
                D("-1.7193"),
                D("3651879.50"),
            ),
        ),
        "money_months": tuple(
            MoneyMonth(month, D(month) * 1000, D(month) * 7 if month != 3 else None)
            for month in range(1, 13)
        ),
        "curves": (
            CurveInForce(
                "five", "five", "achievement", ((D(60), D(1)), (D(100), D(5))), False, "hold"
            ),
        ),
        "corrections": (
            Correction(
                2,
                "2026-11-14T09:00:00+07:00",
                "2.4",
                Words("ฟาร์มสัตว์น้ำที่ได้รับการรับรอง"),
                "1,921",
                "1,912",
                "นับซ้ำ 9 ฟาร์ม",
            ),
        ),
    }
    return Report(**(base | changes))
