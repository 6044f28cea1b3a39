"""Bring a workbook in from the shell, on the same path as the pages."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Agency, User
from common import fiscal
from common.clock import now
from common.refusal import Refused
from spreadsheets import actions
from spreadsheets.models import Upload
from submissions.rules import standing_of


class Command(BaseCommand):
    help = "Read FILE as a form of KIND and print the report; --commit brings it in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(actions.KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="user", required=True, help="user name")
        parser.add_argument("--period", required=True, help="2570-q1, 2570-m03 or 2570")
        parser.add_argument("--agency", default="", help="agency code; the user's own by default")
        parser.add_argument("--commit", action="store_true", help="bring it in")
        parser.add_argument("--submit", action="store_true", help="send for signature as well")
        parser.add_argument("--confirm", action="store_true", help="answer the questions with yes")

    def handle(self, *args: Any, **options: Any) -> None:
        at = now()
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"no user {options['user']}")
        try:
            with options["file"].open("rb") as file:
                upload = actions.receive_upload(
                    file=file,
                    name=options["file"].name,
                    kind=options["kind"],
                    agency=_agency(user, options["kind"], options["agency"]),
                    period=actions.find_period(options["kind"], options["period"]),
                    action=Upload.Action.SUBMIT if options["submit"] else Upload.Action.DRAFT,
                    by=user,
                    at=at,
                )
            if upload.is_running:
                actions.read_upload(upload=upload, at=at)
            if options["commit"]:
                actions.commit_upload(upload=upload, confirmed=options["confirm"], by=user, at=at)
                actions.finish_commit(upload=upload, at=at)
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        except OSError as error:
            raise CommandError(str(error)) from error
        answer = {"upload": upload.pk, "state": upload.state, "report": upload.report}
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))


def _agency(user: User, kind: str, code: str) -> Agency:
    standing = standing_of(user, fiscal.local_date(now()))
    agencies = Agency.objects.active()
    resource = actions.KINDS[kind]
    if not standing.has(*resource.province_senders):
        own = standing.agencies(*resource.senders) if resource.senders else ()
        agencies = agencies.filter(pk__in=own)
    found = list(agencies.filter(code=code) if code else agencies)
    if len(found) != 1:
        raise CommandError("name the agency with --agency CODE")
    return found[0]
