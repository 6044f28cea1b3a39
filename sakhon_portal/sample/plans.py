"""Making the plan: analysis of the edition in force, its review on the way, forums, who was told."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from accounts.models import Agency
from kpi.models import KPI
from planning.actions import analysis, editions, participation, proposals
from planning.models import Need, SwotFactor
from sakhon_portal.sample.book import PRESENT, STRATEGIST, Book, decimal_of, moment
from sakhon_portal.sample.papers import minutes_of
from strategy.actions.editions import EditionInput, move_edition, put_issue, write_edition
from strategy.actions.issues import AlignmentInput, ApproachInput, IssueInput
from strategy.models import Approach, Plan, PlanEdition, ProvinceFact


def play_plans(book: Book) -> None:
    """Analyse the edition in force, review it, ask people, hold forums and tell agencies."""
    stated = book.planning
    edition = PlanEdition.objects.in_force().with_plan().get(plan__kind=Plan.Kind.FIVE_YEAR)
    _analyse(edition, stated)
    _begin_next(book, stated)
    review = _review(book, edition, stated)
    _consult(book, review, stated)
    _meet(book, edition, stated)
    _tell(book, edition, stated)


def _analyse(edition: PlanEdition, stated: Mapping[str, Any]) -> None:
    at = moment(date(2026, 9, 15))
    facts = {fact.key: fact for fact in ProvinceFact.objects.all()}
    factors: dict[str, SwotFactor] = {}
    for each in stated["factors"]:
        row = analysis.add_factor(
            edition=edition,
            factor=analysis.FactorInput(
                kind=each["kind"],
                text_th=each["text_th"],
                importance=each["importance"],
                group_th=each["group_th"],
                evidence=[_evidence(piece, facts) for piece in each["evidence"]],
                is_sample=True,
            ),
            by=None,
            at=at,
        )
        factors[row.code] = row
    approaches = {
        row.code: row
        for row in Approach.objects.filter(issue__edition=edition).select_related("issue")
    }
    for each in stated["tows"]:
        analysis.add_tows(
            edition=edition,
            text_th=each["text_th"],
            factors=[factors[code] for code in each["factors"]],
            approaches=[approaches[code] for code in each["approaches"]],
            by=None,
            at=at,
            is_sample=True,
        )


def _begin_next(book: Book, stated: Mapping[str, Any]) -> None:
    """Write the first factors of the next five years' draft: of it, nothing is decided yet."""
    given = stated["next"]
    facts = {fact.key: fact for fact in ProvinceFact.objects.all()}
    draft = PlanEdition.objects.with_plan().get(plan__code=given["plan"])
    analysis.add_factors(
        entries=[
            analysis.NewFactor(
                draft,
                analysis.FactorInput(
                    kind=each["kind"],
                    text_th=each["text_th"],
                    importance=each["importance"],
                    group_th=each["group_th"],
                    evidence=[_evidence(piece, facts) for piece in each["evidence"]],
                    is_sample=True,
                ),
            )
            for each in given["factors"]
        ],
        by=book.users[STRATEGIST],
        at=moment(date.fromisoformat(given["day"])),
    )


def _evidence(
    stated: Mapping[str, Any], facts: Mapping[str, ProvinceFact]
) -> analysis.EvidenceInput:
    if "kpi" in stated:
        return analysis.EvidenceInput(kpi=KPI.objects.get(code=stated["kpi"], fiscal_year=PRESENT))
    if "need" in stated:
        return analysis.EvidenceInput(need=Need.objects.get(title_th=stated["need"]))
    if "fact" in stated:
        return analysis.EvidenceInput(fact=facts[stated["fact"]])
    return analysis.EvidenceInput(
        label_th=stated["label_th"],
        value=decimal_of(stated.get("value")),
        unit_th=stated.get("unit_th", ""),
        source_th=stated["source_th"],
    )


def _review(book: Book, edition: PlanEdition, stated: Mapping[str, Any]) -> PlanEdition:
    """Begin the yearly review as a copy, change what it changes, and send it out to people."""
    strategist = book.users[STRATEGIST]
    given = stated["review"]
    at = moment(date.fromisoformat(given["day"]))
    review = editions.start_next_edition(
        plan=edition.plan, source=edition, review_year=given["year"], by=strategist, at=at
    )
    missions = [(row.name_th, row.name_en) for row in review.missions.order_by("number")]
    write_edition(
        edition=review,
        words=EditionInput(
            vision_th=edition.vision_th + given["vision_adds_th"],
            vision_en=edition.vision_en + given["vision_adds_en"],
            motto_th=review.motto_th,
            motto_en=review.motto_en,
            missions=[*missions, *((each["th"], each["en"]) for each in given["missions"])],
            review_year=given["year"],
        ),
        by=strategist,
        at=at,
    )
    for each in given["issues"]:
        put_issue(
            edition=review,
            issue=IssueInput(
                code=each["code"],
                name_th=each["name_th"],
                name_en=each["name_en"],
                objective_th=each["objective_th"],
                order=each["order"],
                missions=each["missions"],
                lead_agency=each["lead"],
                approaches=[ApproachInput(**approach) for approach in each["approaches"]],
                items=[AlignmentInput(item["code"], item["reason_th"]) for item in each["items"]],
                source="ข้อมูลตัวอย่าง",
                is_sample=True,
            ),
            by=strategist,
            at=at,
        )
    return move_edition(
        edition=review, to=PlanEdition.State.CONSULTATION, by=strategist, at=at + timedelta(days=20)
    )


def _consult(book: Book, review: PlanEdition, stated: Mapping[str, Any]) -> None:
    strategist = book.users[STRATEGIST]
    given = stated["consultation"]
    opens = date.fromisoformat(given["opens"])
    consultation = editions.open_consultation(
        edition=review,
        opens_date=opens,
        closes_date=date.fromisoformat(given["closes"]),
        question_th=given["question_th"],
        by=strategist,
        at=moment(opens, 8),
        is_sample=True,
    )
    for each in given["comments"]:
        at = moment(date.fromisoformat(each["day"]), 20)
        row = editions.comment(
            consultation=consultation,
            sector=each["sector"],
            about_th=each["about_th"],
            text_th=each["text_th"],
            at=at,
            is_sample=True,
        )
        if not each["shown"]:
            continue
        editions.judge_comments(
            comments=[row], shown=True, by=strategist, at=at + timedelta(hours=14)
        )
        row.refresh_from_db()
        if each["answer_th"]:
            editions.answer_comment(
                comment=row,
                version=row.version,
                answer_th=each["answer_th"],
                by=strategist,
                at=at + timedelta(days=2),
            )


def _meet(book: Book, edition: PlanEdition, stated: Mapping[str, Any]) -> None:
    strategist = book.users[STRATEGIST]
    approaches = {row.code: row for row in Approach.objects.filter(issue__edition=edition)}
    for each in stated["forums"]:
        held = date.fromisoformat(each["day"])
        forum = participation.record_forum(
            forum=participation.ForumInput(
                title_th=each["title_th"],
                held_date=held,
                place_th=each["place_th"],
                edition=edition,
                minutes_th=each["minutes_th"],
                attendance=each["attendance"],
                is_sample=True,
            ),
            by=strategist,
            at=moment(held, 17),
        )
        written = moment(held + timedelta(days=7))
        minutes = participation.add_forum_file(
            forum=forum,
            file=minutes_of(each),
            caption_th="รายงานการจัดเวที",
            by=strategist,
            at=written,
            is_sample=True,
        )
        if each["minutes_shown"]:
            participation.show_forum_file(file=minutes, is_public=True, by=strategist, at=written)
        for proposed in each["proposals"]:
            proposal = proposals.add_proposal(
                forum=forum,
                sector=proposed["sector"],
                text_th=proposed["text_th"],
                by=strategist,
                at=moment(held, 17),
            )
            if "outcome" not in proposed:
                continue
            need = proposed.get("need")
            proposals.answer_proposal(
                proposal=proposal,
                version=proposal.version,
                outcome=proposed["outcome"],
                answer_th=proposed["answer_th"],
                approach=approaches.get(proposed.get("approach", "")),
                need=Need.objects.get(title_th=need) if need else None,
                by=strategist,
                at=moment(held + timedelta(days=14)),
            )


def _tell(book: Book, edition: PlanEdition, stated: Mapping[str, Any]) -> None:
    strategist = book.users[STRATEGIST]
    channels = list(ProvinceFact.objects.about(ProvinceFact.Subject.CHANNEL).in_order())
    agencies = list(Agency.objects.reporting().filter(kind="regional").in_code_order())
    for each in stated["announcements"]:
        day = date.fromisoformat(each["day"])
        row = participation.tell_agencies(
            edition=edition,
            channel=channels[each["channel"]],
            told_date=day,
            reference=each["reference"],
            agencies=agencies,
            by=strategist,
            at=moment(day, 16),
            is_sample=True,
        )
        for code in each["acknowledged"]:
            participation.acknowledge(
                receipts=[row.receipts.select_related("agency").get(agency__code=code)],
                by=book.person(code, "approver"),
                at=moment(day + timedelta(days=3)),
            )
