"""In real Chromium: a visit planned, recorded, a serious finding with a photo, mended, verified."""

import pytest
from django.test import Client

from accounts.models import Role
from kpi.models import KPI
from projects.models import Checklist, Finding, Project
from tests.factories import AgencyFactory, person, quarter_of
from tests.kpi.factories import kpi_of
from tests.main_job.eyes import Eyes
from tests.projects.factories import YEAR, project_with
from tests.projects.test_inspections import jpeg_with_gps

pytestmark = pytest.mark.browser


@pytest.fixture
def eyes(page, live_server, pictures, transactional_db, settings):
    settings.SAMPLE_TODAY = "2027-01-13"
    return Eyes(page, pictures, live_server.url)


def become(eyes, user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    value = client.cookies["sessionid"].value
    eyes.page.context.clear_cookies()
    eyes.page.context.add_cookies([{"name": "sessionid", "value": value, "url": eyes.address}])


def test_a_visit_from_its_plan_to_the_verified_mending(eyes, tmp_path):
    agency = AgencyFactory(code="IN")
    reporter = person(Role.REPORTER, agency)
    inspector, second = person(Role.INSPECTOR), person(Role.INSPECTOR)
    quarter_of(YEAR, 1)
    project, _activities = project_with(host_agency=agency)
    project.kpis.add(kpi_of(agency, code="9.1"))
    Checklist.objects.create(code="SITE", name_th="งานก่อสร้าง", questions_th="งานตรงตามรายงาน")
    photo = tmp_path / "site.jpg"
    photo.write_bytes(jpeg_with_gps().read())
    page = eyes.page

    become(eyes, inspector)
    eyes.visit("/desk/inspections/", "inspections-empty")
    page.get_by_role("link", name="นัดตรวจ").click()
    page.get_by_label("โครงการ", exact=True).select_option(index=1)
    page.get_by_label("วันนัดตรวจ").fill("๑๓ ม.ค. ๗๐")
    page.get_by_label("วัตถุประสงค์").fill("ดูห้องปลอดฝุ่นที่รายงานว่าเปิดแล้ว")
    page.get_by_label("แบบตรวจ").select_option(index=1)
    eyes.look("inspection-plan")
    page.get_by_role("button", name="บันทึกนัดตรวจ").click()

    page.get_by_label("1. งานตรงตามรายงาน").select_option(label="ไม่ใช่")
    page.get_by_label("สรุปผลการตรวจ").fill("เปิดใช้จริง 4 จาก 9 ห้อง")
    page.get_by_role("button", name="บันทึกผลการตรวจ").click()

    # Nothing typed is lost where the owner's day is missing.
    page.get_by_label("สิ่งที่ตรวจพบ").fill("ห้อง 5 จาก 9 ยังไม่เปิด")
    page.get_by_label("ความรุนแรง").select_option("serious")
    page.get_by_label("สิ่งที่ต้องแก้ไข").fill("เปิดห้องที่เหลือ")
    page.get_by_label("ผู้รับผิดชอบแก้ไข").select_option(str(agency.pk))
    page.get_by_label("9.1").check()
    page.evaluate("document.querySelector('#id_due_date').removeAttribute('required')")
    page.get_by_role("button", name="บันทึกข้อตรวจพบ").click()
    assert page.get_by_role("link", name="ใส่กำหนดแก้เสร็จ").is_visible()
    assert page.get_by_label("สิ่งที่ตรวจพบ").input_value() == "ห้อง 5 จาก 9 ยังไม่เปิด"
    eyes.forget()
    eyes.look("finding-refused")
    page.get_by_label("กำหนดแก้เสร็จ").fill("29/01/2570")
    page.get_by_label("ภาพถ่าย").set_input_files(photo)
    page.get_by_role("button", name="บันทึกข้อตรวจพบ").click()
    assert page.get_by_text("ผลตรวจพื้นที่ไม่ยืนยันตัวเลขที่รายงาน").is_visible()
    eyes.look("inspection-recorded")
    assert Project.objects.get().is_unconfirmed
    assert KPI.objects.get().unconfirmed_reason

    become(eyes, reporter)
    eyes.go("/desk/")
    page.get_by_role("link", name="เปิดห้องที่เหลือ").click()
    page.get_by_label("แก้ไขอย่างไร").fill("เปิดครบ 9 ห้องแล้ว")
    page.get_by_label("ภาพหลังแก้ไข").set_input_files(photo)
    page.get_by_role("button", name="แจ้งคณะทำงานตรวจติดตาม").click()
    eyes.look("finding-fixed")
    assert page.locator(".photos img").count() == 2

    become(eyes, second)
    eyes.go("/desk/inspections/")
    page.get_by_role("link", name="เปิดห้องที่เหลือ").click()
    page.get_by_label("ผลการตรวจยืนยัน").fill("เปิดครบจริง")
    page.get_by_role("button", name="ยืนยันว่าแก้แล้ว").click()
    eyes.look("finding-verified")
    assert Finding.objects.get().state == Finding.State.VERIFIED
    assert not Project.objects.get().is_unconfirmed
    assert eyes.faults == []
