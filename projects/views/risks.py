"""The risk register of the desk: the map, the list, one risk with its reviews, its scales."""

import csv
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Agency
from accounts.rules import Standing
from common import charts, clock, fiscal, tables, thaidates
from common.bilingual import page_language
from common.downloads import asked_format, download
from common.refusal import Refused
from projects.actions import risks as actions
from projects.forms.risks import (
    CategoryForm,
    ClosingForm,
    MapForm,
    ReviewForm,
    RiskForm,
    RiskTextForm,
    StepEndForm,
    StepForm,
)
from projects.listings import RISKS
from projects.models import Risk, RiskAction, RiskCategory, RiskLevel, RiskReview
from projects.rules import risks as rules
from projects.views.frame import standing_here
from projects.views.lists import Filter
from submissions.models import FiscalYear, Quarter
from submissions.rules import open_quarters

PAGE_SIZE = 50
SUBJECTS = ("project", "kpi", "issue")
# How the levels look: the marks are the portal's own.
LEVEL_CLASSES = {1: "good", 2: "none", 3: "watch", 4: "bad"}


def _staff(request: HttpRequest) -> Standing:
    """Return what the reader is; the register is for people with a role."""
    standing = standing_here(request)
    if not standing.pairs:
        raise Http404
    return standing


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    if asked.isdecimal() and 2500 <= int(asked) <= 2700:
        return int(asked)
    return fiscal.fiscal_year_of(clock.today())


def _found(request: HttpRequest, standing: Standing, year: int) -> Any:
    """Return the risks that the address asks for, gravest first."""
    ask = request.GET
    risks = Risk.objects.visible_to(standing).for_year(year)
    if ask.get("agency"):
        risks = risks.filter(agency__code=ask["agency"])
    if ask.get("category"):
        risks = risks.filter(category__code=ask["category"])
    if ask.get("subject") in SUBJECTS:
        risks = risks.filter(**{f"{ask['subject']}__isnull": False})
    if ask.get("level", "").isdecimal():
        risks = risks.filter(level=int(ask["level"]))
    if ask.get("state") == "raised":
        risks = risks.raised()
    elif ask.get("state") == "closed":
        risks = risks.filter(state=Risk.State.CLOSED)
    else:
        risks = risks.open()
    if ask.get("q", "").strip():
        text = ask["q"].strip()
        risks = risks.filter(Q(code__icontains=text) | Q(name_th__icontains=text))
    return risks.with_subject().gravest_first()


def _filters(request: HttpRequest, standing: Standing, year: int) -> list[Filter]:
    def chosen(name: str) -> str:
        return request.GET.get(name, "")

    everything = [("", _("ทั้งหมด"))]
    owners = Risk.objects.visible_to(standing).for_year(year).values("agency")
    agencies = Agency.objects.filter(pk__in=owners).in_code_order()
    years = FiscalYear.objects.order_by("-year")
    return [
        Filter(
            "year",
            _("ปีงบประมาณ"),
            [
                (str(y.year), thaidates.format_fiscal_year(y.year, lang=page_language()))
                for y in years
            ],
            str(year),
        ),
        Filter(
            "agency",
            _("หน่วยงาน"),
            everything + [(agency.code, agency.short_name) for agency in agencies],
            chosen("agency"),
        ),
        Filter(
            "category",
            _("ประเภท"),
            everything + [(row.code, row.name) for row in RiskCategory.objects.order_by("order")],
            chosen("category"),
        ),
        Filter(
            "subject",
            _("สิ่งที่มีความเสี่ยง"),
            [
                *everything,
                ("project", _("โครงการ")),
                ("kpi", _("ตัวชี้วัด")),
                ("issue", _("ประเด็นการพัฒนา")),
            ],
            chosen("subject"),
        ),
        Filter(
            "state",
            _("สถานะ"),
            [
                ("", _("เฝ้าระวัง")),
                ("raised", _("เพิ่มขึ้นสองครั้งติดกัน")),
                ("closed", _("ปิดแล้ว")),
            ],
            chosen("state"),
        ),
    ]


@require_safe
def risk_list(request: HttpRequest) -> HttpResponseBase:
    """Show the risks of a year on the 5×5 map and as a list, as the address filters them."""
    standing, year = _staff(request), _year(request)
    if asked_format(request):
        return download(request, RISKS, _found(request, standing, year))
    risks = list(_found(request, standing, year))
    page = Paginator(risks, PAGE_SIZE).get_page(request.GET.get("page"))
    keeps = [(name, request.GET[name]) for name in ("q", "level") if request.GET.get(name)]
    csv_url = f"{reverse('projects:risk-csv')}?{request.GET.urlencode()}"
    return render(
        request,
        "projects/risk_list.html",
        {
            "year": year,
            "page": page,
            "matrix": _matrix(risks, year, csv_url),
            "csv_url": csv_url,
            "counts": _counts(risks),
            "raised": [risk for risk in risks if risk.is_raised],
            "filters": _filters(request, standing, year),
            "keep": keeps,
            "query": request.GET.get("q", ""),
            "may_keep": standing.has("strategist") or bool(standing.agencies(*rules.KEEPERS)),
            "may_set": rules.why_not_set_scales(standing) is None,
            "is_sample": any(risk.is_sample for risk in page.object_list),
            "levels": LEVEL_CLASSES,
        },
    )


def _matrix(risks: list[Risk], year: int, csv_url: str) -> charts.RiskMatrix:
    return charts.risk_matrix(
        [
            charts.Risk(
                code=risk.code,
                likelihood=risk.now_likelihood,
                impact=risk.now_impact,
                label=risk.name_th,
                href=reverse("projects:risk-detail", args=[risk.code]),
                moved_up=risk.growths > 0,
            )
            for risk in risks
        ],
        title=_("แผนผังความเสี่ยง ปี %(year)d") % {"year": year},
        levels=rules.risk_map_of(year),
        words={level.value: str(level.label) for level in RiskLevel},
        csv_url=csv_url,
    )


def _counts(risks: list[Risk]) -> list[tuple[str, str, int]]:
    """Return how many risks have which level, gravest first, as (mark, word, count)."""
    return [
        (LEVEL_CLASSES[level.value], str(level.label), count)
        for level in reversed(RiskLevel)
        if (count := sum(risk.level == level for risk in risks))
    ]


@require_safe
def risk_csv(request: HttpRequest) -> HttpResponse:
    """Give the register that the address asks for as CSV, in the columns of the official form."""
    standing = _staff(request)
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            *("code", "fiscal_year", "agency", "subject", "category", "step", "risk", "cause"),
            *("control", "likelihood", "impact", "score", "response", "residual_likelihood"),
            *("residual_impact", "residual_score", "level", "growths_in_a_row", "state"),
            "is_sample",
        ]
    )
    for risk in _found(request, standing, _year(request)):
        writer.writerow(
            [
                *(risk.code, risk.fiscal_year_id, risk.agency.code),
                *(
                    tables.escape_text(text)
                    for text in (
                        *(risk.subject_label, risk.category.code, risk.step_th, risk.name_th),
                        *(risk.cause_th, risk.control_th),
                    )
                ),
                *(risk.likelihood, risk.impact, risk.first_score, risk.response),
                *(risk.now_likelihood, risk.now_impact, risk.score, risk.level, risk.growths),
                *(risk.state, risk.is_sample),
            ]
        )
    answer = HttpResponse(f"\ufeff{out.getvalue()}", content_type=tables.CSV_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="risks.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def risk_add(request: HttpRequest) -> HttpResponseBase:
    """Register a risk."""
    standing = _staff(request)
    if not (standing.has("strategist") or standing.agencies(*rules.KEEPERS)):
        raise PermissionDenied(rules.why_not_keep(0, standing))
    year = _year(request)
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    first = {"agency": next(iter(standing.agencies(*rules.KEEPERS)), None)}
    form = RiskForm(request.POST or None, standing=standing, year=year, initial=first)
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                [risk] = actions.register_risks(
                    entries=[
                        actions.RiskInput(
                            fiscal_year=fiscal_year,
                            agency=form.cleaned_data["agency"],
                            likelihood=form.cleaned_data["likelihood"],
                            impact=form.cleaned_data["impact"],
                            **form.subject_row,
                            **form.texts,
                        )
                    ],
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
            except Refused as refused:
                status, refusal = 409, refused.sentence
            else:
                messages.success(request, _("บันทึกความเสี่ยง %(code)s แล้ว") % {"code": risk.code})
                return redirect("projects:risk-detail", risk.code)
    context = {"form": form, "refusal": refusal, "year": year, "risk": None}
    return render(request, "projects/risk_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def risk_edit(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change the description and the response of a risk."""
    standing = _staff(request)
    risk = _risk(standing, code)
    why_not = rules.why_not_change(risk, standing)
    if request.method != "POST":
        if why_not:
            raise PermissionDenied(why_not)
        first = {name: getattr(risk, name) for name in RiskTextForm.base_fields}
        return render(
            request,
            "projects/risk_form.html",
            {"form": RiskTextForm(initial=first), "risk": risk, "year": risk.fiscal_year_id},
        )
    form = RiskTextForm(request.POST)
    status, refusal = 422, ""
    if form.is_valid():
        version = request.POST.get("version", "")
        try:
            actions.change_risk(
                risk=risk,
                changes=form.texts,
                version=int(version) if version.isdecimal() else 0,
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
        except Refused as refused:
            status, refusal = 409, refused.sentence
        else:
            messages.success(request, _("บันทึกแล้ว"))
            return redirect("projects:risk-detail", risk.code)
    risk.refresh_from_db(fields=["version"])
    context = {"form": form, "refusal": refusal, "risk": risk, "year": risk.fiscal_year_id}
    return render(request, "projects/risk_form.html", context, status=status)


def _risk(standing: Standing, code: str) -> Risk:
    """Return a risk that the person may see; another agency's is a 404."""
    return get_object_or_404(Risk.objects.visible_to(standing).with_subject(), code=code)


@dataclass(frozen=True, slots=True)
class Step:
    """What is done about a risk, how late it is, and whether this person may end it."""

    action: RiskAction
    days_late: int
    may_end: bool


@require_http_methods(["GET", "HEAD", "POST"])
def risk_detail(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show a risk; POST reviews it, adds or ends a step, or closes it, by its `do`."""
    standing = _staff(request)
    risk = _risk(standing, code)
    quarter = _quarter_to_review(risk)
    forms = {
        "review": _review_form(risk, quarter),
        "step": StepForm(),
        "end": StepEndForm(),
        "close": ClosingForm(),
    }
    if request.method != "POST":
        return _risk_page(request, standing, risk, quarter, forms)
    kind = request.POST.get("do", "")
    if kind not in forms:
        raise Http404
    form = type(forms[kind])(request.POST)
    forms[kind] = form
    if not form.is_valid():
        return _risk_page(request, standing, risk, quarter, forms, status=422)
    try:
        told = _DOES[kind](request, standing, risk, form.cleaned_data)
    except Refused as refused:
        return _risk_page(
            request, standing, risk, quarter, forms, refusal=refused.sentence, status=409
        )
    messages.success(request, told)
    return redirect("projects:risk-detail", risk.code)


def _review(request: HttpRequest, standing: Standing, risk: Risk, typed: dict[str, Any]) -> str:
    quarter = get_object_or_404(Quarter.objects.select_related("fiscal_year"), pk=typed["quarter"])
    actions.review_risks(
        entries=[
            actions.ReviewInput(
                risk=risk,
                quarter=quarter,
                likelihood=typed["now_likelihood"],
                impact=typed["now_impact"],
                note_th=typed["review_note"],
                version=typed["review_version"],
            )
        ],
        by=request.user,  # type: ignore[arg-type]
        at=clock.now(),
    )
    return _("บันทึกผลการทบทวนแล้ว")


def _add_step(request: HttpRequest, standing: Standing, risk: Risk, typed: dict[str, Any]) -> str:
    actions.add_risk_action(
        risk=risk,
        text_th=typed["step_text"],
        owner=typed["step_owner"],
        due_date=typed["step_due"],
        by=request.user,  # type: ignore[arg-type]
        at=clock.now(),
    )
    return _("เพิ่มกิจกรรมแล้ว ระบบจะเตือนผู้รับผิดชอบก่อนถึงกำหนด")


def _end_step(request: HttpRequest, standing: Standing, risk: Risk, typed: dict[str, Any]) -> str:
    own = risk.actions.visible_to(standing).select_related("owner", "risk")
    actions.finish_risk_action(
        action=get_object_or_404(own, pk=typed["step"]),
        state=typed["step_state"],
        note_th=typed["step_note"],
        by=request.user,  # type: ignore[arg-type]
        at=clock.now(),
    )
    return _("บันทึกผลของกิจกรรมแล้ว")


def _close(request: HttpRequest, standing: Standing, risk: Risk, typed: dict[str, Any]) -> str:
    actions.close_risk(
        risk=risk,
        reason=typed["reason"],
        by=request.user,  # type: ignore[arg-type]
        at=clock.now(),
    )
    return _("ปิดความเสี่ยงแล้ว")


_DOES = {"review": _review, "step": _add_step, "end": _end_step, "close": _close}


def _quarter_to_review(risk: Risk) -> Quarter | None:
    """Return the oldest quarter since its registration that is open and has begun."""
    quarters = open_quarters(clock.now())
    return next((each for each in quarters if each.fiscal_year_id >= risk.fiscal_year_id), None)


def _review_form(risk: Risk, quarter: Quarter | None) -> ReviewForm:
    there = risk.reviews.filter(quarter=quarter).first() if quarter else None
    return ReviewForm(
        initial={
            "quarter": quarter.pk if quarter else None,
            "review_version": there.version if there else 0,
            "now_likelihood": there.likelihood if there else risk.now_likelihood,
            "now_impact": there.impact if there else risk.now_impact,
            "review_note": there.note_th if there else "",
        }
    )


def _risk_page(
    request: HttpRequest,
    standing: Standing,
    risk: Risk,
    quarter: Quarter | None,
    forms: dict[str, Any],
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    today = clock.today()
    reviews = list(
        risk.reviews.select_related("quarter", "reviewed_by").order_by(
            "quarter__fiscal_year", "quarter__number"
        )
    )
    steps = [
        Step(
            action,
            max(0, (today - action.due_date).days) if action.state == "open" else 0,
            risk.state == Risk.State.OPEN and rules.why_not_finish(action, standing) is None,
        )
        for action in risk.actions.select_related("owner", "risk", "ended_by").order_by("number")
    ]
    bound = next((form for form in forms.values() if form.is_bound), None)
    context = {
        "risk": risk,
        "quarter": quarter,
        "reviews": _moves(risk, reviews),
        "steps": steps,
        "forms": forms,
        "bound": bound if bound and bound.errors else None,
        "ending": request.POST.get("step", ""),
        "refusal": refusal,
        "may_change": rules.why_not_change(risk, standing) is None,
        "may_review": bool(quarter and rules.why_not_review(risk, quarter, standing) is None),
        "may_close": rules.why_not_close(risk, standing) is None,
        "subject_url": _subject_url(risk),
        "level_class": LEVEL_CLASSES[risk.level],
        "today": today,
    }
    return render(request, "projects/risk_detail.html", context, status=status)


def _moves(risk: Risk, reviews: list[RiskReview]) -> list[tuple[RiskReview, int]]:
    """Return each review with how far the score moved since the one before."""
    scores = [risk.first_score, *(review.score for review in reviews)]
    return [(review, scores[at + 1] - scores[at]) for at, review in enumerate(reviews)]


def _subject_url(risk: Risk) -> str:
    if risk.project:
        return risk.project.get_absolute_url()
    if risk.kpi:
        return reverse("kpi:kpi-detail", args=[risk.kpi.code])
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
def risk_scales(request: HttpRequest) -> HttpResponseBase:
    """Show the map of a year and the categories; the strategy office sets them."""
    standing, year = _staff(request), _year(request)
    fiscal_year = get_object_or_404(FiscalYear, year=year)
    levels = rules.risk_map_of(year)
    map_form, category_form = MapForm(levels=levels), CategoryForm()
    status, refusal = 200, ""
    if request.method == "POST":
        if request.POST.get("do") == "category":
            form: Any = CategoryForm(request.POST)
            category_form = form
        else:
            form = MapForm(request.POST)
            map_form = form
        status = 422
        if form.is_valid():
            try:
                _set_scales(request, form, fiscal_year)
            except Refused as refused:
                status, refusal = 409, refused.sentence
            else:
                messages.success(request, _("บันทึกแล้ว"))
                return redirect(f"{reverse('projects:risk-scales')}?year={year}")
    context = {
        "year": year,
        "map_form": map_form,
        "category_form": category_form,
        "categories": RiskCategory.objects.order_by("order", "code"),
        "rows": [
            (row, [(levels[row, c], row * c) for c in range(1, 6)]) for row in range(5, 0, -1)
        ],
        "words": {level.value: level.label for level in RiskLevel},
        "why_not": rules.why_not_set_scales(standing),
        "refusal": refusal,
    }
    return render(request, "projects/risk_scales.html", context, status=status)


def _set_scales(
    request: HttpRequest, form: MapForm | CategoryForm, fiscal_year: FiscalYear
) -> None:
    if isinstance(form, MapForm):
        actions.set_risk_map(
            fiscal_year=fiscal_year,
            levels=form.levels,
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
        return
    typed = form.cleaned_data
    actions.load_risk_categories(
        categories=[
            actions.StatedCategory(
                code=typed["code"],
                name_th=typed["category_th"],
                name_en=typed["category_en"],
                order=typed["order"],
                is_active=typed["is_active"],
            )
        ],
        by=request.user,  # type: ignore[arg-type]
        at=clock.now(),
    )
