"""Give a user an API token."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.tokens import issue_token
from accounts.models import User
from common import clock
from sakhon_portal.management.commands._quarter import refusal_as_error


class Command(BaseCommand):
    help = "Give a user a new API token and show it once; an older one stops working."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['user']!r}.")
        with refusal_as_error():
            token = issue_token(user=user, by=None, at=clock.now())
        self.stdout.write(token)
