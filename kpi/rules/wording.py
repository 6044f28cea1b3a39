"""The sentence for every code that the arithmetic gives."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kpi.scoring.curves import CurveRefusal
from kpi.scoring.outliers import Outlier
from kpi.scoring.parts import PartsRefusal
from kpi.scoring.reconciliation import Finding
from kpi.scoring.scorecards import ScorecardRefusal
from kpi.scoring.targets import TargetRefusal
from kpi.scoring.words import LinkRefusal, PairRefusal, Reason

PAIRS: Mapping[PairRefusal, Promise] = {
    PairRefusal.PEAK_WITH_SUM: _("ค่าสูงสุดของปีนำมารวมกันข้ามหน่วยงานไม่ได้ ให้เลือกค่าสูงสุดหรือรายงานเอง"),
    PairRefusal.PEAK_IN_RATIO: _("ตัวตั้งหรือตัวหารใช้ค่าสูงสุดของปีไม่ได้ ให้เลือกรวมสะสมหรือค่าสิ้นไตรมาส"),
    PairRefusal.RATIO_WITH_SUM_OR_MEAN: _(
        "อัตราส่วนรวมหรือเฉลี่ยข้ามหน่วยงานไม่ได้ ให้รวมตัวตั้งแล้วหารด้วยผลรวมตัวหาร"
    ),
    PairRefusal.RATIO_NEEDS_PARTS: _("กติกาผลรวมตัวตั้ง ÷ ผลรวมตัวหาร ใช้ได้เฉพาะตัวชี้วัดที่มีตัวตั้งและตัวหาร"),
    PairRefusal.BAND_WITH_FLOW: _("เป้าหมายเป็นช่วงใช้กับค่าที่รวมสะสมไม่ได้ ให้ใช้ค่าสิ้นไตรมาสหรืออัตราส่วน"),
    PairRefusal.BAND_NEEDS_LEVEL: _("เป้าหมายเป็นช่วงต้องเป็นระดับที่ต้องถึง ไม่ใช่ร้อยละที่เปลี่ยนหรือขั้นตอน"),
    PairRefusal.MILESTONE_WITH_FLOW: _("ขั้นตอนความสำเร็จนำมารวมสะสมไม่ได้ ให้ใช้ค่าสิ้นไตรมาส"),
    PairRefusal.MILESTONE_OVER_UNITS: _(
        "ขั้นตอนความสำเร็จข้ามหน่วยงานใช้ได้เฉพาะรายงานเอง ค่าต่ำสุด หรือค่าสูงสุด"
    ),
    PairRefusal.MILESTONE_OF_RATIO: _("ตัวชี้วัดที่มีตัวตั้งและตัวหารเป็นขั้นตอนความสำเร็จไม่ได้"),
    PairRefusal.MILESTONE_NEEDS_HIGHER: _("ขั้นตอนความสำเร็จต้องเป็นแบบมากกว่าดีกว่า"),
    PairRefusal.PARTS_INCOMPLETE: _("ตัวชี้วัดอัตราส่วนต้องเลือกกติการวมตามเวลาให้ครบทั้งตัวตั้งและตัวหาร"),
}

PARTS: Mapping[PartsRefusal, Promise] = {
    PartsRefusal.NOT_ADDITIVE: _("ค่าสูงสุด ค่าเฉลี่ย ค่าต่ำสุด และขั้นตอนความสำเร็จ จำแนกเป็นยอดย่อยที่รวมกันไม่ได้"),
    PartsRefusal.MISSING: _("กรอกยอดย่อยให้ครบทุกรายการ ไม่มีให้ใส่ 0"),
    PartsRefusal.DO_NOT_ADD_UP: _("ยอดย่อยรวมกันไม่เท่ายอดรวม"),
}

LINKS: Mapping[LinkRefusal, Promise] = {
    LinkRefusal.CIRCLE: _("เชื่อมแบบนี้จะวนเป็นวง ตัวชี้วัดจะอยู่ใต้ตัวเอง"),
    LinkRefusal.SECOND_LINK: _("ตัวชี้วัดสองตัวนี้เชื่อมกันอยู่แล้ว"),
    LinkRefusal.SECOND_SHARE_PARENT: _("ตัวชี้วัดนี้แบ่งค่าเป้าหมายจากตัวชี้วัดอื่นอยู่แล้ว แบ่งจากสองที่ไม่ได้"),
    LinkRefusal.SAME_STANDS_ALONE: _("ตัวชี้วัดที่รับทั้งหมดมาจากตัวชี้วัดหนึ่ง จะแบ่งหรือรับจากที่อื่นอีกไม่ได้"),
    LinkRefusal.SHARE_UNDER_SAME: _("ใต้ตัวชี้วัดที่รับทั้งหมด เชื่อมได้เฉพาะแบบรับทั้งหมดหรือสนับสนุน"),
}

TARGETS: Mapping[TargetRefusal, Promise] = {
    TargetRefusal.QUARTERS_DO_NOT_SUM: _("เป้าหมายสี่ไตรมาสรวมกันไม่เท่าเป้าหมายทั้งปี"),
    TargetRefusal.LAST_IS_NOT_YEAR: _("เป้าหมายไตรมาส 4 ต้องเท่ากับเป้าหมายทั้งปี"),
    TargetRefusal.BAND_EDGES: _("ขอบล่างของช่วงต้องน้อยกว่าขอบบน"),
    TargetRefusal.BAND_EDGE_MISSING: _("เป้าหมายเป็นช่วงต้องใส่ทั้งขอบล่างและขอบบน"),
}

CURVES: Mapping[CurveRefusal, Promise] = {
    CurveRefusal.NO_POINTS: _("เกณฑ์คะแนนต้องมีอย่างน้อยหนึ่งจุด"),
    CurveRefusal.POINTS_OUT_OF_ORDER: _("จุดของเกณฑ์คะแนนต้องเรียงจากแย่ไปดี"),
    CurveRefusal.SCORES_FALL: _("คะแนนของเกณฑ์ต้องไม่ลดลงเมื่อผลดีขึ้น"),
    CurveRefusal.NEGATIVE_SCORE: _("คะแนนติดลบไม่ได้"),
    CurveRefusal.BAND_OVER_VALUE: _("เป้าหมายเป็นช่วงให้คะแนนจากร้อยละความสำเร็จเท่านั้น"),
}

SCORECARDS: Mapping[ScorecardRefusal, Promise] = {
    ScorecardRefusal.NO_LINES: _("ยังไม่มีตัวชี้วัดในใบคะแนนนี้"),
    ScorecardRefusal.WEIGHT_NOT_POSITIVE: _("น้ำหนักทุกตัวต้องมากกว่าศูนย์"),
    ScorecardRefusal.WEIGHTS_DO_NOT_SUM: _("น้ำหนักรวมต้องเท่ากับ 100 ก่อนลงนาม"),
}

REASONS: Mapping[Reason, Promise] = {
    Reason.NO_CASE: _("ไม่มีกรณีในช่วงนี้"),
    Reason.ZERO_DIVISOR: _("ตัวหารเป็นศูนย์"),
    Reason.NO_TARGET: _("ไตรมาสนี้ไม่มีเป้าหมาย"),
    Reason.NO_PARENT_TARGET: _("ตัวชี้วัดแม่ยังไม่มีเป้าหมาย"),
    Reason.BASE_MISSING: _("ไม่มีค่าปีฐาน"),
    Reason.BASE_ZERO: _("ค่าปีฐานเป็นศูนย์"),
    Reason.BASE_PERIOD_UNKNOWN: _("รู้ค่าฐานเฉพาะทั้งปี จึงเทียบได้เมื่อสิ้นปี"),
    Reason.DENOMINATOR_MISSING: _("ไม่มีตัวหาร"),
    Reason.NO_CURVE: _("ยังไม่มีเกณฑ์คะแนน"),
    Reason.CURVE_NOT_SCALABLE: _("ปรับเกณฑ์คะแนนตามช่วงเวลาไม่ได้"),
    Reason.EARLIER_QUARTER_MISSING: _("ไตรมาสก่อนหน้ายังไม่มีค่า"),
    Reason.NO_VALUE: _("ยังไม่มีค่า"),
    Reason.SUPPORTS_ONLY: _("สนับสนุน อธิบายผล ไม่เข้าการคำนวณ"),
    Reason.SHOWS_PARENT: _("รับทั้งหมด แสดงค่าของตัวชี้วัดแม่ ไม่เข้าการคำนวณ"),
    Reason.EXPLAINS_ONLY: _("ตัวชี้วัดแม่รายงานเอง ค่านี้ใช้อธิบายเท่านั้น"),
}

OUTLIERS: Mapping[Outlier, Promise] = {
    Outlier.FAR_FROM_LAST: _("ต่างจากค่าที่เคยรายงานมาก"),
    Outlier.FAR_ABOVE_TARGET: _("มากกว่าเป้าหมายเกิน 10 เท่า"),
    Outlier.FAR_BELOW_TARGET: _("น้อยกว่าหนึ่งในสิบของเป้าหมาย"),
}

FINDINGS: Mapping[Finding, Promise] = {
    Finding.RECONCILED: _("เป้าหมายลงตัว"),
    Finding.OPEN: _("เป้าหมายไม่ลงตัว"),
    Finding.CANNOT_BE_CHECKED: _("ตรวจเป้าหมายไม่ได้"),
    Finding.NOT_RECONCILED_BY_RULE: _("รายงานเอง ไม่ต้องลงตัว"),
}


def reason_sentence(code: str) -> str:
    """Return the words for a stored reason; a code that is not known is shown as it is."""
    try:
        return str(REASONS[Reason(code)])
    except ValueError:
        return code
