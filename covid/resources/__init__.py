"""The forms of an incident's days: facilities and districts, a line a day, of one month."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Area, User
from common import fiscal
from common.refusal import EntriesRefused, Refused
from common.sheets import Figure, Prepared, SheetField, SheetResource, SheetRow
from covid.actions import OccupancyEntry, SituationEntry, record_day
from covid.models import DailySituation, Facility, Incident, Occupancy
from submissions.models import Month


def _day_columns() -> tuple[SheetField, ...]:
    return (
        SheetField(
            "row_code", _("รหัสแถว"), reads="key", known_as=("รหัส",), width=28,
            note=_("เหตุการณ์/สถานที่หรืออำเภอ/วันที่"),
        ),
        SheetField("name", _("สถานที่"), reads="shown", width=36),
    )  # fmt: skip


def _number(name: str, label: Any, *known_as: str) -> SheetField:
    return SheetField(name, label, reads="number", known_as=known_as, places=0)


class DaySheet(SheetResource):
    """What both forms share: open incidents, the month's days up to today, and the day's verb."""

    period = "month"
    senders = ("operator",)
    submits = False
    columns: ClassVar[tuple[SheetField, ...]] = ()
    # The columns of a row that are whole numbers.
    figures: tuple[str, ...] = ()

    def _typed(self) -> tuple[str, ...]:
        return (*self.figures, "note")

    def _row(
        self,
        incident: Incident,
        place: Any,
        day: date,
        stored: Any,
        shown: Mapping[str, Figure] | None = None,
    ) -> SheetRow:
        kept: dict[str, Figure] = {
            figure: Decimal(value)
            if stored and (value := getattr(stored, figure)) is not None
            else None
            for figure in self.figures
        }
        code = f"{incident.code}/{place.code}/{day.isoformat()}"
        return SheetRow(
            subject_id=place.pk,
            code=code,
            label=place.name_th,
            typed=self._typed(),
            stored={**kept, "note": stored.note if stored else ""},
            shown={"name": place.name_th, **(shown or {})},
            decimals=0,
            version=stored.version if stored else 0,
            definition=code,
            is_sample=incident.is_sample,
            subject=(incident, place, day),
        )

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: Month
    ) -> list[Prepared]:
        """Make an entry of each line; what the sheet leaves out stays as it is."""
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            incident, place, day = row.subject
            typed: dict[str, Any] = {
                name: None if given[name] is None else int(Decimal(str(given[name])))
                for name in self.figures
            }
            note = str(given["note"] or "")
            entry = self._entry(place, typed, note, row.version)
            prepared.append(Prepared((incident, day, entry), (position,)))
        return prepared

    def _entry(self, place: Any, typed: Mapping[str, Any], note: str, version: int) -> Any:
        raise NotImplementedError

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Keep each day by the verb of its page, and say of each line why it cannot be."""
        days: dict[tuple[Incident, date], list[int]] = defaultdict(list)
        for position, (incident, day, _entry) in enumerate(entries):
            days[incident, day].append(position)
        refusals: dict[int, Refused] = {}
        for (incident, day), positions in days.items():
            told = [entries[position][2] for position in positions]
            try:
                record_day(
                    incident=incident,
                    day=day,
                    occupancies=[each for each in told if isinstance(each, OccupancyEntry)],
                    situations=[each for each in told if isinstance(each, SituationEntry)],
                    by=by,
                    at=at,
                )
            except EntriesRefused as refused:
                refusals |= {positions[index]: why for index, why in refused.by_entry.items()}
            except Refused as refused:
                refusals |= dict.fromkeys(positions, refused)
        if refusals:
            raise EntriesRefused(str(_("มีแถวที่บันทึกไม่ได้")), refusals)
        return list(entries)


class OccupancySheet(DaySheet):
    """Patients of each facility at the end of each day."""

    kind = "covid-occupancies"
    title = _("การใช้เตียงรายวัน")
    figures = ("patients", "admitted", "discharged")
    columns = (
        *_day_columns(),
        SheetField("beds", _("เตียง"), reads="shown"),
        _number("patients", _("ผู้ป่วยคงอยู่"), "ผู้ป่วย", "คงอยู่"),
        _number("admitted", _("รับใหม่")),
        _number("discharged", _("จำหน่าย")),
        SheetField("note", _("หมายเหตุ"), reads="text", width=32),
    )

    class Meta:
        model = Occupancy
        import_id_fields = ("row_code",)

    def rows_for(
        self, *, user: User, agency: Agency, period: Month, at: datetime
    ) -> list[SheetRow]:
        """Return a line for each facility that is open on each day."""
        there = {
            (each.facility_id, each.day): each
            for each in Occupancy.objects.filter(
                facility__incident__is_open=True, day__range=_limits(period)
            )
        }
        places = list(
            Facility.objects.filter(incident__is_open=True)
            .select_related("incident")
            .order_by("incident__code", "code")
        )
        found = []
        for place in places:
            for day in _days(place.incident, period, at):
                if (place.from_date or day) <= day <= (place.until_date or day):
                    stored = there.get((place.pk, day))
                    beds = {"beds": Decimal(place.beds)}
                    found.append(self._row(place.incident, place, day, stored, beds))
        return found

    def _entry(self, place: Any, typed: Mapping[str, Any], note: str, version: int) -> Any:
        return OccupancyEntry(place, **typed, note=note, version=version)


class SituationSheet(DaySheet):
    """New cases and deaths of each district on each day."""

    kind = "covid-situations"
    title = _("ผู้ติดเชื้อรายวัน ตามอำเภอ")
    figures = ("cases", "deaths", "tested", "vaccinated")
    columns = (
        *_day_columns(),
        _number("cases", _("ติดเชื้อรายใหม่"), "ผู้ติดเชื้อ"),
        _number("deaths", _("เสียชีวิต"), "ผู้เสียชีวิต"),
        _number("tested", _("ตรวจ")),
        _number("vaccinated", _("ฉีดวัคซีน")),
        SheetField("note", _("หมายเหตุ"), reads="text", width=32),
    )

    class Meta:
        model = DailySituation
        import_id_fields = ("row_code",)

    def rows_for(
        self, *, user: User, agency: Agency, period: Month, at: datetime
    ) -> list[SheetRow]:
        """Return a line for each district on each day."""
        there = {
            (each.incident_id, each.area_id, each.day): each
            for each in DailySituation.objects.filter(
                incident__is_open=True, day__range=_limits(period)
            )
        }
        areas = list(Area.objects.of_kind(Area.Kind.DISTRICT).order_by("code"))
        return [
            self._row(incident, area, day, there.get((incident.pk, area.pk, day)))
            for incident in Incident.objects.filter(is_open=True).order_by("code")
            for area in areas
            for day in _days(incident, period, at)
        ]

    def _entry(self, place: Any, typed: Mapping[str, Any], note: str, version: int) -> Any:
        return SituationEntry(place, **typed, note=note, version=version)


def _limits(period: Month) -> tuple[date, date]:
    year, month = period.fiscal_year_id, period.number
    return fiscal.month_start(year, month), fiscal.month_end(year, month)


def _days(incident: Incident, period: Month, at: datetime) -> Iterator[date]:
    """The month's days on which the incident ran, up to today."""
    first, last = _limits(period)
    day = max(first, incident.start_date or first)
    while day <= min(last, fiscal.local_date(at)):
        yield day
        day += timedelta(days=1)
