"""What an assessment's form says, as plain words in the usual order: page, xlsx and PDF say the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from common import fiscal
from common.bilingual import page_language
from common.states import CellState
from common.thaidates import format_date
from common.thainumbers import format_number
from kpi.models import Appraisal, AssessmentRound, Scorecard, SelfAssessment
from kpi.rules.assessed import Assessed, round_days
from kpi.rules.score_sheets import SheetLine


@dataclass(frozen=True, slots=True)
class Table:
    """Heads, rows and the last row, all as words; `wide` is the column that takes what is left."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    last: Sequence[str]
    wide: int = 0
    # Columns of words; the others are figures and stand right.
    left: Sequence[int] = (0,)


@dataclass(frozen=True, slots=True)
class Form:
    """An assessment's form in words."""

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    # Name, from which percent on, whether it is the one reached.
    bands: Sequence[tuple[str, str, bool]]
    band_title: str
    # What was written: title and text.
    texts: Sequence[tuple[str, str]]
    # Who signs as what: role, name, when.
    signatures: Sequence[tuple[str, str, str]]
    footnote: str
    sample: str
    language: str
    evidence: Sequence[tuple[str, str]] = field(default_factory=tuple)


def figure(value: Decimal | None, decimals: int = 2) -> str:
    return format_number(value, decimals, lang=page_language())


def state_of(line: SheetLine) -> str:
    """Say one of the five states; a value says nothing but itself."""
    return {
        CellState.NOT_DUE: _("ยังไม่ถึงกำหนด"),
        CellState.NOT_APPLICABLE: _("ไม่เกี่ยวข้อง"),
        CellState.NOT_REPORTED: _("ยังไม่รายงาน"),
        CellState.LATE: _("เกินกำหนด"),
        CellState.VALUE: "",
    }[CellState(line.state)]


def _result(line: SheetLine) -> str:
    if line.actual is None or line.state != CellState.VALUE:
        return state_of(line)
    return figure(line.actual, line.decimals)


def _target(line: SheetLine) -> str:
    if line.low is not None and line.high is not None:
        return f"{figure(line.low, line.decimals)}–{figure(line.high, line.decimals)}"
    return figure(line.target, line.decimals)


def _level(line: SheetLine, place: int) -> str:
    if place >= len(line.levels):
        return ""
    _score, x = line.levels[place]
    text = figure(x, 0 if x == x.to_integral_value() else 2)
    return f"{text}%" if line.axis == "achievement" else text


def _level_heads(form: Assessed) -> list[str]:
    longest = max((line.levels for line in form.sheet.lines), key=len, default=())
    return [figure(score, 0 if score == score.to_integral_value() else 2) for score, _x in longest]


def work_table(form: Assessed, *, title: str) -> Table:
    """Return KPIs with target, levels, result, score (ก), weight (ข) and ก × ข."""
    heads = _level_heads(form)
    total = form.sheet.total
    rows = [
        [
            f"{line.code} {line.name}" + (f" ({line.unit})" if line.unit else ""),
            _target(line),
            *(_level(line, place) for place in range(len(heads))),
            _result(line),
            figure(line.score, 4),
            figure(line.weight),
            figure(line.weighted, 4),
        ]
        for line in form.sheet.lines
    ]
    last = [
        _("รวม"),
        "",
        *("" for _head in heads),
        "",
        figure(total.score, 4),
        figure(form.sheet.weight),
        figure(form.sheet.points, 4),
    ]
    return Table(
        title,
        [
            _("ตัวชี้วัด"),
            _("เป้าหมาย"),
            *(_("ระดับ %(n)s") % {"n": head} for head in heads),
            _("ผล"),
            _("คะแนน (ก)"),
            _("น้ำหนัก (ข)"),
            _("ก × ข"),
        ],
        rows,
        last,
    )


def _competency_table(form: Assessed) -> Table:
    percent = form.outcome.other
    return Table(
        _("ส่วนที่ 2 สมรรถนะ"),
        [_("สมรรถนะ"), _("ระดับที่เห็น (ก)"), _("น้ำหนัก (ข)"), _("ก × ข")],
        [
            [
                f"{each.code} {each.name}",
                figure(each.level),
                figure(each.weight),
                figure(each.weighted, 4),
            ]
            for each in form.competencies
        ],
        [
            _("รวม"),
            "",
            figure(sum((each.weight for each in form.competencies), Decimal(0))),
            figure(None if percent is None else percent / 20, 4),
        ],
    )


def _summary_table(form: Assessed, other: str) -> Table:
    found = form.outcome
    rows = [
        [
            _("ผลสัมฤทธิ์ของงาน"),
            figure(found.work, 4),
            figure(form.work_share),
            figure(found.work_points, 4),
        ]
    ]
    if form.other_share:
        rows.append(
            [other, figure(found.other, 4), figure(form.other_share), figure(found.other_points, 4)]
        )
    return Table(
        _("สรุปผล"),
        [_("องค์ประกอบ"), _("ร้อยละ"), _("สัดส่วน"), _("คะแนน")],
        rows,
        [_("รวม"), "", figure(form.work_share + form.other_share), figure(found.total, 4)],
    )


def _band_lines(form: Assessed) -> list[tuple[str, str, bool]]:
    return [
        (each.name, _("ตั้งแต่ร้อยละ %(limit)s") % {"limit": figure(each.limit)}, each == form.band)
        for each in form.bands
    ]


def _days(scorecard: Scorecard, round_: AssessmentRound) -> str:
    begin, end = round_days(scorecard.fiscal_year_id, round_)
    lang = page_language()
    return f"{format_date(begin, 'long', lang)} – {format_date(end, 'long', lang)}"


def _coverage(form: Assessed) -> str:
    total = form.sheet.total
    return _("%(covered)d จาก %(due)d ตัวชี้วัดที่ถึงกำหนด น้ำหนัก %(weight)s จาก %(due_weight)s") % {
        "covered": total.covered,
        "due": total.due,
        "weight": figure(total.covered_weight),
        "due_weight": figure(total.due_weight),
    }


def appraisal_words(
    form: Assessed,
    scorecard: Scorecard,
    round_: AssessmentRound,
    *,
    name: str,
    appraisal: Appraisal | None,
) -> Form:
    """Return an officer's appraisal in words; `name` is the officer's."""
    assert scorecard.post is not None
    texts, signatures = [], [(_("ผู้รับการประเมิน"), name, ""), (_("ผู้ประเมิน"), "", "")]
    if appraisal is not None:
        texts = [
            (_("ความเห็นของผู้ประเมิน"), appraisal.comment_th),
            (_("แผนพัฒนารายบุคคล"), appraisal.development_th),
        ]
        lang = page_language()
        if appraisal.signed_by and appraisal.signed_at:
            signatures[1] = (
                _("ผู้ประเมิน"),
                appraisal.signed_by.get_full_name(),
                format_date(fiscal.local_date(appraisal.signed_at), "long", lang),
            )
        if appraisal.acknowledged_at:
            day = format_date(fiscal.local_date(appraisal.acknowledged_at), "long", lang)
            signatures[0] = (_("ผู้รับการประเมิน"), name, _("รับทราบ %(day)s") % {"day": day})
    return Form(
        title=_("แบบสรุปการประเมินผลการปฏิบัติราชการ"),
        subtitle=f"{round_.scheme.get_kind_display()} · {round_.name}",
        facts=[
            (_("ผู้รับการประเมิน"), name),
            (_("ตำแหน่ง"), scorecard.post.title),
            (_("สังกัด"), scorecard.agency.name),
            (_("รอบการประเมิน"), _days(scorecard, round_)),
            (_("ครอบคลุม"), _coverage(form)),
        ],
        tables=[
            work_table(form, title=_("ส่วนที่ 1 ผลสัมฤทธิ์ของงาน")),
            *([_competency_table(form)] if form.competencies else []),
            _summary_table(form, _("สมรรถนะ")),
        ],
        bands=_band_lines(form),
        band_title=_("ระดับผลการประเมิน"),
        texts=[each for each in texts if each[1]],
        signatures=signatures,
        footnote=_("ข้อมูลส่วนบุคคล เห็นได้เฉพาะเจ้าตัว ผู้บังคับบัญชาตามสายงาน และงานบุคคล ทุกครั้งที่เปิดถูกบันทึก"),
        sample=_("ข้อมูลตัวอย่าง") if scorecard.is_sample else "",
        language=page_language(),
    )


def self_assessment_words(
    form: Assessed,
    scorecard: Scorecard,
    round_: AssessmentRound,
    *,
    assessment: SelfAssessment | None,
) -> Form:
    """Return an agency's self-assessment in words, with remarks and the list of evidence."""
    lang = page_language()
    sent = (_("ผู้ส่งรายงาน"), "", "")
    texts = []
    if assessment is not None:
        texts = [(_("สรุปความเห็น"), assessment.summary_th)]
        if assessment.sent_by and assessment.sent_at:
            sent = (
                _("ผู้ส่งรายงาน"),
                assessment.sent_by.get_full_name(),
                format_date(fiscal.local_date(assessment.sent_at), "long", lang),
            )
    remarks = form.remark_of
    texts += [
        (f"{line.code} {line.name}", remarks.get(line.kpi_id) or line.note)
        for line in form.sheet.lines
    ]
    return Form(
        title=_("รายงานการประเมินตนเองของส่วนราชการ (e-SAR)"),
        subtitle=f"{scorecard.agency.name} · {round_.name}",
        facts=[
            (_("ส่วนราชการ"), scorecard.agency.name),
            (_("รอบการประเมิน"), _days(scorecard, round_)),
            (_("ครอบคลุม"), _coverage(form)),
        ],
        tables=[
            work_table(form, title=_("ผลสัมฤทธิ์ของงาน")),
            _summary_table(form, _("ศักยภาพในการดำเนินงาน")),
        ],
        bands=_band_lines(form),
        band_title=_("สรุปผลการประเมิน"),
        texts=[each for each in texts if each[1]],
        signatures=[sent],
        footnote="",
        sample=_("ข้อมูลตัวอย่าง") if scorecard.is_sample else "",
        language=lang,
        evidence=[(line.code, name) for line in form.sheet.lines for _pk, name in line.evidence],
    )
