"""Deferred reading and bringing-in of large workbooks."""

from common.clock import now
from jobruns.models import JobRun
from jobruns.runner import job, report_progress
from spreadsheets import actions
from spreadsheets.models import Upload
from spreadsheets.tasks import COMMIT_UPLOAD, READ_UPLOAD


@job(READ_UPLOAD)
def read_upload(run: JobRun, *, upload_id: int) -> None:
    """Read a large workbook for its preview."""
    upload = Upload.objects.with_period().get(pk=upload_id)
    if upload.state != Upload.State.RECEIVED:
        return
    report_progress(run, done=1, total=3, label="อ่านไฟล์และเทียบกับข้อมูลในระบบ")
    actions.read_upload(upload=upload, at=now())
    report_progress(run, done=3, total=3, label="ตรวจเสร็จแล้ว")


@job(COMMIT_UPLOAD)
def commit_upload(run: JobRun, *, upload_id: int) -> None:
    """Bring a large workbook in."""
    upload = Upload.objects.with_period().select_related("committed_by").get(pk=upload_id)
    report_progress(run, done=1, total=3, label="นำเข้าทั้งไฟล์")
    actions.finish_commit(upload=upload, at=now())
    report_progress(run, done=3, total=3, label="นำเข้าเสร็จแล้ว")
