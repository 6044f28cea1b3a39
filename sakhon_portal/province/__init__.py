"""Read a province's folder into what its apps state, or say everything that is wrong with it.

Nothing here knows which province it is: names, codes and figures stand in the folder.
"""

from pathlib import Path

from sakhon_portal.province import (
    facts,
    incident,
    money,
    needs,
    oversight,
    people,
    places,
    plans,
)
from sakhon_portal.province.rows import Folder, FolderError
from sakhon_portal.province.stated import Province

__all__ = ["FolderError", "Province", "read_province"]


def read_province(path: Path, *, year: int) -> Province:
    """Read a folder whole; `year` is the fiscal year of today.

    :raises FolderError: with everything that is wrong.
    """
    if not path.is_dir():
        raise FolderError([f"{path}: there is no such folder"])
    folder = Folder(path, year)
    grounds = folder.file("areas.json")
    offices = folder.file("agencies.json")
    public = folder.file("provincial_plan.json")
    seed = folder.file("strategy_seed.json")
    above = folder.file("frameworks.json")
    asked = folder.file("disbursement_targets.json")
    stated = folder.file("covid_seed_facts.json")
    shape = folder.file("incident.json")
    below = folder.file("planning.json")
    watched = folder.file("oversight.json")
    if folder.findings:
        raise FolderError(folder.findings)
    areas = places.areas(folder, grounds)
    agencies = places.agencies(folder, offices, grounds, areas)
    province = Province(
        areas=areas,
        agencies=agencies,
        committees=places.committees(folder, offices, agencies),
        plans=plans.plans(folder, public, seed),
        frameworks=plans.frameworks(folder, above),
        facts=facts.facts(grounds, public, seed),
        sources=money.sources(folder, seed),
        targets=money.targets(asked),
        incident=incident.incident(folder, stated, shape, areas),
        stories=people.stories(seed),
        learning=people.learning(seed),
        need_categories=needs.need_categories(folder, below),
        need_criteria=needs.need_criteria(below),
        risk_categories=oversight.risk_categories(folder, watched),
        checklists=oversight.checklists(folder, watched),
    )
    if folder.findings:
        raise FolderError(folder.findings)
    return province
