"""A report in words and placed figures of one language: what its page and its PDF both say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.bilingual import page_language
from common.states import CellState
from common.thaidates import (
    fiscal_month_name,
    format_date,
    format_datetime,
    format_fiscal_year,
    format_quarter,
)
from common.thainumbers import format_number
from reports.document import (
    Delivery,
    IssueRow,
    KPIRow,
    Money,
    Period,
    ProjectRow,
    Report,
    Total,
    Words,
)

ZERO, HUNDRED = Decimal(0), Decimal(100)


def said(words: Words) -> str:
    return words.of(page_language())


def number(value: Decimal | int | None, decimals: int = 2) -> str:
    return format_number(value, decimals, lang=page_language())


def signed(value: Decimal | None, decimals: int = 2) -> str:
    text = number(value, decimals)
    return f"+{text}" if value is not None and value > 0 else text


def state_word(state: str) -> str:
    """Say one of the five states; a value says nothing but itself."""
    return {
        CellState.NOT_DUE: _("ยังไม่ถึงกำหนด"),
        CellState.NOT_APPLICABLE: _("ไม่เกี่ยวข้อง"),
        CellState.NOT_REPORTED: _("ยังไม่รายงาน"),
        CellState.LATE: _("เกินกำหนด"),
        CellState.VALUE: "",
    }[CellState(state)]


def standing_word(standing: str) -> str:
    return {
        "good": _("ถึงเป้า"),
        "watch": _("ใกล้เป้า"),
        "bad": _("ต่ำกว่าเป้า"),
        "on_track": _("ตามแผน"),
        "behind": _("ล่าช้า"),
        "critical": _("วิกฤต"),
    }.get(standing, "")


def status_word(status: str) -> str:
    return {
        "proposed": _("เสนอ"),
        "screened": _("ผ่านการกลั่นกรอง"),
        "approved": _("อนุมัติแล้ว ยังไม่เริ่ม"),
        "running": _("กำลังดำเนินการ"),
        "finished": _("แล้วเสร็จ"),
        "cancelled": _("ยกเลิก"),
    }[status]


def type_word(expenditure_type: str) -> str:
    return {
        "investment": _("รายจ่ายลงทุน"),
        "recurrent": _("รายจ่ายประจำ"),
        "overall": _("ภาพรวม"),
    }[expenditure_type]


def measure_word(measure: str) -> str:
    return {"disbursement": _("เบิกจ่าย"), "spending": _("ใช้จ่าย")}[measure]


def figure_text(value: Decimal | None, row: KPIRow) -> str:
    text = number(value, row.decimals)
    return f"1:{text}" if text and row.shows_one_to else text


def target_text(row: KPIRow) -> str:
    if row.direction == "band":
        if row.target_low is None or row.target_high is None:
            return ""
        return f"{number(row.target_low, row.decimals)}–{number(row.target_high, row.decimals)}"
    return figure_text(row.target, row)


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str
    unit: str
    note: str
    standing: str = ""
    coverage: str = ""


@dataclass(frozen=True, slots=True)
class ScoreStep:
    label: str
    sum: str
    start: str
    track: str
    width: str
    text: str


@dataclass(frozen=True, slots=True)
class IssueLine:
    code: str
    name: str
    href: str
    weight: str
    score: str
    delta: str
    standing: str
    standing_word: str
    coverage: str
    work: Decimal | None
    plan: Decimal | None
    money: Decimal | None
    money_target: Decimal | None
    projects: str


@dataclass(frozen=True, slots=True)
class KPILine:
    code: str
    name: str
    href: str
    # Where the figure of this very quarter comes from.
    explain: str
    note: str
    weight: str
    target: str
    state: str
    state_word: str
    value: str
    sub: str
    last_year: str
    achievement: str
    standing: str
    standing_word: str
    score: str
    decimals: str
    correction: str
    agency: str


@dataclass(frozen=True, slots=True)
class KPIGroup:
    title: str
    score: str
    coverage: str
    lines: tuple[KPILine, ...]


@dataclass(frozen=True, slots=True)
class AgencyLine:
    name: str
    score: str
    percent: str
    coverage: str
    standing: str
    standing_word: str


@dataclass(frozen=True, slots=True)
class ProjectLine:
    code: str
    name: str
    href: str
    agency: str
    status: str
    state: str
    state_word: str
    delivered: str
    planned: str
    variance: str
    unconfirmed: str
    standing: str
    standing_word: str
    money_rate: str
    revised: str


@dataclass(frozen=True, slots=True)
class MoneyLine:
    name: str
    revised: str
    obligated: str
    disbursed: str
    rate: str
    gap: str
    standing: str
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class TargetLine:
    name: str
    target: str
    rate: str
    points: str
    needed: str
    source: str
    standing: str


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    edition: str
    day: str
    name: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the page and the PDF show, in reading order."""

    language: str
    portal: str
    owner: str
    title: str
    title_parts: tuple[str, str]
    lede: str
    sample: str
    edition: int
    quarter: str
    previous_quarter: str
    address: str
    newest: str
    sha256: str
    closed: str
    scale: str
    facts: tuple[Fact, ...]
    summary: tuple[str, ...]
    steps: tuple[ScoreStep, ...]
    issues: tuple[IssueLine, ...]
    whole: IssueLine
    time_passed: Decimal
    groups: tuple[KPIGroup, ...]
    kpi_count: int
    agencies: tuple[AgencyLine, ...]
    project_states: tuple[tuple[str, str], ...]
    projects: tuple[ProjectLine, ...]
    money: tuple[MoneyLine, ...]
    targets: tuple[TargetLine, ...]
    months: tuple[tuple[str, Decimal | None], ...]
    corrections: tuple[CorrectionLine, ...]
    money_target: Decimal | None


def story_of(report: Report, sha256: str) -> Story:
    """Tell a report in the language in force."""
    lang = page_language()
    year, quarter = report.period.fiscal_year, report.period.quarter
    closed = datetime.fromisoformat(report.closed_at)
    overall = _overall_target(report)
    province = said(report.province_name)
    summary = [line.strip() for line in said(report.summary).splitlines() if line.strip()]
    name = _("รายงานผลการดำเนินงานตามแผนพัฒนาจังหวัด")
    period = format_quarter(year, quarter, "long", lang)
    return Story(
        language=lang,
        portal=_("ยุทธศาสตร์%(province)s") % {"province": province},
        owner=_("สำนักงาน%(province)s กลุ่มงานยุทธศาสตร์และข้อมูลเพื่อการพัฒนาจังหวัด")
        % {"province": province},
        title=f"{name} {period}",
        title_parts=(name, period),
        lede=_lede(report, closed),
        sample=_("ข้อมูลตัวอย่าง") if report.is_sample else "",
        edition=report.edition.number,
        quarter=format_quarter(year, quarter, "short", lang),
        previous_quarter=_("ไตรมาส %(quarter)d") % {"quarter": quarter - 1} if quarter > 1 else "",
        address=report.edition.address,
        newest=report.edition.newest_address,
        sha256=sha256,
        closed=format_datetime(closed, lang=lang),
        scale=_curves(report),
        facts=_facts(report, overall),
        summary=tuple(summary),
        steps=_steps(report),
        issues=tuple(_issue_line(row, overall) for row in report.issues),
        whole=_whole_line(report, overall),
        time_passed=HUNDRED * quarter / 4,
        groups=_groups(report),
        kpi_count=sum(row.level == "province" for row in report.kpis),
        agencies=tuple(
            AgencyLine(
                said(row.name),
                number(row.total.score, 4),
                number(row.total.percent),
                _coverage(row.total.covered, row.total.due),
                row.total.standing,
                standing_word(row.total.standing),
            )
            for row in report.agencies
        ),
        project_states=_project_states(report.delivery),
        projects=tuple(_project_line(row) for row in report.projects),
        money=_money_lines(report, overall),
        targets=_target_lines(report),
        months=tuple(
            (fiscal_month_name(each.month, "short", lang), each.rate)
            for each in report.money_months
        ),
        corrections=tuple(
            CorrectionLine(
                str(each.edition),
                format_date(date.fromisoformat(each.restated_at[:10]), lang=lang),
                f"{each.code} {said(each.name)}",
                each.before,
                each.after,
                each.reason,
            )
            for each in report.corrections
        ),
        money_target=overall,
    )


def _lede(report: Report, closed: datetime) -> str:
    lang = page_language()
    return _(
        "ฉบับที่ %(edition)d · ข้อมูล %(start)s ถึง %(end)s · ปิดไตรมาส %(closed)s · เผยแพร่ %(published)s"
    ) % {
        "edition": report.edition.number,
        "start": format_date(date.fromisoformat(report.period.from_date), lang=lang),
        "end": format_date(date.fromisoformat(report.period.until_date), lang=lang),
        "closed": format_date(closed.date(), lang=lang),
        "published": format_date(date.fromisoformat(report.edition.published_at[:10]), lang=lang),
    }


def _overall_target(report: Report) -> Decimal | None:
    """Return the Cabinet's overall disbursement target for the quarter's end, where it is known."""
    for target in report.money_targets:
        if target.category == "overall" and target.measure == "disbursement":
            return target.percent
    return None


def _coverage(covered: int, due: int) -> str:
    return f"{covered}/{due}"


def _facts(report: Report, overall: Decimal | None) -> tuple[Fact, ...]:
    kpis = [row for row in report.kpis if row.level == "province"]
    counts = {each: sum(row.standing == each for row in kpis) for each in ("good", "watch", "bad")}
    total, delivery, money = report.province, report.delivery, report.money
    top = f" {number(total.top, 0)}" if total.top is not None else ""
    before = (
        _("ไตรมาส %(quarter)d ได้ %(score)s")
        % {"quarter": report.period.quarter - 1, "score": number(report.previous_score, 4)}
        if report.previous_score is not None
        else ""
    )
    behind = (
        None
        if delivery.actual is None or delivery.planned is None
        else delivery.actual - delivery.planned
    )
    return (
        Fact(
            _("คะแนนจังหวัด"),
            number(total.score, 4) or "–",
            _("จาก%(top)s") % {"top": top} if top else "",
            before,
            coverage=_coverage(total.covered, total.due),
        ),
        Fact(
            _("ตัวชี้วัด"),
            str(counts["good"]),
            _("ถึงเป้า จาก %(count)d") % {"count": len(kpis)},
            _("ใกล้เป้า %(watch)d · ต่ำกว่าเป้า %(bad)d") % counts,
        ),
        Fact(
            _("งานโครงการ %(count)d โครงการ") % {"count": delivery.projects},
            number(delivery.actual) or "–",
            "%" if delivery.actual is not None else "",
            _variance_words(behind),
            _standing_of_variance(behind),
            _coverage(delivery.counted, delivery.due) if delivery.is_partial else "",
        ),
        Fact(
            _("เบิกจ่าย"),
            number(money.disbursement_rate) or "–",
            "%" if money.disbursement_rate is not None else "",
            _gap_words(money, overall),
            _standing_of_gap(money.disbursement_rate, overall),
        ),
    )


def _variance_words(points: Decimal | None) -> str:
    if points is None:
        return ""
    if points < 0:
        return _("ช้ากว่าแผน %(points)s จุด") % {"points": number(-points)}
    return _("ไม่ช้ากว่าแผน")


def _standing_of_variance(points: Decimal | None) -> str:
    if points is None:
        return ""
    return "good" if points >= -5 else "watch" if points >= -15 else "bad"


def _gap_words(money: Money, target: Decimal | None) -> str:
    if target is None or money.disbursement_rate is None:
        return _("ไม่ทราบเป้าหมายของไตรมาสนี้")
    points = money.disbursement_rate - target
    if points < 0:
        return _("ต่ำกว่าเป้า %(points)s จุด") % {"points": number(-points)}
    return _("ถึงเป้า %(target)s") % {"target": number(target)}


def _standing_of_gap(rate: Decimal | None, target: Decimal | None) -> str:
    if rate is None or target is None:
        return ""
    return "good" if rate >= target else "watch" if rate >= target - 5 else "bad"


def _steps(report: Report) -> tuple[ScoreStep, ...]:
    """Show how the issues' scores make the province's: each part in points of 100."""
    weights = sum((row.weight or ZERO for row in report.issues if row.percent is not None), ZERO)
    start, drawn = ZERO, []
    for row in report.issues:
        if row.percent is None or not row.weight or not weights:
            continue
        share = row.weight / weights * HUNDRED
        part = row.percent * row.weight / weights
        drawn.append(
            ScoreStep(
                _("ประเด็น %(code)s") % {"code": row.code},
                f"{number(row.weight, 0)} × {number(row.percent)}",
                _place(start),
                _place(share),
                _place(part),
                f"+{number(part)}",
            )
        )
        start += part
    return tuple(drawn)


def _place(value: Decimal) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"


def _issue_line(row: IssueRow, overall: Decimal | None) -> IssueLine:
    delta = (
        None
        if row.percent is None or row.previous_percent is None
        else row.percent - row.previous_percent
    )
    return IssueLine(
        code=row.code,
        name=said(row.name),
        href=f"{_root()}/issues/{row.address}/",
        weight=number(row.weight, 0),
        score=number(row.percent),
        delta=signed(delta),
        standing=row.standing,
        standing_word=standing_word(row.standing),
        coverage=_coverage(row.covered, row.due),
        work=row.delivery.actual,
        plan=row.delivery.planned,
        money=row.money.disbursement_rate,
        money_target=overall,
        projects=number(row.delivery.projects, 0),
    )


def _whole_line(report: Report, overall: Decimal | None) -> IssueLine:
    total: Total = report.province
    return IssueLine(
        code="",
        name=_("จังหวัด"),
        href="",
        weight=number(sum((row.weight or ZERO for row in report.issues), ZERO), 0),
        score=number(total.percent),
        delta="",
        standing=total.standing,
        standing_word=standing_word(total.standing),
        coverage=_coverage(total.covered, total.due),
        work=report.delivery.actual,
        plan=report.delivery.planned,
        money=report.money.disbursement_rate,
        money_target=overall,
        projects=number(report.delivery.projects, 0),
    )


def _root() -> str:
    return "/en" if page_language() == "en" else ""


def _groups(report: Report) -> tuple[KPIGroup, ...]:
    """The province's KPIs under their issues, in order; those without an issue last."""
    kpis = [row for row in report.kpis if row.level == "province"]
    groups = []
    for issue in report.issues:
        lines = tuple(
            _kpi_line(row, report.period) for row in kpis if row.issue_address == issue.address
        )
        if lines:
            title = _("ประเด็นที่ %(code)s %(name)s") % {"code": issue.code, "name": said(issue.name)}
            groups.append(
                KPIGroup(title, number(issue.percent), _coverage(issue.covered, issue.due), lines)
            )
    known = {issue.address for issue in report.issues}
    rest = tuple(_kpi_line(row, report.period) for row in kpis if row.issue_address not in known)
    if rest:
        groups.append(KPIGroup(_("ตัวชี้วัดอื่นของจังหวัด"), "", "", rest))
    return tuple(groups)


def _kpi_line(row: KPIRow, period: Period) -> KPILine:
    notes = [said(row.unit)]
    if row.direction == "lower":
        notes.append(_("น้อยกว่าดีกว่า"))
    subs = []
    if row.is_partial and row.due:
        subs.append(_("บางส่วน %(coverage)s") % {"coverage": _coverage(row.covered, row.due)})
    if row.ytd_value is not None and row.state != CellState.VALUE:
        subs.append(_("ไตรมาสนี้: %(state)s") % {"state": state_word(row.state)})
    if row.is_unconfirmed:
        subs.append(_("ยังไม่ยืนยัน"))
    return KPILine(
        code=row.code,
        name=said(row.name),
        href=f"{_root()}/kpis/{row.code}/",
        explain=f"{_root()}/kpis/{row.code}/explain/{period.fiscal_year}-q{period.quarter}/",
        note=" · ".join(note for note in notes if note),
        weight=_trimmed(row.weight),
        target=target_text(row),
        state=row.ytd_state,
        state_word=state_word(row.ytd_state),
        value=figure_text(row.ytd_value, row),
        sub=" · ".join(subs),
        last_year=figure_text(row.last_year, row),
        achievement=number(row.achievement),
        standing=row.standing,
        standing_word=standing_word(row.standing),
        score=number(row.score, 4),
        decimals=f"d{row.decimals}",
        correction=_("แก้ไขย้อนหลัง") if row.corrected else "",
        agency=said(row.agency),
    )


def _trimmed(value: Decimal) -> str:
    places = 0 if value == value.to_integral_value() else 2
    return number(value, places)


def _project_states(delivery: Delivery) -> tuple[tuple[str, str], ...]:
    words: Mapping[str, str] = {
        "proposed": _("เสนอ"),
        "not_started": _("ยังไม่เริ่ม"),
        "on_track": _("ตามแผน"),
        "behind": _("ล่าช้า"),
        "critical": _("วิกฤต"),
        "finished": _("แล้วเสร็จ"),
        "cancelled": _("ยกเลิก"),
        "unreported": _("ยังไม่รายงาน"),
    }
    return tuple(
        (word, number(delivery.states[key], 0))
        for key, word in words.items()
        if delivery.states.get(key)
    )


def _project_line(row: ProjectRow) -> ProjectLine:
    return ProjectLine(
        code=row.code,
        name=said(row.name),
        href=f"{_root()}/projects/{row.code}/",
        agency=said(row.agency),
        status=status_word(row.status),
        state=row.state,
        state_word=state_word(row.state),
        delivered=number(row.delivered),
        planned=number(row.planned),
        variance=signed(row.variance),
        unconfirmed=_("ผลตรวจไม่ยืนยัน") if row.is_unconfirmed else "",
        standing={"on_track": "good", "behind": "watch", "critical": "bad"}.get(row.standing, ""),
        standing_word=standing_word(row.standing),
        money_rate=number(row.money.disbursement_rate),
        revised=number(row.money.revised),
    )


def _money_lines(report: Report, overall: Decimal | None) -> tuple[MoneyLine, ...]:
    lines = [
        _money_line(
            " · ".join(
                [said(row.source), type_word(row.expenditure_type)]
                + ([_("เงินกันเหลื่อมปี")] if row.is_carried_over else [])
            ),
            row.money,
            None if row.is_carried_over else overall,
        )
        for row in report.money_rows
    ]
    if lines:
        lines.append(_money_line(_("รวมงบปีปัจจุบัน"), report.money, overall, is_sum=True))
    return tuple(lines)


def _money_line(
    name: str, money: Money, target: Decimal | None, *, is_sum: bool = False
) -> MoneyLine:
    rate = money.disbursement_rate
    gap = None if rate is None or target is None else rate - target
    return MoneyLine(
        name,
        number(money.revised),
        number(money.obligated),
        number(money.disbursed),
        number(rate),
        signed(gap),
        _standing_of_gap(rate, target),
        is_sum,
    )


def _target_lines(report: Report) -> tuple[TargetLine, ...]:
    kinds = {
        "cabinet": _("มติคณะรัฐมนตรี"),
        "assumption": _("สมมติฐาน"),
        "sample": _("ตัวอย่าง"),
    }
    return tuple(
        TargetLine(
            f"{measure_word(each.measure)} · {type_word(each.category)}",
            number(each.percent),
            number(each.rate),
            signed(each.points),
            number(each.baht_needed) if each.baht_needed else "",
            kinds[each.kind] + ("" if each.is_verified else _(" (ยังไม่ตรวจสอบ)")),
            _standing_of_gap(each.rate, each.percent),
        )
        for each in report.money_targets
    )


def _curves(report: Report) -> str:
    presets = {"five": _("ห้าระดับ"), "three": _("สามระดับ"), "own": _("กำหนดเอง")}
    said_once = dict.fromkeys(
        f"{presets[curve.preset]} {' '.join(_trimmed(x) for x, _score in curve.points)}"
        for curve in report.curves
    )
    year = format_fiscal_year(report.period.fiscal_year, "short", page_language())
    return " · ".join([*said_once, _("ใช้ในปี %(year)s") % {"year": year}])


def as_words(story: Story) -> dict[str, Any]:
    """Return the headings that the PDF needs beside the story."""
    return {
        "summary": _("สรุป"),
        "steps": _("คะแนนมาจากไหน"),
        "steps_sum": _("น้ำหนัก × คะแนน"),
        "issues": _("ประเด็นการพัฒนา"),
        "issue": _("ประเด็นการพัฒนา"),
        "weight": _("น้ำหนัก"),
        "score": _("คะแนน"),
        "score_percent": _("คะแนน (%)"),
        "against": _("เทียบ %(quarter)s") % {"quarter": story.previous_quarter}
        if story.previous_quarter
        else "",
        "standing": _("ผล"),
        "coverage": _("ความครอบคลุม"),
        "three": _("งาน เงิน เวลา (%)"),
        "work": _("งาน"),
        "money_bar": _("เงิน"),
        "time": _("เวลา"),
        "kpis": _("ตัวชี้วัด %(count)d รายการ") % {"count": story.kpi_count},
        "code": _("รหัส"),
        "kpi": _("ตัวชี้วัด"),
        "target": _("เป้าหมาย"),
        "result": _("ผล"),
        "last_year": _("ปีก่อน"),
        "achievement": _("ร้อยละของเป้า"),
        "level": _("ระดับ"),
        "agencies": _("คะแนนรายหน่วยงาน"),
        "agency": _("หน่วยงาน"),
        "projects": _("โครงการ"),
        "project": _("โครงการ"),
        "status": _("สถานะ"),
        "delivered": _("งาน (%)"),
        "planned": _("แผน (%)"),
        "variance": _("ต่างจากแผน"),
        "money_rate": _("เบิกจ่าย (%)"),
        "money": _("เงินตามแหล่ง"),
        "source": _("แหล่งเงิน"),
        "revised": _("วงเงินหลังโอน (บาท)"),
        "obligated": _("ก่อหนี้ผูกพัน (บาท)"),
        "disbursed": _("เบิกจ่าย (บาท)"),
        "rate": _("ร้อยละ"),
        "gap": _("เทียบเป้า"),
        "targets": _("เป้าหมายตามมติคณะรัฐมนตรี"),
        "measure": _("วัดจาก"),
        "points": _("ต่าง (จุด)"),
        "needed": _("ต้องเบิกเพิ่ม (บาท)"),
        "origin": _("แหล่งที่มา"),
        "months": _("เบิกจ่ายสะสมรายเดือน (ร้อยละ)"),
        "no_value": _("ไม่มีค่า"),
        "corrections": _("บันทึกการแก้ไขหลังปิดไตรมาส"),
        "edition": _("ฉบับ"),
        "day": _("วันที่"),
        "before": _("เดิม"),
        "after": _("แก้เป็น"),
        "reason": _("เหตุผล"),
        "reference": _("อ้างอิงฉบับนี้"),
        "address": _("ที่อยู่ถาวร"),
        "sha": _("ค่าแฮช SHA-256 ของไฟล์ JSON"),
        "curves": _("เกณฑ์คะแนน"),
        "closed": _("ปิดเมื่อ"),
        "zero_note": _("0.00 คือค่าจริง ไม่ใช่ว่าง"),
        "total": _("รวม"),
        "page": _("หน้า"),
        "province": _("จังหวัด"),
        "states": [
            ["not_due", _("ยังไม่ถึงกำหนด")],
            ["not_applicable", _("ไม่เกี่ยวข้อง")],
            ["not_reported", _("ยังไม่รายงาน")],
            ["late", _("เกินกำหนด")],
        ],
    }
