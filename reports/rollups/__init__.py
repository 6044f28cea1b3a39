"""Read a closed quarter into its document, and hold a document against what it was made of."""

from reports.rollups.checking import findings
from reports.rollups.reading import address_of, corrections_between, frozen_of, newest_freeze
from reports.rollups.totals import with_totals

__all__ = [
    "address_of",
    "corrections_between",
    "findings",
    "frozen_of",
    "newest_freeze",
    "with_totals",
]
