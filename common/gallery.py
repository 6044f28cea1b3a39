"""Drawn figures of the gallery; none of them is data of a province, none is translated."""

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from django import forms
from django.conf import settings
from django.utils.functional import cached_property

from common import charts as shapes

D = Decimal


class GalleryForm(forms.Form):
    """One field of each kind, two of them wrong."""

    amount = forms.CharField(label="วงเงิน", help_text="พิมพ์เลขไทยหรืออารบิก มีจุลภาคได้")
    numerator = forms.IntegerField(
        label="ตัวตั้ง",
        help_text="จำนวนตัวอย่างที่ปลอดภัย",
        max_value=4980,
        error_messages={"max_value": "มากกว่าตัวหาร 4,980 ตรวจว่าสลับช่องหรือไม่"},
    )
    inspected_date = forms.CharField(label="วันที่ตรวจ", help_text="เช่น 29 พ.ย. 69")
    district = forms.ChoiceField(label="อำเภอ", choices=[("1", "อำเภอเมือง"), ("2", "อำเภออื่น")])
    reason = forms.CharField(
        label="เหตุผล",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "ต้องใส่เมื่อผลต่ำกว่าเป้า"},
    )
    confirmed = forms.BooleanField(label="ตรวจแล้วกับเอกสารต้นทาง", required=False)


TYPED: Final = {
    "amount": "๑๒,๓๔๕.๖๗",
    "numerator": "5210",
    "inspected_date": "9 ม.ค. 70",
    "district": "1",
    "reason": "",
    "confirmed": "on",
}

FACTS: Final = [
    {
        "label": "คะแนนจังหวัด",
        "value": "3.4127",
        "unit": "จาก 5",
        "note": "ไตรมาสก่อน 4.0656",
    },
    {"label": "ตัวชี้วัดต่ำกว่าเป้า", "value": "4", "unit": "จาก 11", "note": "ใกล้เป้า 2 ถึงเป้า 5"},
    {"label": "เบิกจ่ายสะสม", "value": "27.46", "unit": "%", "note": "ต่ำกว่าเป้า 4.54 จุด"},
]


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of the entry grid as the gallery draws it."""

    pk: int
    code: str
    name: str
    unit: str
    target: str
    last: str
    kind: str
    values: tuple[str, ...]
    status: str
    decimals: int


GRID_ROWS: Final = [
    GridRow(
        1, "4.3", "ผู้เสียชีวิตจากอุบัติเหตุทางถนน", "ราย", "4.50", "4.38", "single", ("4.21",), "draft", 2
    ),
    GridRow(
        2,
        "2.3",
        "ตัวอย่างอาหารที่ปลอดภัย",
        "ร้อยละ",
        "98.00",
        "97.12",
        "ratio",
        ("412", "424"),
        "draft",
        2,
    ),
    GridRow(
        3, "4.1", "โรงพยาบาลที่ระบบบำบัดน้ำเสียผ่านเกณฑ์", "แห่ง", "3", "3", "locked", ("3",), "approved", 0
    ),
    GridRow(4, "3.3", "ร้านอาหารที่ได้ป้ายสะอาด", "แห่ง", "12", "9", "single", ("",), "", 0),
]


BARS: Final = {
    "work": D("24.8"),
    "money": D("56.2"),
    "time": D("28.77"),
    "plan": D(31),
    "target": D(32),
}


class Filter:
    """A list to choose from in the address of a page."""

    def __init__(self, name: str, label: str, options: list[tuple[str, str]], value: str) -> None:
        self.name, self.label, self.options, self.value = name, label, options, value


def filters(issue: str) -> list[Filter]:
    """Return the gallery's filters with what was chosen."""
    options = [("", "ทุกประเด็น"), ("1", "ประเด็น 1"), ("2", "ประเด็น 2")]
    return [Filter("issue", "ประเด็นการพัฒนา", options, issue)]


class Boundaries:
    """The province's tambons and districts, read once."""

    @cached_property
    def tambons(self) -> tuple[shapes.Area, ...]:
        return self._read("boundaries_tambons.geojson")

    @cached_property
    def districts(self) -> tuple[shapes.Area, ...]:
        return self._read("boundaries_districts.geojson")

    def _read(self, name: str) -> tuple[shapes.Area, ...]:
        path = Path(settings.PROVINCE_DIR) / name
        if not path.exists():
            square = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
            return (shapes.Area("0", "พื้นที่", (square,)),)
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return tuple(
            shapes.Area(
                each["properties"]["code"],
                each["properties"]["name_th"],
                shapes.rings_of(each["geometry"]),
            )
            for each in features
        )


BOUNDARIES: Final = Boundaries()

MONTHS: Final = (
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
)


def _series(text: str) -> tuple[Decimal | None, ...]:
    return tuple(None if part == "-" else D(part) for part in text.split())


def charts() -> dict[str, object]:
    """Return one chart of each kind."""
    return {
        "bars": shapes.bar_chart(
            [
                shapes.Bar("ประมง", D(96), D(90)),
                shapes.Bar("เกษตร", D(82), D(90), role="watch"),
                shapes.Bar("อุตสาหกรรม", D(64), D(90), role="bad"),
                shapes.Bar("ท่องเที่ยว", None, D(90)),
            ],
            title="แท่ง: ผลเทียบเป้าหมาย",
            unit="ร้อยละ",
            decimals=0,
            top=D(100),
        ),
        "lines": shapes.line_chart(
            MONTHS,
            [
                shapes.Series("เป้าหมาย", _series("8 20 32 38 46 52 60 66 75 82 91 100"), "plan"),
                shapes.Series("ปีก่อน", _series("6 17 30 34 42 50 56 63 70 79 88 95"), "last"),
                shapes.Series("เบิกจ่ายจริง", _series("5 - 27.46 - - - - - - - - -"), "actual"),
            ],
            title="เส้น เป้าหมาย และช่วง",
            unit="ร้อยละ",
            band=(
                _series("- - 27 32 39 46 52 58 64 71 78 84"),
                _series("- - 28 36 45 53 60 67 74 81 87 92"),
            ),
            band_name="คาดสิ้นปี",
            now=D("3.4"),
            low=D(0),
            high=D(100),
        ),
        "s_curve": shapes.s_curve(
            ("1", "2", "3", "4"),
            plan=_series("0 20 62 100"),
            actual=_series("0 15 - -"),
            forecast=_series("- 15 48 86"),
            title="เส้นโค้งความก้าวหน้า",
            now=D("1.2"),
        ),
        "bullet": shapes.bullet(
            title="ผล เป้าหมาย ปีก่อน",
            actual=D("83"),
            target=D("90"),
            last=D("76"),
            unit="ร้อยละ",
            top=D(100),
        ),
        "spark": shapes.spark(_series("2 4 3 6 - 5 8"), label="เจ็ดไตรมาส", plan=D(6), decimals=0),
        "waterfall": shapes.waterfall(
            [
                shapes.Step("ประเด็น 1", D("1.34")),
                shapes.Step("ประเด็น 2", D("1.46")),
                shapes.Step("ประเด็น 3", None),
                shapes.Step("ประเด็น 4", D("-0.27"), "bad"),
            ],
            title="ที่มาของคะแนน",
            top=D(5),
        ),
        "heat": shapes.heat_grid(
            [
                ("1.2", "โรงงานสีเขียว"),
                ("1.3", "การค้า"),
                ("2.1", "เกษตร"),
                ("4.1", "น้ำ"),
            ],
            [
                shapes.HeatRow(
                    "หน่วยงาน ก",
                    (
                        shapes.HeatCell("value", D(104), "good", "#heat"),
                        shapes.HeatCell(),
                        shapes.HeatCell("value", D(93), "watch"),
                        shapes.HeatCell("not_reported"),
                    ),
                    covered=2,
                    due=3,
                ),
                shapes.HeatRow(
                    "หน่วยงาน ข",
                    (
                        shapes.HeatCell("value", D(71), "bad", "#heat"),
                        shapes.HeatCell("late"),
                        shapes.HeatCell("not_due"),
                        shapes.HeatCell("not_applicable"),
                    ),
                    covered=1,
                    due=1,
                ),
            ],
            title="หน่วยงานกับตัวชี้วัด",
            groups=[("ประเด็น 1", 2), ("ประเด็น 2", 1), ("ประเด็น 4", 1)],
        ),
        "risk": shapes.risk_matrix(
            [
                shapes.Risk("R1", 5, 4, "เบิกงบไม่ทัน", "#risk", moved_up=True),
                shapes.Risk("R2", 2, 2, "น้ำเสียโรงงาน"),
            ],
            title="ความเสี่ยง 5×5",
            levels={
                (row, col): risk_level(row * col) for row in range(1, 6) for col in range(1, 6)
            },
            words={1: "ต่ำ", 2: "ปานกลาง", 3: "สูง", 4: "สูงมาก"},
        ),
        "tree": shapes.tree(
            shapes.Node(
                "น้ำในแม่น้ำได้มาตรฐาน",
                ("70.00", "58.33"),
                "#tree",
                level="bad",
                level_text="83.33",
                gap="ผลรวมของหน่วยงานต่ำกว่าเป้าของจังหวัด 2.00 ยังไม่มีคำอธิบาย",
                gap_kind="open",
                children=(
                    shapes.Node(
                        "ตรวจระบบบำบัด",
                        ("40.00", "41.00"),
                        link="ถ่ายทอด",
                        level="good",
                        level_text="102.50",
                    ),
                    shapes.Node(
                        "อบรมผู้ดูแลระบบ",
                        ("120.00", "–"),
                        link="สนับสนุน",
                        support=True,
                        sub="จาก 3 ตำแหน่ง",
                    ),
                ),
            ),
            title="แนวเชื่อมโยงของตัวชี้วัด",
            heads=["เป้า", "ผล", "ร้อยละของเป้า"],
        ),
        "map": shapes.area_map(
            BOUNDARIES.tambons,
            {
                area.code: D(index * 7 % 40)
                for index, area in enumerate(BOUNDARIES.tambons)
                if index % 9
            },
            title="แผนที่ตำบล",
            unit="แห่ง",
            outlines=BOUNDARIES.districts,
            picked=BOUNDARIES.tambons[1 % len(BOUNDARIES.tambons)].code,
        ),
    }


def risk_level(score: int) -> int:
    """Return the gallery's level of a cell; in the portal it is data of the fiscal year."""
    return 1 + (score > 3) + (score > 9) + (score > 16)
