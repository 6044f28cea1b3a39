"""Hostile, broken and foreign files at the doors themselves: the page, the API and the command."""

import io
import json
import random
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import Role
from spreadsheets.models import Upload
from tests.common.test_workbooks import rebuilt, sheet_of
from tests.factories import AgencyFactory, person
from tests.spreadsheets.sheets import delimited, workbook
from tests.spreadsheets.test_edges import form
from tests.spreadsheets.test_machines import UPLOADS
from tests.spreadsheets.test_pages import post
from tests.spreadsheets.test_uploads import HEAD

ROWS = [["หน่วย : บาท"], HEAD, ["B70-1", "ซ่อมถนน", 100_000, 5, ""], ["B70-2", "ซื้อ", "x", 6, ""]]


@pytest.fixture(autouse=True)
def _day_of_the_sample(settings):
    settings.SAMPLE_TODAY = "2027-01-13"


@pytest.fixture
def client(client, reporter):
    client.force_login(reporter)
    return client


@pytest.fixture
def api(reporter):
    client = APIClient()
    client.force_authenticate(reporter)
    return client


def send(api, agency, content, name="a.xlsx"):
    file = io.BytesIO(content)
    file.name = name
    fields = {"kind": "monthly-disbursement", "agency": agency.code, "period": "2570-m01"}
    return api.post(UPLOADS, fields | {"file": file}, format="multipart")


def test_every_door_refuses_a_hostile_file_with_the_same_sentence(
    client, api, money, agency, reporter, tmp_path
):
    honest = workbook(ROWS).getvalue()
    entity = b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
    hostile = {
        "empty_file": (b"", "a.xlsx"),
        "truncated": (honest[:-200], "a.xlsx"),
        "not_a_workbook": (b"%PDF-1.7", "a.xlsx"),
        "wrong_name": (b"a,b\n1,2", "a.xlsx"),
        "web_page": (b"<html><table></table></html>", "a.xls"),
        "inflates": (rebuilt(io.BytesIO(honest), {"xl/x.xml": b" " * 12_000_000}), "a.xlsx"),
        "entities": (
            rebuilt(io.BytesIO(honest), {"xl/worksheets/sheet1.xml": entity}),
            "a.xlsx",
        ),
        "strange_path": (rebuilt(io.BytesIO(honest), {"../../x.xml": b"x"}), "a.xlsx"),
        "too_many_columns": (
            sheet_of(b'<row r="1"><c r="XFD1"><v>1</v></c></row>'),
            "a.xlsx",
        ),
        "encrypted": (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 99,
            "a.xlsx",
        ),
    }
    which = ["--as", reporter.username, "--period", "2570-m01"]
    for code, (content, name) in hostile.items():
        content = content.getvalue() if isinstance(content, io.BytesIO) else content
        refused = send(api, agency, content, name)
        assert (refused.status_code, refused.json()["code"]) == (409, code)
        sentence = refused.json()["detail"]
        page = post(client, agency, io.BytesIO(content), name=name)
        assert page.status_code == 409
        assert sentence in page.content.decode(), code
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(CommandError) as told:
            call_command("import_sheet", "monthly-disbursement", str(path), *which)
        assert str(told.value) == sentence
    assert not Upload.objects.exists()


def test_flipped_bytes_bring_no_door_down(client, api, money, agency, seeds):
    source = workbook(ROWS, percent=[(2, 3)], merged=[(0, 0, 0, 2)], hidden_rows=[3])
    whole = source.getvalue()
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    accepted = 0
    for seed in seeds(24, 240):
        chance = random.Random(seed)
        name = chance.choice([each for each in parts if each.startswith("xl/")])
        mutated = bytearray(parts[name] if seed % 3 else whole)
        for _flip in range(chance.randint(1, 8)):
            mutated[chance.randrange(len(mutated))] ^= 1 << chance.randrange(8)
        content = bytes(mutated)
        if seed % 3:
            content = rebuilt(io.BytesIO(whole), {name: content}).getvalue()
        if seed % 2:
            answer = send(api, agency, content)
            assert answer.status_code in (201, 409)
        else:
            answer = post(client, agency, io.BytesIO(content))
            assert answer.status_code in (302, 409)
        if answer.status_code != 409:
            accepted += 1
            upload = Upload.objects.latest("pk")
            for address in ("upload-detail", "upload-marked"):
                address = reverse(f"spreadsheets:{address}", args=[upload.pk])
                assert client.get(address).status_code == 200
    assert accepted


def test_the_command_and_the_api_give_the_same_report(
    api, money, agency, reporter, tmp_path, capsys
):
    path = tmp_path / "a.csv"
    path.write_bytes(delimited(ROWS, encoding="cp874", delimiter=";").getvalue())
    sent = send(api, agency, path.read_bytes(), "a.csv").json()["report"]
    which = ["--as", reporter.username, "--period", "2570-m01"]
    call_command("import_sheet", "monthly-disbursement", str(path), *which)
    printed = json.loads(capsys.readouterr().out)["report"]
    assert sent == printed
    [error] = sent["errors"]
    assert (error["sheet"], error["row"], error["column"], error["written"]) == ("csv", 4, "C", "x")
    assert Upload.objects.latest("pk").report == sent


def test_a_person_is_told_of_macros_links_and_forms_of_others(
    client, money, agency, october, reporter
):
    parts = {"xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"<x/>"}
    with_macros = io.BytesIO(rebuilt(workbook(ROWS), parts).getvalue())
    answer = post(client, agency, with_macros, name="a.xlsm")
    page = client.get(answer.url).content.decode()
    assert "ไม่เรียกใช้และไม่สนใจแมโคร" in page
    assert "ระบบไม่เปิดตามลิงก์" in page
    other = AgencyFactory(short_name_th="พช.")
    theirs = person(Role.REPORTER, other)
    money[0].spending_agency = other
    money[0].save()
    answer = post(client, agency, form(other, october, theirs))
    page = client.get(answer.url).content.decode()
    assert f"แบบกรอกนี้ออกให้ พช. แต่เลือกนำเข้าของ {agency.short_name}" in page
    file = form(agency, october, reporter)
    money[1].expenditure_type = "recurrent"
    money[1].save()
    answer = post(client, agency, file)
    assert "แบบกรอกนี้ออกก่อนที่รายการหรือกติกาจะเปลี่ยน" in client.get(answer.url).content.decode()
