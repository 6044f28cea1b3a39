"""manage.py rollup 2570 1: compute a quarter's figures and scores again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.clock import now
from kpi import rollups
from submissions.models import Quarter


class Command(BaseCommand):
    help = "คำนวณตัวชี้วัดและคะแนนของไตรมาสใหม่ทั้งหมด: rollup 2570 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int, help="ปีงบประมาณ พ.ศ.")
        parser.add_argument("quarter", type=int, choices=[1, 2, 3, 4], help="ไตรมาส")

    def handle(self, *args: Any, **options: Any) -> None:
        year, number = options["year"], options["quarter"]
        quarter = Quarter.objects.filter(fiscal_year_id=year, number=number).first()
        if quarter is None:
            raise CommandError(f"ไม่มีไตรมาส {number}/{year}")
        if quarter.is_closed:
            raise CommandError(f"ไตรมาส {number}/{year} ปิดแล้ว ตัวเลขถูกตรึงไว้")
        report = rollups.recompute(year, at=now(), numbers={number})
        self.stdout.write(
            f"คำนวณ {report.computed} ค่า เขียนใหม่ {report.written} ค่า "
            f"คะแนน {report.scores_written} แถว คลาดเคลื่อน {len(report.drifted)} ค่า"
        )
        if report.failed:
            raise CommandError(f"คำนวณไม่ได้ {len(report.failed)} ค่า: {list(report.failed)[:20]}")
