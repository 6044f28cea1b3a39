"""Categories of risk, and what visits ask."""

from projects.actions.inspections import StatedChecklist
from projects.actions.risks import StatedCategory
from sakhon_portal.province.rows import Folder, Row


def risk_categories(folder: Folder, top: Row) -> list[StatedCategory]:
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
    folder.once("oversight.json risk categories", [category.code for category in found])
    return found


def checklists(folder: Folder, top: Row) -> list[StatedChecklist]:
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
    folder.once("oversight.json checklists", [checklist.code for checklist in found])
    return found
