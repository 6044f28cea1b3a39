"""Amounts in Thai words, against pythainlp and Excel's BAHTTEXT."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythainlp.util import bahttext

from common.thaiwords import baht_words, number_words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "ศูนย์บาทถ้วน"),
        ("1", "หนึ่งบาทถ้วน"),
        ("11", "สิบเอ็ดบาทถ้วน"),
        ("21", "ยี่สิบเอ็ดบาทถ้วน"),
        ("101", "หนึ่งร้อยเอ็ดบาทถ้วน"),
        ("1000001", "หนึ่งล้านเอ็ดบาทถ้วน"),
        ("218895300", "สองร้อยสิบแปดล้านแปดแสนเก้าหมื่นห้าพันสามร้อยบาทถ้วน"),
        ("1000000000000", "หนึ่งล้านล้านบาทถ้วน"),
        ("0.5", "ห้าสิบสตางค์"),  # as Excel; pythainlp writes ศูนย์บาท before it
        ("12.25", "สิบสองบาทยี่สิบห้าสตางค์"),
        ("12.255", "สิบสองบาทยี่สิบหกสตางค์"),
        ("-3", "ลบสามบาทถ้วน"),
        ("-0.001", "ศูนย์บาทถ้วน"),
    ],
)
def test_an_amount_in_words(amount, words):
    assert baht_words(Decimal(amount)) == words


def test_a_whole_number_in_words():
    assert number_words(-20) == "ลบยี่สิบ"
    assert number_words(0) == "ศูนย์"


@given(st.decimals(min_value=1, max_value=10**12, places=2))
def test_amounts_agree_with_pythainlp(amount):
    assert baht_words(amount) == bahttext(float(amount))
