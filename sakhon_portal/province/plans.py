"""The province's plans, and the national ones above them."""

from sakhon_portal.province.rows import UNVERIFIED, Folder, Row
from strategy.actions.loading import StatedFramework, StatedItem, StatedPlan, StatedWords
from strategy.models import Plan, PlanEdition

# From its first year to its last.
FIVE_YEAR_SPAN = 4


def plans(folder: Folder, public: Row, seed: Row) -> list[StatedPlan]:
    found: list[StatedPlan] = []
    missions = tuple(
        StatedWords(row.whole("number"), row.text("th"), row.words("en"))
        for row in seed.rows("missions")
    )
    values = tuple(
        StatedWords(number, row.text("th"), row.words("en"), row.text("letter"))
        for number, row in enumerate(seed.row("values").rows("items"), start=1)
    )
    vision = seed.row("vision")
    stated_in = seed.words("source")
    for row in public.rows("plans"):
        years = row.years("period_be")
        if years is None:
            row.note("“period_be” is missing")
            continue
        start, end = years
        state = _state_of(folder, start, end)
        # The seed's words are of the plan of its day; until the present plan's own text is
        # entered they stand there too, and the source says so.
        carries = state == PlanEdition.State.IN_FORCE or (
            state == PlanEdition.State.SUPERSEDED and end - start == FIVE_YEAR_SPAN
        )
        found.append(
            StatedPlan(
                code=f"{start}-{end}",
                kind=Plan.Kind.FIVE_YEAR,
                name_th=row.text("name_th"),
                name_en=row.words("name_en"),
                start_year=start,
                end_year=end,
                state=state,
                fact_th=row.words("fact"),
                source=row.words("source"),
                vision_th=vision.text("th") if carries else "",
                vision_en=vision.words("en") if carries else "",
                motto_th=seed.words("governor_policy_motto_th") if carries else "",
                motto_en=seed.words("governor_policy_motto_en") if carries else "",
                edition_source=stated_in if carries else "",
                missions=missions if carries else (),
                core_values=values if carries else (),
            )
        )
    goal = public.row("goal_20_years")
    if years := goal.years("period_be"):
        start, end = years
        found.append(
            StatedPlan(
                code=f"{start}-{end}",
                kind=Plan.Kind.GOAL,
                name_th=goal.text("name_th"),
                name_en=goal.words("name_en"),
                start_year=start,
                end_year=end,
                state=_state_of(folder, start, end),
                goal_th=goal.text("th"),
                goal_en=goal.words("en"),
                fact_th=goal.words("fact"),
                source=goal.words("source"),
            )
        )
    folder.once("provincial_plan.json", [plan.code for plan in found])
    return found


def _state_of(folder: Folder, start: int, end: int) -> str:
    if end < folder.year:
        return PlanEdition.State.SUPERSEDED
    return PlanEdition.State.DRAFT if start > folder.year else PlanEdition.State.IN_FORCE


def frameworks(folder: Folder, top: Row) -> list[StatedFramework]:
    found: list[StatedFramework] = []
    sources = top.row("source")
    by_code = {
        "NS": "national_strategy",
        "MP": "master_plans",
        "NESDP12": "nesdp12",
        "NESDP13": "nesdp13",
    }
    for order, row in enumerate(top.rows("frameworks"), start=1):
        years = row.years("period_be")
        code = row.text("code")
        source = row.words("source") or sources.words(by_code.get(code, ""))
        kept = ("vision_th", "provinces", "item_label_th", "item_label_en", "note")
        found.append(
            StatedFramework(
                code=code,
                name_th=row.text("name_th"),
                name_en=row.words("name_en"),
                level=row.whole("level") if row.raw.get("level") is not None else None,
                start_year=years[0] if years else None,
                end_year=years[1] if years else None,
                order=order,
                source=source,
                attributes={name: row.raw[name] for name in kept if row.raw.get(name)},
                items=tuple(
                    StatedItem(
                        code=item.text("code"),
                        name_th=item.text("name_th"),
                        name_en=item.words("name_en"),
                        order=item.whole("number"),
                        serves=item.words("related_national_strategy") or None,
                        is_verified=bool(source) and not UNVERIFIED.search(source),
                    )
                    for item in row.rows("items")
                ),
            )
        )
    codes = [item.code for framework in found for item in framework.items]
    folder.once("frameworks.json", [framework.code for framework in found])
    folder.once("frameworks.json items", codes)
    for framework in found:
        for item in framework.items:
            if item.serves and item.serves not in codes:
                folder.findings.append(
                    f"frameworks.json: {item.code} serves {item.serves}, which is not there"
                )
    return found
