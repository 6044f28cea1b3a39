"""A KPI's quarter, year to date, achievement and score: from the rows that made them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import Standing
from common.states import CellState
from common.workings import Step, Worked, number
from kpi.explaining.in_force import as_it_was, is_not_recorded, kept_for, links_below
from kpi.explaining.shapes import Contributor, Explanation
from kpi.models import KPI, Figure, InForce, Link
from kpi.models import Target as TargetRow
from kpi.rules.definitions import may_see_personal
from kpi.rules.disclosure import Disclosure, disclosure_of
from kpi.rules.wording import reason_sentence
from kpi.scoring import explaining as working
from kpi.scoring.curves import Axis, Scale, YearShare
from kpi.scoring.explaining import Brought
from kpi.scoring.targets import Base, Target, base_to_date, target_to_date
from kpi.scoring.words import IndicatorRules, Meaning, OverTime, OverUnits
from submissions.models import PeriodState, Quarter

VALUE = CellState.VALUE
NOTHING = Target()


@dataclass(frozen=True, slots=True)
class _Below:
    """The KPIs below one, with what each is and has, whoever may read it."""

    link: Link
    figure: Figure | None
    is_named: bool
    # Whether the reader may see its figure (`rules.disclosure`).
    is_read: bool = True


def explanation_of(
    kpi: KPI, quarter: Quarter, figure: Figure | None, standing: Standing
) -> Explanation:
    """Return how a KPI's stored figure is worked out; a dozen queries however many are below.

    The KPI is loaded by `with_rules`, the figure with its version; None where there is none for this
    reader. Of a closed quarter it is worked out from what was in force then.
    """
    told = disclosure_of(quarter, standing)
    kept = kept_for(figure, quarter)
    kpi = as_it_was(kpi, kept)
    below = _below(kpi, quarter, standing, kept, told)
    above = _shown_parent(kpi, quarter, kept)
    reads = _readable(kpi, below, quarter, standing)
    found = Explanation(
        contributors=[_contributor(kpi, quarter, each, reads) for each in below if each.is_named],
        hidden=sum(not each.is_named for each in below),
        not_recorded=is_not_recorded(figure, quarter, kept),
    )
    if above is not None:
        found.contributors.insert(0, _contributor_above(above, quarter, reads))
    if figure is None or (figure.version is None and above is None):
        return found
    if above is not None:
        found.steps = _as_shown(figure)
        return found
    assert figure.version is not None
    own = {
        each.quarter.number: each
        for each in Figure.objects.filter(
            kpi=kpi,
            quarter__fiscal_year=quarter.fiscal_year_id,
            quarter__number__lte=quarter.number,
        ).select_related("quarter")
    }
    rules = figure.version.rules
    is_parent = not kpi.reports_own and rules.over_units is not OverUnits.OWN
    made_of = [each for each in below if each.link.kind == Link.Kind.SHARE] if is_parent else []
    found.steps = [
        *_quarter_steps(figure, made_of, rules),
        *_to_date_steps(figure, own, made_of, rules),
        *_target_steps(kpi, figure, own, made_of, rules, quarter.number),
    ]
    return found


def _below(
    kpi: KPI, quarter: Quarter, standing: Standing, kept: InForce | None, told: Disclosure
) -> list[_Below]:
    links = links_below(kpi, kept)
    figures = {
        figure.kpi_id: figure
        for figure in Figure.objects.for_quarter(quarter).filter(
            kpi__in=[link.child_id for link in links]
        )
    }
    return [
        _Below(
            link,
            figures.get(link.child_id),
            named := not link.child.is_personal or may_see_personal(link.child, standing),
            named and told.reads(link.child),
        )
        for link in links
    ]


def _shown_parent(kpi: KPI, quarter: Quarter, kept: InForce | None) -> _Below | None:
    """The KPI whose figure this one shows, where it takes all of another's."""
    if kept is not None:
        parents = KPI.objects.select_related("indicator", "agency", "scorecard__post")
        parent = parents.filter(pk=kept.shown_id).first() if kept.shown_id else None
        link = Link(parent=parent, child=kpi, kind=Link.Kind.SAME) if parent else None
    else:
        link = (
            Link.objects.filter(child=kpi, kind=Link.Kind.SAME)
            .select_related("parent__indicator", "parent__agency", "parent__scorecard__post")
            .first()
        )
    if link is None:
        return None
    figure = Figure.objects.for_quarter(quarter).filter(kpi=link.parent_id).first()
    return _Below(link, figure, is_named=not link.parent.is_personal)


def _readable(
    kpi: KPI, below: Iterable[_Below], quarter: Quarter, standing: Standing
) -> frozenset[int] | None:
    """The KPIs whose own explanation the person may open; None where all of them are published."""
    if quarter.state == PeriodState.PUBLISHED:
        return None
    beside = KPI.objects.visible_to(standing).filter(
        Q(links_up__parent=kpi) | Q(links_down__child=kpi)
    )
    line = {each.link.child_id for each in below if each.link.child.is_personal and each.is_named}
    return frozenset(beside.values_list("pk", flat=True)) | line


def _address(kpi: KPI, quarter: Quarter, reads: frozenset[int] | None) -> str:
    if reads is not None and kpi.pk not in reads:
        return ""
    return reverse("kpi:explain", args=[kpi.code, quarter.fiscal_year_id, quarter.number])


def _contributor(
    kpi: KPI, quarter: Quarter, below: _Below, reads: frozenset[int] | None
) -> Contributor:
    figure, out = below.figure, ""
    if below.link.kind == Link.Kind.SUPPORT:
        out = reason_sentence("supports_only")
    elif below.link.kind == Link.Kind.SAME:
        out = reason_sentence("shows_parent")
    elif kpi.reports_own:
        out = reason_sentence("explains_only")
    elif below.is_read and (figure is None or figure.state != "value"):
        out = str(figure.get_state_display()) if figure else _("ยังไม่มีค่า")
    child = below.link.child
    return Contributor(
        code=child.code,
        name=child.name,
        agency=child.agency.short_name,
        kind=str(below.link.get_kind_display()),
        weight=below.link.weight,
        figure=figure if below.is_read else None,
        counted=not out,
        why_out=out,
        url=_address(child, quarter, reads),
        is_withheld=not below.is_read,
    )


def _contributor_above(
    above: _Below, quarter: Quarter, reads: frozenset[int] | None
) -> Contributor:
    parent = above.link.parent
    return Contributor(
        code=parent.code,
        name=parent.name if above.is_named else "",
        agency=parent.agency.short_name,
        kind=str(above.link.get_kind_display()),
        weight=above.link.weight,
        figure=above.figure,
        counted=True,
        why_out="",
        url=_address(parent, quarter, reads) if above.is_named else "",
    )


def _as_shown(figure: Figure) -> list[Step]:
    """A KPI that takes all of another's shows its figures as they are."""
    named = [
        (_("ค่าไตรมาสนี้"), figure.value),
        (_("ผลสะสม"), figure.ytd_value),
        (_("ร้อยละความสำเร็จ"), figure.achievement),
        (_("คะแนน"), figure.score),
    ]
    return [Step(title, number(value), value) for title, value in named if value is not None]


def _brought(
    below: Sequence[_Below], rules: IndicatorRules, names: tuple[str, str, str, str]
) -> list[Brought]:
    """What each child brings; those whose figures the reader may not see bring one sum together."""
    state, *parts = names
    counted = [each for each in below if each.figure and getattr(each.figure, state) == VALUE.value]
    named = [_one(each, parts) for each in counted if each.is_read]
    unnamed = [_one(each, parts) for each in counted if not each.is_read]
    return named + _together(unnamed, rules)


def _one(below: _Below, parts: Sequence[str]) -> Brought:
    value, numerator, denominator = (getattr(below.figure, name) for name in parts)
    return Brought(value, numerator, denominator, below.link.weight)


def _together(brought: Sequence[Brought], rules: IndicatorRules) -> list[Brought]:
    if not brought:
        return []
    values = [each.value for each in brought if each.value is not None]
    if rules.over_units is OverUnits.RATIO:
        return [
            Brought(
                None,
                sum((each.numerator or Decimal(0) for each in brought), Decimal(0)),
                sum((each.denominator or Decimal(0) for each in brought), Decimal(0)),
            )
        ]
    if rules.over_units is OverUnits.MEAN:
        weighed = sum((each.weight * (each.value or 0) for each in brought), Decimal(0))
        return [Brought(None, weighed, sum((each.weight for each in brought), Decimal(0)))]
    if rules.over_units is OverUnits.SUM:
        return [Brought(sum(values, Decimal(0)))]
    best = max(values) if rules.over_units is OverUnits.MAX else min(values)
    return [Brought(best)]


_QUARTER = ("state", "value", "numerator", "denominator")
_TO_DATE = ("ytd_state", "ytd_value", "ytd_numerator", "ytd_denominator")


def _quarter_steps(
    figure: Figure, made_of: Sequence[_Below], rules: IndicatorRules
) -> Iterable[Step]:
    if figure.value is None or figure.state != VALUE.value:
        return
    assert figure.version is not None
    scale = Decimal(figure.version.scale)
    if made_of:
        worked = working.combined(rules.over_units, _brought(made_of, rules, _QUARTER), scale)
    elif figure.numerator is not None and figure.denominator is not None:
        worked = working.quotient(number(figure.numerator), number(figure.denominator), scale)
    else:
        worked = number(figure.value)
    if worked is not None:
        yield Step(_("ค่าไตรมาสนี้"), worked, figure.value, figure.version.unit)


def _to_date_steps(
    figure: Figure, own: Mapping[int, Figure], made_of: Sequence[_Below], rules: IndicatorRules
) -> Iterable[Step]:
    if figure.ytd_value is None or figure.ytd_state != VALUE.value:
        return
    assert figure.version is not None
    scale = Decimal(figure.version.scale)
    worked: Worked | None
    if made_of:
        worked = working.combined(rules.over_units, _brought(made_of, rules, _TO_DATE), scale)
    elif rules.over_time is not None:
        worked = working.to_date(rules.over_time, _values(own, "value"))
    else:
        over, under = rules.parts_over_time
        above = working.to_date(over, _values(own, "numerator"))
        below = working.to_date(under, _values(own, "denominator"))
        worked = working.quotient(above, below, scale) if above and below else None
    if worked is not None:
        yield Step(_("ผลสะสม"), worked, figure.ytd_value, figure.version.unit)


def _values(
    own: Mapping[int, Figure], name: str, kept: Iterable[int] | None = None
) -> list[Decimal]:
    """The values of the quarters that have one, in order."""
    numbers = sorted(own if kept is None else set(own).intersection(kept))
    values = [getattr(own[at], name) for at in numbers if own[at].state == VALUE.value]
    return [value for value in values if value is not None]


def _target_steps(
    kpi: KPI,
    figure: Figure,
    own: Mapping[int, Figure],
    made_of: Sequence[_Below],
    rules: IndicatorRules,
    quarter: int,
) -> Iterable[Step]:
    rows = {row.quarter: row for row in TargetRow.objects.filter(kpi=kpi)}
    targets = [rows[at].target if at in rows else NOTHING for at in range(1, 5)]
    states = [
        CellState(own[at].state) if at in own else CellState.NOT_DUE for at in range(1, quarter + 1)
    ]
    due = target_to_date(rules, targets, states, quarter)
    percent = _("ร้อยละ")
    actual = figure.ytd_value
    if figure.achievement is not None and due is not None and actual is not None:
        if due.target.value is not None and rules.has_increments:
            kept = [targets[at - 1].value or Decimal(0) for at in sorted(due.kept)]
            yield Step(
                _("เป้าหมายสะสม"), Worked.sum_of([number(each) for each in kept]), due.target.value
            )
            if not made_of:
                narrowed = _values(own, "value", due.kept)
                actual = sum(narrowed, Decimal(0)) if narrowed else actual
        base = Base(
            tuple(rows[at].base if at in rows else None for at in range(1, 5)), kpi.base_value
        )
        baseline, _missing = base_to_date(rules, base, due.kept, quarter)
        if figure.measured_against is not None and baseline is not None:
            if moved := working.change(actual, baseline):
                yield Step(_("เปลี่ยนจากค่าฐาน"), moved, figure.measured_against, percent)
            actual = figure.measured_against
        reached = working.achievement(
            rules.direction,
            actual,
            due.target,
            baseline if rules.meaning is Meaning.LEVEL else None,
        )
        if reached is not None:
            yield Step(_("ร้อยละความสำเร็จ"), reached, figure.achievement, percent)
    yield from _score_steps(kpi, figure, rules, actual, due.target if due else NOTHING, targets)


def _score_steps(
    kpi: KPI,
    figure: Figure,
    rules: IndicatorRules,
    actual: Decimal | None,
    target: Target,
    targets: Sequence[Target],
) -> Iterable[Step]:
    if figure.score is None:
        return
    curve = kpi.curve.curve
    x = figure.achievement if curve.axis is Axis.ACHIEVEMENT else actual
    worked: Worked | None
    if figure.state != VALUE.value:
        worked = number(curve.floor)
    elif x is None:
        worked = None
    else:
        worked = working.on_curve(curve, x, rules.direction, _share(kpi, rules, target, targets))
    if worked is not None:
        yield Step(_("คะแนน"), worked, figure.score)
    card = kpi.scorecard
    worked = working.in_percent(figure.score, Scale(card.scale), card.top_score)
    if worked is not None and figure.score_percent is not None:
        yield Step(_("คะแนนเป็นร้อยละ"), worked, figure.score_percent)


def _share(
    kpi: KPI, rules: IndicatorRules, target: Target, targets: Sequence[Target]
) -> YearShare | None:
    if target.value is None or rules.over_time is not OverTime.FLOW or not rules.has_increments:
        return None
    year = kpi.year_target
    if year is None:
        year = sum((each.value or Decimal(0) for each in targets), Decimal(0))
    return YearShare(target.value, year)
