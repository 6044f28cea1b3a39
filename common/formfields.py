"""Form fields that read what Thais type: dates of the Buddhist Era, amounts of baht."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import thaidates
from common.bilingual import page_language
from common.thainumbers import format_number, read_number


class ThaiDateField(forms.CharField):
    """A date as Thais write it: 29 พ.ย. 69, 29/11/2569 or ISO; cleans to a date."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"widget": forms.TextInput(attrs={"data-date": "", "class": "input"}), **kwargs}
        )

    def prepare_value(self, value: Any) -> Any:
        """Show a stored day as the page shows days, and what was typed as it was typed."""
        is_iso = isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)
        day = thaidates.read_date(value).value if is_iso else value
        return thaidates.format_date(day, lang=page_language()) if isinstance(day, date) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        reading = thaidates.read_date(text)
        if reading.value is None:
            raise forms.ValidationError(
                _("อ่านวันที่ไม่ได้ พิมพ์เช่น 29 พ.ย. 2569 หรือ 29/11/2569"), code="invalid"
            )
        return reading.value


class AmountField(forms.CharField):
    """An amount of baht in Thai or Arabic digits, with a unit if it is written; cleans to a Decimal."""

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else format_number(value)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        reading = read_number(text, money=True, places=2)
        if reading.error:
            raise forms.ValidationError(
                gettext(reading.error.sentence) % dict(reading.error.params), code="invalid"
            )
        if reading.value is None:
            raise forms.ValidationError(_("ใส่จำนวนเงินเป็นตัวเลข หน่วยบาท"), code="invalid")
        return reading.value


class CountField(forms.CharField):
    """A whole number from 0 on in Thai or Arabic digits; empty is unknown, zero is zero."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        reading = read_number(text)
        if reading.error or reading.value is None:
            raise forms.ValidationError(_("ใส่เป็นตัวเลข เช่น 1,250"), code="invalid")
        if reading.value < 0 or reading.value != int(reading.value):
            raise forms.ValidationError(_("ใส่จำนวนเต็มตั้งแต่ 0 ขึ้นไป"), code="invalid")
        return int(reading.value)


class FigureField(forms.CharField):
    """A figure in Thai or Arabic digits, below zero too, with decimals; cleans to a Decimal."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        reading = read_number(text, places=5)
        if reading.error or reading.value is None:
            raise forms.ValidationError(_("ใส่เป็นตัวเลข เช่น 1,250"), code="invalid")
        return reading.value


class SeveralFilesInput(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """None, one or several files; cleans to a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": SeveralFilesInput(), **kwargs})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the files as a list, each as an ordinary file field would have it.

        :raises ValidationError: if one of them is empty or broken.
        """
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(SeveralFilesField, self).clean(each, initial) for each in files]
