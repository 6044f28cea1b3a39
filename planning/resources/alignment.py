"""The form of alignment: a line for each project, with the main target it serves and why."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from common import fiscal
from common.readings import Note, Reading
from common.sheets import (
    Checked,
    Figure,
    Prepared,
    Remark,
    SheetField,
    SheetResource,
    SheetRow,
    too_long,
)
from planning.rules.participation import why_not_organise
from projects.actions import Alignment, align_projects
from projects.models import Project
from strategy.models import FrameworkItem
from submissions.models import FiscalYear
from submissions.rules import standing_of

_BETWEEN = re.compile(r"[\s,;]+")
TYPED = ("main_item", "reason_th", "items")
SENTENCES = {
    "no_item": "ไม่พบรหัส %(written)s ในแผนระดับชาติและภาค",
    "two_items": "รหัส %(written)s มีในแผนมากกว่าหนึ่งฉบับ ใส่รหัสแผนนำหน้า: %(known)s",
}
MOST_REASON = 2000


class MainTargetSheet(SheetResource):
    """What each of an agency's projects of a year serves above."""

    kind = "main-targets"
    title = _("เป้าหมายแผนแม่บทหลักของแต่ละโครงการ")
    period = "year"
    senders = ()
    province_senders = ("strategist",)
    submits = False
    columns = (
        SheetField(
            "project_code", _("รหัสโครงการ"), reads="key", known_as=("รหัส",), width=16
        ),
        SheetField("name", _("ชื่อโครงการ"), reads="shown", width=48),
        SheetField(
            "main_item", _("เป้าหมายแผนแม่บทหลัก (รหัส)"), reads="text", width=24,
            known_as=("เป้าหมายหลัก", "เป้าหมายแผนแม่บทหลัก", "แผนแม่บท", "แผนแม่บทภายใต้ยุทธศาสตร์ชาติ"),
            note=_("รหัสของรายการ รหัสซ้ำกันหลายแผนให้ใส่รหัสแผนและ : นำหน้า"),
        ),
        SheetField("main_item_name", _("ชื่อเป้าหมายหลัก"), reads="shown", width=40),
        SheetField(
            "reason_th", _("เหตุผล"), reads="text", width=48,
            known_as=("เหตุผลความสอดคล้อง", "ความสอดคล้อง", "โครงการส่งผลต่อเป้าหมายอย่างไร"),
        ),
        SheetField(
            "items", _("สนับสนุนรายการอื่น (รหัส เว้นวรรค)"), reads="text", width=28,
            known_as=("รายการอื่น", "รายการอื่นที่รับใช้", "สนับสนุนรายการอื่น"),
        ),
    )  # fmt: skip

    class Meta:
        model = Project
        import_id_fields = ("project_code",)

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the agency's projects of the year that were not cancelled."""
        standing = standing_of(user, fiscal.local_date(at))
        why_not = why_not_organise(standing)
        projects = (
            Project.objects.visible_to(standing)
            .for_year(period.year)
            .filter(host_agency=agency)
            .exclude(status=Project.Status.CANCELLED)
            .select_related("main_item__framework", "host_agency")
            .prefetch_related("framework_items__framework")
            .in_code_order()
        )
        return [self._row(project, why_not) for project in projects]

    def _row(self, project: Project, why_not: str | None) -> SheetRow:
        main = project.main_item
        others = [each for each in project.framework_items.all() if each != main]
        return SheetRow(
            subject_id=project.pk,
            code=project.code,
            label=project.name_th,
            typed=TYPED,
            stored={
                "main_item": self._code(main) if main else "",
                "reason_th": project.main_item_reason_th,
                "items": " ".join(sorted(self._code(each) for each in others)),
            },
            shown={"name": project.name_th, "main_item_name": main.name_th if main else ""},
            why_not=why_not,
            definition=project.code,
            is_sample=project.is_sample,
            subject=project,
        )

    @property
    def _items(self) -> Mapping[str, Sequence[FrameworkItem]]:
        """The items that a code stands for, alone or behind its framework's; asked for once."""
        known: dict[str, list[FrameworkItem]] | None = self.__dict__.get("_known_items")
        if known is None:
            known = defaultdict(list)
            for item in FrameworkItem.objects.select_related("framework"):
                known[item.code.casefold()].append(item)
                known[f"{item.framework.code}:{item.code}".casefold()].append(item)
            self.__dict__["_known_items"] = dict(known)
        return known

    def _code(self, item: FrameworkItem) -> str:
        """Return the shortest code that stands for one item only."""
        if len(self._items.get(item.code.casefold(), ())) == 1:
            return item.code
        return f"{item.framework.code}:{item.code}"

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Find the items by their codes."""
        values = dict(super().check(row, read).values)
        remarks = []
        for name in ("main_item", "items"):
            if not (written := str(values.get(name) or "")):
                continue
            codes = [written.strip()] if name == "main_item" else _BETWEEN.split(written.strip())
            found = []
            for code in dict.fromkeys(filter(None, codes)):
                fits = self._items.get(code.casefold(), ())
                if len(fits) == 1:
                    found.append(self._code(fits[0]))
                    continue
                known = ", ".join(f"{each.framework.code}:{each.code}" for each in fits)
                sort = "two_items" if fits else "no_item"
                note = Note(sort, SENTENCES[sort], {"written": code[:60], "known": known})
                remarks.append(Remark(name, note))
            values[name] = " ".join(sorted(found))
        remarks += too_long(values, {"reason_th": MOST_REASON})
        return Checked(values, tuple(remarks))

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make one entry a line; what the sheet leaves out stays as it is."""
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            main = str(given.get("main_item") or "")
            entry = Alignment(
                row.subject,
                self._items[main.casefold()][0] if main else None,
                str(given.get("reason_th") or ""),
                [self._items[code.casefold()][0] for code in str(given.get("items") or "").split()],
            )
            prepared.append(Prepared(entry, (position,)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Set what the projects serve by the verb of their page."""
        return align_projects(entries=entries, by=by, at=at)
