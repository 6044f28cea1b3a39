"""The line of sight: from the vision down to any officer, and from any KPI up to the vision."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import Holding, User
from accounts.rules import Standing
from audit.log import Deed, record_many
from common import charts, clock
from common.bilingual import page_language
from common.rounding import round_half_up
from common.thainumbers import format_number
from kpi.models import KPI, Figure, Link, Scorecard
from kpi.rules import agreements
from kpi.rules.disclosure import disclosure_of
from kpi.rules.surroundings import Thresholds, performance_level, thresholds_of
from kpi.views.public import asked_quarter
from strategy.models import Issue, Mission, PlanEdition
from submissions.models import Quarter
from submissions.rules import standing_of

Level = Scorecard.Level
# What is no KPI has no target and no figure.
NO_CELLS = ("", "")


@login_not_required
@require_safe
def sight(request: HttpRequest) -> HttpResponse:
    """The plan of a quarter from the vision down, whole or around one KPI, as picture or outline."""
    today = clock.today()
    standing = standing_of(request.user, today)
    quarter, quarters = asked_quarter(request, standing)
    view = "outline" if request.GET.get("view") == "outline" else "picture"
    context: dict[str, Any] = {"quarter": quarter, "quarters": quarters, "view": view}
    if quarter is not None:
        plan = _Plan(quarter, standing)
        named = request.GET.get("kpi", "")
        focus = next((kpi for kpi in plan.kpis.values() if kpi.code == named), None)
        if named and (focus is None or not plan.opens(focus)):
            raise Http404
        kept = plan.around(focus) if focus else None
        root = plan.root(kept, focus)
        personal = [kpi for kpi in plan.shown if kpi.is_personal]
        if personal and isinstance(request.user, User):
            viewed = [
                Deed("kpi.personal.viewed", kpi, agency_code=kpi.agency.code) for kpi in personal
            ]
            record_many(viewed, by=request.user, at=clock.now())
        context |= {
            "focus": focus,
            "root": root,
            "tree": charts.tree(
                root,
                title=_("สายโยงจากวิสัยทัศน์ถึงผู้ปฏิบัติ"),
                heads=(_("เป้าหมายถึงไตรมาสนี้"), _("ผลสะสม"), _("ร้อยละของเป้า")),
            ),
            "moves": plan.moves(focus) if focus else [],
            "mine": plan.mine(),
            "is_sample": any(kpi.is_sample for kpi in plan.kpis.values()),
        }
    return render(request, "kpi/sight.html", context)


@dataclass(frozen=True, slots=True)
class Move:
    """One step upwards: what is moved, by which kind of link, and how much of its target is carried."""

    label: str
    what: str
    kind: str
    share: Decimal | None
    href: str = ""


class _Plan:
    """The plan in force with the KPIs of a quarter's year, as a person reads them; ten queries."""

    def __init__(self, quarter: Quarter, standing: Standing) -> None:
        self.quarter, self.standing = quarter, standing
        # Links stay in the quarter: another agency's KPI may be there in a published one only.
        self.at_quarter = f"quarter={quarter.fiscal_year_id}-{quarter.number}"
        self.thresholds: Thresholds = thresholds_of(quarter.fiscal_year)
        self.told = disclosure_of(quarter, standing)
        self.in_line = agreements.posts_in_line(standing)
        self.shown: list[KPI] = []
        year = quarter.fiscal_year_id
        self.kpis: dict[int, KPI] = {
            kpi.pk: kpi
            for kpi in KPI.objects.for_year(year)
            .filter(~Q(scorecard__level=Level.POST) | Q(scorecard__post__in=self.in_line))
            .with_rules()
            .select_related("edition", "issue__edition__plan")
            .in_code_order()
        }
        # How many posts carry each KPI, whoever reads them.
        self.posts: dict[int, int] = {}
        self.down: dict[int, list[Link]] = {}
        self.up: dict[int, list[Link]] = {}
        for link in (
            Link.objects.filter(parent__fiscal_year=year)
            .select_related("child__scorecard")
            .order_by("kind", "child__code")
        ):
            if link.child.is_personal:
                self.posts[link.parent_id] = self.posts.get(link.parent_id, 0) + 1
            if link.child_id in self.kpis and link.parent_id in self.kpis:
                self.down.setdefault(link.parent_id, []).append(link)
                self.up.setdefault(link.child_id, []).append(link)
        self.figures: dict[int, Figure] = {
            figure.kpi_id: figure
            for figure in Figure.objects.for_quarter(quarter)
            .filter(kpi__in=self.kpis)
            .select_related("version")
        }
        posts = {kpi.scorecard.post_id for kpi in self.kpis.values() if kpi.is_personal}
        self.holders = (
            {
                holding.post_id: holding.user.get_full_name()
                for holding in Holding.objects.current(clock.today())
                .filter(post__in=posts)
                .select_related("user")
            }
            if posts
            else {}
        )

    def opens(self, kpi: KPI) -> bool:
        """Whether the person opens this KPI in the quarter, its figure withheld or not."""
        if kpi.is_personal:
            return kpi.scorecard.post_id in self.in_line
        return self.told.opens(kpi)

    def around(self, focus: KPI) -> frozenset[int]:
        """The KPI with all that stand above and below it."""
        found: set[int] = set()
        for links, end in ((self.up, "parent_id"), (self.down, "child_id")):
            waiting, seen = [focus.pk], set[int]()
            while waiting:
                here = waiting.pop()
                if here not in seen:
                    seen.add(here)
                    waiting += [getattr(link, end) for link in links.get(here, ())]
            found |= seen
        return frozenset(found)

    def root(self, kept: Collection[int] | None, focus: KPI | None) -> charts.Node:
        """The vision with missions, issues and KPIs below it; only `kept` KPIs where it is given."""
        tops: dict[int | None, list[KPI]] = {}
        for kpi in self.kpis.values():
            if kpi.scorecard.level == Level.PROVINCE and (kept is None or kpi.pk in kept):
                tops.setdefault(kpi.issue_id, []).append(kpi)
        issues = list(
            Issue.objects.filter(pk__in=[pk for pk in tops if pk is not None])
            .with_edition()
            .prefetch_related("missions")
            .in_code_order()
        )
        edition = (
            issues[0].edition
            if issues
            else PlanEdition.objects.filter(state=PlanEdition.State.IN_FORCE).first()
        )
        by_mission: dict[Mission | None, list[charts.Node]] = {}
        for issue in issues:
            missions = sorted(issue.missions.all(), key=lambda each: each.number)
            more = ", ".join(str(each.number) for each in missions[1:])
            node = charts.Node(
                label=f"{issue.code}. {issue.name}",
                cells=NO_CELLS,
                href=issue.path,
                sub=_("สนับสนุนพันธกิจข้อ %(numbers)s ด้วย") % {"numbers": more} if more else "",
                link=_("ประเด็นการพัฒนา"),
                children=tuple(self._node(kpi, None, kept, focus, ()) for kpi in tops[issue.pk]),
            )
            by_mission.setdefault(missions[0] if missions else None, []).append(node)
        children = [
            charts.Node(
                label=f"{mission.number}. {mission.name}",
                cells=NO_CELLS,
                link=_("พันธกิจ"),
                children=tuple(by_mission[mission]),
            )
            for mission in sorted(
                (each for each in by_mission if each is not None), key=lambda each: each.number
            )
        ]
        children += by_mission.get(None, [])
        children += [self._node(kpi, None, kept, focus, ()) for kpi in tops.get(None, ())]
        return charts.Node(
            label=edition.vision if edition else _("ยังไม่มีแผนที่ใช้บังคับ"),
            cells=NO_CELLS,
            link=_("วิสัยทัศน์"),
            children=tuple(children),
        )

    def _node(
        self,
        kpi: KPI,
        link: Link | None,
        kept: Collection[int] | None,
        focus: KPI | None,
        above: Sequence[int],
    ) -> charts.Node:
        self.shown.append(kpi)
        is_read = self.told.reads(kpi)
        stored = self.figures.get(kpi.pk)
        figure = stored if is_read else None
        decimals = stored.version.decimals if stored and stored.version else 2
        children = [
            self._node(self.kpis[each.child_id], each, kept, focus, (*above, kpi.pk))
            for each in self.down.get(kpi.pk, ())
            if each.child_id not in above and (kept is None or each.child_id in kept)
        ]
        return charts.Node(
            label=self._label(kpi),
            cells=(
                format_number(
                    stored.target_ytd if stored else None, decimals, lang=page_language()
                ),
                self._said(figure, decimals) if is_read else _("เห็นเมื่อเผยแพร่ไตรมาสแล้ว"),
            ),
            href=f"{reverse('kpi:kpi-detail', args=[kpi.code])}?{self.at_quarter}"
            if self.opens(kpi)
            else "",
            sub=self._sub(kpi, focus),
            link=str(link.get_kind_display()) if link else "",
            support=link is not None and link.kind == Link.Kind.SUPPORT,
            level=performance_level(figure.achievement, self.thresholds) or "" if figure else "",
            level_text=format_number(figure.achievement, 2, lang=page_language())
            if figure and figure.achievement is not None
            else "",
            children=tuple(children),
        )

    def _said(self, figure: Figure | None, decimals: int) -> str:
        if figure is None:
            return ""
        if figure.ytd_state == "value":
            return format_number(figure.ytd_value, decimals, lang=page_language())
        return str(figure.get_ytd_state_display())

    def _label(self, kpi: KPI) -> str:
        post = kpi.scorecard.post
        if post is not None:
            return f"{kpi.code} {post.title}"
        if kpi.scorecard.level == Level.AGENCY:
            return f"{kpi.code} {kpi.agency.short_name}: {kpi.name}"
        return f"{kpi.code} {kpi.name}"

    def _sub(self, kpi: KPI, focus: KPI | None) -> str:
        said = []
        if focus is not None and kpi.pk == focus.pk:
            said.append(_("ตัวชี้วัดนี้"))
        post = kpi.scorecard.post
        if post is not None:
            said.append(self.holders.get(post.pk) or _("ตำแหน่งว่าง"))
            said.append(kpi.name)
        total = self.posts.get(kpi.pk, 0)
        read = sum(self.kpis[each.child_id].is_personal for each in self.down.get(kpi.pk, ()))
        if total > read:
            said.append(ngettext("จาก %(n)s ตำแหน่ง", "จาก %(n)s ตำแหน่ง", total) % {"n": total})
        return " · ".join(said)

    def moves(self, focus: KPI) -> list[Move]:
        """What the KPI moves, step by step up to the vision, with the part of each target it carries."""
        found: list[Move] = []
        here, part, seen = focus, Decimal(100), {focus.pk}
        while links := [each for each in self.up.get(here.pk, ()) if each.parent_id not in seen]:
            # One way up: where it shares a target, else what it takes over, else what it supports.
            order = [Link.Kind.SHARE, Link.Kind.SAME, Link.Kind.SUPPORT]
            link = min(links, key=lambda each: order.index(Link.Kind(each.kind)))
            parent = self.kpis[link.parent_id]
            carried = _carried(here, parent, link, self.figures)
            part = part * carried / 100 if carried is not None and part else Decimal(0)
            found.append(
                Move(
                    self._label(parent),
                    str(parent.scorecard.get_level_display()),
                    str(link.get_kind_display()),
                    round_half_up(part, 2) if part else None,
                    f"?{self.at_quarter}&kpi={parent.code}" if self.opens(parent) else "",
                )
            )
            seen.add(parent.pk)
            here = parent
        if here.issue is not None:
            found.append(Move(here.issue.name, _("ประเด็นการพัฒนา"), "", None, here.issue.path))
            vision = here.edition.vision if here.edition else ""
            if vision:
                found.append(Move(vision, _("วิสัยทัศน์"), "", None))
        return found

    def mine(self) -> list[KPI]:
        """The KPIs of the posts that the person holds."""
        return [
            kpi
            for kpi in self.kpis.values()
            if kpi.is_personal and kpi.scorecard.post_id in self.standing.post_ids
        ]


def _carried(child: KPI, parent: KPI, link: Link, figures: Mapping[int, Figure]) -> Decimal | None:
    """The percent of the parent's year target that the child carries; None where parts are not added."""
    if link.kind == Link.Kind.SAME:
        return Decimal(100)
    figure = figures.get(parent.pk)
    if link.kind != Link.Kind.SHARE or figure is None or figure.version is None:
        return None
    if figure.version.over_units != "sum" or not parent.year_target or child.year_target is None:
        return None
    carried: Decimal = child.year_target / parent.year_target * 100
    return carried
