"""Where money comes from, and what is to be spent by when."""

from sakhon_portal.province.rows import UNVERIFIED, Folder, Row
from sakhon_portal.province.stated import StatedSource, StatedTarget


def sources(folder: Folder, seed: Row) -> list[StatedSource]:
    found = [
        StatedSource(row.text("code"), row.text("th"), row.words("en"), order, seed.words("source"))
        for order, row in enumerate(seed.rows("budget_sources"), start=1)
    ]
    folder.once("strategy_seed.json budget_sources", [source.code for source in found])
    return found


def targets(top: Row) -> list[StatedTarget]:
    found: list[StatedTarget] = []
    for row in top.rows("targets"):
        year = row.whole("fiscal_year")
        # A row that says so itself is an assumption, not a decision of the Cabinet.
        kind = "assumption" if "assumption" in row.words("status").lower() else "cabinet"
        for name, measure in (("quarters", "disbursement"), ("spending_quarters", "spending")):
            if name not in row.raw:
                continue
            quarters = row.row(name)
            for number in quarters.raw:
                if number not in ("1", "2", "3", "4"):
                    quarters.note(f"quarter {number!r} must be 1 to 4")
                    continue
                quarter = quarters.row(number)
                source = quarter.words("basis")
                for category in ("overall", "investment", "recurrent"):
                    percent = quarter.number(category)
                    if percent is None:
                        continue
                    if not 0 <= percent <= 100:
                        quarter.note(f"“{category}” must be 0 to 100 percent")
                    if not source:
                        quarter.note("a target without its “basis”")
                    found.append(
                        StatedTarget(
                            year,
                            int(number),
                            category,
                            measure,
                            percent,
                            kind,
                            source,
                            not UNVERIFIED.search(source) and kind == "cabinet",
                        )
                    )
    return found
