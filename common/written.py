"""Form fields that read figures as people write them, in Thai or Arabic digits."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from common.readings import Kind, Note, Reading
from common.thainumbers import read_number


def say(note: Note) -> str:
    """Return a reader's remark in the page's language."""
    return _(note.sentence) % dict(note.params)


class WrittenNumber(forms.CharField):
    """A figure as officials write it; cleans to a Decimal, or None where nothing was typed.

    `money` reads units such as ล้านบาท, `percent` the percent sign; `least` and `most` bound it.
    """

    def __init__(
        self,
        *,
        money: bool = False,
        percent: bool = False,
        places: int = 4,
        least: Decimal | None = None,
        most: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        widget = forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "class": "input input--num"}
        )
        super().__init__(**{"widget": widget, **kwargs})
        self.reads = {"money": money, "percent": percent, "places": places}
        self.least = least
        self.most = most

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        reading: Reading[Decimal] = read_number(text, **self.reads)  # type: ignore[arg-type]
        if reading.error:
            raise forms.ValidationError(say(reading.error), code="invalid")
        if reading.kind is not Kind.VALUE or reading.value is None:
            return None
        if self.least is not None and reading.value < self.least:
            raise forms.ValidationError(
                _("ต้องไม่น้อยกว่า %(least)s") % {"least": self.least}, code="least"
            )
        if self.most is not None and reading.value > self.most:
            raise forms.ValidationError(_("ต้องไม่เกิน %(most)s") % {"most": self.most}, code="most")
        return reading.value
