"""What may be typed about an outstanding result: shape and type only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from projects.forms.dossier import Choices, line, many, text


def _lines(value: str) -> list[str]:
    return [each.strip() for each in value.splitlines() if each.strip()]


class StoryForm(forms.Form):
    """A story with what it rests on; lists are typed one item a line."""

    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    slug = forms.SlugField(
        label=gettext_lazy("ที่อยู่"),
        max_length=60,
        help_text=gettext_lazy("อักษรอังกฤษและขีด เช่น fishery-certificates ตั้งแล้วเปลี่ยนไม่ได้"),
    )
    name_th = line(gettext_lazy("ชื่อผลงาน"), 500, required=True)
    name_en = line(gettext_lazy("ชื่อภาษาอังกฤษ"), 500)
    lede_th = text(gettext_lazy("สรุป"), 3, required=True)
    lede_en = text(gettext_lazy("สรุป (อังกฤษ)"), 3)
    body_th = text(gettext_lazy("เรื่องเล่า"), 8)
    online_th = text(gettext_lazy("บริการออนไลน์ (บรรทัดละหนึ่งรายการ)"), 6)
    countries_th = text(gettext_lazy("ประเทศปลายทาง (บรรทัดละหนึ่งประเทศ)"), 5)
    system_name = line(gettext_lazy("ระบบที่ใช้"))
    source = text(gettext_lazy("ที่มา"), 2, required=True)
    order = forms.IntegerField(label=gettext_lazy("ลำดับ"), min_value=0, initial=0)
    projects = many(gettext_lazy("โครงการที่ทำให้เกิดผล"))
    kpis = many(gettext_lazy("ตัวเลขบริการ (ตัวชี้วัด)"))
    is_shown = forms.BooleanField(label=gettext_lazy("แสดงต่อสาธารณะ"), required=False)

    def __init__(
        self, *args: Any, projects: Choices, kpis: Choices, fixed_slug: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["projects"].choices = projects  # type: ignore[attr-defined]
        self.fields["kpis"].choices = kpis  # type: ignore[attr-defined]
        self.fields["slug"].disabled = fixed_slug

    def clean_online_th(self) -> list[str]:
        """Return one service a line."""
        return _lines(self.cleaned_data["online_th"])

    def clean_countries_th(self) -> list[str]:
        """Return one country a line."""
        return _lines(self.cleaned_data["countries_th"])
