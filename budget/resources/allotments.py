"""The register of a year's allotments: one line for each allocation that an agency spends from."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from budget import actions, rules
from budget.models import Allocation, BudgetSource, ExpenditureType
from common import fiscal
from common.readings import Note, Reading
from common.sheets import Checked, Figure, Prepared, Remark, SheetField, SheetResource, SheetRow
from projects.models import Project
from submissions.actions import Withdrawal
from submissions.models import FiscalYear
from submissions.rules import standing_of

TYPED = (
    *("name", "project_code", "source", "expenditure_type", "owner", "origin_year"),
    *("appropriation", "allotted"),
)
SENTENCES = {
    "no_project": "ไม่มีโครงการรหัส “%(written)s” ตรวจรหัสโครงการ หรือเว้นว่างถ้าไม่ใช่เงินของโครงการ",
}


class AllotmentSheet(SheetResource):
    """What an agency was given to spend in a year; transfers and months keep their own verbs."""

    kind = "allotments"
    title = _("รายการจัดสรรงบประมาณ")
    period = "year"
    senders = ()
    province_senders = ("comptroller",)
    submits = False
    is_open = True
    columns = (
        SheetField(
            "allocation_code",
            _("รหัสรายการงบประมาณ"),
            reads="key",
            known_as=("รหัสงบประมาณ", "รหัสรายการ", "รหัส"),
            width=18,
        ),
        SheetField(
            "name", _("รายการ"), reads="text", known_as=("ชื่อรายการ",), width=48, required=True
        ),
        SheetField("project_code", _("รหัสโครงการ"), reads="text", width=16),
        SheetField(
            "source", _("แหล่งงบประมาณ"), reads="choice", known_as=("แหล่งเงิน",), width=24,
            required=True,
        ),
        SheetField(
            "expenditure_type", _("ประเภทรายจ่าย"), reads="choice", known_as=("ประเภท",), width=16,
            required=True,
        ),
        SheetField("owner", _("เจ้าของงบประมาณ"), reads="choice", width=28),
        SheetField(
            "origin_year", _("ปีงบประมาณต้นทาง"), reads="number", places=0, unit="", shape="0",
            note=_("เว้นว่างถ้าเป็นเงินของปีนี้ เงินกันเหลื่อมปีใส่ปีที่ได้รับ"),
        ),
        SheetField(
            "appropriation", _("งบประมาณตาม พ.ร.บ. (บาท)"), reads="money", places=2, width=20,
            known_as=("งบตาม พ.ร.บ.", "งบประมาณตาม พ.ร.บ."), required=True,
        ),
        SheetField(
            "allotted", _("ได้รับจัดสรร (บาท)"), reads="money", places=2, width=20,
            known_as=("โอนจัดสรร", "งบประมาณที่ได้รับจัดสรร"),
        ),
        SheetField("revised", _("หลังโอนเปลี่ยนแปลง"), reads="shown"),
        SheetField("disbursed", _("เบิกจ่ายสะสม"), reads="shown"),
    )  # fmt: skip

    class Meta:
        model = Allocation
        import_id_fields = ("allocation_code",)

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return the sources, types or agencies that a cell may name."""
        if name == "source":
            return dict(BudgetSource.objects.order_by("order").values_list("code", "name_th"))
        if name == "expenditure_type":
            return {value: str(label) for value, label in ExpenditureType.choices}
        return dict(Agency.objects.active().in_code_order().values_list("code", "name_th"))

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the agency's allocations of the year."""
        standing = standing_of(user, fiscal.local_date(at))
        return [
            _row(allocation)
            for allocation in Allocation.objects.visible_to(standing)
            .for_year(period.year)
            .filter(spending_agency=agency)
            .select_related("project", "source", "owner_agency")
            .in_code_order()
        ]

    def new_row(self, code: str, *, agency: Agency, period: FiscalYear) -> SheetRow | None:
        """Return an allocation that is not known yet."""
        if Allocation.objects.filter(code=code).exists():
            return None  # another agency's or another year's
        blank = Allocation(code=code, spending_agency=agency, fiscal_year=period)
        return SheetRow(0, code, code, TYPED, unit="บาท", is_new=True, subject=blank)

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Ask for a project that there is."""
        checked = super().check(row, read)
        written = checked.values.get("project_code")
        is_known = not written or written == row.stored.get("project_code")
        if is_known or Project.objects.filter(code=written).exists():
            return checked
        note = Note("no_project", SENTENCES["no_project"], {"written": str(written)})
        return Checked(checked.values, (Remark("project_code", note),))

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make one entry a line; what the sheet does not state stays as it is."""
        given = [{**row.stored, **values} for row, values in rows]
        sources = {source.code: source for source in BudgetSource.objects.all()}
        codes = {values.get("owner") for values in given}
        owners = {agency.code: agency for agency in Agency.objects.filter(code__in=codes)}
        wanted = {values.get("project_code") for values in given}
        projects = {each.code: each for each in Project.objects.filter(code__in=wanted)}
        prepared = []
        for position, ((row, _values), values) in enumerate(zip(rows, given, strict=True)):
            allocation = row.subject
            kept = {
                field.name: getattr(allocation, field.name)
                for field in fields(actions.AllocationInput)
                if field.name in _COLUMNS and field.name in _KEPT
            }
            origin = values.get("origin_year")
            entry = actions.AllocationInput(
                **kept,
                code=row.code,
                source=sources[str(values["source"])],
                expenditure_type=str(values["expenditure_type"]),
                fiscal_year=period,
                owner_agency=owners.get(str(values.get("owner"))) or allocation.spending_agency,
                spending_agency=allocation.spending_agency,
                appropriation=_money(values, "appropriation"),
                allotted=_money(values, "allotted"),
                project=projects.get(str(values.get("project_code"))),
                name_th=str(values.get("name") or ""),
                origin_year=int(Decimal(origin)) if origin else None,
            )
            prepared.append(Prepared(entry, (position,)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Bring the books to what is given."""
        actions.allocate(allocations=entries, by=by, at=at)
        return list(entries)

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say what came to rest on allocations since they were brought in."""
        rests = rules.what_rests_on([row.subject_id for row in rows])
        return {row.code: rests[row.subject_id] for row in rows if row.subject_id in rests}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take away allocations on which nothing rests."""
        entries = [Withdrawal(row.subject_id, row.version) for row in rows]
        actions.withdraw_allocations(entries=entries, by=by, at=at)


_COLUMNS = {field.name for field in Allocation._meta.concrete_fields}
# What other verbs change, or nobody types here.
_KEPT = {
    *("reserved_with_obligation", "reserved_without_obligation", "returned", "savings"),
    *("name_en", "is_sample"),
}


def _money(values: Mapping[str, Figure], name: str) -> Decimal:
    return Decimal(values.get(name) or 0)


def _row(allocation: Allocation) -> SheetRow:
    return SheetRow(
        subject_id=allocation.pk,
        code=allocation.code,
        label=allocation.name_th or allocation.code,
        typed=TYPED,
        stored={
            "name": allocation.name_th,
            "project_code": allocation.project.code if allocation.project else "",
            "source": allocation.source.code,
            "expenditure_type": allocation.expenditure_type,
            "owner": allocation.owner_agency.code,
            "origin_year": Decimal(allocation.origin_year),
            "appropriation": allocation.appropriation,
            "allotted": allocation.allotted,
        },
        shown={"revised": allocation.revised, "disbursed": allocation.disbursed},
        unit="บาท",
        version=allocation.version,
        definition=allocation.code,
        is_sample=allocation.is_sample,
        subject=allocation,
    )
