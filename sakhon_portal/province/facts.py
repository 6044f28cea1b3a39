"""Figures and sentences about the province, each with its source."""

from decimal import Decimal

from sakhon_portal.province.rows import Row
from strategy.actions.loading import StatedProvinceFact
from strategy.models import ProvinceFact


def facts(places: Row, public: Row, seed: Row) -> list[StatedProvinceFact]:
    subject = ProvinceFact.Subject
    found: list[StatedProvinceFact] = []
    province = places.row("province")
    seed_source = seed.words("source")
    about_people = ("ประชากรตามทะเบียนราษฎร", "Registered population", "คน", "people")
    about_product = (
        *("ผลิตภัณฑ์มวลรวมจังหวัด", "Gross provincial product"),
        *("ล้านบาท", "million baht"),
    )
    about_each = (
        *("ผลิตภัณฑ์มวลรวมจังหวัดต่อหัว", "Gross provincial product per head"),
        *("บาท", "baht"),
    )
    sizes = (
        ("population", subject.PEOPLE, *about_people),
        ("gpp", subject.ECONOMY, *about_product),
        ("gpp_per_capita", subject.ECONOMY, *about_each),
    )
    measures = {
        "current prices": "ราคาประจำปี",
        "chain volume, 2002 reference": "ปริมาณลูกโซ่ ปีอ้างอิง 2545",
    }
    for name, about, label_th, label_en, unit_th, unit_en in sizes:
        for order, row in enumerate(province.rows(name) if name in province.raw else (), start=1):
            measure = row.words("measure")
            suffix = f" ({measures.get(measure, 'ราคาประจำปี')})" if measure else ""
            found.append(
                StatedProvinceFact(
                    key=f"{name}-{order}",
                    subject=about,
                    order=len(found),
                    label_th=f"{label_th}{suffix}",
                    label_en=f"{label_en} ({measure})" if measure else label_en,
                    value=row.number("value"),
                    unit_th=unit_th,
                    unit_en=unit_en,
                    year=row.whole("year_be") if row.raw.get("year_be") else None,
                    source=row.words("source"),
                )
            )
    for order, row in enumerate(public.rows("budget_facts"), start=1):
        amount = row.number("amount_baht")
        millions = row.number("proposed_million_baht")
        found.append(
            StatedProvinceFact(
                key=f"budget-{order}",
                subject=subject.BUDGET,
                order=len(found),
                label_th=row.text("name_th"),
                label_en=row.words("name_en"),
                value=amount if amount is not None else millions,
                unit_th="บาท" if amount is not None else "ล้านบาท",
                unit_en="baht" if amount is not None else "million baht",
                year=row.whole("fiscal_year"),
                source=row.words("source"),
            )
        )
    for order, row in enumerate(public.row("cluster").rows("facts"), start=1):
        found.append(
            StatedProvinceFact(
                key=f"cluster-{order}",
                subject=subject.CLUSTER,
                order=len(found),
                label_th=row.text("th"),
                label_en=row.words("en"),
                value=row.number("amount_million_baht"),
                unit_th="ล้านบาท",
                unit_en="million baht",
                source=row.words("source"),
            )
        )
    lists = (
        ("planning_chain_th", "planning_chain_en", subject.CHAIN),
        ("bottom_up_chain_th", "bottom_up_chain_en", subject.FROM_BELOW),
        ("cascade_channels_th", "cascade_channels_en", subject.CHANNEL),
    )
    for name, english, about in lists:
        in_english = seed.texts(english) if english in seed.raw else []
        for order, words in enumerate(seed.texts(name)):
            found.append(
                StatedProvinceFact(
                    key=f"{about}-{order + 1}",
                    subject=about,
                    order=order,
                    label_th=words,
                    label_en=in_english[order] if order < len(in_english) else "",
                    source=seed_source,
                )
            )
    for order, row in enumerate(seed.rows("monitoring"), start=1):
        found.append(
            StatedProvinceFact(
                key=f"monitoring-{order}",
                subject=subject.MONITORING,
                order=order,
                label_th=row.text("th"),
                label_en=row.words("en"),
                source=seed_source,
            )
        )
    rule = seed.row("hr_rule")
    for order, name in enumerate(("min_topics_per_year", "min_digital_topics_per_year"), 1):
        found.append(
            StatedProvinceFact(
                key=f"learning-{name}",
                subject=subject.LEARNING,
                order=order,
                label_th=rule.text("th"),
                label_en=rule.words("en"),
                value=Decimal(rule.whole(name)),
                unit_th="เรื่องต่อปี",
                unit_en="topics a year",
                source=seed_source,
            )
        )
    return found
