"""The incident that the province went through, from its stated facts."""

from collections.abc import Sequence

from accounts.actions.places import StatedArea
from covid.actions import Count, Fact, StatedIncident, Step, Words
from covid.models import FacilityCount
from sakhon_portal.province.rows import Folder, Row


def incident(
    folder: Folder, stated: Row, shape: Row, areas: Sequence[StatedArea]
) -> StatedIncident:
    known = {area.code for area in areas}
    source = stated.words("source")
    facts = []
    for row in stated.rows("facts"):
        area = row.words("district_code")
        if area and area not in known:
            row.note(f"area {area} is not in areas.json")
        facts.append(
            Fact(
                key=row.text("key"),
                label_th=row.text("label_th"),
                label_en=row.words("label_en"),
                value=row.whole("value"),
                unit_th=row.text("unit_th"),
                unit_en=row.words("unit_en"),
                from_date=row.day("date_from"),
                until_date=row.day("date_to"),
                area=area or None,
                source=source,
            )
        )
    folder.once("covid_seed_facts.json", [fact.key for fact in facts])
    by_key = {fact.key: fact for fact in facts}

    def count(row: Row, kind: Row, order: int, area: str | None) -> Count | None:
        keys = (row.text("sites"), row.text("beds"))
        missing = [key for key in keys if key not in by_key]
        if missing:
            row.note(f"fact {', '.join(missing)} is not in covid_seed_facts.json")
            return None
        sites, beds = (by_key[key] for key in keys)
        return Count(
            kind=kind.one_of("kind", FacilityCount.Kind.values),
            sites=sites.value,
            beds=beds.value,
            label_th=kind.text("label_th"),
            label_en=kind.words("label_en"),
            area=area,
            as_of_date=beds.until_date,
            order=order,
            source=beds.source,
        )

    counts = []
    for order, kind in enumerate(shape.rows("facilities"), start=1):
        parts = kind.row("by_area")
        counts.append(count(kind, kind, order, None))
        for area in parts.raw:
            if area not in known:
                parts.note(f"area {area} is not in areas.json")
            counts.append(count(parts.row(area), kind, order, area))
    head = shape.row("incident")
    english = shape.row("terms_en")
    shown = shape.texts("terms_shown")
    return StatedIncident(
        code=head.text("code"),
        name_th=head.text("name_th"),
        name_en=head.words("name_en"),
        start_date=head.day("start_date"),
        end_date=head.day("end_date"),
        summary_th=head.words("summary_th"),
        summary_en=head.words("summary_en"),
        source=head.words("source"),
        facts=facts,
        counts=[found for found in counts if found is not None],
        measures=[
            Words(row.text("name_th"), row.words("name_en"))
            for row in sorted(stated.rows("measures"), key=lambda row: row.whole("number"))
        ],
        steps=[
            Step(
                text_th=row.text("text_th"),
                text_en=row.words("text_en"),
                happened_date=row.day("date"),
                before_date=row.day("before"),
                is_press=bool(row.raw.get("is_press")),
                source=row.words("source"),
            )
            for row in shape.rows("timeline")
        ],
        terms=[
            Words(
                row.text("th"),
                english.words(row.text("abbr")),
                abbreviation=row.text("abbr"),
                is_shown=row.text("abbr") in shown,
            )
            for row in stated.rows("terms")
        ],
    )
