"""A map of areas, shaded by value."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from common.charts.frame import Chart, Figures, known
from common.thainumbers import format_number

Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Area:
    """One area with its outlines in longitude and latitude."""

    code: str
    name: str
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class DrawnArea:
    area: Area
    path: str
    shade: str
    text: str
    href: str
    picked: bool


@dataclass(frozen=True, slots=True)
class PlaceName:
    name: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Shade:
    css: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaMap(Chart):
    width: int
    height: int
    areas: tuple[DrawnArea, ...]
    outlines: tuple[str, ...]
    names: tuple[PlaceName, ...]
    shades: tuple[Shade, ...]
    unit: str

    kind = "map"

    @property
    def linked(self) -> bool:
        """Whether areas lead somewhere, so that the drawing is not one picture."""
        return any(drawn.href for drawn in self.areas)


def rings_of(geometry: Mapping[str, object]) -> tuple[Ring, ...]:
    """Return the outer and inner rings of a GeoJSON polygon or multipolygon."""
    coordinates = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        return tuple(coordinates)  # type: ignore[arg-type]
    return tuple(ring for polygon in coordinates for ring in polygon)  # type: ignore[attr-defined]


class Projection:
    """Longitude and latitude to a drawing of fixed width: one scale, corrected for the latitude."""

    def __init__(self, areas: Sequence[Area], width: int, margin: int = 6) -> None:
        points = [point for area in areas for ring in area.rings for point in ring]
        self.west = min((point[0] for point in points), default=0.0)
        east = max((point[0] for point in points), default=1.0)
        south = min((point[1] for point in points), default=0.0)
        self.north = max((point[1] for point in points), default=1.0)
        self.squeeze = math.cos(math.radians((south + self.north) / 2))
        self.margin = margin
        span = max((east - self.west) * self.squeeze, 1e-9)
        self.scale = (width - 2 * margin) / span
        self.height = round((self.north - south) * self.scale) + 2 * margin

    def place(self, point: Sequence[float]) -> tuple[int, int]:
        """Return where a point lies, in whole units."""
        x = (point[0] - self.west) * self.squeeze * self.scale + self.margin
        y = (self.north - point[1]) * self.scale + self.margin
        return round(x), round(y)

    def path(self, rings: Sequence[Ring]) -> str:
        """Return outlines as an SVG path in relative steps, without points that fall together."""
        parts = []
        for ring in rings:
            points = [self.place(point) for point in ring]
            thinned = [
                point
                for index, point in enumerate(points)
                if index == 0 or point != points[index - 1]
            ]
            if len(thinned) > 1 and thinned[0] == thinned[-1]:
                thinned.pop()
            if len(thinned) < 3:
                continue
            (x, y), *rest = thinned
            steps = []
            for next_x, next_y in rest:
                steps.append(f"{next_x - x} {next_y - y}")
                x, y = next_x, next_y
            parts.append(f"M{thinned[0][0]} {thinned[0][1]}l{' '.join(steps)}z")
        return "".join(parts)

    def middle(self, rings: Sequence[Ring]) -> tuple[int, int]:
        """Return the centre of gravity of the largest outline."""
        best, best_area = (0, 0), -1.0
        for ring in rings:
            points = [self.place(point) for point in ring]
            doubled = x_sum = y_sum = 0.0
            for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
                cross = x0 * y1 - x1 * y0
                doubled += cross
                x_sum += (x0 + x1) * cross
                y_sum += (y0 + y1) * cross
            if abs(doubled) > best_area and doubled:
                best, best_area = (
                    (round(x_sum / (3 * doubled)), round(y_sum / (3 * doubled))),
                    abs(doubled),
                )
        return best


def area_map(
    areas: Sequence[Area],
    values: Mapping[str, Decimal | None],
    *,
    title: str,
    unit: str = "",
    decimals: int = 0,
    edges: Sequence[Decimal] = (),
    outlines: Sequence[Area] = (),
    hrefs: Mapping[str, str] | None = None,
    picked: str = "",
    width: int = 720,
    desc: str = "",
    csv_url: str = "",
) -> AreaMap:
    """Lay out areas shaded by value in up to five steps; without a value an area is hatched.

    `edges` are the lower limits of the darker shades, at most four and rising; without them the
    shades divide the values evenly by rank. `outlines` (districts) are drawn on top with names.
    """
    projection = Projection([*areas, *outlines], width)
    there = sorted(known([values.get(area.code) for area in areas]))
    limits = list(edges)[:4] if edges else _quantiles(there)
    drawn = []
    for area in areas:
        value = values.get(area.code)
        shade = "m-none" if value is None else f"m{sum(value >= limit for limit in limits)}"
        text = format_number(value, decimals) or _("ไม่มีค่า")
        drawn.append(
            DrawnArea(
                area,
                projection.path(area.rings),
                shade,
                f"{area.name} {text} {unit}".strip()
                if value is not None
                else f"{area.name} {text}",
                (hrefs or {}).get(area.code, ""),
                area.code == picked,
            )
        )
    names = []
    for outline in outlines:
        x, y = projection.middle(outline.rings)
        names.append(PlaceName(outline.name, str(x), str(y)))
    shades = []
    bounds = [None, *limits]
    for index, lower in enumerate(bounds):
        upper = bounds[index + 1] if index + 1 < len(bounds) else None
        if lower is None:
            text = (
                _("ต่ำกว่า {value}").format(value=format_number(upper, decimals))
                if upper is not None
                else _("ทุกค่า")
            )
        elif upper is None:
            text = _("ตั้งแต่ {value}").format(value=format_number(lower, decimals))
        else:
            text = f"{format_number(lower, decimals)}–{format_number(upper, decimals)}"
        shades.append(Shade(f"m{index}", text))
    if any(values.get(area.code) is None for area in areas):
        shades.append(Shade("m-none", _("ไม่มีค่า")))
    rows = tuple((area.name, values.get(area.code)) for area in areas)
    return AreaMap(
        title=title,
        desc=desc,
        figures=Figures((_("พื้นที่"), unit or _("ค่า")), rows, decimals),
        csv_url=csv_url,
        width=width,
        height=projection.height,
        areas=tuple(drawn),
        outlines=tuple(projection.path(outline.rings) for outline in outlines),
        names=tuple(names),
        shades=tuple(shades),
        unit=unit,
    )


def _quantiles(values: Sequence[Decimal], steps: int = 5) -> list[Decimal]:
    """Return the lower limits of the shades above the first, without repeats."""
    limits: list[Decimal] = []
    for index in range(1, steps):
        if not values:
            break
        limit = values[min(len(values) - 1, len(values) * index // steps)]
        if limit > values[0] and limit not in limits:
            limits.append(limit)
    return limits
