"""Sarabun for paper: tone marks stand level, so that a reader copies each of them once.

The typeface lowers a tone mark above some vowels by up to 46 thousandths. typst then writes the
mark apart from its syllable, and a reader who copies or searches the PDF meets the syllable twice.
Level marks stay in their syllable; the eye sees no difference.
"""

from collections import Counter
from functools import cache
from importlib import resources
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

FACES = ("Regular", "Medium", "SemiBold", "Bold")
_SMALL = 60
_MARK_TO_MARK = 6


@cache
def folder() -> Path:
    """Return the folder of the typeface, made on first use."""
    place: Path = settings.VAR_DIR / "typeface"
    place.mkdir(parents=True, exist_ok=True)
    with resources.as_file(resources.files("fontpkg_sarabun") / "files") as files:
        for face in FACES:
            _level(files / f"Sarabun-{face}.ttf", place / f"Sarabun-{face}.ttf")
    return place


def _level(source: Path, target: Path) -> None:
    font = TTFont(source, recalcTimestamp=False)
    for lookup in font["GPOS"].table.LookupList.Lookup:
        if lookup.LookupType != _MARK_TO_MARK:
            continue
        for pairs in lookup.SubTable:
            tones = [
                record.MarkAnchor
                for name, record in zip(
                    pairs.Mark1Coverage.glyphs, pairs.Mark1Array.MarkRecord, strict=True
                )
                if name.endswith(".small")
            ]
            if not tones:
                continue
            height = Counter(anchor.YCoordinate for anchor in tones).most_common(1)[0][0]
            vowels = [
                anchor for below in pairs.Mark2Array.Mark2Record for anchor in below.Mark2Anchor
            ]
            for anchor in filter(None, (*tones, *vowels)):
                if abs(anchor.YCoordinate - height) <= _SMALL:
                    anchor.YCoordinate = height
    drafted = target.with_suffix(".draft")
    font.save(drafted)
    drafted.replace(target)
