"""The rows `rollup-quarter`, `rollup-again`, `rollup-nation`, `save-one` and `public-report`.

python -m bench.rollups prints one JSON object a line; ONLY and SCALE as in bench/README.md. A run needs
an empty, migrated database of its own and leaves its rows there.
"""

import hashlib
import json
import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Agency, Membership, Role, User
from jobruns.models import JobRun
from kpi import actions, rollups
from kpi.models import (
    KPI,
    Figure,
    Indicator,
    IndicatorVersion,
    Link,
    Result,
    Score,
    Scorecard,
    ScoreCurve,
    Target,
)
from kpi.rollups.touching import ensure_figures
from reports.published import PublishedFiles
from sakhon_portal.wsgi import security_headers
from submissions.actions import prepare_fiscal_year
from submissions.models import PeriodState, Quarter

AT = datetime(2027, 1, 13, 7, 0, tzinfo=UTC)
TIMES = 5
MIDDLES, LEAVES = 6, 33
# How each of the province's KPIs is made of its parts; a ratio has two figures.
KINDS = ("sum", "sum", "sum", "ratio", "ratio", "ratio", "mean", "mean")
Row = dict[str, Any]
Work = Callable[[], object]


def interleaved(works: dict[str, tuple[Work, Work]], times: int = TIMES) -> dict[str, float]:
    """Return the median time of each work, run in turn; the first of a pair is not timed."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _turn in range(times):
        for name, (before, work) in works.items():
            before()
            started = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(each) for name, each in taken.items()}


def nothing() -> None:
    """Stand where a work needs no preparation."""


def row(name: str, count: int, taken: dict[str, float], **more: Any) -> Row:
    """Return one line of the results."""
    ours, stock, floor = taken["ours"], taken.get("stock"), taken.get("floor")
    return {
        "workload": name,
        "database": connection.vendor,
        "ours_s": round(ours, 5),
        "stock_s": stock and round(stock, 5),
        "floor_s": floor and round(floor, 5),
        "stock_ratio": stock and round(stock / ours, 2),
        "floor_ratio": floor and round(ours / floor, 2),
        "queries": None,
        "peak_mb": None,
        "rows": count,
    } | more


class Province:
    """Years of one province: 8 KPIs, each over 6 agencies over 33 that report every quarter.

    Provinces of the same years have names; the first of them stands for the portal's own province.
    """

    def __init__(self, first: int, years: int, *, name: str = "", is_own: bool = True) -> None:
        self.name = name
        self.top = "province" if is_own else "agency"
        first_name = f"{first}{name}"
        self.person = User.objects.create(username=f"reporter-{first_name}")
        self.signer = User.objects.create(username=f"signer-{first_name}")
        names = ["p", *(f"m{n}" for n in range(MIDDLES)), *(f"l{n}" for n in range(LEAVES))]
        self.agencies = Agency.objects.bulk_create(
            Agency(code=f"B{first_name}{each}", name_th=each, kind="regional") for each in names
        )
        self.indicators = []
        for number, kind in enumerate(KINDS):
            indicator = Indicator.objects.create(code=f"B{first_name}-{number}", name_th="ตัวชี้วัด")
            ratio = {"is_ratio": True, "scale": 100, "denominator_over_time": "flow"}
            IndicatorVersion.objects.create(
                indicator=indicator, number=1, from_year=2500, unit_th="หน่วย", direction="higher",
                over_time="stock" if kind == "mean" else "flow", over_units=kind,
                **(ratio if kind == "ratio" else {}),
            )  # fmt: skip
            self.indicators.append(indicator)
        self.years = list(range(first, first + years))
        self.results = 0
        for year in self.years:
            self._plant(year)
        # The last year is over, so that every figure is due.
        self.at = datetime(self.years[-1] - 542, 1, 13, tzinfo=UTC)
        self.complete()

    def complete(self) -> None:
        """Give every KPI of the years its figures, as yet empty."""
        for year in self.years:
            ensure_figures(year)

    def _plant(self, year: int) -> None:
        prepare_fiscal_year(year=year)
        Quarter.objects.filter(fiscal_year=year).update(state=PeriodState.OPEN)
        quarters = list(Quarter.objects.filter(fiscal_year=year).order_by("number"))
        points = [["60", "1"], ["70", "2"], ["80", "3"], ["90", "4"], ["100", "5"]]
        curve = ScoreCurve.objects.create(
            code=f"five{self.name}",
            name_th="ห้าระดับ",
            fiscal_year_id=year,
            preset="five",
            points=points,
        )
        cards = Scorecard.objects.bulk_create(
            Scorecard(fiscal_year_id=year, level="agency" if n else self.top, agency=agency)
            for n, agency in enumerate(self.agencies)
        )
        kpis = KPI.objects.bulk_create(
            KPI(
                fiscal_year_id=year, scorecard=card, indicator=indicator, agency=card.agency,
                code=f"{self.name}{k}-{n}", curve=curve, weight=Decimal("12.5"),
            )
            for k, indicator in enumerate(self.indicators)
            for n, card in enumerate(cards)
        )  # fmt: skip
        width = len(cards)
        Link.objects.bulk_create(
            Link(
                kind="share",
                parent=kpis[k * width + (0 if n <= MIDDLES else 1 + n % MIDDLES)],
                child=kpis[k * width + n],
            )
            for k in range(len(KINDS))
            for n in range(1, width)
        )
        Target.objects.bulk_create(
            (Target(kpi=kpi, quarter=number, value=50) for kpi in kpis for number in range(1, 5)),
            batch_size=2000,
        )
        reported = [
            Result(
                kpi=kpis[k * width + n], quarter=quarter, status="approved",
                entered_by=self.person, entered_at=AT, approved_by=self.signer, approved_at=AT,
                **({"numerator": 40 + n, "denominator": 90} if kind == "ratio" else {"value": n}),
            )
            for k, kind in enumerate(KINDS)
            for n in range(1 + MIDDLES, width)
            for quarter in quarters
        ]  # fmt: skip
        self.results += len(Result.objects.bulk_create(reported, batch_size=2000))

    def forget(self) -> None:
        """Put the figures back to where a first run starts."""
        Score.objects.filter(quarter__fiscal_year__in=self.years).delete()
        Figure.objects.filter(quarter__fiscal_year__in=self.years).delete()
        self.complete()

    def roll_up(self, numbers: set[int] | None = None) -> int:
        """Compute every year; returns how many figures were written."""
        return sum(
            rollups.recompute(year, at=self.at, numbers=numbers).written for year in self.years
        )

    def digest(self) -> str:
        """Hash what the KPIs at the top come to, of every province in these years."""
        found = Figure.objects.filter(quarter__fiscal_year__in=self.years, kpi__links_up=None)
        ordered = found.order_by("quarter__fiscal_year", "quarter__number", "kpi__code")
        values = ordered.values_list("ytd_value", "ytd_numerator", "achievement", "score")
        return hashlib.sha256(repr(list(values)).encode()).hexdigest()[:16]

    def loop(self, year: int, numbers: tuple[int, ...] = (1, 2, 3, 4)) -> None:
        """Roll up as a loop over objects does: each KPI asks for its children and is saved."""
        for quarter in Quarter.objects.filter(fiscal_year=year, number__in=numbers):
            tops = KPI.objects.filter(fiscal_year=year, scorecard__level="province")
            with transaction.atomic():
                for kpi in tops:
                    naive(kpi, quarter)

    def floor(self, numbers: tuple[int, ...] = (1, 2, 3, 4)) -> None:
        """INSERT … SELECT, level by level, and nothing else."""
        first, last = self.years[0], self.years[-1]
        quarters = ", ".join(str(number) for number in numbers)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_floor")
            cursor.execute(
                "CREATE TABLE bench_floor (level int, kpi bigint, quarter bigint, a bigint, b bigint)"
            )
            cursor.execute(
                "INSERT INTO bench_floor SELECT 0, r.kpi_id, r.quarter_id, "
                "COALESCE(r.numerator, r.value), r.denominator FROM kpi_result r "
                "JOIN submissions_quarter q ON q.id = r.quarter_id WHERE r.status = 'approved' "
                f"AND q.fiscal_year_id BETWEEN {first} AND {last} AND q.number IN ({quarters})"
            )
            for level in (1, 2):
                cursor.execute(
                    "INSERT INTO bench_floor SELECT %s, l.parent_id, f.quarter, SUM(f.a), SUM(f.b) "
                    "FROM bench_floor f JOIN kpi_link l ON l.child_id = f.kpi WHERE f.level = %s "
                    "GROUP BY l.parent_id, f.quarter",
                    [level, level - 1],
                )


def naive(kpi: KPI, quarter: Quarter) -> Decimal:
    """Return and store what a KPI comes to, asking the database at every step."""
    figure = Figure.objects.get(kpi=kpi, quarter=quarter)
    children = [link.child for link in kpi.links_down.select_related("child")]
    if children:
        total = sum((naive(child, quarter) for child in children), Decimal(0))
    else:
        result = Result.objects.get(kpi=kpi, quarter=quarter)
        total = (result.numerator if result.value is None else result.value) or Decimal(0)
    figure.value = total
    figure.save()
    return total


def rollup_quarter(scale: float) -> Row:
    """One province, one quarter, from nothing."""
    place = Province(2600, 1)
    works: dict[str, tuple[Work, Work]] = {
        "ours": (place.forget, lambda: place.roll_up({1})),
        "stock": (nothing, lambda: place.loop(2600, (1,))),
        "floor": (nothing, lambda: place.floor((1,))),
    }
    taken = interleaved(works)
    place.forget()
    with CaptureQueriesContext(connection) as queries:
        place.roll_up({1})
    return row("rollup-quarter", place.results // 4, taken, queries=len(queries))


def rollup_again(scale: float) -> Row:
    """The same year once more, nothing changed; its stock is the first run."""
    place = Province(2610, 1)
    taken = interleaved({"stock": (place.forget, place.roll_up), "ours": (nothing, place.roll_up)})
    with CaptureQueriesContext(connection) as queries:
        written = place.roll_up()
    return row("rollup-again", place.results, taken, queries=len(queries), written=written)


PROVINCES, YEARS = 77, 12


def rollup_nation(scale: float) -> Row:
    """77 provinces in the same 12 years; SCALE takes a part of the provinces.

    The loop is run over one year of one province and multiplied.
    """
    count = max(1, round(PROVINCES * scale))
    place, *others = [
        Province(2560, YEARS, name=f"{number:02d}" if number else "", is_own=not number)
        for number in range(count)
    ]
    results = place.results + sum(other.results for other in others)
    taken = interleaved(
        {"ours": (place.forget, place.roll_up), "floor": (nothing, place.floor)}, times=3
    )
    taken |= interleaved({"stock": (nothing, lambda: place.loop(2560))}, times=1)
    taken["stock"] *= YEARS * count
    place.forget()
    tracemalloc.start()
    rollups.recompute(place.years[-1], at=place.at)
    peak = tracemalloc.get_traced_memory()[1] / 1024 / 1024
    tracemalloc.stop()
    place.roll_up()
    more = {"peak_mb": round(peak, 1), "digest": place.digest()}
    return row("rollup-nation", results, taken, **more)


class Signature:
    """One entry that waits to be signed, under ancestors that are up to date."""

    def __init__(self) -> None:
        self.place = Province(2570, 1)
        leaf = self.place.agencies[-1]
        Membership.objects.create(
            user=self.place.signer, agency=leaf, role=Role.APPROVER, from_date=AT.date()
        )
        self.result = Result.objects.get(
            kpi__code=f"0-{len(self.place.agencies) - 1}", kpi__fiscal_year=2570, quarter__number=1
        )
        self.place.roll_up()

    def wait(self) -> None:
        """Take the signature back, and the job that it asked for."""
        JobRun.objects.all().delete()
        Result.objects.filter(pk=self.result.pk).update(
            status="submitted", version=1, approved_by=None, approved_at=None,
            submitted_by=self.place.person, submitted_at=AT,
        )  # fmt: skip
        self.result.refresh_from_db()

    def sign(self) -> None:
        """Approve it and bring everything above up to date."""
        actions.approve_results(entries=[self.result], by=self.place.signer, at=AT)
        rollups.refresh(2570, at=AT)

    def cascade(self) -> None:
        """Save it and walk up, asking the database at every step."""
        self.result.status = "approved"
        self.result.approved_by, self.result.approved_at = self.place.signer, AT
        with transaction.atomic():
            self.result.save()
            kpi: KPI | None = self.result.kpi
            while kpi is not None:
                figure = Figure.objects.get(kpi=kpi, quarter=self.result.quarter)
                children = [link.child for link in kpi.links_down.select_related("child")]
                for child in children:
                    Figure.objects.get(kpi=child, quarter=self.result.quarter)
                figure.save()
                up = kpi.links_up.select_related("parent").first()
                kpi = up.parent if up else None


Statement = tuple[str, Any, bool]


def replay(statements: list[Statement]) -> None:
    """Run statements as they are, and take them back."""
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, params, many in statements:
            (cursor.executemany if many else cursor.execute)(sql, params)
        transaction.set_rollback(True)


def save_one(scale: float) -> Row:
    """One signature with all its ancestors; the floor runs the same statements and nothing else."""
    desk = Signature()
    desk.wait()
    statements: list[Statement] = []

    def remember(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # Beginnings and savepoints are ours, not the floor's.
        if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            statements.append((sql, params, many))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(remember):
        desk.sign()
    taken = interleaved(
        {
            "ours": (desk.wait, desk.sign),
            "stock": (desk.wait, desk.cascade),
            "floor": (desk.wait, lambda: replay(statements)),
        },
        times=20,
    )
    return row("save-one", 1, taken, queries=len(statements))


def public_report(scale: float) -> Row:
    """A published page of 40 KB; a page rendered each time is the stock, a bare answer the floor."""
    body = os.urandom(20 * 1024).hex().encode()
    asked = {
        "REQUEST_METHOD": "GET", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "wsgi.url_scheme": "https", "wsgi.errors": sys.stderr,
    }  # fmt: skip
    count = max(20, int(1000 * scale))

    def start(status: str, headers: list[tuple[str, str]], *_rest: object) -> None:
        assert status.startswith("200"), status

    def bare(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
        return [body]

    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "reports/2569/q4/edition/1/index.html"
        page.parent.mkdir(parents=True)
        page.write_bytes(body)
        django = get_wsgi_application()
        published = PublishedFiles(
            django, Path(folder), headers=security_headers(), https_only=False
        )

        def ask(application: Any, path: str, times: int = count) -> None:
            for _turn in range(times):
                b"".join(
                    application(asked | {"PATH_INFO": path, "wsgi.input": sys.stdin.buffer}, start)
                )

        settings.ALLOWED_HOSTS = ["localhost"]
        address = "/reports/2569/q4/edition/1/"
        with CaptureQueriesContext(connection) as queries:
            ask(published, address, 1)
        works: dict[str, tuple[Work, Work]] = {
            "ours": (nothing, lambda: ask(published, address)),
            "floor": (nothing, lambda: ask(bare, address)),
        }
        taken = interleaved(works)
        tenth = interleaved({"stock": (nothing, lambda: ask(django, "/privacy/", count // 10))})
        taken["stock"] = tenth["stock"] * 10
    return row("public-report", count, taken, queries=len(queries))


WORKLOADS = {
    "rollup-quarter": rollup_quarter,
    "rollup-again": rollup_again,
    "rollup-nation": rollup_nation,
    "save-one": save_one,
    "public-report": public_report,
}

if __name__ == "__main__":
    only = os.environ.get("ONLY", "")
    for name, workload in WORKLOADS.items():
        if only in ("", name):
            result = workload(float(os.environ.get("SCALE", "1")))
            sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
            sys.stdout.flush()
