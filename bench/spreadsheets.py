"""The rows `read-100k`, `export-100k`, `preview-10k` and `import-10k`; see bench/README.md.

python -m bench.spreadsheets [ONLY=name] [SCALE=0.1] prints one JSON object a line. A run needs the
portal's environment and an empty, migrated database of its own; it leaves its rows there.
"""

import io
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

import openpyxl
import xlsxwriter
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from import_export.resources import ModelResource
from python_calamine import CalamineWorkbook
from tablib import Dataset

from accounts.models import Agency, Membership, Role, User
from budget.models import Allocation, BudgetSource, MonthlyFigure
from common.tables import Column, csv_chunks, write_xlsx
from common.workbooks.book import read_book
from common.workbooks.gate import Limits, judge
from spreadsheets import actions
from submissions.actions import prepare_fiscal_year
from submissions.models import Month, PeriodState

AT = datetime(2027, 1, 13, 7, 0, tzinfo=UTC)
TIMES = 3
Row = dict[str, Any]


def seconds(work: Callable[[], object], times: int = TIMES) -> float:
    """Return the median time of a few runs."""
    taken = []
    for _turn in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def in_turn(
    *works: Callable[[], object], before: Callable[[], object] = lambda: None, turns: int = 5
) -> list[float]:
    """Run ours, its floor and what else there is in turn; return their median times.

    `before` is not timed.
    """
    taken: list[list[float]] = []
    for _turn in range(turns):
        before()
        taken.append([seconds(work, 1) for work in works])
    return [statistics.median(times) for times in zip(*taken, strict=True)]


def peak_mb(work: Callable[[], object]) -> float:
    """Return what Python allocated at most during one run."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return round(peak / 1024 / 1024, 1)


def row(name: str, count: int, ours: float, stock: float | None, floor: float, **more: Any) -> Row:
    """Return one line of the results."""
    return {
        "workload": name,
        "database": connection.vendor,
        "ours_s": round(ours, 3),
        "stock_s": stock and round(stock, 3),
        "floor_s": round(floor, 3),
        "stock_ratio": stock and round(stock / ours, 2),
        "floor_ratio": round(ours / floor, 2),
        "queries": more.get("queries"),
        "peak_mb": more.get("peak_mb"),
        "rows": count,
    }


def read_100k(scale: float) -> Row:
    """Judge and read a workbook: ours, openpyxl (stock), calamine alone (floor)."""
    count = int(100_000 * scale)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
            page = book.add_worksheet()
            for number in range(count):
                page.write_row(number, 0, [f"K{number}", "ชื่อ", number * 1.5, *range(9)])

        def ours() -> None:
            read_book(path, judge(path, path.name, Limits()).format, Limits())

        def stock() -> None:
            for _cells in openpyxl.load_workbook(path, read_only=True).active.values:
                pass

        def floor() -> None:
            CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()

        taken, bare = in_turn(ours, floor)
        return row("read-100k", count, taken, seconds(stock, 1), bare)


def export_100k(scale: float) -> Row:
    """Write an xlsx in bounded memory: ours, openpyxl (stock), XlsxWriter alone (floor)."""
    count = int(100_000 * scale)
    columns = [Column(f"c{n}", f"คอลัมน์ {n}", "number") for n in range(10)]
    cells = [Decimal(n) for n in range(10)]

    def ours() -> None:
        write_xlsx(io.BytesIO(), columns, (cells for _n in range(count)), sheet="a")

    def stock() -> None:
        book = openpyxl.Workbook()
        for _number in range(count):
            book.active.append(cells)
        book.save(io.BytesIO())

    def floor() -> None:
        book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True})
        page = book.add_worksheet()
        for number in range(count):
            page.write_row(number, 0, cells)
        book.close()

    def delimited() -> None:
        for _chunk in csv_chunks(columns, (cells for _n in range(count))):
            pass

    taken, bare = in_turn(ours, floor)
    answer = row("export-100k", count, taken, seconds(stock, 1), bare)
    return answer | {"peak_mb": peak_mb(delimited), "csv_s": round(seconds(delimited, 1), 3)}


class StockResource(ModelResource):  # type: ignore[misc]
    """The stock tool on the same rows."""

    class Meta:
        model = MonthlyFigure
        import_id_fields = ("allocation", "month")
        fields = ("allocation", "month", "disbursed_to_date", "obligated", "note")


class Desk:
    """An agency with many lines of money, 30 % of them reported already."""

    def __init__(self, scale: float) -> None:
        settings.UPLOAD_READ_AT_ONCE_BYTES = settings.UPLOAD_COMMIT_AT_ONCE_ROWS = 10**9
        self.count = int(10_000 * scale)
        mark = f"{time.time_ns():x}"
        year = prepare_fiscal_year(year=2570)
        self.month = Month.objects.get(fiscal_year=2570, number=1)
        Month.objects.filter(pk=self.month.pk).update(state=PeriodState.OPEN)
        self.month.refresh_from_db()
        self.agency = Agency.objects.create(code=f"A{mark}", name_th="หน่วยงาน", kind="regional")
        self.person = User.objects.create(username=f"u{mark}")
        Membership.objects.create(
            user=self.person, agency=self.agency, role=Role.REPORTER, from_date=AT.date()
        )
        source = BudgetSource.objects.create(code=f"S{mark}"[:20], name_th="แหล่งเงิน")
        self.lines = Allocation.objects.bulk_create(
            Allocation(
                code=f"{mark}-{number}", name_th="รายการ", source=source, fiscal_year=year,
                expenditure_type="investment", origin_year=2570, owner_agency=self.agency,
                spending_agency=self.agency, appropriation=10**6, revised=10**6, allotted=10**6,
            )
            for number in range(self.count)
        )  # fmt: skip
        self.reported = self.lines[: self.count * 3 // 10]
        self.begin()

    def begin(self) -> None:
        """Put the figures back to where every run starts."""
        MonthlyFigure.objects.filter(allocation__spending_agency=self.agency).delete()
        MonthlyFigure.objects.bulk_create(
            MonthlyFigure(
                allocation=line, month=self.month, disbursed_to_date=1, obligated=1,
                entered_by=self.person, entered_at=AT,
            )
            for line in self.reported
        )  # fmt: skip

    def workbook(self) -> io.BytesIO:
        """Write the file that is sent."""
        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
            page = book.add_worksheet()
            heading = ["รหัส", "เบิกจ่ายสะสม", "ก่อหนี้ผูกพัน", "หมายเหตุ", *[f"x{n}" for n in range(8)]]
            page.write_row(0, 0, heading)
            for number, line in enumerate(self.lines, 1):
                page.write_row(number, 0, [line.code, 1000 + number, 5, "ปกติ", *range(8)])
        target.seek(0)
        return target

    def preview(self, file: io.BytesIO) -> Any:
        """Send the file."""
        file.seek(0)
        return actions.receive_upload(
            file=file, name="a.xlsx", kind="monthly-disbursement", agency=self.agency,
            period=self.month, action="draft", by=self.person, at=AT,
        )  # fmt: skip

    def stock(self, *, dry_run: bool) -> None:
        """Import the same rows by the stock tool."""
        rows = [
            (line.pk, self.month.pk, 1000 + n, 5, "ปกติ") for n, line in enumerate(self.lines, 1)
        ]
        headers = ["allocation", "month", "disbursed_to_date", "obligated", "note"]
        StockResource().import_data(Dataset(*rows, headers=headers), dry_run=dry_run)

    def empty_floor(self) -> None:
        """Make the floor's table anew, 30 % of its rows there already, known by its two foreign keys."""
        columns = ["allocation bigint REFERENCES budget_allocation (id)"]
        columns += ["month bigint REFERENCES submissions_month (id)", "note text"]
        columns += [f"x{number} bigint" for number in range(9)]
        columns += ["PRIMARY KEY (allocation, month)"]
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_floor")
            cursor.execute(f"CREATE TABLE bench_floor ({', '.join(columns)})")
            cursor.executemany(
                "INSERT INTO bench_floor (allocation, month, note, x0, x1) "
                "VALUES (%s, %s, '', 100, 100)",
                [(line.pk, self.month.pk) for line in self.reported],
            )
            # The barer floor's: nothing is there, and nothing tells its rows apart.
            cursor.execute("DROP TABLE IF EXISTS bench_bare")
            cursor.execute(f"CREATE TABLE bench_bare ({', '.join(columns[:-1])})")

    def floor(self, file: io.BytesIO) -> None:
        """Read the file, look up its keys, insert 70 % and update 30 %: four statements, no more."""
        file.seek(0)
        read: Any = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[1:]
        month = self.month.pk
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT code, id FROM budget_allocation WHERE spending_agency_id = %s",
                [self.agency.pk],
            )
            numbers = dict(cursor.fetchall())
            cursor.execute("SELECT allocation FROM bench_floor WHERE month = %s", [month])
            there = {number for (number,) in cursor.fetchall()}
            new: list[tuple[Any, ...]] = []
            changed: list[tuple[Any, ...]] = []
            for code, spent, owed, note, *others in read:
                number, amounts = numbers[code], (int(spent) * 100, int(owed) * 100)
                others = map(int, others[:7])
                if number in there:
                    changed.append((note, *amounts, *others, number, month))
                else:
                    new.append((number, month, note, *amounts, *others))
            names = ["note", *[f"x{number}" for number in range(9)]]
            if connection.vendor == "postgresql":
                text = "".join("\t".join(map(str, each)) + "\n" for each in new)
                cursor.copy_expert("COPY bench_floor FROM STDIN", io.StringIO(text))
                columns = list(map(list, zip(*changed, strict=True)))
                kinds = ["text", *["bigint"] * 11]
                cursor.execute(
                    f"UPDATE bench_floor SET {', '.join(f'{each} = new.{each}' for each in names)} "
                    f"FROM unnest({', '.join(f'%s::{kind}[]' for kind in kinds)}) "
                    f"AS new ({', '.join([*names, 'allocation', 'month'])}) "
                    "WHERE bench_floor.allocation = new.allocation AND bench_floor.month = new.month",
                    columns,
                )
            else:
                places = ", ".join(["%s"] * 12)
                cursor.executemany(f"INSERT INTO bench_floor VALUES ({places})", new)
                sets = ", ".join(f"{each} = %s" for each in names)
                cursor.executemany(
                    f"UPDATE bench_floor SET {sets} WHERE allocation = %s AND month = %s", changed
                )

    def bare(self, file: io.BytesIO) -> None:
        """Read the file and insert all its rows with keys from memory: barer than the contract's."""
        file.seek(0)
        read: Any = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[1:]
        numbers = {line.code: line.pk for line in self.lines}
        month = self.month.pk
        values: list[tuple[Any, ...]] = [
            (numbers[code], month, note, int(spent) * 100, int(owed) * 100, *map(int, others[:7]))
            for code, spent, owed, note, *others in read
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                text = "".join("\t".join(map(str, each)) + "\n" for each in values)
                cursor.copy_expert("COPY bench_bare FROM STDIN", io.StringIO(text))
            else:
                places = ", ".join(["%s"] * 12)
                cursor.executemany(f"INSERT INTO bench_bare VALUES ({places})", values)


def queries_of(work: Callable[[], object]) -> int:
    """Count the statements of one run, beginnings and savepoints too; counting slows a run down."""
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def preview_10k(scale: float) -> Row:
    """Upload to preview: ours, the stock tool's dry run, reading alone (floor)."""
    desk = Desk(scale)
    file = desk.workbook()

    def reading() -> None:
        file.seek(0)
        CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()

    def ours() -> None:
        desk.preview(file)

    taken, floor = in_turn(ours, reading)
    stock = seconds(lambda: desk.stock(dry_run=True), 1)
    more = {"queries": queries_of(ours), "peak_mb": peak_mb(ours)}
    return row("preview-10k", desk.count, taken, stock, floor, **more)


def import_10k(scale: float) -> Row:
    """Upload, preview and commit: ours, the stock tool's two passes, read, insert and update (floor)."""
    desk = Desk(scale)
    file = desk.workbook()

    def ours() -> None:
        upload = desk.preview(file)
        actions.commit_upload(upload=upload, confirmed=True, by=desk.person, at=AT)

    def begin() -> None:
        desk.begin()
        desk.empty_floor()

    taken, floor, bare = in_turn(
        ours, lambda: desk.floor(file), lambda: desk.bare(file), before=begin
    )
    begin()
    stock = seconds(lambda: desk.stock(dry_run=True), 1) + seconds(
        lambda: desk.stock(dry_run=False), 1
    )
    begin()
    queries = queries_of(ours)
    begin()
    more = {"queries": queries, "peak_mb": peak_mb(ours)}
    barer = {"bare_s": round(bare, 3), "bare_ratio": round(taken / bare, 2)}
    return row("import-10k", desk.count, taken, stock, floor, **more) | barer


WORKLOADS = {
    "read-100k": read_100k,
    "export-100k": export_100k,
    "preview-10k": preview_10k,
    "import-10k": import_10k,
}

if __name__ == "__main__":
    only = os.environ.get("ONLY", "")
    for name, workload in WORKLOADS.items():
        if only in ("", name):
            result = workload(float(os.environ.get("SCALE", "1")))
            sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
            sys.stdout.flush()
