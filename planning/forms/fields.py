"""Fields that several forms of planning share, and what tells a person from a machine."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Area

# A person needs longer than this to fill a form in, and no longer than that.
QUICKEST_SECONDS, SLOWEST_SECONDS = 3, 24 * 3600
_SALT = "planning.public-form"


def named(obj: Any) -> str:
    """Return a row's name in the page's language, as a choice shows it."""
    return str(obj.name)


def coded(obj: Any) -> str:
    """Return a row's code and name, as a choice shows them."""
    return f"{obj.code} {obj.name}"


class AreaField(forms.ModelChoiceField[Area]):
    """A tambon or village, listed under its district."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Area.objects.none(), **kwargs)

    def offer(self, areas: Sequence[Area]) -> None:
        """Offer these places; read with what they lie in."""
        self.queryset = Area.objects.filter(pk__in=[area.pk for area in areas]).select_related(
            "parent__parent__parent"
        )
        groups: dict[str, list[tuple[int, str]]] = {}
        for area in areas:
            tambon = area.parent if area.kind == Area.Kind.VILLAGE else area
            assert tambon is not None
            district = tambon.parent.name if tambon.parent else ""
            label = f"{_('ตำบล')}{tambon.name}"
            if area.kind == Area.Kind.VILLAGE:
                label = f"{label} – {village_name(area)}"
            groups.setdefault(district, []).append((area.pk, label))
        self.choices = [("", _("เลือกตำบลหรือหมู่บ้าน")), *groups.items()]


def village_name(area: Area) -> str:
    """Return a village with its number: หมู่ 3 บ้านท่าจีน."""
    number = int(area.code[-2:]) if area.code[-2:].isdecimal() else 0
    return f"{_('หมู่')} {number} {area.name}" if 0 < number <= 50 else area.name


def stamp_of(at: datetime) -> str:
    """Return the signed moment at which a public form was shown."""
    return signing.dumps(int(at.timestamp()), salt=_SALT)


def why_not_a_person(trap: str, stamp: str, at: datetime) -> str | None:
    """Say why what was sent looks like a machine's: the trap is filled, or the time is not human."""
    if trap:
        return _("ส่งไม่ได้ ช่องที่ซ่อนไว้ต้องว่าง โหลดหน้านี้ใหม่แล้วส่งอีกครั้ง")
    try:
        shown = int(signing.loads(stamp, salt=_SALT))
    except (signing.BadSignature, ValueError):
        return _("แบบฟอร์มนี้หมดอายุ ข้อความยังอยู่ กดส่งอีกครั้ง")
    took = at.timestamp() - shown
    if took < QUICKEST_SECONDS:
        return _("ส่งเร็วเกินไป ตรวจข้อความแล้วกดส่งอีกครั้ง")
    if took > SLOWEST_SECONDS:
        return _("แบบฟอร์มนี้หมดอายุ ข้อความยังอยู่ กดส่งอีกครั้ง")
    return None


class FromPublicForm(forms.Form):
    """What anybody may send: with a trap for machines and the time it took; `at` is now."""

    # People do not see it; machines fill it in.
    website = forms.CharField(
        required=False,
        label=gettext_lazy("เว้นช่องนี้ไว้"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def clean(self) -> dict[str, Any]:
        """Refuse what no person sends."""
        cleaned = super().clean() or {}
        if refusal := why_not_a_person(
            cleaned.get("website", ""), cleaned.get("stamp", ""), self.at
        ):
            self.add_error(None, refusal)
        return cleaned
