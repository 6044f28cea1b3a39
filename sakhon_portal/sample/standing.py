"""What stands before the first quarter opens: people, issues, KPIs with targets and links."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.actions.samples import SamplePerson, SamplePost, make_sample_people
from accounts.models import Agency, Post
from common.rounding import round_half_up
from kpi.actions import (
    define_indicators,
    draw_curves,
    link_kpis,
    make_scorecard,
    put_kpis,
)
from kpi.actions.definitions import CurveInput, IndicatorInput, KPIInput, LinkInput, TargetInput
from kpi.actions.disaggregations import DisaggregationInput, ItemInput
from kpi.models import Indicator, Link, Scorecard, ScoreCurve
from sakhon_portal.sample.book import (
    PAST,
    Book,
    decimal_of,
)
from strategy.actions.issues import AlignmentInput, ApproachInput, IssueInput, load_issues
from strategy.models import FrameworkItem, Issue, Plan, PlanEdition

FIVE_LEVELS = (("60", "1"), ("70", "2"), ("80", "3"), ("90", "4"), ("100", "5"))


def bring_people(book: Book, *, at: datetime) -> None:
    stated = book.people
    book.users = make_sample_people(
        people=[SamplePerson(**each) for each in stated["people"]],
        posts=[
            SamplePost(
                code=each["code"],
                agency=each["agency"],
                title_th=each["title_th"],
                title_en=each["title_en"],
                supervising=each["supervising"],
                holder=each["holder"],
                until_date=date.fromisoformat(each["until"]) if each.get("until") else None,
            )
            for each in stated["posts"]
        ],
        password=stated["password"],
        # People hold their roles before the sample's first quarter opens.
        from_date=date.fromisoformat(stated["from_date"]) - timedelta(days=60),
        by=None,
        at=at,
    )
    book.agencies = {agency.code: agency for agency in Agency.objects.all()}
    book.posts = {post.code: post for post in Post.objects.filter(is_sample=True)}


def bring_issues(book: Book, *, at: datetime) -> None:
    edition = PlanEdition.objects.in_force().get(plan__kind=Plan.Kind.FIVE_YEAR)
    load_issues(
        edition=edition,
        issues=[
            IssueInput(
                code=each["code"],
                name_th=book.seeds[each["seed"]],
                name_en=each["name_en"],
                objective_th=each["objective_th"],
                objective_en=each["objective_en"],
                order=order,
                missions=each["missions"],
                lead_agency=each["lead"],
                approaches=[ApproachInput(**approach) for approach in each["approaches"]],
                items=[AlignmentInput(item["code"], item["reason_th"]) for item in each["items"]],
                source="ข้อมูลตัวอย่าง",
                is_sample=True,
            )
            for order, each in enumerate(book.issues, start=1)
        ],
        by=None,
        at=at,
    )
    book.issue_rows = {
        issue.code: issue for issue in Issue.objects.with_edition().filter(edition=edition)
    }


def _indicator_of(stated: Mapping[str, Any], code: str, agency: Agency) -> IndicatorInput:
    items = FrameworkItem.objects.filter(code__in=stated.get("framework_items", []))
    return IndicatorInput(
        code=code,
        name_th=stated["name_th"],
        name_en=stated["name_en"],
        definition_th=stated["definition_th"],
        definition_en=stated["definition_en"],
        source_agency=agency,
        framework_items=list(items),
        version={
            **stated["rules"],
            "from_year": PAST,
            "from_quarter": 1,
            "unit_th": stated["unit_th"],
            "unit_en": stated["unit_en"],
        },
        is_sample=True,
        disaggregations=[
            DisaggregationInput(
                kind=apart["kind"],
                name_th=apart["name_th"],
                name_en=apart["name_en"],
                items=[ItemInput(**item) for item in apart["items"]],
            )
            for apart in stated.get("disaggregations", [])
        ],
    )


@dataclass(frozen=True)
class Line:
    """A KPI to be put: on whose scorecard, with which targets, under which parent."""

    code: str
    indicator: str
    agency: str
    stated: Mapping[str, Any]
    top: Mapping[str, Any]
    post: str | None = None
    parent: str | None = None
    kind: str = Link.Kind.SHARE
    link_weight: Decimal = Decimal(1)


def is_shared(top: Mapping[str, Any]) -> bool:
    """Say whether agencies carry parts of a province KPI, so that it reports nothing itself."""
    return any(child["kind"] == Link.Kind.SHARE for child in top["children"])


def lines_of(book: Book, year: int) -> Iterator[Line]:
    """Yield the KPIs of a year from the province down."""
    for top in book.kpis:
        code = top["code"]
        yield Line(code, f"I{code}", top["agency"], top["years"][str(year)], top)
        if not is_shared(top):
            # What the agency reports for the province stands on its own scorecard as the same.
            yield Line(
                f"{code}-{top['agency']}",
                f"I{code}",
                top["agency"],
                {},
                top,
                parent=code,
                kind=Link.Kind.SAME,
            )
        for child in top["children"]:
            own = child.get("own_indicator")
            below = f"{code}-{child['agency']}" + (
                f".{child['number']}" if own and "number" in child else ""
            )
            yield Line(
                below,
                f"I{own['code']}" if own else f"I{code}",
                child["agency"],
                child["years"][str(year)],
                top,
                parent=code,
                kind=child["kind"],
                link_weight=Decimal(child.get("link_weight", 1)),
            )
            for post in child["posts"]:
                yield Line(
                    f"{code}-{post['post']}",
                    f"I{code}",
                    child["agency"],
                    post["years"][str(year)],
                    top,
                    post=post["post"],
                    parent=below,
                )


def _targets(stated: Mapping[str, Any]) -> dict[int, TargetInput]:
    given: dict[int, TargetInput] = {}
    for number in range(1, 5):

        def part(name: str, place: int = number) -> Decimal | None:
            values = stated.get(name)
            return decimal_of(values[place - 1]) if values else None

        target = TargetInput(
            value=part("targets"),
            low=part("low"),
            high=part("high"),
            planned_denominator=part("planned_denominators"),
            base=part("bases"),
        )
        if target.value is not None or target.low is not None:
            given[number] = target
    return given


def define_year(book: Book, year: int, *, at: datetime) -> None:
    fiscal_year = book.years[year]
    stated = [
        _indicator_of(top, f"I{top['code']}", book.agencies[top["agency"]]) for top in book.kpis
    ]
    stated += [
        _indicator_of(own, f"I{own['code']}", book.agencies[child["agency"]])
        for top in book.kpis
        for child in top["children"]
        if (own := child.get("own_indicator"))
    ]
    define_indicators(indicators=stated, by=None, at=at)
    indicators = {row.code: row for row in Indicator.objects.filter(is_sample=True)}
    [curve] = draw_curves(
        curves=[
            CurveInput(
                code="five",
                fiscal_year=fiscal_year,
                name_th="ห้าระดับ 60 70 80 90 100",
                name_en="Five levels 60 70 80 90 100",
                preset=ScoreCurve.Preset.FIVE,
                points=FIVE_LEVELS,
                is_sample=True,
            )
        ],
        by=None,
        at=at,
    )
    cards: dict[tuple[str, str | None], list[Line]] = defaultdict(list)
    lines = list(lines_of(book, year))
    for line in lines:
        level = "" if line.parent is None else line.agency
        cards[(level, line.post)].append(line)
    for (level, post), on_card in cards.items():
        scorecard = make_scorecard(
            fiscal_year=fiscal_year,
            level=Scorecard.Level.POST
            if post
            else (Scorecard.Level.AGENCY if level else Scorecard.Level.PROVINCE),
            agency=book.agencies[level or "PO"],
            post=book.posts[post] if post else None,
            by=None,
            at=at,
            is_sample=True,
        )
        weights = _weights(on_card)
        rows = put_kpis(
            scorecard=scorecard,
            kpis=[
                replace(
                    _kpi_of(book, line, weight, indicators[line.indicator], curve),
                    copied_from=book.kpi_rows.get((year - 1, line.code)),
                )
                for line, weight in zip(on_card, weights, strict=True)
            ],
            by=None,
            at=at,
        )
        for row in rows:
            book.kpi_rows[(year, row.code)] = row
    link_kpis(
        links=[
            LinkInput(
                parent=book.kpi_rows[(year, line.parent)],
                child=book.kpi_rows[(year, line.code)],
                kind=line.kind,
                weight=line.link_weight,
            )
            for line in lines
            if line.parent
        ],
        by=None,
        at=at,
    )


def _weights(lines: Sequence[Line]) -> list[Decimal]:
    """Share 100 by the province's weights; the last line takes what rounding leaves."""
    total = sum(Decimal(line.top["weight"]) for line in lines)
    weights = [round_half_up(100 * line.top["weight"] / total, 2) for line in lines]
    weights[-1] += 100 - sum(weights)
    return weights


def _kpi_of(
    book: Book, line: Line, weight: Decimal, indicator: Indicator, curve: ScoreCurve
) -> KPIInput:
    stated = line.stated
    targets = _targets(stated)
    last = targets.get(4, TargetInput())
    year_target = decimal_of(stated.get("year_target"))
    return KPIInput(
        code=line.code,
        indicator=indicator,
        curve=curve,
        weight=weight,
        targets=targets,
        issue=book.issue_rows[line.top["issue"]],
        needs_acceptance=line.parent is None and not is_shared(line.top),
        year_target=year_target if year_target is not None else last.value,
        year_low=last.low,
        year_high=last.high,
        base_year=stated.get("base_year"),
        base_value=decimal_of(stated.get("base_value")),
        base_unit_th=stated.get("base_unit_th", ""),
        expected_evidence_th="รายงานสรุปพร้อมลายมือชื่อผู้รับผิดชอบ",
        agency=book.agencies[line.agency],
        is_sample=True,
    )
