"""Which period a text of a workbook states."""

from dataclasses import dataclass

from common import thaidates


@dataclass(frozen=True, slots=True)
class StatedPeriod:
    """The period that a workbook is brought in for, and what a text says of one."""

    sort: str
    year: int
    number: int

    def of_sheet(self, name: str) -> tuple[int, int] | None:
        """Return the period that a sheet's name states; without a year it is this one's."""
        if self.sort == "quarter":
            found = thaidates.find_quarter(name)
        elif self.sort == "month":
            read = thaidates.read_month(name, fiscal_year=self.year)
            found = read.value or thaidates.find_month(name, is_name=True)
        else:
            found = None
        return found and (found[0] or self.year, found[1])

    def of_title(self, title: str) -> tuple[int, int] | None:
        """Return the period that a title states; a year alone is that year's."""
        find = {"quarter": thaidates.find_quarter, "month": thaidates.find_month}.get(self.sort)
        found = find(title) if find else None
        year = (found and found[0]) or thaidates.find_fiscal_year(title)
        if found is None and year is None:
            return None
        return year or self.year, found[1] if found else self.number

    def is_own(self, heading: str) -> bool | None:
        """Say whether a column's heading states this period; None where it states none."""
        stated = self.of_sheet(heading)
        return stated and stated == self.key

    @property
    def key(self) -> tuple[int, int]:
        return self.year, self.number

    def name(self, key: tuple[int, int]) -> str:
        if self.sort == "quarter":
            return thaidates.format_quarter(*key)
        if self.sort == "month":
            return thaidates.format_month(*key)
        return thaidates.format_fiscal_year(key[0])
