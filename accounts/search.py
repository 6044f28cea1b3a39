"""Places and agencies that match a text, in the shared shape."""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Agency, Area
from accounts.rules import Visitor
from common.search import Hit

MOST = 20


def search(text: str, user: Visitor) -> list[Hit]:
    """Return areas and agencies whose code or name holds the text; everybody may see them."""
    wanted = text.strip()
    if not wanted:
        return []
    named = Q(name_th__icontains=wanted) | Q(name_en__icontains=wanted) | Q(code__iexact=wanted)
    areas = Area.objects.filter(named).select_related("parent").in_code_order()
    agencies = Agency.objects.active().filter(named | Q(short_name_th__icontains=wanted))
    hits = [
        Hit(
            kind=_("พื้นที่"),
            code=area.code,
            label=f"{area.get_kind_display()}{area.name_th}",
            url=f"/areas/{area.code}/",
            extra=area.parent.name if area.parent else "",
        )
        for area in areas[:MOST]
    ]
    return hits + [
        Hit(
            kind=_("หน่วยงาน"),
            code=agency.code,
            label=agency.name,
            url=f"/kpis/?agency={agency.code}",
            extra=str(agency.get_kind_display()),
        )
        for agency in agencies.in_code_order()[:MOST]
    ]
