"""The forms of participation: forums with who came, what was proposed there, comments on a draft."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Area, User
from common import fiscal
from common.readings import Kind, Note, Reading
from common.sheets import (
    Checked,
    Figure,
    Prepared,
    Remark,
    SheetField,
    SheetResource,
    SheetRow,
    is_outside,
    other_year,
    record_each,
    too_long,
)
from common.thainumbers import normalise_text
from planning.actions.editions import CommentAnswer, answer_comments
from planning.actions.participation import (
    ForumAmendment,
    ForumInput,
    amend_forums,
    record_forums,
    withdraw_forums,
)
from planning.actions.proposals import (
    Answer,
    NewProposal,
    ProposalAnswer,
    add_proposals,
    answer_proposals,
    withdraw_proposals,
)
from planning.models import ConsultationComment, Forum, ForumProposal, Need
from planning.models.participation import Sector
from planning.resources.analysis import edition_called, edition_code
from planning.rules import participation as rules
from strategy.models import Approach, PlanEdition
from submissions.actions import Withdrawal
from submissions.models import FiscalYear
from submissions.rules import standing_of

_OURS = re.compile(r"[FP]\d{2}-\d{5,}")
MOST_PEOPLE = 1_000_000
SENTENCES = {
    "people": "จำนวนคนต้องเป็นเลขตั้งแต่ 0 ถึง 1,000,000",
    "no_forum": "ไม่มีเวทีชื่อ “%(written)s” ในปีของแบบกรอก ใช้ชื่อเวทีหรือเลขที่เวที",
    "two_forums": "มีเวทีชื่อ “%(written)s” มากกว่าหนึ่งครั้ง ใส่เลขที่เวทีแทน: %(known)s",
    "no_need": "ไม่พบเรื่องความต้องการเลขที่ %(written)s",
}
SECTORS = tuple(Sector.values)
FORUM_TYPED = ("title_th", "held_date", "place_th", "area", "edition", *SECTORS, "minutes_th")
ANSWER_TYPED = ("outcome", "answer_th", "approach", "need")


class ParticipationSheet(SheetResource):
    """What the forms share: the strategy office's, of whatever agency the file is sent for."""

    period = "year"
    senders = ()
    province_senders = ("strategist",)
    submits = False
    columns: ClassVar[tuple[SheetField, ...]] = ()
    longest: ClassVar[Mapping[str, int]] = {}

    def _why_not(self, user: User, at: datetime) -> str | None:
        return rules.why_not_organise(standing_of(user, fiscal.local_date(at)))


class ForumSheet(ParticipationSheet):
    """A line for each forum held in a year, with how many came by sector."""

    kind = "forums"
    title = _("เวทีรับฟังแผนพัฒนาจังหวัด")
    is_open = True
    longest: ClassVar[Mapping[str, int]] = {"title_th": 300, "place_th": 300}
    columns = (
        SheetField(
            "forum_code", _("เลขที่เวที"), reads="key", width=14,
            known_as=("ที่", "ลำดับ", "ลำดับที่", "ครั้งที่", "รหัส"),
            note=_("แถวใหม่ใส่เลขลำดับ 1, 2, 3 ระบบออกเลขที่เวทีให้เอง"),
        ),
        SheetField(
            "title_th", _("ชื่อเวที"), reads="text", width=44, required=True,
            known_as=("เวที", "ชื่อการประชุม", "การประชุม", "ชื่อกิจกรรม"),
        ),
        SheetField(
            "held_date", _("วันที่จัด"), reads="date", required=True,
            known_as=("วันที่", "วันที่ประชุม", "วัน เดือน ปี"),
        ),
        SheetField("place_th", _("สถานที่"), reads="text", width=28, known_as=("สถานที่จัด",)),
        SheetField(
            "area", _("พื้นที่"), reads="choice", width=22, known_as=("อำเภอ", "ตำบล", "จังหวัด")
        ),
        SheetField("edition", _("แผนฉบับ"), reads="choice", width=32, known_as=("แผน", "ฉบับ")),
        *(
            SheetField(
                sector.value, sector.label, reads="number", places=0, unit=_("คน"),
                known_as=(f"{sector.label} (คน)",),
                note=_("จำนวนคน ไม่ใส่รายชื่อ 0 คือไม่มีใคร เว้นว่างคือไม่ทราบ"),
            )
            for sector in Sector
        ),
        SheetField(
            "minutes_th", _("สรุปการประชุม"), reads="text", width=48, known_as=("สรุป", "สาระสำคัญ"),
            note=_("อย่าใส่ชื่อผู้เข้าร่วม หน้านี้เผยแพร่"),
        ),
        SheetField("proposals", _("ข้อเสนอ"), reads="shown"),
    )  # fmt: skip

    class Meta:
        model = Forum
        import_id_fields = ("forum_code",)

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return the places down to tambons, or the editions."""
        if name == "area":
            kinds = (Area.Kind.PROVINCE, Area.Kind.DISTRICT, Area.Kind.TAMBON)
            areas = Area.objects.filter(kind__in=kinds).order_by("code")
            return dict(areas.values_list("code", "name_th"))
        return {edition_code(each): edition_called(each) for each in _editions()}

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the forums of the year, in the order in which they were held."""
        why_not = self._why_not(user, at)
        forums = Forum.objects.held_in(*_limits(period)).with_counts()
        listed = forums.prefetch_related("proposals").order_by("held_date", "pk")
        return [self._row(forum, period, why_not) for forum in listed]

    def _row(self, forum: Forum, period: FiscalYear, why_not: str | None) -> SheetRow:
        code = _code("F", period, forum.pk)
        came = {row.sector: Decimal(row.people) for row in forum.attendance.all()}
        return SheetRow(
            subject_id=forum.pk,
            code=code,
            label=forum.title_th,
            typed=FORUM_TYPED,
            stored={
                "title_th": forum.title_th,
                "held_date": forum.held_date.isoformat(),
                "place_th": forum.place_th,
                "area": forum.area.code if forum.area else "",
                "edition": edition_code(forum.edition) if forum.edition else "",
                **{sector: came.get(sector) for sector in SECTORS},
                "minutes_th": forum.minutes_th,
            },
            shown={"proposals": Decimal(len(forum.proposals.all()))},
            decimals=0,
            version=forum.version,
            why_not=why_not,
            definition=code,
            is_sample=forum.is_sample,
            subject=(forum, period),
        )

    def new_row(self, code: str, *, agency: Agency, period: FiscalYear) -> SheetRow | None:
        """Return a line for a forum that is not written down yet."""
        if not code or _OURS.fullmatch(code):
            return None
        return SheetRow(0, code, code, FORUM_TYPED, decimals=0, is_new=True, subject=(None, period))

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Keep the day inside the year, and words and numbers to what a forum may hold."""
        values = super().check(row, read).values
        remarks = too_long(values, self.longest)
        for name in SECTORS:
            reading = read.get(name)
            if reading is None or reading.kind is not Kind.VALUE:
                continue
            if not 0 <= Decimal(str(reading.value)) <= MOST_PEOPLE:
                remarks.append(Remark(name, Note("people", SENTENCES["people"])))
        limits = _limits(row.subject[1])
        if is_outside(values.get("held_date"), limits):
            remarks.append(other_year("held_date", limits))
        return Checked(values, tuple(remarks))

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make a forum of each new line and an amendment of each known one."""
        areas = Area.objects.defer("boundary").in_bulk(
            {str({**row.stored, **values}.get("area") or "") for row, values in rows},
            field_name="code",
        )
        editions = {edition_code(each): each for each in _editions()}
        prepared = []
        for position, (row, values) in enumerate(rows):
            given = {**row.stored, **values}
            told = ForumInput(
                title_th=str(given.get("title_th") or ""),
                held_date=date.fromisoformat(str(given["held_date"])),
                place_th=str(given.get("place_th") or ""),
                area=areas.get(str(given.get("area") or "")),
                edition=editions.get(str(given.get("edition") or "")),
                minutes_th=str(given.get("minutes_th") or ""),
                attendance={
                    sector: int(Decimal(people))
                    for sector in SECTORS
                    if (people := given.get(sector)) is not None
                },
            )
            forum = row.subject[0]
            entry = told if forum is None else ForumAmendment(forum, row.version, told)
            prepared.append(Prepared(entry, (position,)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Write forums down and put known ones right."""
        return record_each(
            entries, {ForumInput: record_forums, ForumAmendment: amend_forums}, by=by, at=at
        )

    def code_made(self, stored: Forum) -> str:
        """Return the number that the portal gave."""
        return f"F{fiscal.fiscal_year_of(stored.held_date) % 100:02d}-{stored.pk:05d}"

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say what came to rest on forums since they were brought in."""
        rests = rules.what_rests_on_forums([row.subject_id for row in rows])
        return {row.code: rests[row.subject_id] for row in rows if row.subject_id in rests}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take away forums at which nothing was proposed."""
        withdraw_forums(entries=_withdrawals(rows), by=by, at=at)


class ProposalSheet(ParticipationSheet):
    """A line for each proposal of a year's forums, and what became of it."""

    kind = "forum-proposals"
    title = _("ข้อเสนอจากเวทีรับฟัง")
    is_open = True
    longest: ClassVar[Mapping[str, int]] = {"text_th": 2000, "answer_th": 2000}
    columns = (
        SheetField(
            "proposal_code", _("เลขที่ข้อเสนอ"), reads="key", width=14,
            known_as=("ที่", "ลำดับ", "ลำดับที่", "ข้อ", "รหัส"),
            note=_("แถวใหม่ใส่เลขลำดับ 1, 2, 3 ระบบออกเลขที่ข้อเสนอให้เอง"),
        ),
        SheetField(
            "forum", _("เวทีที่เสนอ"), reads="text", width=36, required=True,
            known_as=("เวที", "ชื่อเวที", "เลขที่เวที", "การประชุม"), note=_("ชื่อเวทีหรือเลขที่เวที"),
        ),
        SheetField(
            "sector", _("ภาคส่วนที่เสนอ"), reads="choice", width=18, required=True,
            known_as=("ภาคส่วน", "ผู้เสนอ", "กลุ่ม"),
        ),
        SheetField(
            "text_th", _("ข้อเสนอ"), reads="text", width=52, required=True,
            known_as=("ข้อคิดเห็น", "ประเด็นที่เสนอ", "รายละเอียด"), note=_("อย่าใส่ชื่อผู้เสนอ"),
        ),
        SheetField(
            "outcome", _("ผล"), reads="choice", width=22, known_as=("ผลการพิจารณา", "สถานะ", "ผลดำเนินการ")
        ),
        SheetField(
            "answer_th", _("คำตอบ"), reads="text", width=44,
            known_as=("คำชี้แจง", "เหตุผล", "การดำเนินการ"), note=_("ประชาชนอ่านคำตอบนี้"),
        ),
        SheetField(
            "approach", _("แนวทางที่รับไว้"), reads="choice", width=36, known_as=("แนวทางการพัฒนา", "แนวทาง")
        ),
        SheetField(
            "need", _("เลขที่ความต้องการ"), reads="text", width=18, known_as=("ความต้องการ", "เลขที่เรื่อง"),
            note=_("ต้องใส่เมื่อผลเป็น “รับเป็นความต้องการ”"),
        ),
    )  # fmt: skip

    class Meta:
        model = ForumProposal
        import_id_fields = ("proposal_code",)

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return sectors, outcomes, or the approaches of every edition."""
        if name == "sector":
            return {sector.value: str(sector.label) for sector in Sector}
        if name == "outcome":
            return {each.value: str(each.label) for each in ForumProposal.Outcome}
        return {_approach_code(each): f"{each.code} {each.name_th}" for each in self._approaches()}

    def _approaches(self) -> list[Approach]:
        """The approaches of every edition, the newest edition's first; asked for once."""
        known: list[Approach] | None = self.__dict__.get("_known_approaches")
        if known is None:
            known = list(
                Approach.objects.select_related("issue__edition__plan").order_by(
                    "-issue__edition__plan__start_year", "-issue__edition", "issue__order", "code"
                )
            )
            self.__dict__["_known_approaches"] = known
        return known

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the proposals of the year's forums, by forum and number."""
        why_not = self._why_not(user, at)
        proposals = (
            ForumProposal.objects.filter(forum__in=Forum.objects.held_in(*_limits(period)))
            .select_related("forum", "approach__issue__edition__plan", "need")
            .order_by("forum__held_date", "forum", "number")
        )
        return [self._row(proposal, period, why_not) for proposal in proposals]

    def _row(self, proposal: ForumProposal, period: FiscalYear, why_not: str | None) -> SheetRow:
        code = _code("P", period, proposal.pk)
        return SheetRow(
            subject_id=proposal.pk,
            code=code,
            label=proposal.text_th,
            typed=ANSWER_TYPED,
            stored={
                "forum": _code("F", period, proposal.forum_id),
                "sector": proposal.sector,
                "text_th": proposal.text_th,
                "outcome": proposal.outcome,
                "answer_th": proposal.outcome_th,
                "approach": _approach_code(proposal.approach) if proposal.approach else "",
                "need": proposal.need.code if proposal.need else "",
            },
            version=proposal.version,
            why_not=why_not,
            definition=code,
            is_sample=proposal.is_sample,
            subject=(proposal, period),
        )

    def new_row(self, code: str, *, agency: Agency, period: FiscalYear) -> SheetRow | None:
        """Return a line for what is not written down yet."""
        if not code or _OURS.fullmatch(code):
            return None
        typed = ("forum", "sector", "text_th", *ANSWER_TYPED)
        return SheetRow(0, code, code, typed, is_new=True, subject=(None, period))

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Find the forum and the need, and hold words to their length."""
        values = dict(super().check(row, read).values)
        remarks = too_long(values, self.longest)
        if row.is_new and (written := str(values.get("forum") or "")):
            found = self._forums(row.subject[1]).get(_folded(written), ())
            if len(found) == 1:
                values["forum"] = found[0]
            else:
                code = "two_forums" if found else "no_forum"
                told = {"written": written[:60], "known": ", ".join(found[:6])}
                remarks.append(Remark("forum", Note(code, SENTENCES[code], told)))
        if written := str(values.get("need") or ""):
            values["need"] = written.strip().upper()
            if values["need"] not in self._needs():
                note = Note("no_need", SENTENCES["no_need"], {"written": written[:60]})
                remarks.append(Remark("need", note))
        return Checked(values, tuple(remarks))

    def _needs(self) -> frozenset[str]:
        """The numbers of all needs, asked for once."""
        known: frozenset[str] | None = self.__dict__.get("_known_needs")
        if known is None:
            known = frozenset(Need.objects.values_list("code", flat=True))
            self.__dict__["_known_needs"] = known
        return known

    def said(self, name: str, text: str) -> str:
        """Call a forum by its title."""
        if name != "forum":
            return text
        titles: Mapping[str, str] = self.__dict__.get("_known_titles", {})
        return f"{titles[text]} ({text})" if text in titles else text

    def _forums(self, period: FiscalYear) -> Mapping[str, Sequence[str]]:
        """The numbers of the year's forums that a title or number stands for, asked for once."""
        known: dict[str, list[str]] | None = self.__dict__.get("_known_forums")
        if known is None:
            known = defaultdict(list)
            titles = self.__dict__["_known_titles"] = {}
            for forum in Forum.objects.held_in(*_limits(period)).order_by("held_date", "pk"):
                code = _code("F", period, forum.pk)
                titles[code] = forum.title_th
                for word in {_folded(code), _folded(forum.title_th)}:
                    known[word].append(code)
            self.__dict__["_known_forums"] = known
        return known

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make a proposal of each new line and an answer of each known one."""
        approaches = {_approach_code(each): each for each in self._approaches()}
        whole = [{**row.stored, **values} for row, values in rows]
        needs = Need.objects.in_bulk(
            {str(given["need"]) for given in whole if given.get("need")}, field_name="code"
        )
        forums = {
            _code("F", period, forum.pk): forum for forum in Forum.objects.held_in(*_limits(period))
        }
        prepared = []
        for position, ((row, _values), given) in enumerate(zip(rows, whole, strict=True)):
            answer = Answer(
                outcome=str(given.get("outcome") or ForumProposal.Outcome.OPEN.value),
                answer_th=str(given.get("answer_th") or ""),
                approach=approaches.get(str(given.get("approach") or "")),
                need=needs.get(str(given.get("need") or "")),
            )
            entry: NewProposal | ProposalAnswer
            if row.is_new:
                forum = forums[str(given["forum"])]
                entry = NewProposal(forum, str(given["sector"]), str(given["text_th"]), answer)
            else:
                entry = ProposalAnswer(row.subject[0], row.version, answer)
            prepared.append(Prepared(entry, (position,)))
        return prepared

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Write proposals down and answer known ones."""
        return record_each(
            entries, {NewProposal: add_proposals, ProposalAnswer: answer_proposals}, by=by, at=at
        )

    def code_made(self, stored: ForumProposal) -> str:
        """Return the number that the portal gave."""
        year = fiscal.fiscal_year_of(stored.forum.held_date)
        return f"P{year % 100:02d}-{stored.pk:05d}"

    def why_not_taken_back(self, rows: Sequence[SheetRow]) -> Mapping[str, str]:
        """Say what came to rest on proposals since they were brought in."""
        rests = rules.what_rests_on_proposals([row.subject_id for row in rows])
        return {row.code: rests[row.subject_id] for row in rows if row.subject_id in rests}

    def take_back(self, rows: Sequence[SheetRow], *, by: User, at: datetime) -> None:
        """Take proposals away."""
        withdraw_proposals(entries=_withdrawals(rows), by=by, at=at)


class CommentSheet(ParticipationSheet):
    """A line for each comment that came in a year, with its answer; comments come from the public."""

    kind = "consultation-comments"
    title = _("ความคิดเห็นและคำตอบ")
    longest: ClassVar[Mapping[str, int]] = {"answer_th": 2000}
    columns = (
        SheetField(
            "comment_code", _("เลขที่ความคิดเห็น"), reads="key", width=16, known_as=("รหัส", "ที่", "ลำดับ")
        ),
        SheetField("question", _("ขอความเห็นเรื่อง"), reads="shown", width=28),
        SheetField("sector", _("ภาคส่วน"), reads="shown"),
        SheetField("about", _("เกี่ยวกับ"), reads="shown", width=24),
        SheetField("text", _("ความคิดเห็น"), reads="shown", width=52),
        SheetField("state", _("สถานะ"), reads="shown", width=20),
        SheetField(
            "answer_th", _("คำตอบ"), reads="text", width=48, known_as=("คำชี้แจง", "ตอบ"),
            note=_("ประชาชนอ่านคำตอบนี้"),
        ),
    )  # fmt: skip

    class Meta:
        model = ConsultationComment
        import_id_fields = ("comment_code",)

    def rows_for(
        self, *, user: User, agency: Agency, period: FiscalYear, at: datetime
    ) -> list[SheetRow]:
        """Return the comments that came in the year; others than the office read what is shown."""
        why_not = self._why_not(user, at)
        comments = ConsultationComment.objects.filter(
            received_at__date__range=_limits(period)
        ).select_related("consultation")
        if why_not:
            comments = comments.filter(state=ConsultationComment.State.SHOWN)
        listed = comments.order_by("consultation", "received_at", "pk")
        return [self._row(each, period, why_not or rules.why_not_answer(each)) for each in listed]

    def _row(
        self, comment: ConsultationComment, period: FiscalYear, why_not: str | None
    ) -> SheetRow:
        code = _code("C", period, comment.pk)
        return SheetRow(
            subject_id=comment.pk,
            code=code,
            label=comment.text_th[:120],
            typed=("answer_th",),
            stored={"answer_th": comment.answer_th},
            shown={
                "question": comment.consultation.question_th,
                "sector": comment.get_sector_display(),
                "about": comment.about_th,
                "text": comment.text_th,
                "state": comment.get_state_display(),
            },
            version=comment.version,
            why_not=why_not,
            definition=code,
            is_sample=comment.is_sample,
            subject=comment,
        )

    def check(self, row: SheetRow, read: Mapping[str, Reading[Any]]) -> Checked:
        """Hold the answer to its length."""
        values = super().check(row, read).values
        return Checked(values, tuple(too_long(values, self.longest)))

    def prepare(
        self, rows: Sequence[tuple[SheetRow, Mapping[str, Figure]]], *, period: FiscalYear
    ) -> list[Prepared]:
        """Make an answer of each line."""
        return [
            Prepared(
                CommentAnswer(
                    row.subject,
                    row.version,
                    str({**row.stored, **values}.get("answer_th") or ""),
                ),
                (position,),
            )
            for position, (row, values) in enumerate(rows)
        ]

    def record(self, entries: Sequence[Any], *, by: User, at: datetime) -> list[Any]:
        """Answer the comments by the verb of their page."""
        return answer_comments(entries=entries, by=by, at=at)


def _limits(period: FiscalYear) -> tuple[date, date]:
    return fiscal.year_start(period.year), fiscal.year_end(period.year)


def _code(letter: str, period: FiscalYear, key: int) -> str:
    return f"{letter}{period.year % 100:02d}-{key:05d}"


def _editions() -> list[PlanEdition]:
    return list(PlanEdition.objects.with_plan().in_time_order())


def _approach_code(approach: Approach) -> str:
    return f"{edition_code(approach.issue.edition)}/{approach.code}"


def _withdrawals(rows: Sequence[SheetRow]) -> list[Withdrawal]:
    return [Withdrawal(row.subject_id, row.version) for row in rows]


def _folded(text: str) -> str:
    return "".join(normalise_text(text).casefold().split())
