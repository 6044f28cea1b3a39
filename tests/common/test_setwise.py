"""Many rows in one statement: what was given is what is stored, on both databases."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Role
from budget.models import MonthlyFigure
from common.setwise import insert_together, update_together
from submissions.models import Month
from tests.budget.factories import AllocationFactory
from tests.factories import person, quarter_of
from tests.spreadsheets.conftest import AT

NOTES = ["“ก” 'ข' \"ค\" \\ % %s", "", "น้ำ\n\t=1+1"]


@pytest.fixture
def figures(db):
    quarter_of(2570, 1)
    month = Month.objects.get(fiscal_year=2570, number=1)
    lines = AllocationFactory.create_batch(3)
    by = person(Role.REPORTER, lines[0].spending_agency)
    blank = MonthlyFigure(month=month, entered_by=by, entered_at=AT)
    return [
        blank.another(allocation_id=line.pk, note=note, disbursed_to_date=amount)
        for line, note, amount in zip(
            lines, NOTES, [Decimal("0.07"), None, Decimal(10) ** 12], strict=True
        )
    ]


def stored():
    names = [
        "pk",
        "allocation_id",
        "note",
        "disbursed_to_date",
        "obligated",
        "status",
        "entered_at",
    ]
    return list(MonthlyFigure.objects.order_by("pk").values_list(*names))


def test_rows_are_inserted_in_one_statement_and_know_their_numbers(
    figures, django_assert_num_queries
):
    with django_assert_num_queries(1):
        insert_together(figures, known_by=("allocation_id", "month_id"))
    assert stored() == [
        (row.pk, row.allocation_id, row.note, row.disbursed_to_date, None, "draft", AT)
        for row in sorted(figures, key=lambda row: row.pk)
    ]
    assert not any(row._state.adding for row in figures)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_together([figures[0].another()], known_by=("allocation_id", "month_id"))


def test_one_row_and_rows_alike_are_inserted(figures):
    insert_together(figures[:1], known_by=("allocation_id",))
    assert [row[2] for row in stored()] == NOTES[:1]


def test_named_columns_are_written_in_one_statement(figures, django_assert_num_queries):
    insert_together(figures, known_by=("allocation_id", "month_id"))
    for number, row in enumerate(figures):
        row.disbursed_to_date, row.obligated, row.note = Decimal(number), Decimal("1.25"), "ไม่เขียน"
    with django_assert_num_queries(1):
        update_together(figures, names=("disbursed_to_date", "obligated"))
    found = {row[1]: row[2:5] for row in stored()}
    assert found == {
        row.allocation_id: (note, row.disbursed_to_date, Decimal("1.25"))
        for row, note in zip(figures, NOTES, strict=True)
    }
    update_together(figures[:1], names=("obligated", "note"))
    assert MonthlyFigure.objects.get(pk=figures[0].pk).note == "ไม่เขียน"
