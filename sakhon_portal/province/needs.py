"""How needs from below are sorted and ranked."""

from decimal import Decimal

from planning.models import Criterion, NeedCategory
from planning.workflow import Level
from sakhon_portal.province.rows import Folder, Row


def need_categories(folder: Folder, top: Row) -> list[NeedCategory]:
    found = [
        NeedCategory(
            code=row.text("code"), name_th=row.text("th"), name_en=row.words("en"), order=order
        )
        for order, row in enumerate(top.rows("need_categories"), start=1)
    ]
    folder.once("planning.json need_categories", [row.code for row in found])
    return found


def need_criteria(top: Row) -> list[Criterion]:
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
