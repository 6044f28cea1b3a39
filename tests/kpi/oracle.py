"""A slow second opinion on measures.md, in fractions, that shares no line with kpi.scoring.

A KPI is a `Node`: plain words, a dictionary of entries by quarter, children with weights.
Figures are dictionaries, so that nothing of the code under test is borrowed.
"""

import random
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

WORSE_FIRST = ["late", "not_reported", "not_due", "not_applicable"]


def round4(exact: Fraction | int) -> Fraction:
    """Round half away from zero to 4 decimals."""
    sign = -1 if exact < 0 else 1
    scaled = abs(Fraction(exact)) * 10000
    whole = scaled.numerator // scaled.denominator
    if scaled - whole >= Fraction(1, 2):
        whole += 1
    return Fraction(sign * whole, 10000)


@dataclass
class Node:
    name: int
    units: str = "sum"
    time: str | None = "flow"
    parts: tuple[str, str] | None = None
    scale: Fraction = Fraction(1)
    # quarter → ("value", x) or ("value", numerator, denominator) or (state,)
    entries: dict[int, tuple] = field(default_factory=dict)
    children: list[tuple["Node", Fraction]] = field(default_factory=list)
    targets: dict[int, Fraction] = field(default_factory=dict)

    @property
    def reports(self) -> bool:
        return self.units == "own" or not self.children


def nothing(state: str, covered: int = 0, due: int = 0) -> dict:
    return {
        "state": state,
        "value": None,
        "numerator": None,
        "denominator": None,
        "partial": False,
        "covered": covered,
        "due": due,
    }


def entry(node: Node, quarter: int) -> dict:
    stated = node.entries[quarter]
    covered = 1 if stated[0] == "value" else 0
    due = 1 if stated[0] in ("value", "late", "not_reported") else 0
    if stated[0] != "value":
        return nothing(stated[0], covered, due)
    answer = nothing("value", covered, due)
    if node.parts:
        _, numerator, denominator = stated
        if denominator == 0:
            return nothing("not_applicable")
        answer["numerator"], answer["denominator"] = numerator, denominator
        answer["value"] = round4(node.scale * numerator / denominator)
    else:
        answer["value"] = stated[1]
    return answer


def over_time(
    rule: str, history: list[tuple[str, Fraction | None]]
) -> tuple[Fraction | None, bool]:
    if rule == "stock":
        return history[-1][1], False
    known = [value for _, value in history if value is not None]
    if not known:
        return None, False
    missing = any(state in ("late", "not_reported") for state, _ in history)
    return (sum(known) if rule == "flow" else max(known)), missing


def to_date(node: Node, quarter: int) -> dict:
    """The year to date at the end of a quarter."""
    if not node.reports:
        return gather(node, [(to_date(child, quarter), weight) for child, weight in node.children])
    history = [entry(node, number) for number in range(1, quarter + 1)]
    last = history[-1]
    answer = nothing(last["state"], last["covered"], last["due"])
    if node.parts:
        found = {}
        for part, rule in zip(("numerator", "denominator"), node.parts, strict=True):
            found[part] = over_time(rule, [(item["state"], item[part]) for item in history])
        numerator, denominator = found["numerator"][0], found["denominator"][0]
        if numerator is None or denominator is None:
            return answer
        if denominator == 0:
            return {**answer, "state": "not_applicable"}
        return {
            **answer,
            "state": "value",
            "value": round4(node.scale * numerator / denominator),
            "numerator": numerator,
            "denominator": denominator,
            "partial": found["numerator"][1] or found["denominator"][1],
        }
    value, partial = over_time(node.time, [(item["state"], item["value"]) for item in history])
    if value is None:
        return answer
    return {**answer, "state": "value", "value": value, "partial": partial}


def of_quarter(node: Node, quarter: int) -> dict:
    """The figure of one quarter."""
    if node.reports:
        return entry(node, quarter)
    return gather(node, [(of_quarter(child, quarter), weight) for child, weight in node.children])


def gather(node: Node, children: list[tuple[dict, Fraction]]) -> dict:
    covered = sum(child["covered"] for child, _ in children)
    due = sum(child["due"] for child, _ in children)
    states = [child["state"] for child, _ in children]
    if "value" not in states:
        return nothing(next(state for state in WORSE_FIRST if state in states), covered, due)
    valued = [(child, weight) for child, weight in children if child["state"] == "value"]
    partial = any(child["partial"] for child, _ in valued)
    partial = partial or "late" in states or "not_reported" in states
    answer = {**nothing("value", covered, due), "partial": partial}
    values = [child["value"] for child, _ in valued]
    if node.units == "sum":
        answer["value"] = sum(values)
    elif node.units == "min":
        answer["value"] = sorted(values)[0]
    elif node.units == "max":
        answer["value"] = sorted(values)[-1]
    elif node.units == "mean":
        weights = sum(weight for _, weight in valued)
        answer["value"] = round4(
            sum((child["value"] * weight for child, weight in valued), Fraction(0)) / weights
        )
    elif node.units == "ratio":
        numerator = sum(child["numerator"] for child, _ in valued)
        denominator = sum(child["denominator"] for child, _ in valued)
        if denominator == 0:
            return nothing("not_applicable", covered, due)
        answer["numerator"], answer["denominator"] = numerator, denominator
        answer["value"] = round4(node.scale * numerator / denominator)
    return answer


def achieved(
    direction: str, actual: Fraction, target: Fraction, baseline: Fraction | None = None
) -> Fraction:
    """Achievement in percent for `higher` and `lower`."""
    if direction == "lower" and baseline is not None and baseline > target:
        share = (baseline - actual) / (baseline - target)
    elif target == 0:
        good = actual >= 0 if direction == "higher" else actual <= 0
        share = Fraction(1 if good else 0)
    elif direction == "higher":
        share = 1 + (actual - target) / abs(target)
    else:
        share = 1 + (target - actual) / abs(target)
    return max(Fraction(0), round4(share * 100))


def in_band(actual: Fraction, low: Fraction, high: Fraction) -> Fraction:
    if low <= actual <= high:
        return Fraction(100)
    gap = low - actual if actual < low else actual - high
    return round4(max(Fraction(0), 100 - 100 * gap / (high - low)))


def on_curve(
    points: list[tuple[Fraction, Fraction]],
    x: Fraction,
    *,
    falling: bool = False,
    zero_below: bool = False,
    steps_only: bool = False,
) -> Fraction:
    """The score on a curve whose points go from the worst to the best."""
    if falling:
        points = [(-a, b) for a, b in points]
        x = -x
    if x < points[0][0]:
        return Fraction(0) if zero_below else points[0][1]
    if x >= points[-1][0]:
        return points[-1][1]
    for (left, low), (right, high) in reversed(list(pairwise(points))):
        if left <= x < right:
            return low if steps_only else round4(low + (high - low) * (x - left) / (right - left))
    raise AssertionError("points are out of order")


def weighted(pairs: list[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    counting = [(weight, score) for weight, score in pairs if score is not None]
    if not counting:
        return None
    return round4(
        sum((weight * score for weight, score in counting), Fraction(0))
        / sum(weight for weight, _ in counting)
    )


def random_number(dice: random.Random, *, negative: bool = True) -> Fraction:
    """A number with up to 4 decimals, often small, often 0."""
    if dice.random() < 0.15:
        return Fraction(0)
    size = dice.choice([20, 10_000, 1_000_000, 90_000_000_000])
    return Fraction(dice.randint(-size if negative and dice.random() < 0.3 else 0, size), 10_000)


def random_entry(dice: random.Random, *, ratio: bool) -> tuple:
    state = dice.choices(
        ["value", "late", "not_reported", "not_due", "not_applicable"], [12, 1, 2, 1, 1]
    )[0]
    if state != "value":
        return (state,)
    if not ratio:
        return ("value", random_number(dice))
    # Whole numbers, so that no quotient leaves what a column holds.
    denominator = Fraction(dice.choice([0, 1, 7, dice.randint(1, 1_000), dice.randint(1, 10**7)]))
    numerator = random_number(dice) if denominator else Fraction(0)
    return ("value", numerator, denominator)


def random_cascade(dice: random.Random, *, depth: int = 3) -> Node:
    """One tree of KPIs of one indicator, with entries of four quarters at its leaves."""
    ratio = dice.random() < 0.4
    time = dice.choice(["flow", "stock", "peak"])
    parts = (dice.choice(["flow", "stock"]), dice.choice(["flow", "stock"]))
    rules = ["ratio", "min", "max"] if ratio else ["sum", "mean", "min", "max"]
    if time == "peak" and not ratio:
        rules.remove("sum")
    units = dice.choice(rules)
    scale = Fraction(dice.choice([1, 100, 100_000])) if ratio else Fraction(1)
    names = iter(range(1, 10_000))

    def grow(level: int) -> Node:
        node = Node(
            next(names),
            "own" if dice.random() < 0.07 else units,
            None if ratio else time,
            parts if ratio else None,
            scale,
        )
        if level < depth and (level == 1 or dice.random() < 0.75):
            for _ in range(dice.randint(1, 4)):
                weight = Fraction(dice.randint(1, 50_000), 10_000)
                node.children.append((grow(level + 1), weight))
        if node.reports:
            node.entries = {quarter: random_entry(dice, ratio=ratio) for quarter in range(1, 5)}
        return node

    return grow(1)
