"""The form of monthly money: one line for each allocation that the agency spends from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from budget import actions, rules
from budget.models import Allocation, MonthlyFigure, SpendingLine
from common import fiscal
from common.readings import Note, Reading
from common.sheets import (
    Checked,
    Figure,
    Prepared,
    Remark,
    SheetField,
    SheetResource,
    SheetRow,
)
from submissions.models import Month
from submissions.rules import standing_of

AMOUNTS = ("disbursed_to_date", "obligated")
TYPED = (*AMOUNTS, "note")


class MonthlySheet(SheetResource):
    """What was disbursed to date and is obligated at the end of a month."""

    kind = "monthly-disbursement"
    title = _("ผลเบิกจ่ายรายเดือน")
    period = "month"
    columns = (
        SheetField(
            "allocation_code",
            _("รหัสรายการงบประมาณ"),
            reads="key",
            known_as=("รหัสงบประมาณ", "รหัสรายการ", "รหัสโครงการ", "รหัส", "รายการ", "โครงการ"),
            width=18,
        ),
        SheetField("name", _("ชื่อรายการ"), reads="shown", known_as=("ชื่อโครงการ",), width=48),
        SheetField("allotted", _("ได้รับจัดสรร (บาท)"), reads="shown", known_as=("โอนจัดสรร",)),
        SheetField("last_disbursed", _("เบิกจ่ายสะสมเดือนก่อน"), reads="shown"),
        SheetField(
            "disbursed_to_date",
            _("เบิกจ่ายสะสม (บาท)"),
            reads="money",
            known_as=("ผลการเบิกจ่าย", "เบิกจ่าย", "ผลเบิกจ่าย"),
            places=2,
            width=20,
            note=_("ยอดสะสมตั้งแต่ 1 ตุลาคม หน่วยเป็นบาท เว้นว่างถ้ายังไม่ทราบ ใส่ 0 ถ้ายังไม่เบิก"),
        ),
        SheetField(
            "obligated",
            _("ก่อหนี้ผูกพันคงค้าง (บาท)"),
            reads="money",
            known_as=("ก่อหนี้ผูกพัน", "ก่อหนี้", "ผูกพันสัญญา", "PO", "สำรองเงินมีหนี้"),
            places=2,
            width=20,
            note=_("ยอดที่ทำสัญญาแล้วแต่ยังไม่เบิก ณ สิ้นเดือน หน่วยเป็นบาท"),
        ),
        SheetField("note", _("หมายเหตุ"), reads="text", known_as=("ปัญหาอุปสรรค",), width=32),
    )

    class Meta:
        model = MonthlyFigure
        import_id_fields = ("allocation_code",)

    def rows_for(
        self, *, user: User, agency: Agency, period: Month, at: datetime
    ) -> list[SheetRow]:
        """Return the agency's allocations of the year with the month's and the last figures."""
        today = fiscal.local_date(at)
        standing = standing_of(user, today)
        lines = (
            Allocation.objects.visible_to(standing)
            .for_year(period.fiscal_year_id)
            .filter(spending_agency=agency)
            .in_code_order()
            .as_spending_lines()
        )
        figures: dict[int, _Months] = defaultdict(dict)
        for allocation_id, number, *stands in (
            MonthlyFigure.objects.for_lines_of(agency, period.fiscal_year_id)
            .filter(month__number__lte=period.number)
            .values_list("allocation_id", "month__number", *TYPED, "version", "status")
        ):
            figures[allocation_id][number] = _Stands(*stands)
        answers: dict[str | None, str | None] = {}
        rows = []
        for line in lines:
            months = figures.get(line.pk, {})
            here = months.get(period.number)
            status = here.status if here else None
            if status not in answers:
                figure = None if status is None else MonthlyFigure(status=status)
                # One agency's lines of one year: the status tells their answers apart.
                answers[status] = rules.why_not_save(line, period, figure, standing, today)
            rows.append(_row(line, months, period.number, answers[status]))
        return rows

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Ask, as the grid does, about an amount far below what was allotted; a note answers."""
        values: dict[str, Figure] = {name: reading.value for name, reading in read.items()}
        note = str(values.get("note") or row.stored.get("note") or "")
        if note.strip():
            return Checked(values)
        remarks = []
        for name in AMOUNTS:
            amount = values.get(name)
            # What stands in the portal already was asked about when it came in.
            there = row.stored.get(name)
            if not isinstance(amount, Decimal) or (there is not None and amount == there):
                continue
            if question := rules.why_not_so_little(row.subject, amount, None, note):
                told = Note("so_little", "%(question)s", {"question": question})
                remarks.append(Remark(name, told, is_question=True))
        return Checked(values, tuple(remarks))

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: Month
    ) -> list[Prepared]:
        """Make one entry a line; a figure that the sheet does not state stays."""
        return [
            Prepared(
                actions.MonthlyInput(
                    allocation=row.subject,
                    month=period,
                    disbursed_to_date=_kept(row, values, "disbursed_to_date"),
                    obligated=_kept(row, values, "obligated"),
                    note=None if "note" not in values else str(values["note"] or ""),
                    version=row.version,
                    # `check` asked about a suspect unit, and a person said yes.
                    is_confirmed=True,
                ),
                (position,),
            )
            for position, (row, values) in enumerate(rows)
        ]

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[MonthlyFigure]:
        """Keep the figures as drafts."""
        return actions.record_monthly_figures(entries=entries, by=by, at=at)

    def rehearse(self, entries: Sequence[Any], *, by: User, at: datetime) -> None:
        """Ask the verb's own checks; nothing is written."""
        actions.check_monthly_figures(entries=entries, by=by, at=at)

    def submit(self, stored: Sequence[Any], *, by: User, at: datetime) -> None:
        """Send the figures for signature."""
        actions.submit_monthly_figures(entries=stored, by=by, at=at)


def _kept(row: SheetRow, values: Mapping[str, Figure], name: str) -> Any:
    return values[name] if name in values else row.stored.get(name)


class _Stands(NamedTuple):
    """What is stored of a month."""

    disbursed_to_date: Decimal | None
    obligated: Decimal | None
    note: str
    version: int
    status: str


_Months = dict[int, _Stands]
_NOTHING = _Stands(None, None, "", 0, "")


def _row(line: SpendingLine, figures: _Months, number: int, why_not: str | None) -> SheetRow:
    here = figures.get(number, _NOTHING)
    earlier = [month for month in figures if month < number]
    before = figures[max(earlier)] if earlier else _NOTHING
    return SheetRow(
        subject_id=line.pk,
        code=line.code,
        label=line.label,
        typed=TYPED,
        stored={
            "disbursed_to_date": here.disbursed_to_date,
            "obligated": here.obligated,
            "note": here.note,
        },
        previous={"disbursed_to_date": before.disbursed_to_date, "obligated": before.obligated}
        if earlier
        else {},
        shown={
            "name": line.label,
            "allotted": line.allotted,
            "last_disbursed": before.disbursed_to_date,
        },
        unit="บาท",
        version=here.version,
        why_not=why_not,
        definition=f"{line.code}:{line.expenditure_type}",
        is_sample=line.is_sample,
        subject=line,
    )
