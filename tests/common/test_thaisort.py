"""Thai dictionary order, against pythainlp."""

import random
import re

import pytest
from pythainlp.corpus import thai_words
from pythainlp.util import collate

from common.thaisort import thai_key


@pytest.mark.parametrize(
    "ordered",
    [
        ["กระทุ่มแบน", "เกาะ", "แก้ว", "ไก่", "ขนม", "บ้านแพ้ว", "เมือง"],
        ["ปา", "ป่า", "ป้า", "ปาก"],
        ["ก", "กก", "เก", "เก่ง"],
        ["ตัวชี้วัด 1", "ตัวชี้วัด ๒", "ตัวชี้วัด 3"],
        ["นา", "น\u0e49\u0e4dา", "เนย"],
        ["2.3", "4.4ก", "4.4ข"],
    ],
)
def test_words_stand_in_the_order_of_a_dictionary(ordered):
    shuffled = sorted(ordered, reverse=True)
    assert sorted(shuffled, key=thai_key) == ordered


def test_the_order_agrees_with_pythainlp_where_no_tone_decides():
    plain = sorted(word for word in thai_words() if re.fullmatch("[ก-\u0e46]+", word))
    words = random.Random(74).sample(plain, 5_000)
    assert sorted(words, key=thai_key) == sorted(collate(words), key=thai_key)
    letters = [thai_key(word)[0] for word in collate(words)]
    assert letters == sorted(letters)
