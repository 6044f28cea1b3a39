"""Walking the sample by its links, as people do: none is dead, no page asks the same again."""

import re
from collections import Counter

import pytest
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.models import User

ROLES = ("", "approver", "strategist", "comptroller", "planner", "operator", "hr")
FRONT = ("/", "/api/v1/")
# Pages of the sign-in library ask for the same row in each of their parts.
OF_OTHERS = re.compile(r"mfa_|account_|socialaccount_")
# One statement with other values each time is a loop over rows.
MOST_ALIKE = 2
LINK = re.compile(r'(?:href|src)="(/[^"#]*)"')
PASSED_BY = ("/en", "/static/", "/admin/", "/accounts/logout/")


class Asked:
    """Counts the statements of a page by their text."""

    def __init__(self) -> None:
        self.texts: Counter[str] = Counter()

    def __call__(self, execute, sql, parameters, many, context):
        self.texts[sql] += 1
        return execute(sql, parameters, many, context)


@pytest.mark.usefixtures("untraced")
def test_no_link_is_dead_and_no_page_asks_the_same_again(sample):
    dead, repeated = [], []
    for role in ROLES:
        client = Client(raise_request_exception=False)
        if role:
            client.force_login(
                User.objects.get(username=role),
                backend="django.contrib.auth.backends.ModelBackend",
            )
        seen: set[str] = set()
        todo = [(url, "") for url in (*FRONT, *(["/desk/"] if role else []))]
        # It grows while it is walked.
        for url, source in todo:
            try:
                name = resolve(url.partition("?")[0]).view_name
            except Resolver404:
                dead.append(f"{role} {source} → {url}: no such address")
                continue
            if name in seen:
                continue
            seen.add(name)
            asked = Asked()
            with connection.execute_wrapper(asked):
                answer = client.get(url)
            if answer.status_code not in (200, 302):
                dead.append(f"{role} {source} → {url}: {answer.status_code}")
            if not OF_OTHERS.match(name):
                repeated += [
                    f"{role} {url} {count} ×: {text}"
                    for text, count in asked.texts.items()
                    if count > MOST_ALIKE
                ]
            if answer.streaming:
                b"".join(answer.streaming_content)
            elif answer.headers.get("Content-Type", "").startswith("text/html"):
                todo += [
                    (link.replace("&amp;", "&"), url)
                    for link in LINK.findall(answer.content.decode())
                    if not link.startswith(PASSED_BY)
                ]
        # A walk that ended at the door would find nothing to complain of.
        assert len(seen) > 40, (role, sorted(seen))
    assert not dead
    assert not repeated
