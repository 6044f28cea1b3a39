"""Which language a page speaks."""

from datetime import date

import pytest
from django.utils.translation import override

from common.bilingual import in_language, page_language
from common.formfields import ThaiDateField


@pytest.mark.parametrize(
    ("active", "language", "name"),
    [("th", "th", "อำเภอ"), ("en", "en", "District"), (None, "th", "อำเภอ")],
)
def test_a_page_speaks_the_active_language_and_thai_where_there_is_none(active, language, name):
    with override(active):
        assert page_language() == language
        assert in_language("อำเภอ", "District") == name
        assert in_language("อำเภอ", "") == "อำเภอ"


@pytest.mark.parametrize("stored", [date(2027, 1, 10), "2027-01-10"])
def test_a_stored_day_stands_in_its_field_as_the_page_shows_days(stored):
    field = ThaiDateField()
    shown = field.prepare_value(stored)
    assert shown.split() == ["10", "ม.ค.", "2570"]
    assert field.clean(shown) == date(2027, 1, 10)
    with override("en"):
        shown = field.prepare_value(stored)
        assert shown.split() == ["10", "Jan", "2027"]
        assert field.clean(shown) == date(2027, 1, 10)
    assert [field.prepare_value(typed) for typed in ("29/11/69", "", None)] == [
        "29/11/69",
        "",
        None,
    ]
