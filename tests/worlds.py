"""A small province with two agencies that hold a row of everything each, and a person in every role."""

import io
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import xlsxwriter
from django.core.files.base import ContentFile

from accounts.models import Agency, Area, Role, User
from budget.models import CabinetTarget, Contract, MoneyFigure, MoneyScope, MonthlyFigure, Transfer
from covid.models import (
    CaseFinding,
    DailySituation,
    Facility,
    Factory,
    FactoryInspection,
    Incident,
    Occupancy,
    Order,
    SupplyRequest,
    Vaccination,
)
from kpi import actions
from kpi.actions.definitions import CurveInput, LinkInput, link_kpis
from kpi.actions.schemes import BandInput, RoundInput, SchemeInput
from kpi.models import (
    Amendment,
    AssessmentRound,
    AssessmentScheme,
    Result,
    Score,
    Scorecard,
    SelfAssessment,
)
from learning.models import Course, Goal, Programme, Record, Rule
from meetings.models import AgendaItem, Committee, Meeting, Resolution
from planning.models import (
    Announcement,
    AnnouncementReceipt,
    Consultation,
    ConsultationComment,
    Criterion,
    Forum,
    ForumFile,
    ForumProposal,
    Need,
    NeedCategory,
    NeedPhoto,
    NeedStep,
    SwotFactor,
    TowsStrategy,
)
from projects.actions import stored_input
from projects.actions.changes import snapshot_of
from projects.models import (
    ChangeRequest,
    Finding,
    Inspection,
    MonthlyProgress,
    Progress,
    ProjectFigure,
    ProjectFile,
    ProjectTarget,
    Risk,
    RiskAction,
    RiskCategory,
    Story,
)
from reminders.models import DayOff, Reminder, Snooze
from spreadsheets.models import Upload
from strategy.models import Issue, Plan, PlanEdition, ProvinceFact
from submissions.models import Delegation, Evidence, FiscalYear, Month, PeriodState, Quarter
from tests.budget.factories import AllocationFactory
from tests.factories import (
    NOON,
    AgencyFactory,
    HoldingFactory,
    MembershipFactory,
    PostFactory,
    UserFactory,
    person,
    set_state,
)
from tests.kpi.factories import kpi_of
from tests.projects.factories import project_with
from tests.reports.factories import IssueFactory

YEAR = 2570
PERIOD = {"year": YEAR, "number": 1}


def _evidence(agency: Agency, by: User, post: Any = None) -> Evidence:
    return Evidence.objects.create(
        file=ContentFile(b"%PDF-1.4", name="a.pdf"),
        original_name="หลักฐาน.pdf",
        media_type="application/pdf",
        size_bytes=8,
        sha256="0" * 64,
        agency=agency,
        post=post,
        uploaded_by=by,
        uploaded_at=NOON,
    )


def _photo(agency: Agency, by: User) -> Evidence:
    return Evidence.objects.create(
        file=ContentFile(b"\xff\xd8\xff", name="a.jpg"),
        original_name="ภาพ.jpg",
        media_type="image/jpeg",
        size_bytes=3,
        sha256="0" * 64,
        agency=agency,
        uploaded_by=by,
        uploaded_at=NOON,
    )


def _workbook() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("1").write(0, 0, "รหัส")
    return target.getvalue()


def _holding(number: int, issue: Issue) -> SimpleNamespace:
    """Make an agency with a draft and a sent entry of each sort, typed by people of its own."""
    agency = AgencyFactory(code=f"W{number}")
    writer = person(Role.REPORTER, agency)
    head = person(Role.APPROVER, agency)
    entered = {"entered_by": writer, "entered_at": NOON, "is_sample": True}
    sent = entered | {"submitted_by": writer, "submitted_at": NOON, "status": "submitted"}
    kpi = kpi_of(agency, code=f"{number}.1", issue=issue)
    quarter = Quarter.objects.get(fiscal_year=YEAR, number=1)
    month = Month.objects.get(fiscal_year=YEAR, number=3)
    set_state(month, PeriodState.OPEN)
    place = SimpleNamespace(agency=agency, writer=writer, head=head, kpi=kpi, month=month)
    place.quarter = quarter
    place.result = Result.objects.create(kpi=kpi, quarter=quarter, value=Decimal(9), **entered)
    place.kpi_sent = kpi_of(agency, code=f"{number}.2", issue=issue)
    place.result_sent = Result.objects.create(
        kpi=place.kpi_sent, quarter=quarter, value=Decimal(9), **sent
    )
    place.post = PostFactory(agency=agency, code=f"WP{number}")
    place.holder = UserFactory()
    MembershipFactory(user=place.holder, agency=agency, role=Role.REPORTER)
    HoldingFactory(post=place.post, user=place.holder)
    place.kpi_personal = kpi_of(
        agency, code=f"{number}.3", level=Scorecard.Level.POST, post=place.post
    )
    place.result_personal = Result.objects.create(
        kpi=place.kpi_personal, quarter=quarter, value=Decimal(9), **entered
    )
    for card in (kpi.scorecard, place.kpi_personal.scorecard):
        Score.objects.create(scorecard=card, quarter=quarter, score=Decimal(3), percent=Decimal(60))
    place.project, _activities = project_with(code=f"70-90{number}", host_agency=agency)
    place.progress = Progress.objects.create(
        project=place.project, quarter=quarter, percent=Decimal(20), **entered
    )
    place.project_sent, _activities = project_with(code=f"70-91{number}", host_agency=agency)
    place.progress_sent = Progress.objects.create(
        project=place.project_sent, quarter=quarter, percent=Decimal(20), **sent
    )
    place.allocation = AllocationFactory(
        code=f"W70-{number}", spending_agency=agency, owner_agency=agency, project=place.project
    )
    place.allocation_sent = AllocationFactory(
        code=f"W71-{number}", spending_agency=agency, owner_agency=agency
    )
    place.figure = MonthlyFigure.objects.create(
        allocation=place.allocation,
        month=month,
        disbursed_to_date=Decimal(10),
        obligated=Decimal(0),
        **entered,
    )
    place.figure_sent = MonthlyFigure.objects.create(
        allocation=place.allocation_sent,
        month=month,
        disbursed_to_date=Decimal(10),
        obligated=Decimal(0),
        **sent,
    )
    ProjectTarget.objects.create(
        project=place.project_sent, kind="output", number=1, name_th="ผู้รับบริการ", unit_th="คน"
    )
    ProjectFigure.objects.create(project=place.project, quarter=quarter)
    scope = MoneyScope.objects.create(
        fiscal_year_id=YEAR, kind=MoneyScope.Kind.AGENCY, subject_id=agency.pk
    )
    MoneyFigure.objects.create(
        scope=scope, month=3, revised=place.allocation.revised, allotted=0, disbursed=0, obligated=0
    )
    place.month_report = MonthlyProgress.objects.create(
        project=place.project_sent, month=month, percent=Decimal(20), **sent
    )
    place.transfer = Transfer.objects.create(
        from_allocation=place.allocation_sent,
        to_allocation=place.allocation,
        amount=Decimal(1),
        decided_date=NOON.date(),
        reason="โอน",
        made_by=writer,
        made_at=NOON,
    )
    place.contract = Contract.objects.create(
        allocation=place.allocation,
        kind=Contract.Kind.SINGLE_YEAR,
        name_th="จ้าง",
        amount=Decimal(400_000),
    )
    place.evidence = _evidence(agency, writer)
    place.result.evidence.add(place.evidence)
    place.figure_evidence = _evidence(agency, writer)
    place.figure.evidence.add(place.figure_evidence)
    place.progress_evidence = _evidence(agency, writer)
    place.progress.evidence.add(place.progress_evidence)
    place.project_file = ProjectFile.objects.create(
        project=place.project,
        evidence=_photo(agency, writer),
        kind="before",
        caption_th="ก่อนดำเนินการ",
        added_by=writer,
        added_at=NOON,
    )
    plan = snapshot_of(stored_input(place.project))
    place.change = ChangeRequest.objects.create(
        project=place.project,
        number=1,
        kinds=["target"],
        reason_th="ฝนมาช้า",
        before=plan,
        after=plan | {"beneficiaries": 9},
        asked_by=writer,
        asked_at=NOON,
    )
    place.evidence_personal = _evidence(agency, place.holder, place.post)
    place.delegation = Delegation.objects.create(
        agency=agency,
        lender=head,
        deputy=writer,
        from_date=date(2027, 2, 1),
        until_date=date(2027, 2, 28),
        reason="ไปราชการ",
        created_at=NOON,
    )
    place.kpi_whom = f"kpi-{kpi.pk}"
    place.agency_whose = f"agency-{agency.pk}"
    place.amendment = Amendment.objects.create(
        scorecard=kpi.scorecard,
        number=1,
        reason="งบลด",
        changes=[],
        proposed_by=head,
        proposed_at=NOON,
    )
    place.subject = f"project-{place.project.pk}"
    category, _made = RiskCategory.objects.get_or_create(code="O", defaults={"name_th": "ปฏิบัติการ"})
    place.risk = Risk.objects.create(
        code=f"R70-00{number}",
        fiscal_year_id=YEAR,
        agency=agency,
        project=place.project,
        category=category,
        name_th="งานล่าช้า",
        cause_th="ผู้รับจ้างรายเดียว",
        likelihood=3,
        impact=3,
        now_likelihood=3,
        now_impact=3,
        level=2,
        response="treat",
        registered_at=NOON,
    )
    place.step = RiskAction.objects.create(
        risk=place.risk, number=1, text_th="เร่งรัด", owner=agency, due_date=date(2027, 3, 1)
    )
    place.inspection = Inspection.objects.create(
        project=place.project,
        planned_date=date(2027, 1, 12),
        purpose_th="ดูงานจริง",
        state=Inspection.State.VISITED,
        visited_date=date(2027, 1, 12),
        summary_th="พบหนึ่งข้อ",
        planned_by=head,
        planned_at=NOON,
        recorded_by=head,
        recorded_at=NOON,
    )
    place.finding = Finding.objects.create(
        inspection=place.inspection,
        number=1,
        text_th="ไม่ตรงรายงาน",
        severity=Finding.Severity.MINOR,
        corrective_th="แก้ตัวเลข",
        owner=agency,
        due_date=date(2027, 3, 1),
        found_by=head,
        found_at=NOON,
    )
    place.finding_photo = _photo(agency, writer)
    place.finding.photos.add(place.finding_photo)
    place.upload = Upload.objects.create(
        kind="kpi-results",
        agency=agency,
        quarter=quarter,
        file=ContentFile(_workbook(), name="a.xlsx"),
        original_name="a.xlsx",
        format="xlsx",
        size_bytes=2,
        sha256="0" * 64,
        uploaded_by=writer,
        uploaded_at=NOON,
        state=Upload.State.RECEIVED,
    )
    place.record = Record.objects.create(
        officer=place.holder,
        agency=agency,
        course=Course.objects.get_or_create(code="WC", defaults={"name_th": "หลักสูตร"})[0],
        completed_date=date(2026, 11, 12),
        year=YEAR,
        status="submitted",
        entered_by=place.holder,
        entered_at=NOON,
        submitted_by=place.holder,
        submitted_at=NOON,
        certificate=ContentFile(b"%PDF-1.4", name="c.pdf"),
        certificate_name="c.pdf",
        certificate_type="application/pdf",
    )
    return place


def _need_basics() -> None:
    NeedCategory.objects.create(code="W", name_th="น้ำ", order=1)
    Criterion.objects.create(level="district", order=1, name_th="เร่งด่วน", weight=Decimal(1))


def _plan_from_below(number: int, place: SimpleNamespace, province: Area) -> None:
    """Give a place's agency a district to plan for, with needs that wait for it."""
    place.district = Area.objects.create(
        code=f"740{number}", kind=Area.Kind.DISTRICT, name_th=f"อำเภอ {number}", parent=province
    )
    place.tambon = Area.objects.create(
        code=f"740{number}01",
        kind=Area.Kind.TAMBON,
        name_th=f"ตำบล {number}",
        parent=place.district,
    )
    place.agency.areas.add(place.district)
    common = {
        "category": NeedCategory.objects.get(code="W"),
        "area": place.tambon,
        "level": "district",
        "received_at": NOON,
        "arrived_at": NOON,
    }
    place.need = Need.objects.create(code=f"N70-0{number}", title_th="ขุดลอกคลอง", **common)
    NeedStep.objects.create(
        need=place.need,
        kind="recorded",
        from_level="district",
        to_level="district",
        agency=place.agency,
        happened_at=NOON,
    )
    place.need_told = Need.objects.create(
        code=f"N70-1{number}", title_th="ขอไฟถนน", origin="public", status="waiting", **common
    )
    place.need_photo = NeedPhoto.objects.create(
        need=place.need_told,
        file=ContentFile(b"x", name="a.png"),
        media_type="image/png",
        size_bytes=1,
        sha256="0" * 64,
    )


def _plan_above(world: Any) -> None:
    """Give the province a draft with an analysis, a forum, a consultation and an announcement."""
    edition = world.issue.edition
    plan = Plan.objects.create(
        code="w", kind="five_year", name_th="แผนถัดไป", start_year=2571, end_year=2575
    )
    world.draft = PlanEdition.objects.create(plan=plan, state="draft")
    world.draft_issue = Issue.objects.create(edition=world.draft, code="9", name_th="ประเด็นร่าง")
    world.factor = SwotFactor.objects.create(
        edition=world.draft, kind="S", number=1, text_th="จุดแข็ง", importance=3
    )
    world.tows = TowsStrategy.objects.create(edition=world.draft, number=1, text_th="กลยุทธ์")
    world.forum = Forum.objects.create(title_th="เวที", held_date=date(2027, 1, 5))
    world.proposal = ForumProposal.objects.create(
        forum=world.forum, number=1, sector="people", text_th="ขุดลอก"
    )
    world.forum_file = ForumFile(
        forum=world.forum,
        file_name="รายงาน.pdf",
        file_type="application/pdf",
        size_bytes=4,
        sha256="0" * 64,
        caption_th="รายงานการประชุม",
        added_by=person(Role.STRATEGIST),
        added_at=NOON,
    )
    world.forum_file.file.save("minutes.pdf", ContentFile(b"%PDF"))
    world.consultation = Consultation.objects.create(
        edition=edition,
        opens_date=date(2027, 1, 1),
        closes_date=date(2027, 1, 31),
        question_th="ครบหรือยัง",
    )
    world.comment = ConsultationComment.objects.create(
        consultation=world.consultation, sector="people", text_th="ครบ", received_at=NOON
    )
    channel = ProvinceFact.objects.create(key="w", subject="channel", label_th="หนังสือราชการ")
    world.announcement = Announcement.objects.create(
        edition=edition, channel=channel, told_date=date(2027, 1, 4), reference="1"
    )
    for place in (world.own, world.other):
        place.receipt = AnnouncementReceipt.objects.create(
            announcement=world.announcement, agency=place.agency
        )


def _response_of(incident: Incident, district: Area) -> SimpleNamespace:
    """Give a row of each register of an incident's response."""
    day = date(2027, 1, 12)
    place: dict[str, Any] = {"incident": incident, "area": district}
    factory = Factory.objects.create(
        **place, code="WB", name_th="โรงงาน", thai_workers=1, foreign_workers=2
    )
    return SimpleNamespace(
        factory=factory,
        inspection=FactoryInspection.objects.create(
            factory=factory, day=day, inspector_th="สสจ.", outcome="passed"
        ),
        case_finding=CaseFinding.objects.create(
            **place, day=day, place="market", place_th="ตลาด", tested=9, found=1
        ),
        vaccination=Vaccination.objects.create(
            **place, day=day, dose=1, group="elderly", given=5, target=9
        ),
        supply=SupplyRequest.objects.create(
            **place, day=day, requester_th="ผู้ขอ", item_th="เตียง", unit_th="เตียง", asked=2
        ),
    )


class World:
    """Own rows and the other agency's; `people` holds one user a role, all of the own agency."""

    def __init__(self) -> None:
        self.area = Area.objects.create(
            code="74", kind=Area.Kind.PROVINCE, name_th="สมุทรสาคร", name_en="Samut Sakhon"
        )
        self.issue = IssueFactory(code="1")
        self.plan = self.issue.edition.plan
        self.plan_start = self.plan.start_year
        self.quarter_code = "2570-q1"
        self.own = _holding(1, self.issue)
        self.other = _holding(2, self.issue)
        self.top = kpi_of(
            self.own.agency, code="T", level=Scorecard.Level.PROVINCE, issue=self.issue
        )
        link_kpis(
            links=[LinkInput(self.top, place.kpi, "share") for place in (self.own, self.other)],
            by=None,
            at=NOON,
        )
        self.category = RiskCategory.objects.get(code="O")
        self.people = {role.value: person(role.value, self.own.agency) for role in Role}
        district = Area.objects.create(
            code="7409", kind=Area.Kind.DISTRICT, name_th="เมืองสมุทรสาคร", parent=self.area
        )
        self.incident = Incident.objects.create(code="W", name_th="เหตุการณ์", is_open=True)
        self.facility = Facility.objects.create(
            incident=self.incident, code="WF", name_th="สถานที่", kind="home", area=district, beds=9
        )
        self.occupancy = Occupancy.objects.create(
            facility=self.facility,
            day=date(2027, 1, 12),
            beds=9,
            patients=1,
            admitted=1,
            discharged=0,
            entered_by=self.people["operator"],
            entered_at=NOON,
        )
        self.situation = DailySituation.objects.create(
            incident=self.incident,
            area=district,
            day=date(2027, 1, 12),
            cases=2,
            deaths=0,
            entered_by=self.people["operator"],
            entered_at=NOON,
        )
        self.order = Order.objects.create(
            incident=self.incident,
            number="1/2570",
            name_th="คำสั่ง",
            issued_date=date(2027, 1, 5),
            from_date=date(2027, 1, 6),
            file=ContentFile(b"%PDF-1.4", name="o.pdf"),
            file_name="o.pdf",
            file_type="application/pdf",
        )
        self.response = _response_of(self.incident, district)
        self.learning_rule = Rule.objects.create(year=YEAR)
        self.course = Course.objects.get(code="WC")
        self.programme = Programme.objects.create(code="WT", name_th="อบรม")
        self.goal = Goal.objects.create(code="WG", name_th="เป้าหมาย")
        self._set_schemes()
        self.target = CabinetTarget.objects.create(
            fiscal_year_id=YEAR,
            quarter=1,
            measure=CabinetTarget.Measure.DISBURSEMENT,
            category=CabinetTarget.Category.OVERALL,
            kind=CabinetTarget.Kind.SAMPLE,
            percent=Decimal(30),
            source="มติคณะรัฐมนตรี",
        )
        _need_basics()
        for number, place in ((1, self.own), (2, self.other)):
            _plan_from_below(number, place, self.area)
        self.edition = self.issue.edition
        _plan_above(self)
        self.story = Story.objects.create(slug="w", name_th="ผลงาน", lede_th="สรุป", source="ที่มา")
        committee = self.committee = Committee.objects.create(code="W", name_th="คณะกรรมการ")
        self.meeting = Meeting.objects.create(
            committee=committee,
            number=1,
            year=2570,
            held_date=date(2027, 1, 5),
            agenda_by=self.people["strategist"],
            agenda_at=NOON,
        )
        AgendaItem.objects.create(meeting=self.meeting, number=1, title_th="เรื่องแจ้งให้ทราบ")
        for place in (self.own, self.other):
            place.resolution = Resolution.objects.create(
                meeting=self.meeting,
                number=1 if place is self.own else 2,
                text_th="ติดตาม",
                owner=place.agency,
                due_date=date(2027, 3, 1),
            )
        self.letter = Reminder.objects.create(
            user=self.own.writer,
            occasion="digest:2027-01-12",
            subject="เรื่อง",
            body="ข้อความ",
            address="someone@example.test",
            state=Reminder.State.FAILED,
            created_at=NOON,
        )
        self.snooze = Snooze.objects.create(
            user=self.own.writer,
            kind="kpi.result",
            subject_id=self.own.kpi.pk,
            period_key="2570-q1",
            until_date=date(2027, 1, 20),
            reason="รอ",
            made_at=NOON,
        )
        self.day_off = DayOff.objects.create(
            day=date(2027, 1, 29), name_th="วันหยุดพิเศษ", source="มติ ครม."
        )

    def _set_schemes(self) -> None:
        """Say how the year's agencies and officers are assessed."""
        year = FiscalYear.objects.get(year=YEAR)
        [three] = actions.draw_curves(
            curves=[
                CurveInput(
                    "three",
                    year,
                    "สามระดับ",
                    "three",
                    [("60", "50"), ("80", "75"), ("100", "100")],
                    below_first="zero",
                )
            ],
            by=None,
            at=NOON,
        )
        bands, rounds = [BandInput(Decimal(0), "ระดับ")], [RoundInput(1, 2, "รอบ")]
        actions.set_schemes(
            schemes=[
                SchemeInput(year, "agency", Decimal(100), bands, rounds, curve=three),
                SchemeInput(year, "official", Decimal(100), bands, rounds),
            ],
            by=None,
            at=NOON,
        )
        self.scheme = AssessmentScheme.objects.get(fiscal_year=YEAR, kind="official")
        round_ = AssessmentRound.objects.get(scheme__kind="agency")
        for place in (self.own, self.other):
            place.self_assessment = SelfAssessment.objects.create(
                scorecard=place.kpi_sent.scorecard,
                round=AssessmentRound.objects.create(
                    scheme=round_.scheme,
                    number=2 if place is self.own else 3,
                    first_quarter=1,
                    last_quarter=4,
                    name_th="รอบท้าย",
                ),
                saved_by=place.writer,
                saved_at=NOON,
            )
