"""Finding what was changed after it was frozen, and the commands."""

import io
import sqlite3

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import append_only
from kpi.models import Figure, Result, Target
from reports import actions, rollups
from reports.models import Edition, Freeze
from submissions.models import PeriodState, Quarter
from tests.factories import NOON


@pytest.fixture(autouse=True)
def sample_day(settings):
    settings.SAMPLE_TODAY = "2027-01-13"


@pytest.fixture
def published(province, work_off_jobs):
    actions.close_quarter(
        quarter=province.quarter, by=province.strategist, at=NOON, missing_accepted=True
    )
    actions.publish_report(quarter=province.quarter, by=province.strategist, at=NOON)
    work_off_jobs()
    return province


def run(command, *args, **options):
    out = io.StringIO()
    call_command(command, *args, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_nothing_is_found_where_nothing_was_touched(published):
    assert rollups.findings() == []


def test_a_changed_document_is_found(published):
    freeze = Freeze.objects.get()
    freeze.document["province"]["score"] = "5.0000"
    Freeze.objects.update(document=freeze.document)
    found = rollups.findings()
    assert any("frozen document 0 was changed" in each for each in found)
    assert any("its scores are not what its rows come to" in each for each in found)


def test_a_changed_edition_is_found(published):
    edition = Edition.objects.get()
    edition.document["summary"]["th"] = "อื่น"
    Edition.objects.update(document=edition.document)
    assert any("the document was changed" in each for each in rollups.findings())


def test_a_changed_or_missing_file_is_found(published, published_root):
    (published_root / "reports/2570/q1/edition/1.csv").write_bytes(b"x")
    (published_root / "reports/2570/q1/edition/1.pdf").unlink()
    found = rollups.findings()
    assert any("the file csv was changed" in each for each in found)
    assert any("the file pdf is not there" in each for each in found)


def test_an_entry_changed_behind_the_close_is_found(published):
    Result.objects.update(value=1, version=7)
    found = rollups.findings()
    assert any("is not the version 1 that counted" in each for each in found)
    assert any("KPI 1.1 was frozen with ytd_value 96.3800" in each for each in found)


def test_checking_writes_nothing(published):
    Figure.objects.update(ytd_value=1)
    rollups.findings()
    assert set(Figure.objects.values_list("ytd_value", flat=True)) == {1}


def test_an_edited_definition_does_not_accuse_the_frozen_figures(published):
    Target.objects.update(value=50)
    assert rollups.findings() == []


def test_a_closed_quarter_without_a_document_is_found(province):
    Quarter.objects.filter(pk=province.quarter.pk).update(
        state=PeriodState.CLOSED, closed_at=NOON, closed_by=province.strategist
    )
    assert any("nothing was frozen" in each for each in rollups.findings())


# ── Commands ─────────────────────────────────────────────────────────────────
def test_verify_says_that_all_is_sound(published):
    said = run("verify")
    assert "closed quarters and published files" in said
    assert "broken" not in said


def test_verify_ends_with_1_where_something_is_broken(published, published_root):
    (published_root / "reports/2570/q1/edition/1.csv").write_bytes(b"x")
    with pytest.raises(SystemExit) as ended:
        run("verify")
    assert ended.value.code == 1


def test_verify_misses_the_log_triggers(province):
    append_only.lift(connection)
    try:
        with pytest.raises(SystemExit):
            run("verify")
    finally:
        append_only.hold(connection)


def test_a_quarter_lives_by_commands(province):
    by = {"by": province.strategist.username}
    assert "is open" in run("open_quarter", "2570", "2", **by)
    with pytest.raises(CommandError, match="ยังขาด"):
        run("close_quarter", "2570", "1", **by)
    said = run("close_quarter", "2570", "1", missing_accepted=True, **by)
    assert "missing" in said
    assert Freeze.objects.get().sha256 in said
    assert "/reports/2570/q1/edition/1/ is published" in run("publish_report", "2570", "1", **by)
    with pytest.raises(CommandError, match="เผยแพร่ค่าชุดนี้ไปแล้ว"):
        run("publish_report", "2570", "1", **by)
    with pytest.raises(CommandError, match="ปิดไปแล้ว"):
        run("close_quarter", "2570", "1", **by)


def test_a_command_names_a_quarter_and_a_user_that_are_there(province):
    with pytest.raises(CommandError, match="no quarter 1/2599"):
        run("open_quarter", "2599", "1", by=province.strategist.username)
    with pytest.raises(CommandError, match="no active user"):
        run("open_quarter", "2570", "2", by="nobody")


def test_a_token_acts_as_its_user(client, province):
    name = province.strategist.username
    first, second = run("issue_token", name).strip(), run("issue_token", name).strip()
    assert first != second
    path = "/api/v1/reports/2570-q2/open/"
    assert client.post(path, headers={"Authorization": f"Token {first}"}).status_code == 401
    assert client.post(path, headers={"Authorization": f"Token {second}"}).status_code == 200
    with pytest.raises(CommandError, match="no user"):
        run("issue_token", "nobody")
    province.strategist.is_active = False
    province.strategist.save()
    with pytest.raises(CommandError, match="ปิดใช้งาน"):
        run("issue_token", name)


@pytest.mark.django_db(transaction=True)
def test_a_backup_brings_everything_back(province, tmp_path):
    file = tmp_path / "portal.backup"
    run("backup", str(file))
    Quarter.objects.filter(pk=province.quarter.pk).update(state=PeriodState.PLANNED)
    with pytest.raises(CommandError, match="overwrites nothing"):
        run("backup", str(file))
    run("restore", str(file), yes=True)
    assert Quarter.objects.get(pk=province.quarter.pk).state == PeriodState.OPEN
    assert append_only.missing(connection) == []


def test_what_is_no_backup_is_not_restored(province, tmp_path):
    with pytest.raises(CommandError, match="no file"):
        run("restore", str(tmp_path / "nothing"), yes=True)
    if connection.vendor != "sqlite":
        return
    other = tmp_path / "other.sqlite3"
    with sqlite3.connect(other) as made:
        made.execute("CREATE TABLE x (y)")
    made.close()
    with pytest.raises(CommandError, match="not a backup"):
        run("restore", str(other), yes=True)


def test_restoring_asks_first(province, tmp_path, monkeypatch):
    file = tmp_path / "any"
    file.write_bytes(b"")
    monkeypatch.setattr("builtins.input", lambda asked: "no")
    with pytest.raises(CommandError, match="Nothing was changed"):
        run("restore", str(file))
