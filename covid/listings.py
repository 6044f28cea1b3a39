"""Columns of the incident's registers as files."""

from django.utils.translation import gettext_lazy as _

from common.downloads import ListColumn, Listing, columns_of
from covid.models import Facility, Incident, Measure, Order

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

INCIDENTS = Listing(
    "incidents",
    _("เหตุการณ์ที่จังหวัดรับมือ"),
    columns_of(
        Incident,
        *("code", "name_th", "name_en", "start_date", "end_date", "is_open", "summary_th"),
        *("source", "is_sample"),
    ),
)

# Most sources give a measure no day; then there is none.
MEASURES = Listing(
    "measures",
    _("มาตรการ"),
    (
        *columns_of(Measure, "incident.code", "order", "name_th", "name_en"),
        ListColumn("detail_th", _("รายละเอียด"), lambda row: row.detail_th, width=48),
        ListColumn("from_date", _("เริ่ม"), lambda row: row.from_date, "date"),
        ListColumn("until_date", _("สิ้นสุด"), lambda row: row.until_date, "date"),
        *columns_of(Measure, "source"),
    ),
)
