"""How a KPI's targets go down: who carries which part, and whether the parts make the whole."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Holding, Role
from accounts.rules import Standing
from common.states import CellState
from kpi.models import (
    KPI,
    AcceptedDifference,
    Figure,
    IndicatorVersion,
    Link,
    Scorecard,
    Target,
)
from kpi.rules import agreements
from kpi.rules.surroundings import version_in_force
from kpi.scoring.reconciliation import Finding, Planned, Reconciliation, reconcile
from kpi.scoring.targets import NO_TARGET
from kpi.scoring.words import Meaning, OverUnits

QUARTERS = (1, 2, 3, 4)
Targets = Mapping[int, Target]


@dataclass(frozen=True, slots=True)
class Check:
    """A quarter's reconciliation with what was accepted of it; an accepted one that changed is open."""

    quarter: int
    found: Reconciliation
    accepted: AcceptedDifference | None

    @property
    def is_settled(self) -> bool:
        return self.accepted is not None or self.found.finding in (
            Finding.RECONCILED,
            Finding.NOT_RECONCILED_BY_RULE,
        )


@dataclass(frozen=True, slots=True)
class Branch:
    """One child: its link and targets, who holds it, and why this person may not change it."""

    link: Link
    kpi: KPI
    version: IndicatorVersion | None
    targets: Targets
    last: Decimal | None
    holder: str
    is_vacant: bool
    why_not: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A parent with its children, as far as the person reads them; `hidden` are only counted."""

    parent: KPI
    version: IndicatorVersion | None
    targets: Targets
    branches: Sequence[Branch]
    hidden: Sequence[Branch]
    checks: Sequence[Check]
    why_not_accept: str | None

    @property
    def all_branches(self) -> list[Branch]:
        return [*self.branches, *self.hidden]

    @property
    def shares(self) -> list[Branch]:
        return [each for each in self.branches if each.link.kind == Link.Kind.SHARE]

    @property
    def decimals(self) -> int:
        return self.version.decimals if self.version else 2

    @property
    def is_settled(self) -> bool:
        return all(check.is_settled for check in self.checks)

    @property
    def adds_up(self) -> bool:
        """Whether parts are added, so that a target can be divided among the children."""
        return (
            self.version is not None
            and self.version.over_units == OverUnits.SUM
            and self.version.rules.meaning is not Meaning.CHANGE
        )


@dataclass(frozen=True, slots=True)
class Cascade:
    """A province KPI's two steps: to agencies, and from each of them to posts."""

    top: Step
    below: Mapping[int, Step]
    in_line: frozenset[int] = frozenset()


def cascade_of(kpi: KPI, standing: Standing, day: date) -> Cascade:
    """Return the cascade under a KPI, as the person reads it; a fixed number of queries.

    The KPI is loaded by `with_rules`.
    """
    tree = _Loaded([kpi], standing, day)
    below = {
        branch.kpi.pk: tree.step(branch.kpi)
        for branch in tree.step(kpi).branches
        if branch.kpi.scorecard.level == Scorecard.Level.AGENCY
        and (tree.children.get(branch.kpi.pk) or branch.link.kind == Link.Kind.SHARE)
    }
    return Cascade(tree.step(kpi), below, tree.in_line)


def steps_of(kpis: Sequence[KPI], standing: Standing, day: date) -> list[Cascade]:
    """Return the cascades under several KPIs of a year; the same number of queries as for one."""
    tree = _Loaded(kpis, standing, day)
    return [
        Cascade(
            top := tree.step(kpi),
            {
                branch.kpi.pk: tree.step(branch.kpi)
                for branch in top.all_branches
                if tree.children.get(branch.kpi.pk)
            },
        )
        for kpi in kpis
    ]


class _Loaded:
    """What stands under some KPIs of one year: two steps of links with all that they ask about."""

    def __init__(self, tops: Sequence[KPI], standing: Standing, day: date) -> None:
        self.standing = standing
        self.in_line = agreements.posts_in_line(standing)
        ids = {kpi.pk for kpi in tops}
        links = list(
            Link.objects.filter(Q(parent__in=ids) | Q(parent__links_up__parent__in=ids))
            .distinct()
            .select_related(
                "child__indicator",
                "child__agency",
                "child__curve",
                "child__issue",
                "child__scorecard__post__supervising_post",
                "child__scorecard__agency",
                "parent__scorecard",
            )
            .order_by("child__code")
        )
        self.children: dict[int, list[Link]] = {}
        for link in links:
            self.children.setdefault(link.parent_id, []).append(link)
        kpis = [*tops, *(link.child for link in links)]
        self.versions: dict[int, list[IndicatorVersion]] = {}
        for version in IndicatorVersion.objects.filter(
            indicator__in={kpi.indicator_id for kpi in kpis}
        ):
            self.versions.setdefault(version.indicator_id, []).append(version)
        self.targets: dict[int, dict[int, Target]] = {}
        for target in Target.objects.filter(kpi__in={kpi.pk for kpi in kpis}):
            self.targets.setdefault(target.kpi_id, {})[target.quarter] = target
        self.accepted = {
            (each.kpi_id, each.quarter): each
            for each in AcceptedDifference.objects.filter(
                kpi__in={kpi.pk for kpi in kpis}
            ).select_related("accepted_by")
        }
        posts = {kpi.scorecard.post_id for kpi in kpis if kpi.scorecard.post_id}
        self.holders: dict[int, str] = {
            holding.post_id: holding.user.get_full_name()
            for holding in Holding.objects.current(day)
            .filter(post__in=posts)
            .select_related("user")
        }
        year = tops[0].fiscal_year_id if tops else 0
        self.year = year
        self.last = last_years({kpi.code for kpi in kpis}, year)

    def version(self, kpi: KPI) -> IndicatorVersion | None:
        return version_in_force(self.versions.get(kpi.indicator_id, ()), self.year, 4)

    def step(self, parent: KPI) -> Step:
        branches: list[Branch] = []
        hidden: list[Branch] = []
        for link in self.children.get(parent.pk, []):
            branch = self._branch(link)
            (branches if self._reads(link.child) else hidden).append(branch)
        version = self.version(parent)
        targets = self.targets.get(parent.pk, {})
        return Step(
            parent=parent,
            version=version,
            targets=targets,
            branches=branches,
            hidden=hidden,
            checks=[
                check_of(
                    parent,
                    version,
                    targets,
                    [(each.link, each.targets) for each in (*branches, *hidden)],
                    quarter,
                    self.accepted.get((parent.pk, quarter)),
                )
                for quarter in QUARTERS
            ]
            if branches or hidden
            else [],
            why_not_accept=why_not_accept(parent, self.standing, "…"),
        )

    def _reads(self, kpi: KPI) -> bool:
        card = kpi.scorecard
        if card.level == Scorecard.Level.POST:
            return card.post_id in self.in_line
        return self.standing.sees_province or kpi.agency_id in self.standing.agencies()

    def _branch(self, link: Link) -> Branch:
        kpi = link.child
        post = kpi.scorecard.post
        why_not: str | None
        if post is not None and post.pk in self.in_line:
            why_not = agreements.why_not_change_now(kpi.scorecard)
        elif post is not None:
            why_not = _("เห็นและแก้ได้เฉพาะสายบังคับบัญชาและงานบุคคล")
        else:
            why_not = agreements.why_not_change(kpi.scorecard, self.standing)
        return Branch(
            link=link,
            kpi=kpi,
            version=self.version(kpi),
            targets=self.targets.get(kpi.pk, {}),
            last=self.last.get(kpi.code),
            holder=self.holders.get(post.pk, "") if post else "",
            is_vacant=post is not None and post.pk not in self.holders,
            why_not=why_not,
        )


def last_years(codes: Collection[str], year: int) -> dict[str, Decimal]:
    """Return by code what last year came to: its last quarter's year to date, else its target."""
    planned = KPI.objects.filter(
        fiscal_year=year - 1, code__in=codes, year_target__isnull=False
    ).values_list("code", "year_target")
    reached = Figure.objects.filter(
        kpi__fiscal_year=year - 1,
        kpi__code__in=codes,
        quarter__number=4,
        ytd_state=CellState.VALUE,
        ytd_value__isnull=False,
    ).values_list("kpi__code", "ytd_value")
    return {code: value for code, value in (*planned, *reached) if value is not None}


def check_of(
    parent: KPI,
    version: IndicatorVersion | None,
    targets: Targets,
    children: Sequence[tuple[Link, Targets]],
    quarter: int,
    accepted: AcceptedDifference | None = None,
) -> Check:
    """Return a quarter's reconciliation of share children's targets against the parent's.

    An acceptance holds for the difference that was accepted and no other.
    """
    if version is None:
        return Check(quarter, Reconciliation(Finding.NOT_RECONCILED_BY_RULE), None)
    found = reconcile(
        version.rules,
        _planned(parent, version, targets.get(quarter), quarter),
        [
            _planned(link.child, version, its.get(quarter), quarter, link.weight)
            for link, its in children
            if link.kind == Link.Kind.SHARE
        ],
    )
    if parent.reports_own:
        found = Reconciliation(Finding.NOT_RECONCILED_BY_RULE)
    if _nothing_is_planned(found, targets.get(quarter), children, quarter):
        # A quarter in which nobody has a target asks for nothing.
        found = Reconciliation(Finding.NOT_RECONCILED_BY_RULE)
    holds = accepted is not None and accepted.difference == difference_of(found)
    return Check(quarter, found, accepted if holds else None)


def _nothing_is_planned(
    found: Reconciliation,
    target: Target | None,
    children: Sequence[tuple[Link, Targets]],
    quarter: int,
) -> bool:
    own = target is not None and target.target.is_set
    theirs = any(
        quarter in its and its[quarter].target.is_set
        for link, its in children
        if link.kind == Link.Kind.SHARE
    )
    return not own and not theirs


def difference_of(found: Reconciliation) -> Decimal:
    """Return the one figure that is accepted: a band's lower edge, 0 where nothing was compared."""
    value = found.difference.value if found.difference.value is not None else found.difference.low
    return value if value is not None else Decimal(0)


def _planned(
    kpi: KPI,
    version: IndicatorVersion,
    target: Target | None,
    quarter: int,
    weight: Decimal = Decimal(1),
) -> Planned:
    base = target.base if target else None
    if base is None and (quarter == 4 or version.rules.is_level_at_end):
        base = kpi.base_value
    return Planned(
        kpi.pk,
        target.target if target else NO_TARGET,
        weight,
        denominator=target.planned_denominator if target else None,
        base=base,
    )


def why_not_accept(parent: KPI, standing: Standing, reason: str) -> str | None:
    """Say why this person may not accept a difference: the office for the province's KPIs, the
    agency's head for those to posts; both by name and with a reason.
    """
    if parent.scorecard.level == Scorecard.Level.PROVINCE:
        if not standing.has(Role.STRATEGIST):
            return _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ ยอมรับส่วนต่างของเป้าหมายได้")
    elif not standing.is_role_of(Role.APPROVER, parent.agency_id):
        return _("เฉพาะหัวหน้าส่วนราชการของหน่วยงานนี้ ยอมรับส่วนต่างของเป้าหมายได้")
    return None if reason.strip() else _("เขียนเหตุผลที่ยอมรับส่วนต่าง")


def weights_of(
    method: str, step: Step, typed: Mapping[int, Decimal | None]
) -> tuple[list[Decimal], str | None]:
    """Return by what the share children divide the parent's target, or why they cannot.

    `method` is equal, percent, amount or last; `typed` holds each child's percent or amount.
    """
    children = step.shares
    if not children:
        return [], _("ยังไม่มีผู้รับถ่ายทอดแบบแบ่งค่าเป้าหมาย เพิ่มผู้รับก่อน")
    if method == "equal":
        return [Decimal(1)] * len(children), None
    if not step.adds_up:
        return [], _("กติกาของตัวชี้วัดนี้ไม่ได้นำมาบวกกัน ใช้ “เท่ากัน” เพื่อให้ทุกแห่งใช้ค่าเดียวกับแม่")
    if method == "last":
        last = [child.last for child in children]
        if any(value is None for value in last) or not sum(value or 0 for value in last):
            return [], _("ปีก่อนไม่มีผลหรือเป้าหมายครบทุกผู้รับ เลือกวิธีอื่น")
        return [max(value or Decimal(0), Decimal(0)) for value in last], None
    given = [typed.get(child.kpi.pk) for child in children]
    if any(value is None or value < 0 for value in given):
        return [], _("ใส่ส่วนแบ่งของทุกผู้รับ ไม่มีให้ใส่ 0")
    total = sum((value or Decimal(0) for value in given), Decimal(0))
    if method == "percent" and total != 100:
        return [], _("ส่วนแบ่งรวม %(total)s ต้องเป็น 100") % {"total": f"{total.normalize():f}"}
    if total == 0:
        return [], _("ส่วนแบ่งรวมเป็น 0 แบ่งไม่ได้")
    return [value or Decimal(0) for value in given], None
