"""The dictionary: what is measured, by which rules since when, and changing it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Area, User
from common import clock, fiscal, thaidates
from common.bilingual import page_language
from common.downloads import asked_format, download
from common.refusal import EntriesRefused, Refused
from kpi import actions
from kpi.actions.definitions import IndicatorInput
from kpi.actions.disaggregations import DisaggregationInput, ItemInput, same_disaggregations
from kpi.forms import IndicatorForm, written_lines
from kpi.listings import INDICATORS
from kpi.models import KPI, Disaggregation, Indicator, IndicatorVersion
from kpi.rules import definitions as rules
from kpi.rules.surroundings import version_in_force
from submissions.models import Quarter
from submissions.rules import standing_of

RULES = (
    *("unit_th", "unit_en", "decimals", "is_ratio", "scale", "shows_one_to", "over_time"),
    *("denominator_over_time", "over_units", "direction", "target_meaning", "frequency"),
    *("lag_quarters", "numerator_th", "denominator_th", "allows_negative"),
)
WORDS = ("name_th", "name_en", "definition_th", "formula_th", "source_agency", "is_active")
Kind = Disaggregation.Kind


@require_safe
def indicator_list(request: HttpRequest) -> HttpResponseBase:
    """Everything in the dictionary; filters and page stay in the address."""
    standing = standing_of(request.user, clock.today())
    text, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    indicators = Indicator.objects.select_related("source_agency").prefetch_related(
        "versions__disaggregations"
    )
    if text:
        indicators = indicators.filter(
            Q(code__icontains=text)
            | Q(name_th__icontains=text)
            | Q(name_en__icontains=text)
            | Q(definition_th__icontains=text)
        )
    if state in ("active", "retired"):
        indicators = indicators.filter(is_active=state == "active")
    year = fiscal.fiscal_year_of(clock.today())
    if asked_format(request):
        return download(request, INDICATORS, _with_rules(indicators.in_code_order(), year))
    page = Paginator(indicators.in_code_order(), 50).get_page(request.GET.get("page"))
    return render(
        request,
        "kpi/indicator_list.html",
        {
            "page": page,
            "lines": [
                (line.indicator, line.version) for line in _with_rules(page.object_list, year)
            ],
            "text": text,
            "state": state,
            "why_not": rules.why_not_define(standing),
        },
    )


class Line(NamedTuple):
    """An indicator with the version of its rules in force at the end of a year."""

    indicator: Indicator
    version: IndicatorVersion | None


def _with_rules(indicators: Iterable[Indicator], year: int) -> Iterator[Line]:
    for indicator in indicators:
        yield Line(indicator, version_in_force(indicator.versions.all(), year, 4))


@require_safe
def indicator_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: its words, every version of its rules, and where it is used."""
    standing = standing_of(request.user, clock.today())
    indicator = get_object_or_404(Indicator.objects.select_related("source_agency"), code=code)
    kpis = (
        KPI.objects.filter(indicator=indicator)
        .visible_to(standing)
        .with_rules()
        .order_by("-fiscal_year", "code")
    )
    return render(
        request,
        "kpi/indicator_detail.html",
        {
            "indicator": indicator,
            "versions": IndicatorVersion.objects.filter(indicator=indicator)
            .prefetch_related("disaggregations__items")
            .order_by("-from_year", "-from_quarter"),
            "frameworks": indicator.framework_items.select_related("framework").order_by(
                "framework__order", "order"
            ),
            "kpis": list(kpis[:100]),
            "why_not": rules.why_not_define(standing),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_new(request: HttpRequest) -> HttpResponse:
    """Put a new indicator into the dictionary."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change an indicator's words, and its rules from a quarter on."""
    indicator = get_object_or_404(Indicator, code=code)
    return _edit(request, indicator)


def _edit(request: HttpRequest, indicator: Indicator | None) -> HttpResponse:
    standing = standing_of(request.user, clock.today())
    if reason := rules.why_not_define(standing):
        raise PermissionDenied(reason)
    newest = _newest(indicator)
    form = IndicatorForm(
        request.POST or None,
        quarters=_quarters(indicator),
        fixed_code=indicator.code if indicator else "",
        initial=_initial(indicator, newest),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and not (indicator is None and _is_taken(form)):
            try:
                [kept] = actions.define_indicators(
                    indicators=[_input(form.cleaned_data, indicator, newest)],
                    by=request.user if isinstance(request.user, User) else None,
                    at=clock.now(),
                )
            except EntriesRefused as refused:
                form.add_error(None, refused.by_entry[0].sentence)
                status = 409
            except Refused as refused:
                form.add_error(None, refused.sentence)
                status = 409
            else:
                messages.success(request, _("บันทึกตัวชี้วัดแล้ว"))
                return redirect("kpi:indicator-detail", kept.code)
    return render(
        request,
        "kpi/indicator_edit.html",
        {"form": form, "indicator": indicator, "newest": newest},
        status=status,
    )


def _is_taken(form: IndicatorForm) -> bool:
    """Say at the code that another indicator has it: here a new one is made."""
    if not Indicator.objects.filter(code=form.cleaned_data["code"]).exists():
        return False
    form.add_error("code", _("รหัสนี้มีอยู่แล้ว ใช้รหัสอื่น หรือแก้ตัวชี้วัดเดิม"))
    return True


def _newest(indicator: Indicator | None) -> IndicatorVersion | None:
    if indicator is None:
        return None
    return (
        indicator.versions.prefetch_related("disaggregations__items")
        .order_by("-from_year", "-from_quarter")
        .first()
    )


def _quarters(indicator: Indicator | None) -> list[tuple[str, str]]:
    """The quarters that new rules may begin in; one that stands already is offered too."""
    begun = set(indicator.versions.values_list("from_year", "from_quarter")) if indicator else set()
    quarters = Quarter.objects.filter(closed_at=None).in_time_order()
    free = [
        (each.fiscal_year_id, each.number)
        for each in quarters
        if (each.fiscal_year_id, each.number) not in begun
    ]
    if indicator is None:
        free = [*free, *_past(free)]
    return [
        (f"{year}-{number}", thaidates.format_quarter(year, number, lang=page_language()))
        for year, number in free
    ]


def _past(free: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A new indicator may also hold for years that were, so that they can be entered late."""
    if not free:
        return []
    first = min(free)[0]
    return [(year, 1) for year in range(first, first - 4, -1) if (year, 1) not in free]


def _initial(indicator: Indicator | None, newest: IndicatorVersion | None) -> dict[str, Any]:
    if indicator is None:
        return {"begins": f"{fiscal.fiscal_year_of(clock.today())}-1"}
    initial: dict[str, Any] = {name: getattr(indicator, name) for name in ("code", *WORDS)}
    initial["framework_items"] = list(indicator.framework_items.all())
    if newest is None:
        return initial
    initial |= {name: getattr(newest, name) for name in RULES}
    initial["milestones"] = "\n".join(newest.milestones)
    for each in newest.disaggregations.all():
        lines = "\n".join(
            f"{item.name_th} | {item.name_en}" if item.name_en else item.name_th
            for item in sorted(each.items.all(), key=lambda item: item.order)
        )
        if each.kind == Kind.DISTRICT:
            initial["by_district"] = True
        elif each.kind == Kind.SEX:
            initial["by_sex"] = lines
        elif each.kind == Kind.AGE:
            initial["by_age"] = lines
        else:
            initial |= {"list_name": each.name_th, "by_list": lines}
        initial["parts_required"] = each.is_required
    return initial


def _input(
    cleaned: Mapping[str, Any], indicator: Indicator | None, newest: IndicatorVersion | None
) -> IndicatorInput:
    """What the form says; rules that are the newest version's already keep its quarter."""
    version: dict[str, Any] = {name: cleaned[name] for name in RULES}
    version["milestones"] = written_lines(cleaned["milestones"])
    if not version["is_ratio"]:
        version["denominator_over_time"] = ""
    told_apart = _told_apart(cleaned)
    begins = cleaned["begins"]
    if newest is not None:
        # What the form does not ask for stays as it was.
        version |= {name: getattr(newest, name) for name in ("numerator_en", "denominator_en")}
        if all(getattr(newest, name) == value for name, value in version.items()) and (
            same_disaggregations(told_apart, newest)
        ):
            begins = f"{newest.from_year}-{newest.from_quarter}"
    year, quarter = begins.split("-")
    version |= {"from_year": int(year), "from_quarter": int(quarter)}
    return IndicatorInput(
        code=indicator.code if indicator else cleaned["code"],
        version=version,
        definition_en=indicator.definition_en if indicator else "",
        formula_en=indicator.formula_en if indicator else "",
        framework_items=list(cleaned["framework_items"]),
        disaggregations=told_apart,
        is_sample=indicator.is_sample if indicator else False,
        **{name: cleaned[name] for name in WORDS},
    )


def _told_apart(cleaned: Mapping[str, Any]) -> list[DisaggregationInput]:
    required = cleaned["parts_required"]
    found = []
    if cleaned["by_district"]:
        districts = Area.objects.of_kind(Area.Kind.DISTRICT).in_code_order()
        items = [ItemInput(area.code, area.name_th, area.name_en, area) for area in districts]
        found.append(DisaggregationInput(Kind.DISTRICT, "รายอำเภอ", items, "By district", required))
    for kind, name, thai, english in (
        (Kind.SEX, "by_sex", "ตามเพศ", "By sex"),
        (Kind.AGE, "by_age", "ตามช่วงอายุ", "By age"),
        (Kind.LIST, "by_list", cleaned["list_name"], ""),
    ):
        if lines := written_lines(cleaned[name]):
            found.append(DisaggregationInput(kind, thai, _items(lines), english, required))
    return found


def _items(lines: list[str]) -> list[ItemInput]:
    """One part a line: its Thai name and, after a bar, its English one."""
    items = []
    for number, line in enumerate(lines, start=1):
        thai, _bar, english = (part.strip() for part in line.partition("|"))
        items.append(ItemInput(str(number), thai, english))
    return items
