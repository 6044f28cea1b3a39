"""Positions are true to the figures, gaps stay gaps, and the table says the same."""

from decimal import Decimal as D

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from common import charts

FIGURES = st.decimals(
    min_value=D("-1000000"), max_value=D("1000000"), places=2, allow_nan=False, allow_infinity=False
)


def width(text: str) -> D:
    return D(text.removesuffix("%"))


def test_bars_start_at_zero_and_keep_their_proportions():
    chart = charts.bar_chart([charts.Bar("ก", D(50)), charts.Bar("ข", D(25))], title="แท่ง")
    assert [(bar.x, bar.width) for bar in chart.bars] == [("0%", "100%"), ("0%", "50%")]


def test_a_negative_bar_grows_to_the_left_of_zero():
    chart = charts.bar_chart([charts.Bar("ก", D(-50)), charts.Bar("ข", D(50))], title="แท่ง")
    assert [(bar.x, bar.width) for bar in chart.bars] == [("0%", "50%"), ("50%", "50%")]


def test_a_missing_figure_draws_no_bar_and_zero_draws_an_empty_one():
    chart = charts.bar_chart(
        [charts.Bar("ก", None), charts.Bar("ข", D(0))], title="แท่ง", top=D(100)
    )
    assert chart.bars[0].width == ""
    assert chart.bars[0].text == ""
    assert chart.bars[1].width == "0%"
    assert chart.bars[1].text == "0.00"


def test_the_notch_stands_in_the_table_too():
    chart = charts.bar_chart([charts.Bar("ก", D(1), notch=D(2))], title="แท่ง", unit="แห่ง")
    assert chart.figures.heads == ("รายการ", "แห่ง", "เป้าหมาย")
    assert chart.figures.rows == (("ก", D(1), D(2)),)
    assert chart.bars[0].notch == "100%"


@given(st.lists(st.one_of(st.none(), FIGURES), min_size=1, max_size=12))
def test_no_bar_leaves_its_track(values):
    chart = charts.bar_chart([charts.Bar(str(i), v) for i, v in enumerate(values)], title="แท่ง")
    for bar in chart.bars:
        if bar.width:
            assert D(0) <= width(bar.x) <= width(bar.x) + width(bar.width) <= D("100.02")


def test_contributors_stand_one_behind_the_other_and_add_up():
    chart = charts.waterfall(
        [charts.Step("ก", D(2)), charts.Step("ข", None), charts.Step("ค", D(-1))],
        title="น้ำตก",
        top=D(4),
    )
    assert [(step.x, step.width, step.text) for step in chart.steps] == [
        ("0%", "50%", "+2.00"),
        ("50%", "", ""),
        ("25%", "25%", "\u22121.00"),
        ("0%", "25%", "1.00"),
    ]
    assert chart.steps[-1].is_total
    assert chart.figures.rows[-1] == ("รวม", D(1))


def test_a_total_of_nothing_known_is_not_zero():
    chart = charts.waterfall([charts.Step("ก", None)], title="น้ำตก")
    assert chart.steps[-1].text == ""
    assert chart.steps[-1].width == ""


def test_a_gap_splits_a_line():
    values = (D(1), D(2), None, D(4), D(5))
    chart = charts.line_chart("กขคงจ", [charts.Series("ผล", values)], title="เส้น")
    assert len(chart.lines[0].pieces) == 2
    assert len(chart.lines[0].dots) == 4
    assert chart.lines[0].latest == "5.00"
    assert chart.lines[0].latest_period == "จ"


def test_a_lone_figure_is_a_dot_without_a_line():
    chart = charts.line_chart("กข", [charts.Series("ผล", (D(1), None))], title="เส้น")
    assert chart.lines[0].pieces == ()
    assert len(chart.lines[0].dots) == 1


def test_what_happened_is_drawn_at_its_period_and_told_in_the_table():
    told = [(3, "เปิดตลาด"), (0, "ปิดตลาด"), (0, "งดเดินทาง")]
    series = [charts.Series("ผล", (D(1), D(2), None, D(4)))]
    chart = charts.line_chart("กขคง", series, title="เส้น", events=told, events_name="คำสั่ง")
    assert [(each.number, each.period, each.texts) for each in chart.events] == [
        (1, "ก", ("ปิดตลาด", "งดเดินทาง")),
        (2, "ง", ("เปิดตลาด",)),
    ]
    assert [each.at for each in chart.events] == [
        chart.lines[0].dots[0].x,
        chart.lines[0].dots[-1].x,
    ]
    assert chart.figures.heads[-1] == "คำสั่ง"
    assert [row[-1] for row in chart.figures.rows] == ["ปิดตลาด, งดเดินทาง", "", "", "เปิดตลาด"]
    assert "ปิดตลาด, งดเดินทาง" in chart.figures.csv
    drawn = render_to_string(chart.template, {"c": chart})
    assert drawn.count('class="g-event"') == drawn.count('class="g-flag"') == 2
    assert "ปิดตลาด · งดเดินทาง</li>" in drawn


def test_flags_that_would_cover_each_other_stand_in_two_rows():
    periods = [str(day) for day in range(30)]
    near = charts.line_chart(periods, [], title="x", events=[(n, "ก") for n in (1, 2, 3, 20)])
    high, low, high_again, alone = (each.y for each in near.events)
    assert high == high_again == alone != low


def test_a_chart_without_events_has_no_column_for_them():
    chart = charts.line_chart(
        "กข", [charts.Series("ผล", (D(1), None))], title="เส้น", events_name="คำสั่ง"
    )
    assert (chart.events, chart.figures.heads[-1]) == ((), "ผล")


def test_a_chart_without_any_figure_still_stands():
    chart = charts.line_chart("กข", [charts.Series("ผล", (None, None))], title="เส้น")
    assert chart.lines[0].latest == ""
    assert chart.starts_at_zero


def test_a_line_that_does_not_start_at_zero_says_so():
    high = charts.line_chart("กข", [charts.Series("ผล", (D(95), D(99)))], title="เส้น")
    low = charts.line_chart("กข", [charts.Series("ผล", (D(5), D(99)))], title="เส้น")
    assert not high.starts_at_zero
    assert low.starts_at_zero


def test_a_higher_figure_stands_higher():
    chart = charts.line_chart("กข", [charts.Series("ผล", (D(10), D(90)))], title="เส้น")
    first, second = (D(dot.y) for dot in chart.lines[0].dots)
    assert second < first


def test_only_every_third_of_many_periods_is_shown_on_a_phone():
    few = charts.line_chart("123456", [], title="เส้น")
    many = charts.line_chart("1234567", [], title="เส้น")
    assert not any(mark.minor for mark in few.x_marks)
    assert [mark.minor for mark in many.x_marks] == [False, True, True, False, True, True, False]


def test_a_band_is_split_where_one_end_is_missing_and_is_in_the_table():
    lows, highs = (D(1), D(2), None, D(4), D(5)), (D(2), D(3), D(4), D(5), D(6))
    chart = charts.line_chart("กขคงจ", [], title="เส้น", band=(lows, highs), band_name="คาด")
    assert len(chart.bands) == 2
    assert chart.band_text == "5.00–6.00"
    assert chart.figures.heads == ("ช่วงเวลา", "คาด ต่ำสุด", "คาด สูงสุด")
    assert chart.figures.rows[2] == ("ค", None, D(4))


def test_a_band_of_one_period_is_no_area():
    chart = charts.line_chart("กข", [], title="เส้น", band=((D(1), None), (D(2), None)))
    assert chart.bands == ()


def test_today_stands_between_the_periods():
    chart = charts.line_chart("กขค", [], title="เส้น", now=D("0.5"))
    places = [width(mark.at) for mark in chart.x_marks]
    assert places[0] < width(chart.now) < places[1]


def test_one_period_stands_in_the_middle():
    chart = charts.line_chart("ก", [charts.Series("ผล", (D(1),))], title="เส้น")
    assert chart.x_marks[0].at == "52.5%"


def test_the_s_curve_runs_from_0_to_100_and_leaves_out_an_empty_forecast():
    chart = charts.s_curve("1234", plan=(D(0), D(50)), actual=(D(0), D(40)), title="เส้นโค้ง")
    assert [mark.text for mark in chart.y_marks] == ["0", "25", "50", "75", "100"]
    assert [line.series.role for line in chart.lines] == ["plan", "actual"]
    assert chart.figures.rows[3] == ("4", None, None)
    with_forecast = charts.s_curve(
        "12", plan=(D(0), D(50)), actual=(D(0), None), forecast=(None, D(9)), title="เส้นโค้ง"
    )
    assert [line.series.role for line in with_forecast.lines] == ["plan", "forecast", "actual"]


@given(FIGURES, FIGURES)
def test_ticks_enclose_their_range_and_are_few(one, other):
    low, high = min(one, other), max(one, other)
    marks = charts.ticks(low, high)
    assert marks[0] <= low
    assert marks[-1] >= high
    assert 2 <= len(marks) <= 12


def test_a_sparkline_says_its_figures_and_its_gaps():
    shape = charts.spark([D(1), None, D(3), D(4)], label="แนวโน้ม", decimals=0, plan=D(2))
    assert shape.label == "แนวโน้ม: 1, ไม่มีค่า, 3, 4"
    assert len(shape.pieces) == 1
    assert shape.dot is not None
    assert shape.plan


def test_a_sparkline_of_nothing_draws_nothing_and_a_flat_one_runs_through_the_middle():
    assert charts.spark([None, None], label="ว่าง").dot is None
    flat = charts.spark([D(2), D(2)], label="คงที่").dot
    assert flat is not None
    assert flat.y == "13"


def test_a_bullet_says_what_is_missing():
    shape = charts.bullet(title="ผล", actual=None, target=D(90), unit="ร้อยละ")
    assert shape.actual == ""
    assert shape.label == "ผล: ผล ไม่มีค่า เป้าหมาย 90.00 ปีก่อน ไม่มีค่า ร้อยละ"
    assert charts.bullet(title="ว่าง", actual=None, target=None).target == ""


def test_the_heat_grid_s_table_speaks_the_states():
    states = ("value", "not_due", "not_applicable", "not_reported", "late", "")
    cells = tuple(charts.HeatCell(state, D(7) if state == "value" else None) for state in states)
    shape = charts.heat_grid(
        [(str(index), "") for index in range(6)],
        [charts.HeatRow("ก", cells, covered=1, due=3), charts.HeatRow("ข", cells)],
        title="ตาราง",
    )
    assert shape.figures.rows[0] == (
        "ก", D(7), "ยังไม่ถึงกำหนด", "ไม่เกี่ยวข้อง", "ยังไม่รายงาน", "เกินกำหนด", "", "1/3",
    )  # fmt: skip
    assert shape.with_coverage
    assert not charts.heat_grid([], [], title="ว่าง").with_coverage


def test_risks_stand_in_their_cells_and_the_worst_leads_the_table():
    levels = {(row, col): 1 + (row * col > 9) for row in range(1, 6) for col in range(1, 6)}
    shape = charts.risk_matrix(
        [charts.Risk("R1", 1, 2, "เบา"), charts.Risk("R2", 5, 4, "หนัก")],
        title="ความเสี่ยง",
        levels=levels,
        words={1: "ต่ำ", 2: "สูง"},
    )
    likelihood, cells = shape.lines[0]
    assert likelihood == 5
    assert [risk.code for risk in cells[3].risks] == ["R2"]
    assert shape.figures.rows[0] == ("R2", "หนัก", "5", "4", "20", "สูง")


def test_the_tree_s_table_names_the_depth():
    root = charts.Node("บน", ("1",), children=(charts.Node("ล่าง", level_text="90"),))
    shape = charts.tree(root, title="สาย", heads=["เป้า", "ผล"])
    assert shape.figures.rows == (("1", "บน", "1", ""), ("2", "ล่าง", "", "90"))


SQUARES = [
    charts.Area(
        str(x), f"พื้นที่ {x}", (((x, 0.0), (x + 1.0, 0.0), (x + 1.0, 1.0), (x, 1.0), (x, 0.0)),)
    )
    for x in (100.0, 101.0, 102.0)
]


def test_areas_are_shaded_by_rank_and_hatched_without_a_value():
    shape = charts.area_map(SQUARES, {"100.0": D(0), "101.0": D(10)}, title="แผนที่", unit="แห่ง")
    assert [area.shade for area in shape.areas] == ["m0", "m1", "m-none"]
    assert [area.text for area in shape.areas] == [
        "พื้นที่ 100.0 0 แห่ง", "พื้นที่ 101.0 10 แห่ง", "พื้นที่ 102.0 ไม่มีค่า",
    ]  # fmt: skip
    assert [shade.text for shade in shape.shades] == ["ต่ำกว่า 10", "ตั้งแต่ 10", "ไม่มีค่า"]


def test_given_limits_shade_a_value_that_meets_one():
    values = {area.code: D(value) for area, value in zip(SQUARES, (4, 5, 9), strict=True)}
    shape = charts.area_map(SQUARES, values, title="แผนที่", edges=[D(5), D(8)])
    assert [area.shade for area in shape.areas] == ["m0", "m1", "m2"]
    assert [shade.text for shade in shape.shades] == ["ต่ำกว่า 5", "5–8", "ตั้งแต่ 8"]


def test_a_map_without_values_has_one_shade_and_hatching():
    shape = charts.area_map(SQUARES, {}, title="แผนที่", outlines=SQUARES[:1], hrefs={"100.0": "/ก/"})
    assert [shade.text for shade in shape.shades] == ["ทุกค่า", "ไม่มีค่า"]
    assert shape.linked
    assert len(shape.outlines) == 1
    assert shape.names[0].name == "พื้นที่ 100.0"


def test_a_drawing_is_squeezed_by_the_latitude_and_leaves_out_what_is_too_small():
    far_north = charts.Area("n", "เหนือ", (((0.0, 60.0), (1.0, 60.0), (1.0, 61.0), (0.0, 61.0)),))
    projection = charts.Projection([far_north], 500)
    assert projection.height > 900
    dot = ((0.5, 60.5), (0.50001, 60.5), (0.5, 60.50001), (0.5, 60.5))
    assert projection.path((dot,)) == ""
    assert projection.middle((dot,)) == (0, 0)


def test_geojson_rings_of_both_kinds():
    ring = [[0, 0], [1, 0], [1, 1]]
    assert charts.rings_of({"type": "Polygon", "coordinates": [ring]}) == (ring,)
    assert charts.rings_of({"type": "MultiPolygon", "coordinates": [[ring], [ring]]}) == (
        ring,
        ring,
    )


def test_work_money_and_time_are_always_three_in_this_order():
    bars = charts.three_bars(None, D(0), D("128.5"), plan=D(31))
    assert [bar.role for bar in bars] == ["work", "money", "time"]
    assert [bar.width for bar in bars] == ["", "0%", "100%"]
    assert [bar.text for bar in bars] == ["", "0.00", "128.50"]
    assert bars[0].said == "ความก้าวหน้าทางกายภาพ ยังไม่มีค่า แผน 31.00"


def test_the_csv_holds_plain_figures_and_runs_no_formula():
    figures = charts.Figures(("ชื่อ", "ค่า"), (("=1+1", D("-1234.5")), ("ข", None)), 2)
    assert figures.csv == "ชื่อ,ค่า\r\n'=1+1,-1234.50\r\nข,\r\n"
    assert figures.csv_href.startswith("data:text/csv;charset=utf-8,%EF%BB%BF")
    assert figures.shown == [
        [("=1+1", False), ("\u22121,234.50", True)],
        [("ข", False), ("", True)],
    ]


def test_a_chart_has_a_name_for_ids_and_for_its_file():
    one = charts.bar_chart([charts.Bar("ก", D(1))], title="น้ำ/ดิน", csv_url="/x.csv")
    other = charts.bar_chart([charts.Bar("ก", D(2))], title="น้ำ/ดิน")
    assert one.key != other.key
    assert one.file_name == "น้ำ-ดิน.csv"
    assert one.csv_href == "/x.csv"
    assert other.csv_href.startswith("data:")
    assert one.template == "_components/charts/bars.html"


@pytest.mark.parametrize(("value", "expected"), [(D(5), D(50)), (D(-1), D(0)), (D(99), D(100))])
def test_a_share_stays_inside(value, expected):
    assert charts.share(value, D(0), D(10)) == expected
    assert charts.share(value, D(3), D(3)) == 0
