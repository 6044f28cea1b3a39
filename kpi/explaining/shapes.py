"""An explanation: steps with numbers, and what went into them or was left out."""

from dataclasses import dataclass, field
from decimal import Decimal

from common.workings import Step
from kpi.models import Figure


@dataclass(frozen=True, slots=True)
class Contributor:
    """One figure that went into another, or was left out and why; "" for an address not to follow."""

    code: str
    name: str
    agency: str
    kind: str
    weight: Decimal
    figure: Figure | None
    counted: bool
    why_out: str
    url: str = ""
    # Whether its figure is not the reader's to see; it counts all the same.
    is_withheld: bool = False
    score: Decimal | None = None
    state: str = ""


@dataclass(slots=True)
class Explanation:
    """A figure with its steps, what it is made of, and how many posts are only counted."""

    steps: list[Step] = field(default_factory=list)
    contributors: list[Contributor] = field(default_factory=list)
    hidden: int = 0
    # Its quarter was closed before it was kept what figures are made of: told by today's links.
    not_recorded: bool = False
