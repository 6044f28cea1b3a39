"""Shape of what the strategy office types about a quarter."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CloseForm(forms.Form):
    """Whether to close although entries are missing."""

    missing_accepted = forms.BooleanField(
        label=_("ปิดทั้งที่ยังขาดรายการข้างต้น รายการที่ขาดได้คะแนนต่ำสุดตามเกณฑ์"), required=False
    )


class SummaryForm(forms.Form):
    """The summary above the figures, and the version that was read."""

    text_th = forms.CharField(
        label=_("บทสรุป"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
        help_text=_("หนึ่งบรรทัดต่อหนึ่งย่อหน้า อย่าใส่ชื่อหรือข้อมูลของบุคคล"),
    )
    text_en = forms.CharField(
        label=_("บทสรุป (อังกฤษ)"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5000,
        required=False,
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
