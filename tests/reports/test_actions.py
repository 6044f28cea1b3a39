"""Closing, writing and publishing: refusals, the log, and bytes that never change."""

import json
import threading
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from accounts.models import Role
from audit.models import Event
from common.clock import ZONE
from common.refusal import Refused
from jobruns import runner
from kpi.models import KPI, Indicator
from projects.actions import ProgressInput, save_progress
from reports import actions, tasks
from reports.document import Frozen, canonical, read, sha256
from reports.models import Edition, Freeze
from submissions.models import Month, PeriodState, Quarter
from tests.factories import NOON, person
from tests.reports.factories import Province, stored_figures


def close(province, **changes):
    given = {
        "quarter": province.quarter,
        "by": province.strategist,
        "at": NOON,
        "missing_accepted": True,
    }
    return actions.close_quarter(**(given | changes))


def publish(province, work_off_jobs, at=NOON):
    edition, _run = actions.publish_report(quarter=province.quarter, by=province.strategist, at=at)
    work_off_jobs()
    edition.refresh_from_db()
    return edition


# ── Closing ──────────────────────────────────────────────────────────────────
def test_closing_freezes_the_quarter_and_logs_it(province):
    freeze = close(province)
    province.quarter.refresh_from_db()
    assert province.quarter.state == PeriodState.CLOSED
    assert province.quarter.closed_by == province.strategist
    assert set(Month.objects.filter(fiscal_year=2570, number__lte=3).values_list("state")) == {
        ("closed",)
    }
    assert freeze.number == 0
    assert freeze.sha256 == sha256(canonical(freeze.document))
    event = Event.objects.get(verb="reports.quarter.closed")
    assert (event.after or {})["sha256"] == freeze.sha256


def test_a_frozen_document_holds_what_was_in_force(province):
    frozen = read(Frozen, close(province).document)
    assert frozen.period.quarter == 1
    assert [row.code for row in frozen.kpis] == ["1.1"]
    assert frozen.rules[0].over_time == "flow"
    assert frozen.targets[0].value == Decimal(100)
    assert frozen.curves[0].points[0] == (Decimal(60), Decimal(1))
    assert frozen.contributions[0].entries[0].id == province.result.pk
    assert frozen.contributions[0].entries[0].version == province.result.version
    assert frozen.projects[0].code == province.project.code
    assert frozen.province_name.th == "จังหวัดสมุทรสาคร"


def test_missing_entries_are_named_before_a_quarter_closes(province):
    with pytest.raises(Refused) as refused:
        close(province, missing_accepted=False)
    assert refused.value.code == "missing"
    assert province.project.code in str(refused.value)
    assert Quarter.objects.get(pk=province.quarter.pk).state == PeriodState.OPEN
    assert not Freeze.objects.exists()


@pytest.mark.parametrize("role", [Role.REPORTER, Role.APPROVER, Role.GOVERNOR, Role.COMPTROLLER])
def test_only_the_strategy_office_closes(province, role):
    with pytest.raises(Refused, match="กลุ่มงานยุทธศาสตร์"):
        close(province, by=person(role, province.office))


def test_a_quarter_closes_once(province):
    close(province)
    with pytest.raises(Refused, match="ปิดไปแล้ว"):
        close(province)
    assert Freeze.objects.count() == 1


def test_a_running_quarter_does_not_close(province):
    with pytest.raises(Refused, match="ยังไม่สิ้นไตรมาส"):
        close(province, at=datetime(2026, 12, 31, 12, tzinfo=ZONE))


def test_a_planned_quarter_does_not_close(province):
    with pytest.raises(Refused, match="ยังไม่เปิด"):
        close(province, quarter=Quarter.objects.get(fiscal_year=2570, number=2))


def test_quarters_close_in_order(province):
    second = Quarter.objects.get(fiscal_year=2570, number=2)
    actions.open_for_reporting(quarter=second, by=province.strategist, at=NOON)
    with pytest.raises(Refused, match="ยังเปิดอยู่"):
        close(province, quarter=second, at=NOON + timedelta(days=100))


def test_only_a_planned_quarter_opens(province):
    with pytest.raises(Refused):
        actions.open_for_reporting(quarter=province.quarter, by=province.strategist, at=NOON)
    reporter = person(Role.REPORTER, province.office)
    second = Quarter.objects.get(fiscal_year=2570, number=2)
    with pytest.raises(Refused, match="กลุ่มงานยุทธศาสตร์"):
        actions.open_for_reporting(quarter=second, by=reporter, at=NOON)


# ── The race with a save ─────────────────────────────────────────────────────
def test_a_save_after_the_close_is_refused_politely(province):
    host = province.project.host_agency
    reporter = person(Role.REPORTER, host)
    stale = Quarter.objects.get(pk=province.quarter.pk)
    close(province)
    with pytest.raises(Refused, match="ปิดไปแล้ว"):
        save_progress(
            entries=[
                ProgressInput(
                    project=province.project,
                    quarter=stale,
                    activities={province.activities[0].pk: Decimal(10)},
                )
            ],
            by=reporter,
            at=NOON,
        )


@pytest.mark.django_db(transaction=True)
def test_a_close_waits_for_a_save_under_way_and_freezes_it():
    province = Province()
    reporter = person(Role.REPORTER, province.project.host_agency)
    saved, closed = threading.Event(), threading.Event()
    found = {}

    def save_slowly():
        try:
            with transaction.atomic():
                save_progress(
                    entries=[
                        ProgressInput(
                            project=province.project,
                            quarter=province.quarter,
                            activities={province.activities[0].pk: Decimal(10)},
                        )
                    ],
                    by=reporter,
                    at=NOON,
                )
                saved.set()
                # The close has time to run past us, if nothing keeps it.
                found["closed_before_us"] = closed.wait(1)
        finally:
            connections.close_all()

    thread = threading.Thread(target=save_slowly)
    thread.start()
    assert saved.wait(10)
    close(province)
    closed.set()
    thread.join()
    assert found["closed_before_us"] is False
    assert province.quarter.progress.count() == 1


# ── Publishing ───────────────────────────────────────────────────────────────
def test_an_edition_is_the_page_paper_and_tables_of_one_document(province, work_off_jobs):
    close(province)
    edition = publish(province, work_off_jobs)
    root = settings.PUBLISHED_ROOT
    assert set(edition.files) == {"html-th", "html-en", "pdf", "pdf-en", "csv", "json"}
    for file in edition.files.values():
        content = (root / file["path"]).read_bytes()
        assert sha256(content) == file["sha256"]
        assert len(content) == file["size"]
    assert sha256((root / "reports/2570/q1/edition/1.json").read_bytes()) == edition.sha256
    province.quarter.refresh_from_db()
    assert province.quarter.state == PeriodState.PUBLISHED
    assert Event.objects.filter(verb="reports.report.published").count() == 1


def test_the_newest_address_holds_the_newest_edition(province, work_off_jobs):
    close(province)
    publish(province, work_off_jobs)
    root = settings.PUBLISHED_ROOT
    for ending in (".pdf", ".csv", ".json", "/index.html"):
        newest = (root / f"reports/2570/q1{ending}").read_bytes()
        assert newest == (root / f"reports/2570/q1/edition/1{ending}").read_bytes()


def test_nothing_done_afterwards_changes_a_byte(province, work_off_jobs):
    close(province)
    edition = publish(province, work_off_jobs)
    before = contents(settings.PUBLISHED_ROOT)
    Indicator.objects.update(name_th="ชื่อใหม่")
    KPI.objects.update(weight=Decimal(1))
    actions.write_summary(
        quarter=province.quarter,
        text_th="เขียนทีหลัง",
        text_en="",
        version=0,
        by=province.strategist,
        at=NOON,
    )
    run = tasks.publish_edition
    job = runner.schedule(run, key=str(edition.pk), payload={"edition_id": edition.pk})
    work_off_jobs()
    job.refresh_from_db()
    assert job.state == job.State.DONE
    assert contents(settings.PUBLISHED_ROOT) == before
    with pytest.raises(Refused, match="เผยแพร่ค่าชุดนี้ไปแล้ว"):
        actions.publish_report(quarter=province.quarter, by=province.strategist, at=NOON)


def contents(root):
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_files_are_asked_for_again_when_a_worker_died(province, work_off_jobs):
    close(province)
    first, _run = actions.publish_report(quarter=province.quarter, by=province.strategist, at=NOON)
    again, _run = actions.publish_report(quarter=province.quarter, by=province.strategist, at=NOON)
    assert again == first
    assert work_off_jobs() == 1
    assert Edition.objects.finished().count() == 1


def test_a_half_written_edition_is_completed_and_never_rewritten(
    province, work_off_jobs, published_root
):
    close(province)
    place = published_root / "reports/2570/q1/edition/1.csv"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"written before the crash")
    edition = publish(province, work_off_jobs)
    assert place.read_bytes() == b"written before the crash"
    assert edition.files["csv"]["sha256"] == sha256(b"written before the crash")


def test_rendering_twice_gives_the_same_bytes(province, work_off_jobs, settings, tmp_path):
    close(province)
    edition = publish(province, work_off_jobs)
    once = contents(settings.PUBLISHED_ROOT)
    first = settings.PUBLISHED_ROOT
    settings.PUBLISHED_ROOT = tmp_path / "again"
    Edition.objects.update(finished_at=None)
    runner.schedule(tasks.publish_edition, key="again", payload={"edition_id": edition.pk})
    work_off_jobs()
    again = contents(settings.PUBLISHED_ROOT)
    assert {name.replace(str(first), ""): body for name, body in once.items()} == {
        name.replace(str(tmp_path / "again"), ""): body for name, body in again.items()
    }


def test_an_open_quarter_is_not_published(province):
    with pytest.raises(Refused, match="ปิดไตรมาสก่อน"):
        actions.publish_report(quarter=province.quarter, by=province.strategist, at=NOON)


def test_only_the_strategy_office_publishes(province):
    close(province)
    with pytest.raises(Refused, match="กลุ่มงานยุทธศาสตร์"):
        actions.publish_report(
            quarter=province.quarter, by=person(Role.GOVERNOR, province.office), at=NOON
        )


# ── The summary ──────────────────────────────────────────────────────────────
def write(province, text, version, **changes):
    given = {
        "quarter": province.quarter,
        "text_th": text,
        "text_en": "",
        "version": version,
        "by": province.strategist,
        "at": NOON,
    }
    return actions.write_summary(**(given | changes))


def test_the_summary_stands_in_the_edition(province, work_off_jobs):
    close(province)
    write(province, "น้ำเสียได้รับการบำบัดมากขึ้น", 0)
    edition = publish(province, work_off_jobs)
    assert edition.document["summary"]["th"] == "น้ำเสียได้รับการบำบัดมากขึ้น"
    page = (settings.PUBLISHED_ROOT / "reports/2570/q1/index.html").read_text()
    assert "น้ำเสียได้รับการบำบัดมากขึ้น" in page


def test_two_writers_of_a_summary_do_not_overwrite_each_other(province):
    close(province)
    write(province, "หนึ่ง", 0)
    with pytest.raises(Refused, match="มีผู้อื่นแก้ไข"):
        write(province, "สอง", 0)
    summary = write(province, "สาม", 1)
    assert (summary.version, summary.text_th) == (2, "สาม")
    with pytest.raises(Refused, match="มีผู้อื่นแก้ไข"):
        write(province, "สี่", 1)


def test_a_summary_waits_for_the_close(province):
    with pytest.raises(Refused, match="เมื่อปิดไตรมาสแล้ว"):
        write(province, "ก่อนเวลา", 0)
    with pytest.raises(Refused, match="กลุ่มงานยุทธศาสตร์"):
        write(province, "ไม่ใช่หน้าที่", 0, by=person(Role.VIEWER, province.office))


def test_the_document_keeps_every_digit(province):
    stored_figures(province)
    document = json.loads(canonical(close(province).document))
    assert canonical(document) == canonical(Freeze.objects.get().document)
    assert connection.vendor in {"sqlite", "postgresql"}
