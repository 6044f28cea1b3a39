"""The shared shape of a search hit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found; `kind` is the Thai or English word for what it is, `rank` sorts (smaller first)."""

    kind: str
    code: str
    label: str
    url: str
    extra: str = ""
    rank: int = 0
