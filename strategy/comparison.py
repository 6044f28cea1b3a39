"""Two editions of a plan side by side: what stayed, changed, came and went. Pure."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Change = Literal["same", "changed", "added", "removed"]

# Thai writes no spaces: a consonant goes with what stands before, above, below and after it.
_PIECES: Final = re.compile(r"[A-Za-z]+|[0-9๐-๙.,]+|\s+|[เแโใไ]?[ก-ฮ][ะ-ฺ็-๎]*|.", re.DOTALL)
# Marks closer together than this are one: single letters kept in common only confuse.
_SHORTEST_KEPT = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing an edition says; section and key tell which it is in any edition."""

    section: str
    key: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text: kept, or only on this side."""

    text: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in both editions; None where an edition does not have it."""

    section: str
    label: str
    before: str | None
    after: str | None
    before_marks: tuple[Mark, ...] = ()
    after_marks: tuple[Mark, ...] = ()

    @property
    def change(self) -> Change:
        """What became of it from the first edition to the second."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "same" if self.before == self.after else "changed"


def compare(before: Sequence[Piece], after: Sequence[Piece]) -> list[Line]:
    """Return every thing of both editions in the order of the second, what went beside its section.

    Pairs are found by section and key, so a renamed issue of the same code is one that changed.
    """
    old = {(piece.section, piece.key): piece for piece in before}
    new = {(piece.section, piece.key): piece for piece in after}
    sections = list(dict.fromkeys(piece.section for piece in [*after, *before]))
    lines = []
    for section in sections:
        keys = [piece.key for piece in after if piece.section == section]
        keys += [
            piece.key
            for piece in before
            if piece.section == section and (section, piece.key) not in new
        ]
        for key in keys:
            one, other = old.get((section, key)), new.get((section, key))
            named = other or one
            assert named is not None
            lines.append(_line(section, named.label, one, other))
    return lines


def _line(section: str, label: str, one: Piece | None, other: Piece | None) -> Line:
    before = one.text if one else None
    after = other.text if other else None
    if before is None or after is None or before == after:
        return Line(section, label, before, after)
    before_marks, after_marks = marks(before, after)
    return Line(section, label, before, after, before_marks, after_marks)


def marks(before: str, after: str) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Return both texts in stretches, telling what each has alone; joined they are the texts."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size >= _SHORTEST_KEPT]
    left: list[Mark] = []
    right: list[Mark] = []
    at_old = at_new = 0
    for block in blocks:
        _put(left, old[at_old : block.a], is_own=True)
        _put(right, new[at_new : block.b], is_own=True)
        _put(left, old[block.a : block.a + block.size], is_own=False)
        _put(right, new[block.b : block.b + block.size], is_own=False)
        at_old, at_new = block.a + block.size, block.b + block.size
    _put(left, old[at_old:], is_own=True)
    _put(right, new[at_new:], is_own=True)
    return tuple(left), tuple(right)


def _put(marks_so_far: list[Mark], pieces: Sequence[str], *, is_own: bool) -> None:
    if pieces:
        marks_so_far.append(Mark("".join(pieces), is_own))
