"""What a project answers to above: its main master-plan target with the reason, and other items."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import record
from common import fiscal
from common.refusal import Refused
from projects.models import Project
from strategy.models import FrameworkItem
from submissions.rules import standing_of


@transaction.atomic
def align_project(
    *,
    project: Project,
    main_item: FrameworkItem,
    reason_th: str,
    items: Collection[FrameworkItem],
    by: User,
    at: datetime,
) -> Project:
    """Set a project's main target with its reason, and everything it serves (the main one too).

    :raises Refused: if `by` is not the strategy office, or no reason is given.
    """
    if not standing_of(by, fiscal.local_date(at)).has(Role.STRATEGIST):
        raise Refused(
            _("เฉพาะกลุ่มงานยุทธศาสตร์ฯ สำนักงานจังหวัด เชื่อมโครงการกับแผนระดับชาติได้"),
            code="not_strategist",
        )
    if not reason_th.strip():
        raise Refused(_("เขียนเหตุผลว่าโครงการส่งผลต่อเป้าหมายหลักอย่างไร"), code="no_reason")
    before = {
        "main_item": project.main_item.code if project.main_item else None,
        "reason": project.main_item_reason_th,
    }
    Project.objects.filter(pk=project.pk).update(
        main_item=main_item, main_item_reason_th=reason_th.strip()
    )
    served = {main_item.pk, *(item.pk for item in items)}
    project.framework_items.set(served)
    record(
        "projects.project.aligned",
        project,
        by=by,
        at=at,
        before=before,
        after={
            "main_item": main_item.code,
            "reason": reason_th.strip(),
            "items": sorted(item.code for item in items),
        },
        agency_code=project.host_agency.code,
    )
    project.refresh_from_db()
    return project
