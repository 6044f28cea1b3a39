"""How the mean of an issue's projects is worked out: from their delivery and their revised budgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from common.workings import Step, weighted_mean
from projects.models import ProjectFigure
from projects.scoring import OUTSIDE_MEANS, OverProjects
from projects.scoring import Standing as ProjectStanding

ONE = Decimal(1)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One project in the mean: its budget in baht (None: none), its delivery, or why it is out."""

    figure: ProjectFigure
    revised: Decimal | None
    delivered: Decimal | None
    planned: Decimal
    why_out: str = ""


@dataclass(slots=True)
class OverWork:
    """The means as steps, and every project with or without a budget."""

    steps: list[Step] = field(default_factory=list)
    weighed: list[Weighed] = field(default_factory=list)


def work_explanation(
    figures: Sequence[ProjectFigure], revised: Mapping[int, Decimal], means: OverProjects
) -> OverWork:
    """Return how the means over projects come from their figures; asks the database for nothing.

    The figures are loaded with their project and quarter.
    """
    weighed = [_weighed(figure, revised.get(figure.project_id)) for figure in figures]
    counted = [each for each in weighed if not each.why_out]
    funded = [each for each in counted if each.revised]
    unfunded = [each for each in counted if not each.revised]
    found = OverWork(weighed=weighed)
    for title, group, actual, planned in (
        (_("โครงการที่มีงบประมาณ"), funded, means.funded_actual, means.funded_planned),
        (_("โครงการที่ไม่มีงบประมาณ"), unfunded, means.unfunded_actual, means.unfunded_planned),
    ):
        weights = [each.revised or ONE for each in group]
        done = [each.delivered or ZERO for each in group]
        plans = [each.planned for each in group]
        for name, values, stored in (
            (_("ผลงานสะสม"), done, actual),
            (_("แผนงานสะสม"), plans, planned),
        ):
            worked = weighted_mean(list(zip(weights, values, strict=True)))
            if worked is not None and stored is not None:
                found.steps.append(Step(f"{title}: {name}", worked, stored, _("ร้อยละ")))
    return found


def _weighed(figure: ProjectFigure, revised: Decimal | None) -> Weighed:
    standing = ProjectStanding(figure.standing)
    planned = figure.planned if figure.planned is not None else ZERO
    if standing in OUTSIDE_MEANS:
        return Weighed(figure, revised, None, planned, str(figure.get_standing_display()))
    if standing is ProjectStanding.NOT_STARTED:
        return Weighed(figure, revised, ZERO, planned)
    why = "" if figure.delivered is not None else _("ยังไม่มีรายงานที่ลงนาม")
    return Weighed(figure, revised, figure.delivered, planned, why)
