"""The public side: filters by tambon, the map, finished projects, outstanding results."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import Role
from common.refusal import Refused
from kpi.models import Figure
from projects.actions import StoryInput, add_project_file, load_stories, write_story
from projects.models import Project, ProjectTarget, Story
from submissions.models import PeriodState
from tests.factories import NOON, AreaFactory, person, quarter_of, set_state
from tests.kpi.factories import kpi_of
from tests.projects.factories import project_with

pytestmark = pytest.mark.django_db
TOLD = StoryInput(
    slug="centre",
    name_th="ศูนย์บริการใบรับรอง",
    lede_th="ออกใบรับรองทางออนไลน์",
    online_th=["ขอใบรับรอง", "ขอสุ่มตัวอย่าง"],
    countries_th=["ฮ่องกง"],
    source="เอกสารจังหวัด",
)
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[100.0, 13.0], [100.1, 13.0], [100.1, 13.1], [100.0, 13.0]]],
}


@pytest.fixture(autouse=True)
def _noon(time_machine_noon):
    """All pages are read at noon of a working day after the quarter."""


@pytest.fixture
def places():
    province = AreaFactory(code="74", kind="province")
    district = AreaFactory(code="7401", kind="district", parent=province, boundary=SQUARE)
    other = AreaFactory(code="7402", kind="district", parent=province, boundary=SQUARE)
    tambon = AreaFactory(
        code="740101", kind="tambon", parent=district, boundary=SQUARE, name_th="มหาชัย"
    )
    return province, district, other, tambon


# ── Lists and the map ────────────────────────────────────────────────────────
def test_projects_are_found_by_tambon_and_an_old_choice_of_another_district_is_forgotten(
    client, places
):
    _province, _district, other, tambon = places
    near, _activities = project_with(name_th="ใกล้ตลาด")
    near.areas.add(tambon)
    far, _activities = project_with(name_th="ไกลตลาด")
    far.areas.add(other)
    address = reverse("projects:project-list")
    for query, seen, hidden in (
        ({"tambon": "740101"}, "ใกล้ตลาด", "ไกลตลาด"),
        ({"tambon": "740101", "district": "7401"}, "ใกล้ตลาด", "ไกลตลาด"),
        ({"tambon": "740101", "district": "7402"}, "ไกลตลาด", "ใกล้ตลาด"),
    ):
        page = client.get(address, query | {"year": 2570}).content.decode()
        assert seen in page
        assert hidden not in page
    chosen = client.get(address, {"district": "7402"}).content.decode()
    assert "มหาชัย" not in chosen


def test_the_map_counts_by_tambon_and_leads_to_the_list(client, places):
    province, _district, _other, tambon = places
    project, _activities = project_with()
    project.areas.add(tambon)
    wide, _activities = project_with()
    wide.areas.add(province)
    page = client.get(reverse("projects:project-map"), {"year": 2570}).content.decode()
    assert "tambon=740101" in page
    assert "โครงการทั้งอำเภอหรือทั้งจังหวัด" in page
    assert province.name_th in page


def test_finished_projects_stand_with_photos_before_and_after(client):
    project, _activities = project_with(status="finished", name_th="ลานกีฬา")
    running, _activities = project_with(name_th="ยังไม่เสร็จ")
    ProjectTarget.objects.create(
        project=project,
        number=1,
        kind="output",
        name_th="ลาน",
        target=Decimal(2),
        actual=Decimal(0),
    )
    written = BytesIO()
    Image.new("RGB", (20, 20)).save(written, "JPEG")
    photo = SimpleUploadedFile("a.jpg", written.getvalue(), "image/jpeg")
    add_project_file(
        project=project,
        file=photo,
        kind="before",
        caption_th="ที่รกร้าง",
        by=person(Role.REPORTER, project.host_agency),
        at=NOON,
    )
    page = client.get(reverse("projects:finished-list"), {"year": 2570}).content.decode()
    assert "ที่รกร้าง" in page
    assert "ไม่มีภาพหลังดำเนินการ" in page
    assert "<b>0.00</b>" in page
    assert running.name_th not in page
    empty = client.get(reverse("projects:finished-list"), {"year": 2569}).content.decode()
    assert "ยังไม่มีโครงการที่แล้วเสร็จ" in empty


# ── Stories ──────────────────────────────────────────────────────────────────
def test_a_stated_story_is_loaded_once_and_what_people_wrote_stays():
    assert load_stories(stories=[TOLD], by=None, at=NOON).added == 1
    assert load_stories(stories=[TOLD], by=None, at=NOON).left == 1
    office = person(Role.STRATEGIST)
    story = Story.objects.get()
    given = StoryInput(**{**_values(TOLD), "lede_th": "เขียนใหม่"})
    write_story(given=given, projects=[], kpis=[], version=story.version, by=office, at=NOON)
    load_stories(stories=[TOLD], by=None, at=NOON)
    assert Story.objects.get().lede_th == "เขียนใหม่"
    with pytest.raises(Refused):
        write_story(given=given, projects=[], kpis=[], version=1, by=office, at=NOON)
    with pytest.raises(Refused):
        write_story(given=given, projects=[], kpis=[], version=None, by=office, at=NOON)
    with pytest.raises(Refused):
        write_story(given=given, projects=[], kpis=[], version=2, by=person(Role.REPORTER), at=NOON)


def _values(given):
    return {name: getattr(given, name) for name in StoryInput.__dataclass_fields__}


def test_a_story_shows_published_service_figures_only_and_never_makes_one_up(client):
    load_stories(stories=[TOLD], by=None, at=NOON)
    story = Story.objects.get()
    page = client.get(story.get_absolute_url()).content.decode()
    assert "ไม่มีตัวเลขใดที่แต่งขึ้น" in page
    assert "ขอสุ่มตัวอย่าง" in page
    project, _activities = project_with(name_th="โครงการใบรับรอง")
    kpi = kpi_of(project.host_agency, code="2.1")
    quarter = quarter_of(2570, 1)
    Figure.objects.update_or_create(
        kpi=kpi, quarter=quarter, defaults={"ytd_value": Decimal("91.5"), "ytd_state": "value"}
    )
    story.projects.add(project)
    story.kpis.add(kpi)
    page = client.get(story.get_absolute_url()).content.decode()
    assert "โครงการใบรับรอง" in page
    assert "ยังไม่มีตัวเลขของผลงานนี้" in page
    assert "91.50" not in page
    set_state(quarter, PeriodState.PUBLISHED)
    assert "91.50" in client.get(story.get_absolute_url()).content.decode()


def test_a_story_is_written_on_a_page_and_hidden_from_the_public(client):
    project, _activities = project_with()
    typed = {
        "slug": "new-one",
        "name_th": "ผลงานใหม่",
        "lede_th": "สรุป",
        "online_th": "ข้อหนึ่ง\n\nข้อสอง",
        "source": "จังหวัด",
        "order": "2",
        "projects": [project.pk],
    }
    client.force_login(person(Role.VIEWER))
    assert client.post(reverse("projects:story-new"), typed).status_code == 409
    client.force_login(person(Role.STRATEGIST))
    assert client.post(reverse("projects:story-new"), typed | {"source": ""}).status_code == 422
    assert client.post(reverse("projects:story-new"), typed).status_code == 302
    story = Story.objects.get()
    assert story.online_th == ["ข้อหนึ่ง", "ข้อสอง"]
    page = reverse("projects:story-write", args=["new-one"])
    assert client.get(page).status_code == 200
    client.logout()
    assert client.get(story.get_absolute_url()).status_code == 404
    assert "ผลงานใหม่" not in client.get(reverse("projects:story-list")).content.decode()
    assert Project.objects.filter(stories=story).exists()
