"""Charts that are real tables: heat grid, risk matrix, line of sight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.charts.frame import Cell, Chart, Figures


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell: a state of common.states.CellState ("" for "no such KPI"), a level, its figure.

    `level` is good, watch or bad; `value` is shown whole.
    """

    state: str = ""
    value: Decimal | None = None
    level: str = ""
    href: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class HeatRow:
    label: str
    cells: tuple[HeatCell, ...]
    href: str = ""
    covered: int | None = None
    due: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatGrid(Chart):
    groups: tuple[tuple[str, int], ...]
    columns: tuple[tuple[str, str], ...]
    rows: tuple[HeatRow, ...]
    row_head: str
    with_coverage: bool
    decimals: int

    kind = "heat"


STATE_WORDS: Final = {
    "not_due": gettext_noop("ยังไม่ถึงกำหนด"),
    "not_applicable": gettext_noop("ไม่เกี่ยวข้อง"),
    "not_reported": gettext_noop("ยังไม่รายงาน"),
    "late": gettext_noop("เกินกำหนด"),
}


def heat_grid(
    columns: Sequence[tuple[str, str]],
    rows: Sequence[HeatRow],
    *,
    title: str,
    groups: Sequence[tuple[str, int]] = (),
    row_head: str = "",
    decimals: int = 0,
    desc: str = "",
    csv_url: str = "",
) -> HeatGrid:
    """Lay out rows against columns: `columns` are code and name, `groups` are name and width."""
    words = {state: _(word) for state, word in STATE_WORDS.items()}
    table: list[tuple[Cell, ...]] = []
    for row in rows:
        line: list[Cell] = [row.label]
        line.extend(
            cell.value if cell.state == "value" else words.get(cell.state, "") for cell in row.cells
        )
        if row.due is not None:
            line.append(f"{row.covered}/{row.due}")
        table.append(tuple(line))
    with_coverage = any(row.due is not None for row in rows)
    heads = [row_head or _("หน่วยงาน"), *(code for code, _name in columns)]
    if with_coverage:
        heads.append(_("รายงาน"))
    return HeatGrid(
        title=title,
        desc=desc,
        figures=Figures(tuple(heads), tuple(table), decimals),
        csv_url=csv_url,
        groups=tuple(groups),
        columns=tuple(columns),
        rows=tuple(rows),
        row_head=row_head or _("หน่วยงาน"),
        with_coverage=with_coverage,
        decimals=decimals,
    )


@dataclass(frozen=True, slots=True)
class Risk:
    code: str
    likelihood: int
    impact: int
    label: str = ""
    href: str = ""
    moved_up: bool = False


@dataclass(frozen=True, slots=True)
class RiskCell:
    level: int
    word: str
    score: int
    risks: tuple[Risk, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMatrix(Chart):
    lines: tuple[tuple[int, tuple[RiskCell, ...]], ...]

    kind = "risk"


def risk_matrix(
    risks: Sequence[Risk],
    *,
    title: str,
    levels: Mapping[tuple[int, int], int],
    words: Mapping[int, str],
    desc: str = "",
    csv_url: str = "",
) -> RiskMatrix:
    """Lay out risks on likelihood (down from 5) and impact (1 to 5).

    `levels` gives every cell (likelihood, impact) its level 1 to 4, `words` each level its name;
    both are data of the fiscal year.
    """
    lines = []
    for likelihood in range(5, 0, -1):
        cells = []
        for impact in range(1, 6):
            level = levels[likelihood, impact]
            here = tuple(
                risk for risk in risks if (risk.likelihood, risk.impact) == (likelihood, impact)
            )
            cells.append(RiskCell(level, words[level], likelihood * impact, here))
        lines.append((likelihood, tuple(cells)))
    rows = tuple(
        (
            risk.code,
            risk.label,
            str(risk.likelihood),
            str(risk.impact),
            str(risk.likelihood * risk.impact),
            words[levels[risk.likelihood, risk.impact]],
        )
        for risk in sorted(risks, key=lambda each: (-each.likelihood * each.impact, each.code))
    )
    heads = (_("รหัส"), _("ความเสี่ยง"), _("โอกาส"), _("ผลกระทบ"), _("คะแนน"), _("ระดับ"))
    return RiskMatrix(
        title=title, desc=desc, figures=Figures(heads, rows, 0), csv_url=csv_url, lines=tuple(lines)
    )


@dataclass(frozen=True, slots=True)
class Node:
    """One measure in the line of sight with those that feed it.

    `cells` stand under the tree's heads; `link` is a word for how it feeds the one above
    (ถ่ายทอด, สนับสนุน), `support` draws it dashed. `gap` explains a cascade difference and
    `gap_kind` is "", "ok" or "open".
    """

    label: str
    cells: tuple[str, ...] = ()
    href: str = ""
    sub: str = ""
    link: str = ""
    support: bool = False
    level: str = ""
    level_text: str = ""
    gap: str = ""
    gap_kind: str = ""
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree(Chart):
    root: Node
    heads: tuple[str, ...]

    kind = "tree"


def tree(
    root: Node, *, title: str, heads: Sequence[str], desc: str = "", csv_url: str = ""
) -> Tree:
    """Lay out a line of sight; `heads` names each node's cells, the last is its performance."""
    rows: list[tuple[Cell, ...]] = []

    def walk(node: Node, depth: int) -> None:
        cells = [
            node.cells[index] if index < len(node.cells) else "" for index in range(len(heads) - 1)
        ]
        rows.append((str(depth), node.label, *cells, node.level_text))
        for child in node.children:
            walk(child, depth + 1)

    walk(root, 1)
    figures = Figures((_("ชั้น"), _("ตัวชี้วัด"), *heads), tuple(rows), 0)
    return Tree(
        title=title, desc=desc, figures=figures, csv_url=csv_url, root=root, heads=tuple(heads)
    )
