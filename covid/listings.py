"""Columns of the incident's registers as files."""

from django.utils.translation import gettext_lazy as _

from common.downloads import Listing, columns_of
from covid.models import Facility, Order

FACILITIES = Listing(
    "facilities",
    _("สถานที่รองรับ"),
    columns_of(
        Facility,
        *("incident.code", "code", "name_th", "name_en", "kind", "area.code", "operator_th"),
        *("beds", "certified_date", "from_date", "until_date", "is_sample"),
    ),
)

ORDERS = Listing(
    "orders",
    _("ประกาศและคำสั่ง"),
    columns_of(
        Order,
        *("incident.code", "number", "name_th", "name_en", "issued_date", "from_date"),
        *("until_date", "basis_th", "closes_th", "opens_th", "is_sample"),
    ),
)
