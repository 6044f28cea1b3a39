"""A question is asked once in a request that only reads, and always outside one."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from common.asked import once, remembering
from common.middleware import AskOnceMiddleware


class Asked:
    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return self.times


def test_it_always_asks_outside_a_reading_request():
    ask = Asked()
    assert [once("day", ask), once("day", ask)] == [1, 2]


def test_it_asks_once_inside_and_forgets_afterwards():
    ask = Asked()
    with remembering():
        assert [once("day", ask), once("day", ask), once("month", ask)] == [1, 1, 2]
    with remembering():
        assert once("day", ask) == 3


@pytest.mark.parametrize(("method", "times"), [("GET", 1), ("HEAD", 1), ("POST", 2), ("PATCH", 2)])
def test_only_a_request_that_reads_remembers(method, times):
    ask = Asked()

    def page(request):
        once("day", ask)
        once("day", ask)

    request = RequestFactory().generic(method, "/")
    request.user = AnonymousUser()
    AskOnceMiddleware(page)(request)
    assert ask.times == times
