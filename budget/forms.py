"""What may be typed about money: shape and type only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency
from budget.models import BudgetSource, CabinetTarget, Contract, ExpenditureType
from common.formfields import AmountField, ThaiDateField
from common.readings import Kind, Note, Reading
from common.thainumbers import format_number, read_number

FIGURES = ("disbursed", "obligated")


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One row of the month grid as it was typed, and what was understood of it."""

    version: int
    values: Mapping[str, Decimal | None]
    note: str | None
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[str, ...] = ()

    @property
    def understood(self) -> dict[str, str]:
        """The figures as they were understood, ready to be shown."""
        return {name: format_number(value) for name, value in self.values.items()}


class TargetForm(forms.Form):
    """What the Cabinet asks to be spent by a quarter's end."""

    quarter = forms.TypedChoiceField(
        label=gettext_lazy("ไตรมาส"), coerce=int, choices=[(n, str(n)) for n in range(1, 5)]
    )
    category = forms.ChoiceField(
        label=gettext_lazy("ประเภท"), choices=CabinetTarget.Category.choices
    )
    measure = forms.ChoiceField(label=gettext_lazy("วัดจาก"), choices=CabinetTarget.Measure.choices)
    percent = forms.CharField(label=gettext_lazy("ร้อยละ"))
    kind = forms.ChoiceField(label=gettext_lazy("ชนิด"), choices=CabinetTarget.Kind.choices)
    source = forms.CharField(label=gettext_lazy("ที่มา"), max_length=1000)
    is_verified = forms.BooleanField(label=gettext_lazy("ตรวจสอบกับต้นฉบับแล้ว"), required=False)

    def clean_percent(self) -> Decimal:
        """Read the percentage in Thai or Arabic digits."""
        reading: Reading[Decimal] = read_number(self.cleaned_data["percent"], percent=True)
        if reading.error:
            raise forms.ValidationError(say(reading.error))
        if reading.value is None:
            raise forms.ValidationError(_("ใส่ร้อยละเป็นตัวเลข"))
        return reading.value


class _Named(forms.ModelChoiceField[Any]):
    """Something by its name in the page's language."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


def _confirmed() -> forms.BooleanField:
    return forms.BooleanField(label=gettext_lazy("ยืนยันว่าจำนวนเงินถูกต้อง หน่วยเป็นบาท"), required=False)


class AllocationForm(forms.Form):
    """A new allocation: what, whose, how much."""

    code = forms.RegexField(
        label=gettext_lazy("รหัสรายการ"),
        regex=r"^[^\s/]+$",
        max_length=40,
        error_messages={"invalid": gettext_lazy("รหัสต้องไม่มีช่องว่างและเครื่องหมาย /")},
    )
    project_code = forms.CharField(
        label=gettext_lazy("รหัสโครงการ"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("เว้นว่างได้ ถ้าไม่ใช่งบของโครงการ"),
    )
    name_th = forms.CharField(
        label=gettext_lazy("ชื่อรายการ"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("เว้นว่างเพื่อใช้ชื่อโครงการ"),
    )
    source = _Named(label=gettext_lazy("แหล่งงบประมาณ"), queryset=BudgetSource.objects.none())
    expenditure_type = forms.ChoiceField(
        label=gettext_lazy("ประเภทรายจ่าย"), choices=ExpenditureType.choices
    )
    owner_agency = _Named(label=gettext_lazy("เจ้าของงบประมาณ"), queryset=Agency.objects.none())
    spending_agency = _Named(label=gettext_lazy("หน่วยงานผู้เบิกจ่าย"), queryset=Agency.objects.none())
    appropriation = AmountField(label=gettext_lazy("งบประมาณตาม พ.ร.บ. (บาท)"))
    allotted = AmountField(label=gettext_lazy("จัดสรรแล้ว (บาท)"))
    is_provisional = forms.BooleanField(
        label=gettext_lazy("งบประมาณไปพลางก่อน พ.ร.บ. งบประมาณยังไม่ประกาศ"), required=False
    )
    is_confirmed = _confirmed()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "source", BudgetSource.objects.order_by("order", "code"))
        for name in ("owner_agency", "spending_agency"):
            _choose(self, name, Agency.objects.in_code_order())


def _choose(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    choice = form.fields[name]
    assert isinstance(choice, forms.ModelChoiceField)
    choice.queryset = rows


class AmountsForm(forms.Form):
    """What the act gives an allocation and what is allotted of it."""

    name_th = forms.CharField(label=gettext_lazy("ชื่อรายการ"), required=False, max_length=500)
    appropriation = AmountField(label=gettext_lazy("งบประมาณตาม พ.ร.บ. (บาท)"))
    allotted = AmountField(label=gettext_lazy("จัดสรรแล้ว (บาท)"))
    version = forms.IntegerField(widget=forms.HiddenInput)
    is_confirmed = _confirmed()


class SettleForm(forms.Form):
    """What is saved, set aside or given back."""

    savings = AmountField(label=gettext_lazy("เงินเหลือจ่าย (บาท)"))
    reserved_with_obligation = AmountField(label=gettext_lazy("กันเงินมีหนี้ผูกพัน (บาท)"))
    reserved_without_obligation = AmountField(label=gettext_lazy("กันเงินไม่มีหนี้ผูกพัน (บาท)"))
    returned = AmountField(label=gettext_lazy("ส่งคืน (บาท)"))
    reason = forms.CharField(label=gettext_lazy("เหตุผลหรือเลขที่หนังสือ"), max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReceiptForm(forms.Form):
    """Money that came from outside the budget act."""

    amount = AmountField(label=gettext_lazy("จำนวนเงิน (บาท)"))
    received_date = ThaiDateField(label=gettext_lazy("วันที่รับ"))
    reference = forms.CharField(label=gettext_lazy("หนังสืออ้างอิง"), max_length=300)
    is_confirmed = _confirmed()


class EnactForm(forms.Form):
    """What the act gives in the place of the provisional budget."""

    appropriation = AmountField(label=gettext_lazy("งบประมาณตาม พ.ร.บ. (บาท)"))
    allotted = AmountField(label=gettext_lazy("จัดสรรแล้ว (บาท)"))
    reference = forms.CharField(label=gettext_lazy("พ.ร.บ. หรือหนังสืออ้างอิง"), max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)
    is_confirmed = _confirmed()


class TransferForm(forms.Form):
    """An amount that moves between two allocations, named by their codes."""

    from_code = forms.CharField(label=gettext_lazy("จากรายการ (รหัส)"), max_length=40)
    to_code = forms.CharField(label=gettext_lazy("ไปรายการ (รหัส)"), max_length=40)
    amount = AmountField(label=gettext_lazy("จำนวนเงิน (บาท)"))
    decided_date = ThaiDateField(label=gettext_lazy("วันที่อนุมัติ"))
    reason = forms.CharField(label=gettext_lazy("เหตุผลหรือเลขที่หนังสือ"), max_length=500)


class CorrectionForm(forms.Form):
    """What a signed month's figure becomes, and why."""

    disbursed_to_date = AmountField(label=gettext_lazy("เบิกจ่ายสะสมที่ถูกต้อง (บาท)"))
    obligated = AmountField(label=gettext_lazy("ก่อหนี้คงค้างที่ถูกต้อง (บาท)"))
    reason = forms.CharField(label=gettext_lazy("เหตุผลที่แก้ไข"), max_length=500)


class ContractForm(forms.Form):
    """Something to be contracted under an allocation."""

    allocation_code = forms.CharField(label=gettext_lazy("รหัสรายการงบประมาณ"), max_length=40)
    name_th = forms.CharField(label=gettext_lazy("รายการจัดซื้อจัดจ้าง"), max_length=500)
    kind = forms.ChoiceField(label=gettext_lazy("ชนิดรายการ"), choices=Contract.Kind.choices)
    amount = AmountField(label=gettext_lazy("วงเงิน (บาท)"))
    own_due_date = ThaiDateField(
        label=gettext_lazy("กำหนดลงนามเฉพาะรายการ"),
        required=False,
        help_text=gettext_lazy("เว้นว่างเพื่อใช้กำหนดของชนิดรายการ"),
    )
    is_confirmed = _confirmed()


class SigningForm(forms.Form):
    """That a contract was signed."""

    signed_date = ThaiDateField(label=gettext_lazy("วันที่ลงนาม"))
    number = forms.CharField(label=gettext_lazy("เลขที่สัญญา"), max_length=120)
    party_th = forms.CharField(label=gettext_lazy("คู่สัญญา"), max_length=300, required=False)


class DeadlineForm(forms.Form):
    """By when contracts of a kind are to be signed."""

    kind = forms.ChoiceField(label=gettext_lazy("ชนิดรายการ"), choices=Contract.Kind.choices)
    due_date = ThaiDateField(label=gettext_lazy("ต้องลงนามภายใน"))
    source = forms.CharField(label=gettext_lazy("ที่มา"), max_length=1000)
    is_verified = forms.BooleanField(label=gettext_lazy("ตรวจสอบกับต้นฉบับแล้ว"), required=False)


def read_row(posted: Mapping[str, str], suffix: str = "") -> TypedRow:
    """Read a row of figures in baht, in Thai or Arabic digits, with units if they are written."""
    values: dict[str, Decimal | None] = {}
    typed, errors, questions = {}, {}, []
    for name in FIGURES:
        typed[name] = posted.get(name + suffix, "")
        reading: Reading[Decimal] = read_number(typed[name], money=True, places=2)
        values[name] = reading.value if reading.kind is Kind.VALUE else None
        if reading.error:
            errors[name] = say(reading.error)
        elif reading.kind is Kind.NOT_APPLICABLE:
            errors[name] = _("รายการที่มีงบประมาณต้องใส่ตัวเลข ถ้าไม่มีให้ใส่ 0")
        questions += [say(question) for question in reading.questions]
    version = posted.get("version" + suffix, "0")
    return TypedRow(
        version=int(version) if version.isdecimal() else 0,
        values=values,
        note=posted.get("note" + suffix),
        typed=typed,
        errors=errors,
        questions=tuple(questions),
    )


def say(note: Note) -> str:
    """Return a remark in the page's language."""
    return _(note.sentence) % dict(note.params)


class EvidenceForm(forms.Form):
    """A file that supports a month's figure."""

    file = forms.FileField(
        label=gettext_lazy("ไฟล์หลักฐาน"),
        help_text=gettext_lazy("PDF ภาพ หรือเอกสารสำนักงาน ไม่เกิน 20 MB ภาพจะถูกลบพิกัดออก"),
    )
