"""Indicators with versioned rules, curves, scorecards, KPIs with targets, and the links between them.

Lists in, whole or not at all; may be repeated: what is there already and the same is left alone.
`by` None is a command run by the operator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Agency, Post, Role, User
from audit.log import Deed, record_many
from common import fiscal
from common.refusal import Refused
from kpi import rollups
from kpi.actions.disaggregations import (
    DisaggregationInput,
    ItemInput,
    same_disaggregations,
    write_disaggregations,
)
from kpi.models import (
    KPI,
    AcceptedDifference,
    Indicator,
    IndicatorVersion,
    Link,
    Scorecard,
    ScoreCurve,
    Target,
)
from kpi.rules import agreements, cascades
from kpi.rules import definitions as rules
from kpi.rules.surroundings import version_in_force
from kpi.scoring.targets import Target as PlannedTarget
from kpi.scoring.words import Direction
from kpi.tasks import ask_refresh
from strategy.models import FrameworkItem, Issue
from submissions.actions import changed_meanwhile, refuse_all
from submissions.models import FiscalYear, Quarter
from submissions.rules import standing_of


@dataclass(frozen=True, slots=True)
class IndicatorInput:
    """An indicator with the rules that hold from a quarter on.

    `version` names the columns of IndicatorVersion.
    """

    code: str
    name_th: str
    version: Mapping[str, Any]
    name_en: str = ""
    definition_th: str = ""
    definition_en: str = ""
    formula_th: str = ""
    formula_en: str = ""
    source_agency: Agency | None = None
    # None says nothing about them: what is aligned stays.
    framework_items: Sequence[FrameworkItem] | None = None
    is_active: bool = True
    # None says nothing about them: a new version keeps those of the version before.
    disaggregations: Sequence[DisaggregationInput] | None = None
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class CurveInput:
    """A score curve of a fiscal year; points are (x, score), x in order."""

    code: str
    fiscal_year: FiscalYear
    name_th: str
    preset: str
    points: Sequence[tuple[str, str]]
    name_en: str = ""
    axis: str = ScoreCurve.Axis.ACHIEVEMENT
    steps_only: bool = False
    below_first: str = ScoreCurve.Below.HOLD
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class TargetInput:
    """One quarter's target; see Target."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    planned_denominator: Decimal | None = None
    base: Decimal | None = None


@dataclass(frozen=True, slots=True)
class KPIInput:
    """An indicator on a scorecard, with weight, curve, base and targets by quarter number."""

    code: str
    indicator: Indicator
    curve: ScoreCurve
    weight: Decimal
    targets: Mapping[int, TargetInput] = field(default_factory=dict)
    issue: Issue | None = None
    reports_own: bool = False
    needs_acceptance: bool = False
    year_target: Decimal | None = None
    year_low: Decimal | None = None
    year_high: Decimal | None = None
    base_year: int | None = None
    base_value: Decimal | None = None
    base_unit_th: str = ""
    expected_evidence_th: str = ""
    # Who reports where it is not the scorecard's own agency (the province's KPIs).
    agency: Agency | None = None
    # Last year's line that this one was copied from.
    copied_from: KPI | None = None
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class LinkInput:
    """That a child KPI serves a parent."""

    parent: KPI
    child: KPI
    kind: str
    weight: Decimal = Decimal(1)


def _refuse_unless_strategist(by: User | None, at: datetime) -> None:
    standing = standing_of(by, fiscal.local_date(at)) if by else None
    if reason := rules.why_not_define(standing):
        raise Refused(reason, code="not_strategist")


@transaction.atomic
def define_indicators(
    *, indicators: Sequence[IndicatorInput], by: User | None, at: datetime
) -> list[Indicator]:
    """Put indicators into the dictionary; changed rules become a new version from their quarter on.

    :raises EntriesRefused: where two rules do not go together, or the quarter is closed already.
    """
    _refuse_unless_strategist(by, at)
    there = {
        each.code: each
        for each in Indicator.objects.filter(
            code__in=[given.code for given in indicators]
        ).prefetch_related("versions__disaggregations__items")
    }
    closed = _newest_closed()
    refusals: dict[int, Refused] = {}
    deeds, defined, changed = [], [], []
    for position, given in enumerate(indicators):
        indicator = there.get(given.code)
        versions = list(indicator.versions.all()) if indicator else []
        version = IndicatorVersion(**given.version, number=len(versions) + 1)
        told_apart = _told_apart(given, version, versions)
        reason = (
            rules.why_not_rules(version)
            or rules.why_not_tell_apart(version, told_apart)
            or (rules.why_not_rules_beside(version, _beside(indicator)) if indicator else None)
        )
        if reason:
            refusals[position] = Refused(reason, code="rules")
            continue
        same = any(
            _same_rules(version, each) and same_disaggregations(given.disaggregations, each)
            for each in versions
        )
        begins = (version.from_year, version.from_quarter)
        if versions and not same and begins <= closed:
            refusals[position] = Refused(
                _("ไตรมาสที่ให้กติกาใหม่มีผลปิดไปแล้ว เลือกไตรมาสที่ยังเปิด"), code="closed"
            )
            continue
        if not same and any(begins == (each.from_year, each.from_quarter) for each in versions):
            refusals[position] = Refused(
                _("มีกติกาอื่นที่เริ่มมีผลในไตรมาสเดียวกันอยู่แล้ว เลือกไตรมาสถัดไป"), code="begun"
            )
            continue
        names = {
            name: getattr(given, name)
            for name in (
                "name_th",
                "name_en",
                "definition_th",
                "definition_en",
                "formula_th",
                "formula_en",
                "source_agency",
                "is_active",
                "is_sample",
            )
        }
        described = _described(indicator, names)
        indicator, made = Indicator.objects.update_or_create(code=given.code, defaults=names)
        if given.framework_items is not None:
            indicator.framework_items.set(given.framework_items)
        if described:
            before, after = described
            deeds.append(Deed("kpi.indicator.described", indicator, before, after))
        if not same:
            version.indicator = indicator
            version.save()
            write_disaggregations(version, told_apart)
            verb = "kpi.indicator.defined" if made else "kpi.indicator.rules_changed"
            deeds.append(Deed(verb, indicator, after={"version": version.number}))
            if not made:
                changed.append(indicator)
        defined.append(indicator)
    refuse_all(refusals)
    record_many(deeds, by=by, at=at, role=Role.STRATEGIST)
    _refresh_users_of(changed)
    return defined


def _beside(indicator: Indicator) -> list[tuple[bool, KPI, IndicatorVersion]]:
    """The KPIs that share targets with those of an indicator in the years that still run.

    Each with whether it stands above, and its rules; two queries, none where there is no such link.
    """
    links = Link.objects.filter(
        Q(parent__indicator=indicator) | Q(child__indicator=indicator),
        kind=Link.Kind.SHARE,
        parent__fiscal_year__in=Quarter.objects.exclude(closed_at__isnull=False).values(
            "fiscal_year"
        ),
    ).select_related("parent__indicator", "child__indicator")
    others = [
        (above, link.parent if above else link.child)
        for link in links
        for above in (True, False)
        if (link.child if above else link.parent).indicator_id == indicator.pk
        and link.parent.indicator_id != link.child.indicator_id
    ]
    if not others:
        return []
    versions = versions_of([kpi.indicator for _above, kpi in others])
    return [
        (above, kpi, version)
        for above, kpi in others
        if (version := version_in_force(versions.get(kpi.indicator_id, ()), kpi.fiscal_year_id, 4))
    ]


def _described(
    indicator: Indicator | None, names: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What of an indicator's words changes: before and after, None where nothing does."""
    changed = {
        name: value
        for name, value in names.items()
        if indicator is not None and getattr(indicator, name) != value
    }
    return ({name: getattr(indicator, name) for name in changed}, changed) if changed else None


def _refresh_users_of(indicators: Sequence[Indicator]) -> None:
    """Ask for new figures of the KPIs whose rules changed, in the years that are not over."""
    if not indicators:
        return
    quarters: dict[int, list[Quarter]] = {}
    for quarter in Quarter.objects.open():
        quarters.setdefault(quarter.fiscal_year_id, []).append(quarter)
    for year, still_open in quarters.items():
        kpis = KPI.objects.for_year(year).filter(indicator__in=indicators)
        refresh_year(list(kpis.values_list("pk", flat=True)), year, still_open)


def _told_apart(
    given: IndicatorInput, version: IndicatorVersion, versions: Sequence[IndicatorVersion]
) -> Sequence[DisaggregationInput]:
    """What the version's figures are told apart into: as given, else as in the version before."""
    if given.disaggregations is not None:
        return given.disaggregations
    before = version_in_force(versions, version.from_year, version.from_quarter)
    if before is None:
        return ()
    return [
        DisaggregationInput(
            each.kind,
            each.name_th,
            [
                ItemInput(item.code, item.name_th, item.name_en, item.area)
                for item in sorted(each.items.all(), key=lambda item: item.order)
            ],
            each.name_en,
            each.is_required,
        )
        for each in sorted(before.disaggregations.all(), key=lambda each: each.order)
    ]


def _newest_closed() -> tuple[int, int]:
    """The newest quarter that is closed; rules that held up to then are frozen."""
    newest = Quarter.objects.filter(closed_at__isnull=False).in_time_order().last()
    return (newest.fiscal_year_id, newest.number) if newest else (0, 0)


def _same_rules(new: IndicatorVersion, old: IndicatorVersion) -> bool:
    """Whether two versions say the same from the same quarter on."""
    skipped = {"id", "indicator", "number"}
    return all(
        getattr(new, column.attname) == getattr(old, column.attname)
        for column in IndicatorVersion._meta.concrete_fields
        if column.name not in skipped
    )


@transaction.atomic
def draw_curves(*, curves: Sequence[CurveInput], by: User | None, at: datetime) -> list[ScoreCurve]:
    """Keep a year's score curves; a curve of a year with a closed quarter stays as it is.

    :raises EntriesRefused: where the points of one are not in order.
    """
    _refuse_unless_strategist(by, at)
    drawn: list[ScoreCurve] = []
    refusals: dict[int, Refused] = {}
    deeds = []
    for position, given in enumerate(curves):
        values = {
            "name_th": given.name_th,
            "name_en": given.name_en,
            "preset": given.preset,
            "axis": given.axis,
            "points": [[str(x), str(score)] for x, score in given.points],
            "steps_only": given.steps_only,
            "below_first": given.below_first,
            "is_sample": given.is_sample,
        }
        curve = ScoreCurve.objects.filter(fiscal_year=given.fiscal_year, code=given.code).first()
        if curve is not None and all(getattr(curve, name) == each for name, each in values.items()):
            drawn.append(curve)
            continue
        trial = ScoreCurve(fiscal_year=given.fiscal_year, code=given.code, **values)
        scored = list(KPI.objects.filter(curve=curve).select_related("indicator")) if curve else []
        if reason := _why_not_draw(trial, scored):
            refusals[position] = Refused(reason, code="curve")
            continue
        if (
            curve is not None
            and Quarter.objects.filter(
                fiscal_year=given.fiscal_year, closed_at__isnull=False
            ).exists()
        ):
            refusals[position] = Refused(_("ปีนี้มีไตรมาสที่ปิดแล้ว แก้เกณฑ์คะแนนไม่ได้"), code="closed")
            continue
        kept, _made = ScoreCurve.objects.update_or_create(
            fiscal_year=given.fiscal_year, code=given.code, defaults=values
        )
        deeds.append(Deed("kpi.curve.drawn", kept, after={"points": values["points"]}))
        drawn.append(kept)
        if scored:
            year = given.fiscal_year.year
            quarters = list(Quarter.objects.filter(fiscal_year=year))
            refresh_year([kpi.pk for kpi in scored], year, quarters)
    refuse_all(refusals)
    record_many(deeds, by=by, at=at, role=Role.STRATEGIST)
    return drawn


def _why_not_draw(curve: ScoreCurve, scored: Sequence[KPI]) -> str | None:
    """Say why a curve may not look so: its own points, then the KPIs that it scores already."""
    if reason := rules.why_not_preset(curve):
        return reason
    if not scored:
        # Which way is better is the KPI's to say; here only that the points fit one of them.
        reason = rules.why_not_curve(curve, Direction.HIGHER)
        return reason if reason and rules.why_not_curve(curve, Direction.LOWER) else None
    versions = versions_of([kpi.indicator for kpi in scored])
    for kpi in scored:
        version = version_in_force(versions.get(kpi.indicator_id, ()), kpi.fiscal_year_id, 4)
        if version and (reason := rules.why_not_curve(curve, version.rules.direction)):
            return _("%(reason)s (ตัวชี้วัด %(code)s ใช้เกณฑ์นี้อยู่)") % {"reason": reason, "code": kpi.code}
    return None


@transaction.atomic
def make_scorecard(
    *,
    fiscal_year: FiscalYear,
    level: str,
    agency: Agency,
    post: Post | None = None,
    scale: str = ScoreCurve.Preset.FIVE,
    by: User | None,
    at: datetime,
    is_sample: bool = False,
) -> Scorecard:
    """Make a scorecard of the province, an agency or a post; may be repeated.

    :raises Refused: if the person may not make it.
    """
    standing = standing_of(by, fiscal.local_date(at)) if by else None
    if reason := agreements.why_not_make(level, agency.pk, post, standing):
        raise Refused(reason, code="not_allowed")
    place: dict[str, Any] = {"fiscal_year": fiscal_year, "level": level, "post": post}
    if level == Scorecard.Level.AGENCY:
        place["agency"] = agency
    scorecard, made = Scorecard.objects.get_or_create(
        **place, defaults={"agency": agency, "scale": scale, "is_sample": is_sample}
    )
    if made:
        record_many(
            [Deed("kpi.scorecard.made", scorecard, agency_code=agency.code)],
            by=by,
            at=at,
            role=Role.STRATEGIST,
        )
    return scorecard


@transaction.atomic
def put_kpis(
    *,
    scorecard: Scorecard,
    kpis: Sequence[KPIInput],
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> list[KPI]:
    """Put KPIs with their targets on a scorecard; the same again changes nothing.

    `seen` is the scorecard's version that the person saw; None overwrites (a command).

    :raises EntriesRefused: where targets do not stand together, a weight is not positive, a curve
        does not fit, the scorecard is signed, or the quarter is closed.
    :raises Refused: if the person may not, one side has signed, or it changed meanwhile.
    """
    standing = standing_of(by, fiscal.local_date(at)) if by else None
    quarters = list(Quarter.objects.filter(fiscal_year=scorecard.fiscal_year_id))
    if standing is not None and (
        reason := agreements.why_not_change(scorecard, standing)
        or agreements.why_not_change_year(quarters)
    ):
        raise Refused(reason, code="not_allowed")
    return _put(scorecard, kpis, quarters, by=by, at=at, seen=seen)


@transaction.atomic
def amend_kpis(
    *, scorecard: Scorecard, kpis: Sequence[KPIInput], by: User, at: datetime
) -> list[KPI]:
    """Put what both sides of a signed scorecard agreed to; the amendment's verb has asked the rules.

    :raises EntriesRefused: where it cannot stand (any more).
    """
    quarters = list(Quarter.objects.filter(fiscal_year=scorecard.fiscal_year_id))
    return _put(scorecard, kpis, quarters, by=by, at=at, seen=None, amends=True)


def _put(
    scorecard: Scorecard,
    kpis: Sequence[KPIInput],
    quarters: Sequence[Quarter],
    *,
    by: User | None,
    at: datetime,
    seen: int | None,
    amends: bool = False,
) -> list[KPI]:
    there = {kpi.code: kpi for kpi in KPI.objects.for_year(scorecard.fiscal_year_id)}
    versions = versions_of([given.indicator for given in kpis])
    refusals: dict[int, Refused] = {}
    deeds, put = [], []
    for position, given in enumerate(kpis):
        version = version_in_force(
            versions.get(given.indicator.pk, ()), scorecard.fiscal_year_id, 4
        )
        kpi = there.get(given.code)
        reason = why_not_put(given, version, scorecard, kpi, quarters, amends=amends)
        if by is not None and kpi is not None and kpi.scorecard_id != scorecard.pk:
            reason = _("รหัสนี้อยู่ในใบคะแนนอื่นของปีนี้แล้ว ใช้รหัสอื่น")
        if reason:
            refusals[position] = Refused(reason, code="kpi")
            continue
        values = _columns(given, scorecard)
        if kpi is None:
            kpi = KPI(fiscal_year_id=scorecard.fiscal_year_id, code=given.code, **values)
            kpi.save()
            deeds.append(Deed("kpi.kpi.added", kpi, agency_code=kpi.agency.code))
        elif changed := {
            name: value for name, value in values.items() if getattr(kpi, name) != value
        }:
            before = {name: getattr(kpi, name) for name in changed}
            for name, value in changed.items():
                setattr(kpi, name, value)
            kpi.save(update_fields=list(changed))
            deeds.append(Deed("kpi.kpi.changed", kpi, before, changed, agency_code=kpi.agency.code))
        if _set_targets(kpi, given.targets):
            deeds.append(
                Deed(
                    "kpi.target.set",
                    kpi,
                    after={str(number): str(each.value) for number, each in given.targets.items()},
                    agency_code=kpi.agency.code,
                )
            )
        put.append(kpi)
    refuse_all(refusals)
    if deeds:
        grow_version(scorecard, seen)
    record_many(deeds, by=by, at=at, role=Role.STRATEGIST if by is None else "")
    if deeds:
        refresh_year([kpi.pk for kpi in put], scorecard.fiscal_year_id, quarters)
    return put


def grow_version(scorecard: Scorecard, seen: int | None) -> None:
    """Let a scorecard's version grow with its change.

    :raises Refused: if it is no longer the version that the person saw, or was signed meanwhile.
    """
    stands = Scorecard.objects.filter(pk=scorecard.pk, state=scorecard.state)
    if seen is not None:
        stands = stands.filter(version=seen, owner_signed_at=None, supervisor_signed_at=None)
    if not stands.update(version=F("version") + 1):
        raise Refused(changed_meanwhile(), code="stale")


def why_not_put(
    given: KPIInput,
    version: IndicatorVersion | None,
    scorecard: Scorecard,
    kpi: KPI | None,
    quarters: Sequence[Quarter],
    *,
    amends: bool = False,
) -> str | None:
    """Say why a KPI may not stand on the scorecard as given; `amends`: both sides agree to it."""
    if version is None:
        return _("ตัวชี้วัดนี้ยังไม่มีกติกาที่มีผลในปีนี้")
    if given.weight <= 0:
        return _("น้ำหนักต้องมากกว่า 0")
    if scorecard.state == Scorecard.State.SIGNED and not amends:
        return _("ใบคะแนนนี้ลงนามแล้ว แก้ได้โดยบันทึกแก้ไขข้อตกลงเท่านั้น")
    if reason := rules.why_not_curve(given.curve, version.rules.direction):
        return reason
    year = PlannedTarget(given.year_target, given.year_low, given.year_high)
    planned = [
        PlannedTarget(each.value, each.low, each.high)
        for number in range(1, 5)
        if (each := given.targets.get(number, TargetInput()))
    ]
    if reason := rules.why_not_targets_of(version, year, planned):
        return reason
    if kpi is not None and (changed := _changed_targets(kpi, given.targets)):
        return rules.why_not_change_targets(quarters, changed)
    return None


def _columns(given: KPIInput, scorecard: Scorecard) -> dict[str, Any]:
    values = {"copied_from": given.copied_from} if given.copied_from else {}
    return values | {
        "scorecard": scorecard,
        "indicator": given.indicator,
        "agency": given.agency or scorecard.agency,
        "issue": given.issue,
        "edition": given.issue.edition if given.issue else None,
        "weight": given.weight,
        "curve": given.curve,
        "reports_own": given.reports_own,
        "year_target": given.year_target,
        "year_low": given.year_low,
        "year_high": given.year_high,
        "base_year": given.base_year,
        "base_value": given.base_value,
        "base_unit_th": given.base_unit_th,
        "expected_evidence_th": given.expected_evidence_th,
        "needs_acceptance": given.needs_acceptance,
        "is_sample": given.is_sample,
    }


def versions_of(indicators: Sequence[Indicator]) -> dict[int, list[IndicatorVersion]]:
    """Return the versions of the rules by indicator; one query."""
    found: dict[int, list[IndicatorVersion]] = {}
    for version in IndicatorVersion.objects.filter(
        indicator__in={indicator.pk for indicator in indicators}
    ):
        found.setdefault(version.indicator_id, []).append(version)
    return found


_TARGET_COLUMNS = ("value", "low", "high", "planned_denominator", "base")


def _changed_targets(kpi: KPI, given: Mapping[int, TargetInput]) -> list[int]:
    """The quarters whose targets would not stay as they are."""
    stored = {target.quarter: target for target in Target.objects.filter(kpi=kpi)}
    return [
        number
        for number, each in given.items()
        if any(
            getattr(stored.get(number), name, None) != getattr(each, name)
            for name in _TARGET_COLUMNS
        )
    ]


def _set_targets(kpi: KPI, given: Mapping[int, TargetInput]) -> bool:
    """Write the quarters' targets in one statement; False where they stand already."""
    if not _changed_targets(kpi, given):
        return False
    Target.objects.bulk_create(
        [
            Target(
                kpi=kpi,
                quarter=number,
                **{name: getattr(each, name) for name in _TARGET_COLUMNS},
            )
            for number, each in given.items()
        ],
        update_conflicts=True,
        unique_fields=["kpi", "quarter"],
        update_fields=list(_TARGET_COLUMNS),
    )
    return True


@transaction.atomic
def link_kpis(*, links: Sequence[LinkInput], by: User | None, at: datetime) -> list[Link]:
    """Let children serve parents; a link that is there already is left alone.

    :raises EntriesRefused: on a circle, a second share parent, an impossible pair, another year, or
        a child that is not the person's to link.
    """
    standing = standing_of(by, fiscal.local_date(at)) if by else None
    years = {given.parent.fiscal_year_id for given in links}
    there = list(Link.objects.filter(parent__fiscal_year__in=years))
    versions = versions_of(
        [each.indicator for given in links for each in (given.parent, given.child)]
    )
    refusals: dict[int, Refused] = {}
    deeds, made = [], []
    for position, given in enumerate(links):
        same = next(
            (
                link
                for link in there
                if (link.parent_id, link.child_id, link.kind)
                == (given.parent.pk, given.child.pk, given.kind)
            ),
            None,
        )
        if same is not None:
            made.append(same)
            continue
        over_units = [
            version.over_units if version else ""
            for version in (
                version_in_force(versions.get(kpi.indicator_id, ()), kpi.fiscal_year_id, 4)
                for kpi in (given.parent, given.child)
            )
        ]
        reason = agreements.why_not_link_for(given.parent, given.child, standing)
        reason = reason or rules.why_not_link(
            given.parent, given.child, given.kind, there, (over_units[0], over_units[1])
        )
        if reason:
            refusals[position] = Refused(reason, code="link")
            continue
        link = Link(parent=given.parent, child=given.child, kind=given.kind, weight=given.weight)
        link.save()
        there.append(link)
        made.append(link)
        deeds.append(
            Deed(
                "kpi.link.made",
                given.child,
                after={"parent": given.parent.code, "kind": given.kind},
                agency_code=given.child.agency.code,
            )
        )
    refuse_all(refusals)
    record_many(deeds, by=by, at=at, role=Role.STRATEGIST)
    if deeds:
        for year in years:
            refresh_year(
                [given.parent.pk for given in links if given.parent.fiscal_year_id == year],
                year,
                list(Quarter.objects.filter(fiscal_year=year)),
            )
    return made


@transaction.atomic
def unlink_kpis(*, links: Sequence[Link], by: User | None, at: datetime) -> None:
    """Take links away; closed quarters keep what they were computed from.

    :raises EntriesRefused: where the child is not the person's to link, or the year is closed.
    """
    standing = standing_of(by, fiscal.local_date(at)) if by else None
    years = {link.parent.fiscal_year_id for link in links}
    quarters: dict[int, list[Quarter]] = {year: [] for year in years}
    for quarter in Quarter.objects.filter(fiscal_year__in=years):
        quarters[quarter.fiscal_year_id].append(quarter)
    refusals = {
        position: Refused(reason, code="link")
        for position, link in enumerate(links)
        if (
            reason := agreements.why_not_link_for(link.parent, link.child, standing)
            or agreements.why_not_change_year(quarters[link.parent.fiscal_year_id])
        )
    }
    refuse_all(refusals)
    deeds = [
        Deed(
            "kpi.link.removed",
            link.child,
            before={"parent": link.parent.code, "kind": link.kind},
            agency_code=link.child.agency.code,
        )
        for link in links
    ]
    Link.objects.filter(pk__in=[link.pk for link in links]).delete()
    record_many(deeds, by=by, at=at)
    for year in years:
        ends = {
            end
            for link in links
            if link.parent.fiscal_year_id == year
            for end in (link.parent_id, link.child_id)
        }
        refresh_year(sorted(ends), year, quarters[year])


def refresh_year(kpi_ids: Sequence[int], year: int, quarters: Sequence[Quarter]) -> None:
    """Ask for new figures from the first quarter on that is not closed."""
    rollups.ensure_figures(year)
    still_open = sorted(
        (quarter for quarter in quarters if not quarter.is_closed), key=lambda each: each.number
    )
    if still_open and kpi_ids:
        ask_refresh(kpi_ids=list(kpi_ids), quarter=still_open[0])


@transaction.atomic
def accept_difference(
    *, kpi: KPI, quarter: int, difference: Decimal, reason: str, by: User, at: datetime
) -> AcceptedDifference:
    """Accept that children's targets differ from the parent's, by name and with a reason.

    :raises Refused: if the person may not or gives no reason.
    """
    standing = standing_of(by, fiscal.local_date(at))
    if refusal := cascades.why_not_accept(kpi, standing, reason):
        raise Refused(refusal, code="not_allowed")
    accepted, _made = AcceptedDifference.objects.update_or_create(
        kpi=kpi,
        quarter=quarter,
        defaults={
            "difference": difference,
            "reason": reason,
            "accepted_by": by,
            "accepted_at": at,
        },
    )
    record_many(
        [
            Deed(
                "kpi.difference.accepted",
                kpi,
                after={"quarter": quarter, "difference": str(difference)},
                reason=reason,
                agency_code=kpi.agency.code,
            )
        ],
        by=by,
        at=at,
        role=Role.STRATEGIST if kpi.scorecard.level == Scorecard.Level.PROVINCE else Role.APPROVER,
    )
    return accepted
