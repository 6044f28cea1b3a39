"""Figures are kept as whole numbers, and what only the portal reads is kept squeezed."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from common.fields import BahtField, DeflatedField


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("12.34", 1234),
        ("-0.5", -50),
        ("0", 0),
        ("1E+3", 100_000),
        ("12.345", 1235),
        # More digits than a Decimal is worked out with: not rounded twice.
        ("0.00499999999999999999999999999999", 0),
        ("0.00500000000000000000000000000001", 1),
    ],
)
def test_a_figure_is_stored_as_whole_units_of_its_last_place(written, stored):
    assert BahtField().get_prep_value(Decimal(written)) == stored


@pytest.mark.parametrize("written", ["NaN", "Infinity", "sNaN"])
def test_what_is_no_figure_is_not_stored(written):
    with pytest.raises(ValidationError):
        BahtField().get_prep_value(Decimal(written))


@pytest.mark.django_db
def test_squeezed_json_comes_back_as_it_was():
    field, kept = DeflatedField(), {"lines": [["ก-1", 0, None, "1.50"]], "columns": [["note"]]}
    squeezed = field.get_db_prep_value(kept, connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [squeezed])
        [stored] = cursor.fetchone()
    assert field.from_db_value(stored, None, connection) == kept
    assert field.from_db_value(None, None, connection) is None
