"""Arithmetic of risks: likelihood times impact, the usual map, growth from review to review."""

from collections.abc import Mapping, Sequence

LOWEST, HIGHEST = 1, 5
# A risk that grew at so many reviews in a row is raised to the governor.
RAISED_AFTER = 2
# The lower limits of the usual levels 1 to 4; a year's own map goes before it, cell by cell.
USUAL_LIMITS = (1, 4, 10, 17)


def score(likelihood: int, impact: int) -> int:
    """Return likelihood times impact, 1 to 25."""
    return likelihood * impact


def usual_level(likelihood: int, impact: int) -> int:
    """Return the level 1 to 4 that a cell usually has. Source: domain.md §9."""
    found = score(likelihood, impact)
    return sum(1 for limit in USUAL_LIMITS if found >= limit)


def full_map(stated: Mapping[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    """Return the level of all 25 cells by (likelihood, impact): what is stated, else the usual."""
    cells = [(row, column) for row in range(1, 6) for column in range(1, 6)]
    return {cell: stated.get(cell) or usual_level(*cell) for cell in cells}


def growths_in_a_row(scores: Sequence[int]) -> int:
    """Return how many of the last scores, one after the other, were higher than the one before.

    `scores` are the first assessment and the reviews in time order.
    """
    count = 0
    for before, after in zip(reversed(scores[:-1]), reversed(scores), strict=False):
        if after <= before:
            break
        count += 1
    return count
