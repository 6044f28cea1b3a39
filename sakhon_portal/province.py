"""Read a province's folder into what its apps state, or say everything that is wrong with it.

Nothing here knows which province it is: names, codes and figures stand in the folder.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from accounts.actions.places import StatedAgency, StatedArea
from accounts.models import Agency, Area
from covid.actions import Count, Fact, StatedIncident, Step, Words
from covid.models import FacilityCount
from meetings.actions import StatedCommittee, StatedSeat
from planning.models import Criterion, NeedCategory
from planning.workflow import Level
from projects.actions import StoryInput
from projects.actions.inspections import StatedChecklist
from projects.actions.risks import StatedCategory
from strategy.actions.loading import (
    StatedFramework,
    StatedItem,
    StatedPlan,
    StatedProvinceFact,
    StatedWords,
)
from strategy.models import Plan, PlanEdition, ProvinceFact

# Words by which the folder says that a value was not found in a source.
UNVERIFIED = re.compile(r"general knowledge|inferred|to verify|assumption", re.IGNORECASE)
GOAL_YEARS = 20
FIVE_YEARS = (4, 5)


class FolderError(Exception):
    """The folder cannot be loaded; `findings` lists everything that is wrong, file by file."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = list(findings)


@dataclass(frozen=True, slots=True)
class StatedTarget:
    """What the Cabinet (or whoever `kind` says) asks to be spent by a quarter's end, in percent."""

    fiscal_year: int
    quarter: int
    category: str
    measure: str
    percent: Decimal
    kind: str
    source: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class StatedSource:
    """Where money comes from."""

    code: str
    name_th: str
    name_en: str
    order: int
    source: str


@dataclass(frozen=True, slots=True)
class StatedLearning:
    """What each officer learns in a year."""

    courses: int
    digital: int
    source: str


@dataclass(frozen=True, slots=True)
class Province:
    """Everything a folder states."""

    areas: list[StatedArea]
    agencies: list[StatedAgency]
    committees: list[StatedCommittee]
    plans: list[StatedPlan]
    frameworks: list[StatedFramework]
    facts: list[StatedProvinceFact]
    sources: list[StatedSource]
    targets: list[StatedTarget]
    incident: StatedIncident
    stories: list[StoryInput]
    learning: StatedLearning
    need_categories: list[NeedCategory]
    need_criteria: list[Criterion]
    risk_categories: list[StatedCategory]
    checklists: list[StatedChecklist]


class Row:
    """One JSON object, asked for its values by name; what is missing or wrong is noted."""

    def __init__(self, raw: Any, place: str, findings: list[str]) -> None:
        self.raw = raw if isinstance(raw, dict) else {}
        self.place = place
        self.findings = findings
        if not isinstance(raw, dict):
            findings.append(f"{place}: expected an object")

    def note(self, sentence: str) -> None:
        self.findings.append(f"{self.place}: {sentence}")

    def text(self, name: str) -> str:
        """Return a text that must be there."""
        value = self.raw.get(name)
        if not isinstance(value, str) or not value.strip():
            self.note(f"“{name}” must be a text")
            return ""
        return value

    def words(self, name: str) -> str:
        """Return a text that may be missing."""
        value = self.raw.get(name)
        if value is None:
            return ""
        if isinstance(value, list):
            return ", ".join(str(part) for part in value)
        if not isinstance(value, str):
            self.note(f"“{name}” must be a text")
            return ""
        return value

    def one_of(self, name: str, choices: Sequence[str]) -> str:
        value = self.raw.get(name)
        if value not in choices:
            self.note(f"“{name}” is {value!r}, must be one of {', '.join(choices)}")
            return choices[0]
        return str(value)

    def whole(self, name: str) -> int:
        value = self.raw.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.note(f"“{name}” must be a whole number, not negative")
            return 0
        return value

    def number(self, name: str) -> Decimal | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            self.note(f"“{name}” must be a number")
            return None
        return Decimal(value)

    def day(self, name: str) -> date | None:
        value = self.raw.get(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.note(f"“{name}” must be a date as 2021-07-25")
            return None

    def years(self, name: str) -> tuple[int, int] | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if (
            not isinstance(value, list)
            or len(value) != 2
            or not all(isinstance(year, int) and 2400 < year < 2800 for year in value)
            or value[0] > value[1]
        ):
            self.note(f"“{name}” must be two Buddhist years in order")
            return None
        return value[0], value[1]

    def row(self, name: str) -> "Row":
        return Row(self.raw.get(name), f"{self.place} → {name}", self.findings)

    def rows(self, name: str) -> "Iterator[Row]":
        value = self.raw.get(name)
        if not isinstance(value, list):
            self.note(f"“{name}” must be a list")
            return
        for position, raw in enumerate(value, start=1):
            yield Row(raw, f"{self.place} → {name} {position}", self.findings)

    def texts(self, name: str) -> list[str]:
        value = self.raw.get(name)
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            self.note(f"“{name}” must be a list of texts")
            return []
        return list(value)


class Folder:
    """Reads the files of one folder, gathering what is wrong."""

    def __init__(self, path: Path, year: int) -> None:
        self.path = path
        # The fiscal year of today tells which plan is in force.
        self.year = year
        self.findings: list[str] = []

    def file(self, name: str) -> Row:
        place = self.path / name
        try:
            raw = json.loads(place.read_text(encoding="utf-8"), parse_float=Decimal)
        except FileNotFoundError:
            self.findings.append(f"{name}: the file is missing")
            return Row({}, name, [])
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            self.findings.append(f"{name}: not JSON in UTF-8 ({error})")
            return Row({}, name, [])
        return Row(raw, name, self.findings)

    def once(self, what: str, codes: Sequence[str]) -> None:
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            self.findings.append(f"{what}: code {code} occurs twice")

    # ── Places ───────────────────────────────────────────────────────────────
    def boundaries(self, name: str) -> dict[str, dict[str, Any]]:
        shapes = {}
        for feature in self.file(name).rows("features"):
            code = feature.row("properties").text("code")
            geometry = feature.row("geometry")
            geometry.one_of("type", ["Polygon", "MultiPolygon"])
            if not isinstance(geometry.raw.get("coordinates"), list):
                geometry.note("“coordinates” must be a list")
            # Stored as plain numbers: Decimals are not JSON.
            shapes[code] = json.loads(json.dumps(geometry.raw, default=float))
        return shapes

    def area(self, row: Row, kind: str, parent: str | None, shapes: dict[str, Any]) -> StatedArea:
        code = row.text("code")
        if code and code not in shapes:
            row.note(f"no boundary for {code}")
        point = row.raw.get("point")
        return StatedArea(
            code=code,
            kind=kind,
            name_th=row.text("name_th"),
            name_en=row.words("name_en"),
            parent=parent,
            alt_name_en=row.words("alt_name_en"),
            postal_codes=row.words("postal_codes"),
            point=[float(part) for part in point] if isinstance(point, list) else None,
            boundary=shapes.get(code),
            official_area_sqkm=row.number("area_sqkm_official"),
            source=row.words("area_source"),
        )

    def areas(self, top: Row) -> list[StatedArea]:
        province = top.row("province")
        found = [
            self.area(
                province, Area.Kind.PROVINCE, None, self.boundaries("boundaries_province.geojson")
            )
        ]
        districts = self.boundaries("boundaries_districts.geojson")
        tambons = self.boundaries("boundaries_tambons.geojson")
        for district in top.rows("districts"):
            found.append(self.area(district, Area.Kind.DISTRICT, found[0].code, districts))
            parent = found[-1].code
            found += [
                self.area(tambon, Area.Kind.TAMBON, parent, tambons)
                for tambon in district.rows("subdistricts")
            ]
        self.once("areas.json", [area.code for area in found])
        return found

    def agencies(self, top: Row, places: Row, areas: Sequence[StatedArea]) -> list[StatedAgency]:
        known = {area.code for area in areas}
        locals_by_code = {
            row.text("code"): row
            for row in places.row("local_administrative_organizations").rows("items")
        }
        found: list[StatedAgency] = []
        for row in top.rows("agencies"):
            code = row.text("code")
            own = row.words("area_code")
            if own and own not in known:
                row.note(f"area {own} is not in areas.json")
                own = ""
            if code in locals_by_code:
                del locals_by_code[code]
                own = own or areas[0].code
            found.append(
                StatedAgency(
                    code=code,
                    kind=row.one_of("kind", Agency.Kind.values),
                    name_th=row.text("name_th"),
                    name_en=row.words("name_en"),
                    short_name_th=row.words("short_name_th"),
                    ministry_th=row.words("ministry_th"),
                    areas=(own,) if own else (),
                    basis=row.words("basis"),
                )
            )
            found += [
                StatedAgency(
                    code=unit.text("code"),
                    kind=Agency.Kind.UNIT,
                    name_th=unit.text("name_th"),
                    name_en=unit.words("name_en"),
                    parent=code,
                    basis=unit.words("basis"),
                )
                for unit in (row.rows("units") if "units" in row.raw else ())
            ]
        for code, row in locals_by_code.items():
            tambons = row.texts("tambons")
            for tambon in tambons:
                if tambon not in known:
                    row.note(f"tambon {tambon} is not in areas.json")
            district = row.words("district")
            found.append(
                StatedAgency(
                    code=code,
                    kind=Agency.Kind.LOCAL,
                    name_th=row.text("name_th"),
                    name_en=row.words("name_en"),
                    areas=tuple(
                        area
                        for area in tambons or ([district] if district else [])
                        if area in known
                    ),
                    basis=row.words("source"),
                )
            )
        self.once("agencies.json", [agency.code for agency in found])
        return found

    def committees(self, top: Row, agencies: Sequence[StatedAgency]) -> list[StatedCommittee]:
        known = {agency.code for agency in agencies}
        found: list[StatedCommittee] = []
        for row in top.rows("committees"):
            seats = []
            for seat in row.rows("seats"):
                agency = seat.words("agency")
                if agency and agency not in known:
                    seat.note(f"agency {agency} is not in agencies.json")
                seats.append(
                    StatedSeat(
                        role_th=seat.text("role_th"),
                        holder_th=seat.text("holder_th"),
                        agency=agency or None,
                    )
                )
            found.append(
                StatedCommittee(
                    code=row.text("code"),
                    name_th=row.text("name_th"),
                    name_en=row.words("name_en"),
                    abbreviation_th=row.words("abbr_th"),
                    duties_th=row.words("role"),
                    basis=row.words("basis"),
                    watches_spending=bool(row.raw.get("watches_spending")),
                    seats=seats,
                )
            )
        self.once("agencies.json committees", [committee.code for committee in found])
        return found

    # ── Risks and visits ─────────────────────────────────────────────────────
    def risk_categories(self, top: Row) -> list[StatedCategory]:
        found = [
            StatedCategory(
                code=row.text("code"),
                name_th=row.text("name_th"),
                name_en=row.words("name_en"),
                order=order,
                source=row.words("source"),
            )
            for order, row in enumerate(top.rows("risk_categories"), start=1)
        ]
        self.once("oversight.json risk categories", [category.code for category in found])
        return found

    def checklists(self, top: Row) -> list[StatedChecklist]:
        found = [
            StatedChecklist(
                code=row.text("code"),
                name_th=row.text("name_th"),
                name_en=row.words("name_en"),
                questions_th="\n".join(row.texts("questions_th")),
                source=row.words("source"),
            )
            for row in top.rows("checklists")
        ]
        self.once("oversight.json checklists", [checklist.code for checklist in found])
        return found

    # ── Plans ────────────────────────────────────────────────────────────────
    def plans(self, public: Row, seed: Row) -> list[StatedPlan]:
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
            state = self.state_of(start, end)
            # The seed's words are of the plan of its day; until the present plan's own text is
            # entered they stand there too, and the source says so.
            carries = state == PlanEdition.State.IN_FORCE or (
                state == PlanEdition.State.SUPERSEDED and end - start == FIVE_YEARS[0]
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
                    state=self.state_of(start, end),
                    goal_th=goal.text("th"),
                    goal_en=goal.words("en"),
                    fact_th=goal.words("fact"),
                    source=goal.words("source"),
                )
            )
        self.once("provincial_plan.json", [plan.code for plan in found])
        return found

    def state_of(self, start: int, end: int) -> str:
        if end < self.year:
            return PlanEdition.State.SUPERSEDED
        return PlanEdition.State.DRAFT if start > self.year else PlanEdition.State.IN_FORCE

    def frameworks(self, top: Row) -> list[StatedFramework]:
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
        self.once("frameworks.json", [framework.code for framework in found])
        self.once("frameworks.json items", codes)
        for framework in found:
            for item in framework.items:
                if item.serves and item.serves not in codes:
                    self.findings.append(
                        f"frameworks.json: {item.code} serves {item.serves}, which is not there"
                    )
        return found

    # ── Facts ────────────────────────────────────────────────────────────────
    def facts(self, places: Row, public: Row, seed: Row) -> list[StatedProvinceFact]:
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
            for order, row in enumerate(
                province.rows(name) if name in province.raw else (), start=1
            ):
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

    def learning(self, seed: Row) -> StatedLearning:
        rule = seed.row("hr_rule")
        return StatedLearning(
            rule.whole("min_topics_per_year"),
            rule.whole("min_digital_topics_per_year"),
            f"{rule.text('th')} ({seed.words('source')})",
        )

    # ── Money ────────────────────────────────────────────────────────────────
    def sources(self, seed: Row) -> list[StatedSource]:
        found = [
            StatedSource(
                row.text("code"), row.text("th"), row.words("en"), order, seed.words("source")
            )
            for order, row in enumerate(seed.rows("budget_sources"), start=1)
        ]
        self.once("strategy_seed.json budget_sources", [source.code for source in found])
        return found

    def need_categories(self, top: Row) -> list[NeedCategory]:
        found = [
            NeedCategory(
                code=row.text("code"), name_th=row.text("th"), name_en=row.words("en"), order=order
            )
            for order, row in enumerate(top.rows("need_categories"), start=1)
        ]
        self.once("planning.json need_categories", [row.code for row in found])
        return found

    def need_criteria(self, top: Row) -> list[Criterion]:
        found: list[Criterion] = []
        for row in top.rows("need_criteria"):
            level = row.one_of("level", [level.value for level in Level])
            weight = row.number("weight")
            if weight is not None and weight <= 0:
                row.note("“weight” must be more than 0")
            found.append(
                Criterion(
                    level=level,
                    order=1 + sum(each.level == level for each in found),
                    weight=weight or Decimal(1),
                    name_th=row.text("th"),
                    name_en=row.words("en"),
                )
            )
        return found

    def targets(self, top: Row) -> list[StatedTarget]:
        found: list[StatedTarget] = []
        for row in top.rows("targets"):
            year = row.whole("fiscal_year")
            # A row that says so itself is an assumption, not a decision of the Cabinet.
            kind = "assumption" if "assumption" in row.words("status").lower() else "cabinet"
            for name, measure in (("quarters", "disbursement"), ("spending_quarters", "spending")):
                if name not in row.raw:
                    continue
                quarters = row.row(name)
                for number in quarters.raw:
                    if number not in ("1", "2", "3", "4"):
                        quarters.note(f"quarter {number!r} must be 1 to 4")
                        continue
                    quarter = quarters.row(number)
                    source = quarter.words("basis")
                    for category in ("overall", "investment", "recurrent"):
                        percent = quarter.number(category)
                        if percent is None:
                            continue
                        if not 0 <= percent <= 100:
                            quarter.note(f"“{category}” must be 0 to 100 percent")
                        if not source:
                            quarter.note("a target without its “basis”")
                        found.append(
                            StatedTarget(
                                year,
                                int(number),
                                category,
                                measure,
                                percent,
                                kind,
                                source,
                                not UNVERIFIED.search(source) and kind == "cabinet",
                            )
                        )
        return found

    # ── The incident ─────────────────────────────────────────────────────────
    def incident(self, stated: Row, shape: Row, areas: Sequence[StatedArea]) -> StatedIncident:
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
        self.once("covid_seed_facts.json", [fact.key for fact in facts])
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

    def stories(self, seed: Row) -> list[StoryInput]:
        """Read the outstanding result that the province tells of, where it names its address."""
        stated = seed.row("outstanding_project")
        if not stated.words("slug"):
            return []
        return [
            StoryInput(
                slug=stated.text("slug"),
                name_th=stated.text("story_name_th"),
                name_en=stated.words("story_name_en"),
                lede_th=stated.text("lede_th"),
                lede_en=stated.words("lede_en"),
                body_th=stated.words("body_th"),
                online_th=stated.texts("online_services_th"),
                countries_th=stated.texts("markets_th"),
                system_name=stated.words("system"),
                source=seed.words("source"),
                order=1,
            )
        ]


def read_province(path: Path, *, year: int) -> Province:
    """Read a folder whole; `year` is the fiscal year of today.

    :raises FolderError: with everything that is wrong.
    """
    if not path.is_dir():
        raise FolderError([f"{path}: there is no such folder"])
    folder = Folder(path, year)
    places = folder.file("areas.json")
    offices = folder.file("agencies.json")
    public = folder.file("provincial_plan.json")
    seed = folder.file("strategy_seed.json")
    above = folder.file("frameworks.json")
    asked = folder.file("disbursement_targets.json")
    stated = folder.file("covid_seed_facts.json")
    shape = folder.file("incident.json")
    below = folder.file("planning.json")
    oversight = folder.file("oversight.json")
    if folder.findings:
        raise FolderError(folder.findings)
    areas = folder.areas(places)
    agencies = folder.agencies(offices, places, areas)
    province = Province(
        areas=areas,
        agencies=agencies,
        committees=folder.committees(offices, agencies),
        plans=folder.plans(public, seed),
        frameworks=folder.frameworks(above),
        facts=folder.facts(places, public, seed),
        sources=folder.sources(seed),
        targets=folder.targets(asked),
        incident=folder.incident(stated, shape, areas),
        stories=folder.stories(seed),
        learning=folder.learning(seed),
        need_categories=folder.need_categories(below),
        need_criteria=folder.need_criteria(below),
        risk_categories=folder.risk_categories(oversight),
        checklists=folder.checklists(oversight),
    )
    if folder.findings:
        raise FolderError(folder.findings)
    return province
