"""What the province calls the fields of forms that others ask for."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.log import record
from common import fiscal
from common.refusal import Refused
from reports.models import FieldLabel
from submissions.rules import standing_of


@transaction.atomic
def set_field_labels(
    *, form: str, labels: Mapping[str, tuple[str, bool]], by: User, at: datetime
) -> int:
    """Set labels of a form's fields and whether each is asked for; return how many changed.

    `labels` maps a field's key to (label, asked for).

    :raises Refused: if the person may not, or a label is empty.
    """
    if not standing_of(by, fiscal.local_date(at)).has(Role.STRATEGIST):
        raise Refused(_("เฉพาะกลุ่มงานยุทธศาสตร์ฯ ตั้งชื่อช่องของแบบฟอร์มได้"), code="not_strategist")
    if any(not label.strip() for label, _asked in labels.values()):
        raise Refused(_("ชื่อช่องว่างไม่ได้"), code="empty_label")
    there = {row.key: row for row in FieldLabel.objects.filter(form=form)}
    changed = 0
    for key, (label, is_required) in labels.items():
        row = there.get(key)
        if row and (row.label_th, row.is_required) == (label.strip(), is_required):
            continue
        before = {"label": row.label_th, "asked": row.is_required} if row else None
        row, _made = FieldLabel.objects.update_or_create(
            form=form,
            key=key,
            defaults={"label_th": label.strip(), "is_required": is_required},
        )
        record(
            "reports.label.set",
            row,
            by=by,
            at=at,
            role=Role.STRATEGIST,
            before=before,
            after={"label": row.label_th, "asked": is_required},
        )
        changed += 1
    return changed
