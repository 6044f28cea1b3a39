"""The published page: complete by itself, in the portal's look, without a script."""

from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from common import charts
from reports.document import Report
from reports.renderers.story import Story, as_words, story_of


def page_of(report: Report, sha256: str, *, assets: str, language: str) -> bytes:
    """Render a report's page in a language; `assets` is where its stylesheet and fonts lie."""
    with translation.override(language):
        story = story_of(report, sha256)
        text = render_to_string(
            "reports/edition.html",
            {
                "report": report,
                "story": story,
                "words": as_words(story),
                "assets": assets,
                "root": "/en" if language == "en" else "",
                "other": _other_language(story, language),
                "months": _months(story),
                "nav": _navigation(),
                "sha_groups": [sha256[at : at + 8] for at in range(0, 64, 8)],
            },
        )
    return text.encode()


def _navigation() -> list[tuple[str, str]]:
    return [
        (_("ยุทธศาสตร์"), "/strategy/"),
        (_("ตัวชี้วัด"), "/kpis/"),
        (_("โครงการ"), "/projects/"),
        (_("งบประมาณ"), "/budget/"),
        (_("พื้นที่"), "/areas/"),
        (_("รายงาน"), "/reports/"),
        (_("ข้อมูลเปิด"), "/open-data/"),
    ]


def _other_language(story: Story, language: str) -> dict[str, str]:
    if language == "en":
        return {"code": "th", "name": "ไทย", "href": story.address.removeprefix("/en")}
    return {"code": "en", "name": "English", "href": f"/en{story.address}"}


def _months(story: Story) -> Any:
    if not any(rate is not None for _name, rate in story.months):
        return None
    names = tuple(name for name, _rate in story.months)
    series = [charts.Series(_("เบิกจ่าย"), tuple(rate for _name, rate in story.months), "money")]
    if story.money_target is not None:
        target: list[Decimal | None] = [None] * len(names)
        target[-1] = story.money_target
        series.append(charts.Series(_("เป้าหมายสิ้นไตรมาส"), tuple(target), "plan"))
    return charts.line_chart(
        names, series, title=_("เบิกจ่ายสะสม"), unit=_("ร้อยละ"), low=Decimal(0), high=Decimal(100)
    )
