"""Sentences are found where they stand, and a missing English one is seen."""

import pytest

from sakhon_portal import translations


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Stand the module on an empty tree of its own."""
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "PARTS", tmp_path / "locale/en/parts")
    monkeypatch.setattr(translations, "CATALOGUE", tmp_path / "locale/en/LC_MESSAGES/django")
    (tmp_path / "locale/en/parts").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(translations._files, "__defaults__", (tmp_path,))
    return tmp_path


def texts():
    return {(found.text, found.context) for found in translations.sentences()}


def test_sentences_in_code_are_found(tree):
    (tree / "rules.py").write_text(
        "from x import gettext as _, ngettext, pgettext\n"
        '_("ปิดแล้ว"); _("closed"); _(name)\n'
        '_("หนึ่ง" "สอง"); ngettext("%(n)d รายการ", "%(n)d รายการ", n); pgettext("ปุ่ม", "ส่ง")\n'
    )
    assert texts() == {
        ("ปิดแล้ว", None),
        ("หนึ่งสอง", None),
        ("%(n)d รายการ", None),
        ("ส่ง", "ปุ่ม"),
    }


def test_sentences_in_templates_are_found(tree):
    (tree / "templates" / "a.html").write_text(
        '{% translate "ตัวชี้วัด" %}{{ _("ร้อยละ") }}{% translate "ส่ง" context "ปุ่ม" %}'
        "{% blocktranslate trimmed with n=n %}\n  เหลือ {{ n }} วัน\n{% endblocktranslate %}"
    )
    assert texts() == {
        ("ตัวชี้วัด", None),
        ("ร้อยละ", None),
        ("ส่ง", "ปุ่ม"),
        ("เหลือ %(n)s วัน", None),
    }


def part(tree, name, *pairs):
    (tree / "locale/en/parts" / f"{name}.po").write_text(
        "\n".join(f'msgid "{thai}"\nmsgstr "{english}"\n' for thai, english in pairs)
    )


def test_a_sentence_without_english_is_a_fault(tree):
    (tree / "rules.py").write_text('_("ปิดแล้ว"); _("เปิดอยู่")')
    part(tree, "kpi", ("ปิดแล้ว", "Closed"))
    assert translations.faults() == ["rules.py:1: no English for 'เปิดอยู่'"]


def test_a_lost_placeholder_is_a_fault(tree):
    (tree / "rules.py").write_text('_("เหลือ %(n)s วัน")')
    part(tree, "kpi", ("เหลือ %(n)s วัน", "Days left"))
    assert len(translations.faults()) == 1


def test_one_form_for_a_counted_sentence_is_a_fault_and_two_for_a_plain_one(tree):
    (tree / "rules.py").write_text(
        'ngettext("%(n)d แถว", "%(n)d แถว", n); _("%(n)d ช่อง"); ngettext("%(n)d ใบ", "%(n)d ใบ", n)'
    )
    part(tree, "kpi", ("%(n)d แถว", "%(n)d rows"))
    with (tree / "locale/en/parts/kpi.po").open("a") as file:
        for thai, one, many in (("ช่อง", "cell", "cells"), ("ใบ", "sheet", "sheets")):
            file.write(
                f'\nmsgid "%(n)d {thai}"\nmsgid_plural "%(n)d {thai}"\n'
                f'msgstr[0] "%(n)d {one}"\nmsgstr[1] "%(n)d {many}"\n'
            )
    assert translations.faults() == [
        "rules.py:1: asks singular and plural of '%(n)d แถว'",
        "rules.py:1: asks one form of '%(n)d ช่อง'",
    ]


def test_two_parts_that_differ_are_a_fault_and_two_that_agree_are_not(tree):
    part(tree, "kpi", ("ส่ง", "Submit"), ("ปิด", "Close"))
    part(tree, "projects", ("ส่ง", "Send"), ("ปิด", "Close"))
    assert len(translations.faults()) == 1


def test_the_parts_become_one_catalogue(tree):
    part(tree, "kpi", ("ปิดแล้ว", "Closed"))
    part(tree, "projects", ("เปิดอยู่", "Open"))
    translations.build()
    assert (tree / "locale/en/LC_MESSAGES/django.mo").stat().st_size > 0
    assert "Closed" in (tree / "locale/en/LC_MESSAGES/django.po").read_text()


@pytest.mark.parametrize(("order", "status"), [("build", 0), ("check", 0)])
def test_both_orders_end_well_on_an_empty_tree(tree, order, status):
    assert translations.main(order) == status


def test_the_check_fails_where_english_is_missing(tree):
    (tree / "rules.py").write_text('_("ปิดแล้ว")')
    assert translations.main("check") == 1
