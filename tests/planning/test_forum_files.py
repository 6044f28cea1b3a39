"""A forum's minutes as files: what they really are, seen by whom, taken away with a reason."""

from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from accounts.models import Role
from audit.models import Event
from common.refusal import Refused
from planning.actions import participation, proposals
from planning.models import ForumFile
from tests.factories import NOON, person
from tests.planning.test_plans import forum_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def office():
    return person(Role.STRATEGIST)


@pytest.fixture
def forum(office):
    return forum_of(office)


def pdf(name="รายงานเวที.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def added(forum, by, **more):
    given = {"file": pdf(), "caption_th": "รายงานการประชุม"} | more
    return participation.add_forum_file(forum=forum, by=by, at=NOON, **given)


def status(client, address):
    """Return what a file's address answers; what is sent is read to its end."""
    answer = client.get(address)
    if answer.streaming:
        assert b"".join(answer.streaming_content) == PDF
    return answer.status_code


def body(client, forum):
    return client.get(reverse("planning:forum-detail", args=[forum.pk])).content.decode()


def test_minutes_are_the_desks_until_they_are_shown_and_again_after(client, forum, office):
    file = added(forum, office)
    address = reverse("planning:forum-file", args=[file.pk])
    assert status(client, address) == 404
    assert "รายงานการประชุม</a>" not in body(client, forum)
    client.force_login(person(Role.GOVERNOR))
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Security-Policy"] == "sandbox"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "ยังไม่เผยแพร่" in body(client, forum)
    client.logout()
    participation.show_forum_file(file=file, is_public=True, by=office, at=NOON)
    assert status(client, address) == 200
    assert "รายงานการประชุม</a>" in body(client, forum)
    participation.show_forum_file(file=file, is_public=False, by=office, at=NOON)
    assert status(client, address) == 404
    verbs = Event.objects.filter(verb__startswith="planning.forum_file.").order_by("pk")
    assert [event.verb.rpartition(".")[2] for event in verbs] == ["added", "shown", "hidden"]


def test_what_is_taken_away_is_gone_for_all_with_its_reason_and_comes_back_unseen(
    client, forum, office
):
    file = added(forum, office)
    participation.show_forum_file(file=file, is_public=True, by=office, at=NOON)
    address = reverse("planning:forum-file", args=[file.pk])
    with pytest.raises(Refused, match="เขียนเหตุผลที่เอาไฟล์ออก"):
        participation.remove_forum_file(file=file, reason=" ", by=office, at=NOON)
    participation.remove_forum_file(file=file, reason="มีชื่อผู้เข้าร่วม", by=office, at=NOON)
    assert status(client, address) == 404
    client.force_login(office)
    assert status(client, address) == 404
    assert "มีชื่อผู้เข้าร่วม" in body(client, forum)
    assert Event.objects.get(verb="planning.forum_file.removed").reason == "มีชื่อผู้เข้าร่วม"
    with pytest.raises(Refused, match="ไฟล์นี้เอาออกไปแล้ว"):
        participation.remove_forum_file(file=file, reason="ซ้ำ", by=office, at=NOON)
    with pytest.raises(Refused, match="นำกลับก่อนจึงเผยแพร่ได้"):
        participation.show_forum_file(file=file, is_public=True, by=office, at=NOON)
    participation.restore_forum_file(file=file, by=office, at=NOON)
    assert status(client, address) == 200
    client.logout()
    assert status(client, address) == 404
    assert "มีชื่อผู้เข้าร่วม" not in body(client, forum)
    with pytest.raises(Refused, match="ไฟล์นี้ไม่ได้เอาออก"):
        participation.restore_forum_file(file=file, by=office, at=NOON)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.exe", b"MZ", "รับเฉพาะไฟล์ PDF"),
        ("a.pdf", b"", "ไฟล์ว่าง"),
        ("a.pdf", b"MZ not a pdf", "เนื้อไฟล์ไม่ตรงกับนามสกุล"),
        ("a.jpg", PDF, "เนื้อไฟล์ไม่ตรงกับนามสกุล"),
    ],
)
def test_what_is_not_a_file_we_take_is_refused(forum, office, name, content, said):
    with pytest.raises(Refused, match=said):
        added(forum, office, file=pdf(name, content))
    assert not ForumFile.objects.exists()


def test_a_photo_of_minutes_loses_its_remarks(forum, office):
    out, remarks = BytesIO(), Image.Exif()
    remarks[0x010F] = "กล้อง"
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=remarks)
    file = added(forum, office, file=pdf("ภาพ.jpg", out.getvalue()))
    with file.file.open("rb") as stored, Image.open(stored) as kept:
        assert not kept.getexif()


@pytest.mark.parametrize("role", [Role.PLANNER, Role.GOVERNOR, Role.VIEWER])
def test_only_the_office_keeps_minutes(forum, office, role):
    other, file = person(role), added(forum, office)
    for refused in (
        lambda: added(forum, other),
        lambda: participation.show_forum_file(file=file, is_public=True, by=other, at=NOON),
        lambda: participation.remove_forum_file(file=file, reason="x", by=other, at=NOON),
        lambda: participation.restore_forum_file(file=file, by=other, at=NOON),
    ):
        with pytest.raises(Refused, match="เฉพาะกลุ่มงานยุทธศาสตร์"):
            refused()
    file.refresh_from_db()
    assert (file.is_public, file.removed_at, ForumFile.objects.count()) == (False, None, 1)


def test_a_file_without_words_is_refused(forum, office):
    with pytest.raises(Refused, match="เขียนคำอธิบายของไฟล์"):
        added(forum, office, caption_th=" ")


def test_two_who_act_at_once_do_not_undo_each_other(forum, office):
    seen = added(forum, office)
    participation.show_forum_file(file=ForumFile.objects.get(), is_public=True, by=office, at=NOON)
    with pytest.raises(Refused) as late:
        participation.show_forum_file(file=seen, is_public=True, by=office, at=NOON)
    assert late.value.code == "changed_meanwhile"
    participation.remove_forum_file(
        file=ForumFile.objects.get(), reason="ผิดไฟล์", by=office, at=NOON
    )
    with pytest.raises(Refused) as refused:
        participation.remove_forum_file(file=seen, reason="อื่น", by=office, at=NOON)
    assert refused.value.code == "changed_meanwhile"
    assert ForumFile.objects.get().removed_reason == "ผิดไฟล์"


def test_the_database_keeps_no_removed_file_public(forum, office):
    file = added(forum, office)
    with pytest.raises(IntegrityError), transaction.atomic():
        ForumFile.objects.filter(pk=file.pk).update(removed_at=NOON)


def test_the_page_adds_shows_takes_away_and_puts_back(client, forum, office):
    client.force_login(office)
    add = reverse("planning:forum-file-add", args=[forum.pk])
    assert client.post(add, {"caption_th": "x"}).status_code == 422
    answer = client.post(add, {"file": pdf(content=b"MZ"), "caption_th": "รายงาน"})
    assert answer.status_code == 409
    assert "เนื้อไฟล์ไม่ตรงกับนามสกุล" in answer.content.decode()
    assert client.post(add, {"file": pdf(), "caption_th": "รายงาน"}).status_code == 302
    file = ForumFile.objects.get()
    change = reverse("planning:forum-file-change", args=[file.pk])
    for move, more, stands in (
        ("show", {}, (True, False)),
        ("hide", {}, (False, False)),
        ("remove", {"reason": "ผิดไฟล์"}, (False, True)),
        ("restore", {}, (False, False)),
    ):
        assert client.post(change, {"move": move, **more}).status_code == 302
        file.refresh_from_db()
        assert (file.is_public, file.removed_at is not None) == stands
    for sent, said in (({"move": "remove"}, "เขียนเหตุผล"), ({}, "เลือกสิ่งที่จะทำกับไฟล์")):
        answer = client.post(change, sent)
        assert answer.status_code == 409
        assert said in answer.content.decode()
    client.force_login(person(Role.REPORTER))
    assert client.post(change, {"move": "show"}).status_code == 403


def test_machines_read_forums_and_only_what_is_public(client, forum, office):
    file = added(forum, office)
    proposals.add_proposal(forum=forum, sector="people", text_th="ขุดลอกคลอง", by=office, at=NOON)
    [row] = client.get("/api/v1/forums/").json()["results"]
    assert (row["title_th"], row["files"]) == ("เวทีอำเภอเมือง", [])
    assert [each["people"] for each in row["attendance"]] == [40, 5]
    assert row["proposals"][0]["text_th"] == "ขุดลอกคลอง"
    participation.show_forum_file(file=file, is_public=True, by=office, at=NOON)
    [shown] = client.get(f"/api/v1/forums/{forum.pk}/").json()["files"]
    assert (shown["caption_th"], shown["is_public"]) == ("รายงานการประชุม", True)
    assert status(client, shown["address"]) == 200


def test_machines_send_minutes_show_them_take_them_away_and_put_them_back(client, forum, office):
    client.force_login(office)
    address = f"/api/v1/forums/{forum.pk}/files/"
    answer = client.post(address, {"file": pdf(), "caption_th": "รายงานการประชุม"})
    assert answer.status_code == 201
    told = answer.json()
    assert (told["file_name"], told["is_public"]) == ("รายงานเวที.pdf", False)
    assert status(client, told["address"]) == 200
    one = f"/api/v1/forum-files/{told['id']}/"
    for verb, sent, public in (
        ("show", {}, True),
        ("hide", {}, False),
        ("remove", {"reason": "ผิดไฟล์"}, False),
        ("restore", {}, False),
    ):
        answer = client.post(f"{one}{verb}/", sent, content_type="application/json")
        assert (answer.status_code, answer.json()["is_public"]) == (200, public), verb
        assert client.get(one).status_code == (404 if verb == "remove" else 200)
    events = Event.objects.filter(verb__startswith="planning.forum_file.").order_by("pk")
    assert [(event.verb.rpartition(".")[2], event.actor_id) for event in events] == [
        (verb, office.pk) for verb in ("added", "shown", "hidden", "removed", "restored")
    ]
    assert events.get(verb="planning.forum_file.removed").reason == "ผิดไฟล์"


@pytest.mark.parametrize(
    ("sent", "code", "said"),
    [
        ({"file": pdf("a.exe", b"MZ")}, 409, "รับเฉพาะไฟล์ PDF"),
        ({"file": pdf("a.pdf", b"")}, 409, "ไฟล์ว่าง"),
        ({"file": pdf("a.pdf", b"MZ not a pdf")}, 409, "เนื้อไฟล์ไม่ตรงกับนามสกุล"),
        ({"file": pdf("a.jpg")}, 409, "เนื้อไฟล์ไม่ตรงกับนามสกุล"),
        ({"file": pdf(), "caption_th": "ย" * 301}, 400, "300"),
        ({"file": pdf(), "caption_th": " "}, 400, "caption_th"),
        ({"file": "text"}, 400, "file"),
        ({}, 400, "file"),
    ],
)
def test_machines_hear_what_is_wrong_with_a_file(client, forum, office, sent, code, said):
    client.force_login(office)
    if "file" in sent and hasattr(sent["file"], "seek"):
        sent["file"].seek(0)
    answer = client.post(f"/api/v1/forums/{forum.pk}/files/", {"caption_th": "รายงาน"} | sent)
    assert answer.status_code == code
    assert said in answer.content.decode()
    assert not ForumFile.objects.exists()
    assert not Event.objects.filter(verb="planning.forum_file.added").exists()


def test_a_file_over_the_limit_is_refused_over_the_api(client, forum, office, settings):
    settings.EVIDENCE_MAX_BYTES = len(PDF) - 1
    client.force_login(office)
    answer = client.post(f"/api/v1/forums/{forum.pk}/files/", {"file": pdf(), "caption_th": "x"})
    assert (answer.status_code, answer.json()["code"]) == (409, "file_size")
    assert not ForumFile.objects.exists()


def test_machines_of_others_change_no_minutes_and_do_not_see_what_is_not_shown(
    client, forum, office
):
    file = added(forum, office)
    address, one = f"/api/v1/forums/{forum.pk}/files/", f"/api/v1/forum-files/{file.pk}/"
    assert client.post(address, {"file": pdf(), "caption_th": "x"}).status_code == 401
    assert client.post(f"{one}show/").status_code == 401
    client.force_login(person(Role.PLANNER))
    assert client.get(one).status_code == 404
    verbs = (("show", {}), ("hide", {}), ("remove", {"reason": "x"}), ("restore", {}))
    for verb, sent in verbs:
        assert client.post(f"{one}{verb}/", sent).status_code == 404, verb
    assert client.post(address, {"file": pdf(), "caption_th": "x"}).status_code == 409
    participation.show_forum_file(file=file, is_public=True, by=office, at=NOON)
    for verb, sent in verbs:
        answer = client.post(f"{one}{verb}/", sent)
        assert answer.status_code == 409, verb
        assert "เฉพาะกลุ่มงานยุทธศาสตร์" in answer.json()["detail"]
    file.refresh_from_db()
    assert (file.is_public, file.removed_at, ForumFile.objects.count()) == (True, None, 1)
    client.force_login(office)
    assert client.post(f"{one}remove/", {"reason": " "}).status_code == 400
    assert client.post(f"{one}restore/").status_code == 409
    assert client.post("/api/v1/forums/999999/files/", {"file": pdf()}).status_code == 404
