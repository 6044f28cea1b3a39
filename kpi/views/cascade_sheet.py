"""A step of a cascade as a form: what is typed, what it comes to, and parts filled in for the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.bilingual import page_language
from common.readings import Kind, Reading
from common.thainumbers import format_number, read_number
from kpi.forms import say
from kpi.models import KPI, Link, Target
from kpi.rules import cascades
from kpi.rules.cascades import QUARTERS, Branch, Check, Step
from kpi.rules.wording import FINDINGS, reason_sentence
from kpi.scoring.years import split
from submissions.models import Quarter

PARTS = ("value", "low", "high", "planned_denominator")
METHODS = {
    "equal": gettext_lazy("เท่ากันทุกผู้รับ"),
    "percent": gettext_lazy("ตามร้อยละที่ใส่"),
    "amount": gettext_lazy("ตามจำนวนที่ใส่"),
    "last": gettext_lazy("ตามสัดส่วนของปีก่อน"),
}


Choices = Sequence[tuple[str, Sequence[tuple[str, str]]]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One input of a child's row."""

    name: str
    label: str
    text: str
    error: str = ""


@dataclass(slots=True)
class Row:
    """One child as it is shown and typed."""

    branch: Branch
    kind: str
    quarters: Sequence[Sequence[Cell]]
    share: Cell
    year: Decimal | None
    refusal: str = ""

    @property
    def kpi(self) -> KPI:
        return self.branch.kpi

    @property
    def is_same(self) -> bool:
        return self.kind == Link.Kind.SAME

    @property
    def has_error(self) -> bool:
        return bool(self.share.error) or any(
            cell.error for cells in self.quarters for cell in cells
        )


@dataclass(slots=True)
class Sheet:
    """A step as a form: its rows, its checks with what is typed, and what was refused."""

    step: Step
    rows: Sequence[Row]
    checks: Sequence[Check]
    method: str = "equal"
    refusal: str = ""
    said: str = ""
    targets: Mapping[int, Mapping[int, Target]] = field(default_factory=dict)
    # What may be put under the parent: groups of (value, name).
    choices: Choices = ()

    @property
    def may_change(self) -> bool:
        return any(row.branch.why_not is None for row in self.rows)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The checks as they are read: children, parent, difference and the finding in words."""
        d = self.step.decimals
        return [
            {
                "check": check,
                "children": _edges(check.found.children, d),
                "parent": _edges(check.found.parent, d),
                "difference": _edges(check.found.difference, d, signed=True),
                "finding": FINDINGS[check.found.finding],
                "reason": reason_sentence(check.found.reason) if check.found.reason else "",
            }
            for check in self.checks
        ]

    @property
    def is_settled(self) -> bool:
        return all(check.is_settled for check in self.checks)


def _edges(target: Any, decimals: int, *, signed: bool = False) -> str:
    def one(value: Decimal | None) -> str:
        shown = format_number(value, decimals, lang=page_language())
        return f"+{shown}" if signed and value is not None and value > 0 else shown

    if target.low is not None or target.high is not None:
        return (
            f"{one(target.low)}–{one(target.high)}"
            if not signed
            else (f"{one(target.low)} / {one(target.high)}")
        )
    return one(target.value)


def _shown(value: Decimal | None, decimals: int) -> str:
    if value is None:
        return ""
    places = max(decimals, -int(value.normalize().as_tuple().exponent))
    return format_number(value, min(places, 4), lang=page_language())


def _parts(step: Step, branch: Branch | None = None) -> tuple[str, ...]:
    """What of a target is typed in a quarter: the value or two edges, and a ratio's denominator."""
    version = branch.version if branch else step.version
    parts: tuple[str, ...] = (
        ("low", "high") if version and version.direction == "band" else ("value",)
    )
    weighs = step.version is not None and step.version.over_units == "ratio"
    return (*parts, "planned_denominator") if weighs and version and version.is_ratio else parts


def _label(part: str, number: int, code: str) -> str:
    words = {
        "value": _("เป้าหมาย"),
        "low": _("ขอบล่าง"),
        "high": _("ขอบบน"),
        "planned_denominator": _("ตัวหารตามแผน"),
    }
    return _("%(code)s %(what)s ไตรมาส %(number)s") % {
        "code": code,
        "what": words[part],
        "number": number,
    }


def _row(
    step: Step,
    branch: Branch,
    targets: Mapping[int, Target],
    kind: str,
    share: str,
    written: Mapping[str, str],
    errors: Mapping[str, str],
) -> Row:
    pk, decimals = branch.kpi.pk, branch.version.decimals if branch.version else 2
    quarters = [
        [
            Cell(
                name := f"{part}_{number}-{pk}",
                _label(part, number, branch.kpi.code),
                written.get(name, _shown(getattr(targets.get(number), part, None), decimals)),
                errors.get(name, ""),
            )
            for part in _parts(step, branch)
        ]
        for number in QUARTERS
    ]
    name = f"share-{pk}"
    cell = Cell(
        name,
        _("%(code)s ส่วนแบ่ง") % {"code": branch.kpi.code},
        written.get(name, share),
        errors.get(name, ""),
    )
    return Row(branch, kind, quarters, cell, branch.kpi.year_target)


def stored(step: Step) -> Sheet:
    rows = [
        _row(step, branch, branch.targets, branch.link.kind, "", {}, {}) for branch in step.branches
    ]
    return Sheet(step, rows, step.checks)


def typed(step: Step, posted: Mapping[str, str]) -> Sheet:
    """The step with what was typed: inputs kept as written, checks with the figures as understood."""
    rows, targets = [], {}
    kinds: dict[int, str] = {}
    for branch in step.branches:
        pk = branch.kpi.pk
        errors: dict[str, str] = {}
        its: dict[int, Target] = {}
        for number in QUARTERS:
            before = branch.targets.get(number)
            values = {part: getattr(before, part, None) for part in (*PARTS, "base")}
            for part in _parts(step, branch):
                name = f"{part}_{number}-{pk}"
                if name not in posted or branch.why_not is not None:
                    continue
                reading: Reading[Decimal] = read_number(posted[name])
                values[part] = reading.value if reading.kind is Kind.VALUE else None
                if reading.error:
                    errors[name] = say(reading.error)
            if before is not None or any(value is not None for value in values.values()):
                its[number] = Target(kpi_id=pk, quarter=number, **values)
        kind = posted.get(f"kind-{pk}", branch.link.kind)
        kinds[pk] = kind if kind in Link.Kind.values else branch.link.kind
        targets[pk] = its
        rows.append(_row(step, branch, its, kinds[pk], "", posted, errors))
    method = posted.get("method", "equal")
    return Sheet(
        step,
        rows,
        _checks(step, targets, kinds),
        method=method if method in METHODS else "equal",
        targets=targets,
    )


def _checks(
    step: Step, targets: Mapping[int, Mapping[int, Target]], kinds: Mapping[int, str]
) -> list[Check]:
    """The checks with what is typed; what the person does not read stays as it is stored."""
    accepted = {check.quarter: check.accepted for check in step.checks}
    children = [
        (
            Link(
                parent=each.link.parent,
                child=each.kpi,
                kind=kinds.get(each.kpi.pk, each.link.kind),
                weight=each.link.weight,
            ),
            targets.get(each.kpi.pk, each.targets),
        )
        for each in step.all_branches
    ]
    return [
        cascades.check_of(
            step.parent, step.version, step.targets, children, quarter, accepted.get(quarter)
        )
        for quarter in QUARTERS
    ]


def filled(sheet: Sheet, posted: Mapping[str, str]) -> Sheet:
    """The step with the parent's open quarters divided among its share children; nothing is saved."""
    step = sheet.step
    given: dict[int, Decimal | None] = {}
    for branch in step.shares:
        reading: Reading[Decimal] = read_number(posted.get(f"share-{branch.kpi.pk}", ""))
        given[branch.kpi.pk] = reading.value if reading.kind is Kind.VALUE else None
    weights, why_not = cascades.weights_of(sheet.method, step, given)
    if not why_not and step.hidden:
        why_not = _("ท่านเห็นผู้รับไม่ครบ จึงแบ่งทั้งหมดไม่ได้ ใส่เป้าหมายของหน่วยงานตนเองแทน")
    if why_not:
        sheet.refusal = why_not
        return sheet
    closed = set(
        Quarter.objects.filter(
            fiscal_year=step.parent.fiscal_year_id, closed_at__isnull=False
        ).values_list("number", flat=True)
    )
    written = {
        name: text
        for name, text in posted.items()
        if name.startswith(("share-", "kind-", "planned_denominator_", "method", "parent"))
    }
    for number in QUARTERS:
        target = step.targets.get(number)
        for part in _parts(step):
            whole = getattr(target, part, None)
            if number in closed or (part == "planned_denominator" and not step.adds_up):
                continue
            parts = (
                split(whole, weights, step.decimals)
                if step.adds_up and whole is not None
                else [whole] * len(weights)
            )
            for branch, value in zip(step.shares, parts, strict=True):
                written[f"{part}_{number}-{branch.kpi.pk}"] = _shown(value, step.decimals)
    result = typed(step, written)
    result.said = _("ใส่ค่าลงช่องแล้ว ตรวจแล้วกดบันทึก ยังไม่มีค่าใดถูกบันทึก")
    return result
