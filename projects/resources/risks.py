"""The form of the quarterly review of risks: a line for each open risk of the agency."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from common import fiscal
from common.readings import Kind, Note, Reading
from common.sheets import Checked, Figure, Prepared, Remark, SheetField, SheetResource, SheetRow
from projects.actions.risks import ReviewInput, review_risks
from projects.models import Risk, RiskReview
from projects.rules import risks as rules
from submissions.models import Quarter
from submissions.rules import standing_of

OFF_THE_MAP = "โอกาสและผลกระทบต้องเป็นเลข 1 ถึง 5"


class RiskReviewSheet(SheetResource):
    """What a quarter left of the agency's risks."""

    kind = "risk-reviews"
    title = _("ทบทวนความเสี่ยง")
    period = "quarter"
    columns = (
        SheetField(
            "risk_code",
            _("รหัสความเสี่ยง"),
            reads="key",
            known_as=("รหัส", "ความเสี่ยง", "ลำดับ"),
            width=16,
        ),
        SheetField("name", _("ความเสี่ยง"), reads="shown", width=48),
        SheetField("last_score", _("คะแนนครั้งก่อน"), reads="shown"),
        SheetField(
            "likelihood",
            _("โอกาสคงเหลือ"),
            reads="number",
            known_as=("โอกาส", "L"),
            places=0,
            note=_("เลข 1 ถึง 5"),
        ),
        SheetField(
            "impact",
            _("ผลกระทบคงเหลือ"),
            reads="number",
            known_as=("ผลกระทบ", "I"),
            places=0,
            note=_("เลข 1 ถึง 5"),
        ),
        SheetField(
            "note", _("สถานะและเหตุผล"), reads="text", known_as=("สถานะ", "หมายเหตุ"), width=40
        ),
    )

    class Meta:
        model = RiskReview
        import_id_fields = ("risk_code",)

    def rows_for(
        self, *, user: User, agency: Agency, period: Quarter, at: datetime
    ) -> list[SheetRow]:
        """Return the agency's open risks, with this quarter's review where there is one."""
        standing = standing_of(user, fiscal.local_date(at))
        risks = list(
            Risk.objects.visible_to(standing)
            .for_year(period.fiscal_year_id)
            .open()
            .filter(agency=agency)
            .with_subject()
            .order_by("code")
        )
        reviews: dict[int, dict[int, RiskReview]] = defaultdict(dict)
        for review in RiskReview.objects.filter(risk__in=risks).select_related("quarter"):
            reviews[review.risk_id][review.quarter.number] = review
        return [
            self._row(
                risk,
                reviews[risk.pk].get(period.number),
                _last_score(risk, reviews[risk.pk], period.number),
                rules.why_not_review(risk, period, standing),
            )
            for risk in risks
        ]

    def _row(
        self,
        risk: Risk,
        review: RiskReview | None,
        last_score: int | None,
        why_not: str | None,
    ) -> SheetRow:
        stored: dict[str, Figure] = {
            "likelihood": Decimal(review.likelihood) if review else None,
            "impact": Decimal(review.impact) if review else None,
            "note": review.note_th if review else "",
        }
        return SheetRow(
            subject_id=risk.pk,
            code=risk.code,
            label=risk.name_th,
            typed=("likelihood", "impact", "note"),
            stored=stored,
            shown={
                "name": risk.name_th,
                "last_score": None if last_score is None else Decimal(last_score),
            },
            decimals=0,
            version=review.version if review else 0,
            why_not=why_not,
            definition=risk.code,
            is_sample=risk.is_sample,
        )

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Say that a score has to lie on the map."""
        remarks = tuple(
            Remark(name, Note("off_the_map", OFF_THE_MAP))
            for name in ("likelihood", "impact")
            if name in read
            and read[name].kind is Kind.VALUE
            and read[name].value not in {Decimal(n) for n in range(1, 6)}
        )
        return Checked(super().check(row, read).values, remarks)

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: Quarter
    ) -> list[Prepared]:
        """Make an entry of each line; what the sheet leaves out stays as it is."""
        risks = Risk.objects.with_subject().in_bulk({row.subject_id for row, _values in rows})
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            risk = risks[row.subject_id]
            prepared.append(
                Prepared(
                    ReviewInput(
                        risk=risk,
                        quarter=period,
                        likelihood=int(Decimal(given["likelihood"] or 0)),
                        impact=int(Decimal(given["impact"] or 0)),
                        note_th=str(given["note"] or ""),
                        version=row.version,
                    ),
                    (position,),
                )
            )
        return prepared

    def why_not_put_back(self, before: Mapping[str, Figure]) -> str | None:
        """Say that a quarter once reviewed stays reviewed."""
        if "likelihood" in before and before["likelihood"] is None:
            return gettext(
                "เป็นการทบทวนใหม่จากไฟล์นี้ การทบทวนลบไม่ได้ แก้คะแนนได้ที่หน้าความเสี่ยงจนกว่าจะปิดไตรมาส"
            )
        return None

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[RiskReview]:
        """Keep the reviews; each counts at once."""
        return review_risks(entries=entries, by=by, at=at)

    def submit(self, stored: Sequence[Any], *, by: User, at: datetime) -> None:
        """Do nothing more: a review has no second signature."""


def _last_score(risk: Risk, reviews: Mapping[int, RiskReview], number: int) -> int | None:
    """Return the score of the last review before a quarter; without any review the risk's own.

    What it was before its first review is not kept.
    """
    if not reviews:
        return risk.score
    earlier = [quarter for quarter in reviews if quarter < number]
    if not earlier:
        return None
    last = reviews[max(earlier)]
    return last.likelihood * last.impact
