"""Published reports that match a text, in the shared shape."""

from django.utils.translation import gettext as _

from accounts.rules import Visitor
from common.search import Hit
from reports.models import Edition

MOST = 20
_WORDS = ("รายงาน", "ไตรมาส", "report", "quarter")


def search(text: str, user: Visitor) -> list[Hit]:
    """Return the published quarters, newest first, that the text names by word or by year."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    editions = Edition.objects.select_related("quarter").order_by(
        "-quarter__fiscal_year", "-quarter__number", "-number"
    )
    hits: dict[int, Hit] = {}
    for edition in editions:
        quarter = edition.quarter
        label = _("รายงานไตรมาส %(n)d ปีงบประมาณ %(year)d") % {
            "n": quarter.number,
            "year": quarter.fiscal_year_id,
        }
        if wanted in label.lower() or any(word in wanted for word in _WORDS):
            hits.setdefault(
                quarter.pk,
                Hit(
                    kind=_("รายงาน"),
                    code=f"{quarter.number}/{quarter.fiscal_year_id}",
                    label=label,
                    url=f"/reports/{quarter.fiscal_year_id}/q{quarter.number}/",
                ),
            )
    return list(hits.values())[:MOST]
