"""Play the quarters in order; the same files always give the same rows."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from budget.models import Allocation
from common import fiscal
from kpi.actions.corrections import ResultCorrection
from kpi.models import Result, Scorecard
from meetings.actions import NewResolution, StatedMeeting, add_resolution, close_resolution
from meetings.actions import record_meeting as record_a_meeting
from meetings.models import Committee, Meeting, Resolution
from projects.actions import (
    StoryInput,
    add_project_file,
    approve_progress,
    decide_change,
    decide_project,
    evaluate_project,
    request_change,
    return_progress,
    save_progress,
    stored_input,
    submit_progress,
    write_story,
)
from projects.actions.stories import FIELDS as STORY_FIELDS
from projects.models import Inspection, Progress, Project, Risk, Story
from reports.actions.closing import close_quarter, open_for_reporting, refresh_quarter
from reports.actions.publishing import publish_report, write_summary
from reports.actions.reopening import (
    Proposed,
    agree_reopening,
    ask_reopening,
    ask_restatement,
    propose_corrections,
)
from reports.actions.restating import restate_quarter
from reports.models import Correction
from sakhon_portal.sample.agreements import sign_agreements
from sakhon_portal.sample.assessing import assess, set_rules
from sakhon_portal.sample.book import PAST, PRESENT, SECOND_STRATEGIST, STRATEGIST, Book, moment
from sakhon_portal.sample.books import contract_present_year, end_year, receive_from_outside
from sakhon_portal.sample.emergency import play_incident
from sakhon_portal.sample.learning import play_learning
from sakhon_portal.sample.needs import play_needs
from sakhon_portal.sample.oversight import (
    hold_committee,
    register_sample_risks,
    review_sample_risks,
    visit_projects,
)
from sakhon_portal.sample.pictures import drawn
from sakhon_portal.sample.plans import play_plans
from sakhon_portal.sample.results import play_results
from sakhon_portal.sample.standing import bring_issues, bring_people, define_year
from sakhon_portal.sample.works import play_month, progress_entries, register
from submissions.actions import prepare_fiscal_year
from submissions.models import Quarter


@transaction.atomic
def load_sample(book: Book, *, today: date, tell: Callable[[str], None]) -> None:
    """Load the whole sample in one transaction: nothing of it, or all."""
    begins = moment(date(PAST - 544, 9, 1))
    bring_people(book, at=begins)
    tell(f"people {len(book.users)}, posts {len(book.posts)}")
    for year in (PAST, PRESENT):
        book.years[year] = prepare_fiscal_year(year=year, is_sample=True)
    bring_issues(book, at=begins)
    for year in (PAST, PRESENT):
        define_year(book, year, at=begins)
        set_rules(book, year, at=begins)
    tell(f"KPIs {len(book.kpi_rows)}")
    tell(f"scorecards signed by both sides {sign_agreements(book)}")
    register(book, at=begins)
    register_sample_risks(book, PAST, at=begins)
    tell(f"projects {len(book.projects)}, allocations {Allocation.objects.count()}")
    for number in range(1, 5):
        _play_past_quarter(book, number)
        tell(f"quarter {number}/{PAST} closed and published")
    _show_photos(book, at=moment(date(PAST - 543, 11, 2)))
    _tie_stories(book, at=moment(date(PAST - 543, 11, 3)))
    end_year(book)
    contract_present_year(book)
    receive_from_outside(book)
    _play_present_quarter(book, today=today)
    tell(f"quarter 1/{PRESENT} open and half reported")
    register_sample_risks(book, PRESENT, at=moment(date(PAST - 543, 11, 2)))
    review_sample_risks(
        book,
        Quarter.objects.get(fiscal_year_id=PRESENT, number=1),
        "now",
        at=moment(today - timedelta(days=3), 14),
    )
    visit_projects(book)
    tell(f"risks {Risk.objects.count()}, visits {Inspection.objects.count()}")
    hold_committee(book, today=today)
    _hold_meeting(book)
    tell(f"learning records {play_learning(book)}")
    assess(book, today=today)
    tell("self-assessments and appraisals")
    play_needs(book)
    tell(f"needs from below {len(book.needs['needs'])}")
    play_plans(book)
    tell("the plan analysed, reviewed and told")
    tell(f"days of an incident {play_incident(book, today=today)}")


def _open(book: Book, year: int, number: int) -> Quarter:
    quarter = Quarter.objects.get(fiscal_year_id=year, number=number)
    return open_for_reporting(
        quarter=quarter,
        by=book.users[STRATEGIST],
        at=moment(fiscal.quarter_start(year, number), 8),
    )


def _play_past_quarter(book: Book, number: int) -> None:
    quarter = _open(book, PAST, number)
    for month in range(number * 3 - 2, number * 3 + 1):
        play_month(book, PAST, month)
    ended = fiscal.quarter_end(PAST, number)
    day = ended + timedelta(days=8)
    play_results(book, quarter, day=day)
    for agency, entries in progress_entries(book, quarter, lambda stated: True).items():
        reporter = book.person(agency, "reporter")
        reports = save_progress(entries=entries, by=reporter, at=moment(day))
        submit_progress(entries=reports, by=reporter, at=moment(day, 11))
        approve_progress(
            entries=list(Progress.objects.filter(pk__in=[report.pk for report in reports])),
            by=book.person(agency, "approver"),
            at=moment(day + timedelta(days=1)),
        )
    if number == 4:
        review_sample_risks(book, quarter, "past", at=moment(day, 14))
    strategist = book.users[STRATEGIST]
    close_quarter(
        quarter=quarter, by=strategist, at=moment(ended + timedelta(days=29)), missing_accepted=True
    )
    write_summary(
        quarter=quarter,
        text_th=f"ภาพรวมไตรมาส {number} ปีงบประมาณ {PAST} เป็นข้อมูลตัวอย่าง ใช้ดูการทำงานของระบบ",
        text_en=f"Overview of quarter {number}, fiscal year {PAST - 543}: sample data.",
        version=0,
        by=strategist,
        at=moment(ended + timedelta(days=29), 14),
    )
    publish_report(quarter=quarter, by=strategist, at=moment(ended + timedelta(days=30)))
    if number == 4:
        _finish_projects(book, day=ended + timedelta(days=31))


def _finish_projects(book: Book, *, day: date) -> None:
    done = [
        each["code"]
        for each in book.projects
        if each["years"] == [PAST] and each["pace_2569"] is not None and each["pace_2569"] >= 1
    ]
    for project in Project.objects.filter(code__in=done).order_by("code"):
        _evaluate(book, project, at=moment(day - timedelta(days=2)))
        decide_project(
            project=project,
            to=Project.Status.FINISHED,
            reference="มติ ก.บ.จ. ครั้งที่ 9/2569 (ตัวอย่าง)",
            decided_date=day,
            by=book.users[STRATEGIST],
            at=moment(day),
        )


def _evaluate(book: Book, project: Project, *, at: datetime) -> None:
    evaluate_project(
        project=project,
        reached_th="ดำเนินการครบทุกกิจกรรมตามแผน ผู้รับประโยชน์ได้รับบริการตามเป้าหมาย",
        learned_th="เริ่มจัดซื้อจัดจ้างตั้งแต่ไตรมาสแรกช่วยให้งานภาคสนามเสร็จก่อนฤดูฝน",
        stays_th="หน่วยงานเจ้าภาพตั้งงบบำรุงรักษาประจำปี และมีคณะกรรมการในพื้นที่ดูแลต่อ",
        actuals={
            row.pk: row.target if row.kind != "outcome" else Decimal("86.5")
            for row in project.targets.all()
        },
        by=book.users[STRATEGIST],
        at=at,
        is_sample=True,
    )


def _show_photos(book: Book, *, at: datetime) -> None:
    """Hang a picture before and one after on some finished projects; the rest say there is none."""
    finished = Project.objects.filter(is_sample=True, status=Project.Status.FINISHED)
    for turn, project in enumerate(finished.select_related("host_agency").order_by("code")[:5]):
        for kind, words in (("before", "ก่อนดำเนินการ"), ("after", "หลังดำเนินการ")):
            add_project_file(
                project=project,
                file=drawn(f"{project.code}-{kind}", after=kind == "after", turn=turn),
                kind=kind,
                caption_th=f"{project.name_th} {words} (ภาพวาดตัวอย่าง ไม่ใช่ภาพถ่ายจริง)",
                by=book.users[STRATEGIST],
                at=at,
                is_sample=True,
            )


def _tie_stories(book: Book, *, at: datetime) -> None:
    """Tie the stated stories to the sample's projects and KPIs that speak of the same thing."""
    for story in Story.objects.all():
        write_story(
            given=StoryInput(**{name: getattr(story, name) for name in ("slug", *STORY_FIELDS)}),
            projects=Project.objects.filter(code__in=book.ties["projects"]),
            kpis=[
                book.kpi_rows[year, code] for year in (PAST, PRESENT) for code in book.ties["kpis"]
            ],
            version=story.version,
            by=book.users[STRATEGIST],
            at=at,
        )


def _play_present_quarter(book: Book, *, today: date) -> None:
    quarter = _open(book, PRESENT, 1)
    play_month(book, PRESENT, 1)
    play_month(book, PRESENT, 2)
    play_month(book, PRESENT, 3, leave_out=("MOTS", "DLA", "RID"))
    day = today - timedelta(days=4)
    play_results(book, quarter, day=day)
    waiting, returned, drafted = {"MOPH", "FISH"}, {"DLPW"}, {"CDD"}
    for agency, entries in progress_entries(
        book, quarter, lambda stated: stated["host"] not in ("IND",)
    ).items():
        reporter = book.person(agency, "reporter")
        reports = save_progress(entries=entries, by=reporter, at=moment(day))
        if agency in drafted:
            continue
        submit_progress(entries=reports, by=reporter, at=moment(day, 11))
        if agency in waiting:
            continue
        sent = list(Progress.objects.filter(pk__in=[report.pk for report in reports]))
        signer = book.person(agency, "approver")
        if agency in returned:
            return_progress(
                entries=sent,
                reason="แนบภาพถ่ายการอบรมรุ่นที่ 2 ก่อนส่งอีกครั้ง",
                by=signer,
                at=moment(day + timedelta(days=1)),
            )
        else:
            approve_progress(entries=sent, by=signer, at=moment(day + timedelta(days=1)))
    _change_plans(book, today=today)
    refresh_quarter(quarter=quarter, by=None, at=moment(today, 8))


def _change_plans(book: Book, *, today: date) -> None:
    """Agree to one change of plan, and let another wait for the committee."""
    running = Project.objects.filter(
        is_sample=True, status=Project.Status.RUNNING, years__fiscal_year=PRESENT
    ).exclude(activities=None)
    first, second = running.distinct().order_by("-code")[:2]
    for project, days, people, reason in (
        (first, 40, 9, "ผู้รับจ้างรายแรกสละสิทธิ์ ต้องจัดหาใหม่ จึงขอลดจำนวนผู้เข้าร่วมในปีนี้"),
        (second, 6, 12, "ประชาชนเสนอเพิ่มผู้รับประโยชน์ในตำบลข้างเคียง ใช้งบประมาณเท่าเดิม"),
    ):
        day = today - timedelta(days=days)
        asked = request_change(
            project=project,
            given=stored_input(project, beneficiaries=people * (project.beneficiaries or 0) // 10),
            reason_th=reason,
            by=book.person(project.host_agency.code, "reporter"),
            at=moment(day),
        )
        if project == first:
            decide_change(
                request=asked,
                approved=True,
                reference="มติ ก.บ.จ. ครั้งที่ 11/2569 (ตัวอย่าง)",
                decided_date=day + timedelta(days=12),
                by=book.users[STRATEGIST],
                at=moment(day + timedelta(days=13)),
            )


def _hold_meeting(book: Book) -> None:
    stated = book.meeting
    committee = Committee.objects.get(code=stated["committee"])
    held = date.fromisoformat(stated["held_date"])
    strategist = book.users[STRATEGIST]
    meeting: Meeting = record_a_meeting(
        committee=committee,
        meeting=StatedMeeting(
            number=stated["number"],
            year=stated["year"],
            held_date=held,
            place_th=stated["place_th"],
            minutes_th=stated["minutes_th"],
            is_sample=True,
        ),
        by=strategist,
        at=moment(held, 15),
    )
    for each in stated["resolutions"]:
        resolution = add_resolution(
            meeting=meeting,
            resolution=NewResolution(
                text_th=each["text_th"],
                owner=book.agencies[each["owner"]],
                due_date=date.fromisoformat(each["due_date"]),
                progress_th=each["progress_th"],
                is_sample=True,
            ),
            by=strategist,
            at=moment(held, 16),
        )
        if each["closed"]:
            close_resolution(
                resolution=resolution,
                state=Resolution.State.DONE,
                by=strategist,
                at=moment(date.fromisoformat(each["closed"])),
            )


def restate_past(book: Book) -> None:
    """Correct one signed figure of the last published quarter, by two people, and publish it again.

    The first edition's files must be there: an edition without them is not superseded.
    """
    quarter = Quarter.objects.get(fiscal_year_id=PAST, number=4)
    result = Result.objects.select_related("kpi").get(kpi__code="1.3-IND", quarter=quarter)
    at = moment(date(PAST - 543, 11, 16))
    strategist = book.users[STRATEGIST]
    restate_quarter(
        quarter=quarter,
        corrections=[ResultCorrection(result, result.version, value=Decimal("1612.5"))],
        reason="โรงงานหนึ่งแห่งจดทะเบียนเพิ่มทุนซ้ำสองครั้ง ตรวจพบเมื่อสอบทานกับพาณิชย์จังหวัด",
        by=strategist,
        agreed_by=book.users[SECOND_STRATEGIST],
        at=at,
    )
    publish_report(quarter=quarter, by=strategist, at=at + timedelta(days=1))


def reopen_past(book: Book) -> None:
    """Leave corrections of closed quarters in every state: one ended, one running, two that wait.

    An agency corrects while it is reopened; nothing that was frozen changes by it.
    """
    office, second = book.users[STRATEGIST], book.users[SECOND_STRATEGIST]
    third, second_quarter = (
        Quarter.objects.get(fiscal_year_id=PAST, number=number) for number in (3, 2)
    )
    asked = (
        ("IND", date(PAST - 543, 11, 20), 7, "พบทะเบียนโรงงานซ้ำหลังปิดไตรมาส", True),
        ("MOPH", date(PRESENT - 543, 1, 11), 9, "โรงพยาบาลส่งทะเบียนเพิ่มหลังปิดไตรมาส", True),
        ("FISH", date(PRESENT - 543, 1, 12), 7, "ด่านตรวจส่งยอดแก้ไขมาภายหลัง", False),
    )
    for code, day, days, reason, is_agreed in asked:
        reopening = ask_reopening(
            quarter=third,
            agency=book.agencies[code],
            until_date=day + timedelta(days=days),
            reason=reason,
            by=office,
            at=moment(day),
        )
        if is_agreed:
            agree_reopening(reopening=reopening, by=second, at=moment(day, 14))
    _correct_one(third, "MOPH", "ทะเบียนของโรงพยาบาลมาถึงหลังปิดไตรมาส", book.users["reporter"])
    waiting = _correct_one(second_quarter, "IND", "พิมพ์เลขหลักหน่วยคลาดไปหนึ่ง ตรวจกับทะเบียนแล้ว", office)
    ask_restatement(
        quarter=second_quarter,
        corrections=[waiting],
        reason="สอบทานกับทะเบียนแล้วพบว่าพิมพ์คลาดไปหนึ่ง",
        by=office,
        at=moment(date(PRESENT - 543, 1, 12), 15),
    )


def _correct_one(quarter: Quarter, agency: str, note: str, by: User) -> Correction:
    """Propose one more for the agency's first signed count of a quarter."""
    results = Result.objects.filter(
        quarter=quarter,
        kpi__agency__code=agency,
        status__in=["approved", "accepted"],
        value__isnull=False,
    ).exclude(kpi__scorecard__level=Scorecard.Level.POST)
    result = results.order_by("kpi__code")[0]
    value = Decimal(result.value or 0)
    [correction] = propose_corrections(
        quarter=quarter,
        proposed=[Proposed(result, result.version, note, value=value + 1)],
        by=by,
        at=moment(date(PRESENT - 543, 1, 12), 13),
    )
    return correction
