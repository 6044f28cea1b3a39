"""The fixtures that other tests stand on do what they say."""

import socket

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_socket import SocketConnectBlockedError

from audit import append_only
from audit.log import record
from audit.models import Event
from jobruns.models import Heartbeat, JobRun
from sakhon_portal.celery import app
from tests.house.waiting import wait_until


def write_an_event():
    beat = Heartbeat.objects.create(name="test", at=timezone.now())
    record("test.happened", beat, by=None, at=timezone.now())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_flushed_log_is_empty_and_held_again(turn):
    assert Event.objects.count() == 0
    assert append_only.missing(connection) == []
    write_an_event()
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.update(verb="changed")
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.all().delete()


def test_no_test_reaches_the_network():
    with pytest.raises((SocketConnectBlockedError, UserWarning), match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_tests_never_read_the_developers_own_settings():
    assert settings.DEBUG is False
    assert settings.SAMPLE_TODAY == ""
    assert "sakhon-tests-" in str(settings.VAR_DIR)


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_database_of_the_tests_knows_thai():
    with connection.cursor() as cursor:
        cursor.execute("SELECT show_trgm('น้ำ')")
        assert cursor.fetchone()[0]
        cursor.execute("SELECT 'ไก่' < 'ขนม', 'แก้ว' < 'ไก่'")
        assert cursor.fetchone() == (True, True)


@pytest.mark.django_db
def test_waiting_jobs_can_be_worked_off_in_the_test(work_off_jobs):
    JobRun.objects.create(task="unknown", key="1", created_at=timezone.now())
    assert work_off_jobs() == 5
    assert JobRun.objects.get().state == JobRun.State.FAILED


@pytest.mark.worker
def test_a_real_worker_works_on_the_database_of_the_test(worker):
    app.send_task("jobruns.jobs.beat_heart")
    wait_until(Heartbeat.objects.filter(name="beat").exists, "the worker's heartbeat")
    assert worker.poll() is None


def test_a_real_browser_sees_the_test_server(live_server, page):
    page.goto(f"{live_server.url}/healthz")
    assert "ok" in page.content()
