"""An assessment as a tagged PDF in Sarabun, laid out as the paper form is."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from common import paper
from kpi.renderers.words import Form

TEMPLATE = Path(__file__).resolve().parent.parent / "typst" / "assessment.typ"


def pdf_of(form: Form, *, stamp: datetime) -> bytes:
    """Return the form as a PDF; `stamp` is when it was made or signed."""
    words = {
        "page": _("หน้า"),
        "sign": _("ลงชื่อ"),
        "evidence": _("รายการหลักฐาน"),
    }
    return paper.pdf_of(TEMPLATE, "form", asdict(form) | {"words": words}, stamp=stamp)
