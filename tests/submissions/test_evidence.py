"""Evidence: what is taken, what a photo loses, and who opens it."""

import struct
import zipfile
import zlib
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import Role
from audit.models import Event
from common.refusal import Refused
from submissions import files
from submissions.actions import store_evidence
from submissions.models import Evidence
from tests.factories import NOON, AgencyFactory, HoldingFactory, PostFactory, person

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def photo(form="JPEG", size=(40, 30), **more):
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **more)
    return out.getvalue()


def with_gps():
    exif = Image.Exif()
    exif[0x010F] = "ยี่ห้อกล้อง"
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[2] = (13.0, 32.0, 0.0)
    return photo(exif=exif)


def workbook():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
    return out.getvalue()


def png_header(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def store(name="หลักฐาน.pdf", content=PDF, agency=None, **more):
    return store_evidence(
        file=SimpleUploadedFile(name, content),
        agency=agency or AgencyFactory(),
        by=person(Role.REPORTER),
        at=NOON,
        **more,
    )


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("รายงาน.PDF", PDF, "application/pdf"),
        ("a.jpg", photo(), "image/jpeg"),
        ("a.jpeg", photo(), "image/jpeg"),
        ("a.png", photo("PNG"), "image/png"),
        ("a.webp", photo("WEBP"), "image/webp"),
        ("a.xlsx", workbook(), files.TAKEN[".xlsx"]),
        ("a.csv", "รหัส,ค่า\n1,2\n".encode(), "text/csv"),
    ],
)
def test_what_a_file_is_named_and_is_gets_kept_under_a_random_name(name, content, media_type):
    evidence = store(name, content)
    assert (evidence.original_name, evidence.media_type) == (name, media_type)
    assert evidence.size_bytes == evidence.file.size
    assert evidence.file.name.rsplit("/", 1)[1].partition(".")[0] not in name
    event = Event.objects.get(verb="submissions.evidence.stored")
    assert event.after == {"name": name, "sha256": evidence.sha256}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("virus.exe", PDF, "file_kind"),
        ("page.html", b"<script>", "file_kind"),
        ("drawing.svg", b"<svg/>", "file_kind"),
        ("no-ending", PDF, "file_kind"),
        ("a.pdf", b"", "file_empty"),
        ("a.pdf", photo(), "file_type"),
        ("a.jpg", PDF, "file_type"),
        ("a.jpg", b"?", "file_type"),
        ("a.png", photo(), "file_type"),
        ("a.xlsx", PDF, "file_type"),
        ("a.csv", b"a\x00b", "file_type"),
        ("a.jpg", photo()[:80], "file_broken"),
        ("a.png", png_header(10_000, 7_000), "file_pixels"),
        ("a.png", png_header(30_000, 30_000), "file_pixels"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_in_plain_words(name, content, code):
    with pytest.raises(Refused) as caught:
        store(name, content)
    assert caught.value.code == code
    assert not Evidence.objects.exists()


def test_a_file_over_the_limit_is_refused(settings):
    settings.EVIDENCE_MAX_BYTES = len(PDF) - 1
    with pytest.raises(Refused) as caught:
        store()
    assert caught.value.code == "file_size"


def test_a_path_in_the_name_is_dropped():
    assert store("C:\\งาน\\..\\a.pdf").original_name == "a.pdf"


def test_a_photo_loses_its_place_and_camera_and_stands_upright():
    content = with_gps()
    with Image.open(BytesIO(content)) as taken:
        assert taken.getexif().get_ifd(0x8825)
    evidence = store("a.jpg", content)
    with evidence.file.open("rb") as stored, Image.open(stored) as kept:
        assert not kept.getexif()
        assert kept.size == (30, 40)


def test_a_large_photo_is_made_smaller():
    evidence = store("a.jpg", photo(size=(files.LARGEST_SIDE + 500, 100)))
    with evidence.file.open("rb") as stored, Image.open(stored) as kept:
        assert max(kept.size) == files.LARGEST_SIDE


# ── Who opens it ─────────────────────────────────────────────────────────────
def opened(client, evidence):
    answer = client.get(reverse("submissions:evidence-file", args=[evidence.pk]))
    answer.body = b"".join(answer) if answer.streaming else answer.content
    return answer


def test_a_file_is_saved_and_never_opened_as_a_page(client):
    agency = AgencyFactory()
    evidence = store(agency=agency)
    client.force_login(person(Role.REPORTER, agency))
    answer = opened(client, evidence)
    assert answer.body == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["Cache-Control"], answer["Content-Security-Policy"]) == (
        "private, no-store",
        "sandbox",
    )


@pytest.mark.parametrize(
    ("role", "own", "status"),
    [
        (Role.APPROVER, True, 200),
        (Role.APPROVER, False, 404),
        (Role.REPORTER, False, 404),
        (Role.STRATEGIST, False, 200),
        (Role.GOVERNOR, False, 200),
        (Role.VIEWER, False, 200),
        (None, False, 302),
    ],
)
def test_a_file_is_for_its_agency_and_those_who_oversee_all(client, role, own, status):
    agency = AgencyFactory()
    evidence = store(agency=agency)
    if role:
        client.force_login(person(role, agency if own else AgencyFactory()))
    assert opened(client, evidence).status_code == status
    assert not Event.objects.filter(verb="submissions.evidence.viewed").exists()


def test_a_file_that_is_not_there_is_404(client):
    client.force_login(person(Role.STRATEGIST))
    assert client.get(reverse("submissions:evidence-file", args=[404])).status_code == 404


def test_a_personal_file_is_for_the_line_above_and_hr_and_each_view_is_logged(client):
    agency = AgencyFactory()
    top = PostFactory(agency=agency)
    above = PostFactory(agency=agency, supervising_post=top)
    post = PostFactory(agency=agency, supervising_post=above)
    evidence = store(agency=agency, post=post)
    holders = [HoldingFactory(post=each).user for each in (post, above, top)]
    for reader in [*holders, person(Role.HR, agency)]:
        client.force_login(reader)
        assert opened(client, evidence).status_code == 200
    assert Event.objects.filter(verb="submissions.evidence.viewed").count() == 4
    for role in (Role.APPROVER, Role.REPORTER, Role.STRATEGIST, Role.GOVERNOR):
        client.force_login(person(role, agency))
        assert opened(client, evidence).status_code == 404
    client.force_login(person(Role.HR))
    assert opened(client, evidence).status_code == 404
