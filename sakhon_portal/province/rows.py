"""The files of a province's folder, asked for their values; what is missing or wrong is noted."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

# Words by which the folder says that a value was not found in a source.
UNVERIFIED = re.compile(r"general knowledge|inferred|to verify|assumption", re.IGNORECASE)


class FolderError(Exception):
    """The folder cannot be loaded; `findings` lists everything that is wrong, file by file."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = list(findings)


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
