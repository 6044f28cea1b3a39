"""Verbs of outstanding results: as sources state them, as people write them, and what they rest on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.actions import Tally, bring_in
from audit.log import record
from common import fiscal
from common.refusal import Refused
from kpi.models import KPI
from projects.models import Project, Story
from submissions.actions import changed_meanwhile
from submissions.rules import standing_of


@dataclass(frozen=True, slots=True)
class StoryInput:
    """An outstanding result as it should stand."""

    slug: str
    name_th: str
    name_en: str = ""
    lede_th: str = ""
    lede_en: str = ""
    body_th: str = ""
    online_th: Sequence[str] = ()
    countries_th: Sequence[str] = ()
    system_name: str = ""
    source: str = ""
    order: int = 0
    is_shown: bool = True


FIELDS = (
    *("name_th", "name_en", "lede_th", "lede_en", "body_th", "online_th", "countries_th"),
    *("system_name", "source", "order", "is_shown"),
)


def _row(given: StoryInput) -> Story:
    values = {name: getattr(given, name) for name in FIELDS}
    values |= {name: list(values[name]) for name in ("online_th", "countries_th")}
    return Story(slug=given.slug, **values)


@transaction.atomic
def load_stories(*, stories: Sequence[StoryInput], by: User | None, at: datetime) -> Tally:
    """Bring stated stories in; may be repeated. What people wrote since is theirs and stays."""
    written = set(Story.objects.filter(version__gt=1).values_list("slug", flat=True))
    rows = [_row(given) for given in stories if given.slug not in written]
    return bring_in(
        rows=rows, key=["slug"], fields=FIELDS, verb="projects.story", by=by, at=at
    ).tally


@transaction.atomic
def write_story(
    *,
    given: StoryInput,
    projects: Collection[Project],
    kpis: Collection[KPI],
    version: int | None,
    by: User,
    at: datetime,
) -> Story:
    """Write a story and what it rests on; `version` is that of the page, None for a new one.

    :raises Refused: if the person may not, the address is taken, or somebody wrote meanwhile.
    """
    if not standing_of(by, fiscal.local_date(at)).has(Role.STRATEGIST):
        raise Refused(_("เฉพาะกลุ่มงานยุทธศาสตร์ฯ เขียนผลงานที่โดดเด่นได้"), code="not_strategist")
    row = _row(given)
    if version is None:
        if Story.objects.filter(slug=given.slug).exists():
            raise Refused(_("มีเรื่องที่ใช้ที่อยู่นี้แล้ว ใช้ที่อยู่อื่น"), code="slug_taken")
        row.version = 2
        row.save(force_insert=True)
        story = row
    else:
        unmoved = Story.objects.filter(slug=given.slug, version=version)
        values = {name: getattr(row, name) for name in FIELDS}
        if not unmoved.update(version=F("version") + 1, **values):
            raise Refused(changed_meanwhile(), code="changed_meanwhile")
        story = Story.objects.get(slug=given.slug)
    story.projects.set(projects)
    story.kpis.set(kpis)
    record(
        "projects.story.written",
        story,
        by=by,
        at=at,
        role=Role.STRATEGIST,
        after={
            "projects": sorted(project.code for project in projects),
            "kpis": sorted({kpi.code for kpi in kpis}),
            "shown": story.is_shown,
        },
    )
    return story
