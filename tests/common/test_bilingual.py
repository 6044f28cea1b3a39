"""Which language a page speaks."""

import pytest
from django.utils.translation import override

from common.bilingual import in_language, page_language


@pytest.mark.parametrize(
    ("active", "language", "name"),
    [("th", "th", "อำเภอ"), ("en", "en", "District"), (None, "th", "อำเภอ")],
)
def test_a_page_speaks_the_active_language_and_thai_where_there_is_none(active, language, name):
    with override(active):
        assert page_language() == language
        assert in_language("อำเภอ", "District") == name
        assert in_language("อำเภอ", "") == "อำเภอ"
