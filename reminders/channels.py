"""The ways to a person, behind one interface."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Protocol

import requests
from django.conf import settings
from django.core.mail import EmailMessage

from reminders.models import Channel

TIMEOUT_SECONDS = 10
# LINE takes 5,000 characters in a text message.
LINE_LIMIT = 4_800


class DeliveryFailed(Exception):
    """A letter did not arrive; `again` says whether a later try may help."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent; `key` is the same for every try of the same letter."""

    address: str
    subject: str
    body: str
    key: str


class Way(Protocol):
    """A way to a person."""

    # Whether a second letter of the same key is dropped on the way, so that one may be repeated.
    drops_seconds: bool

    def is_open(self) -> bool:
        """Whether this portal may use the way."""

    def send(self, letter: Letter) -> None:
        """Send a letter.

        :raises DeliveryFailed: where it did not arrive.
        """


class Email:
    """Mail by the server of the settings."""

    drops_seconds = False

    def is_open(self) -> bool:
        return True

    def send(self, letter: Letter) -> None:
        headers = {"Message-ID": f"<{letter.key}@portal.invalid>"}
        message = EmailMessage(letter.subject, letter.body, to=[letter.address], headers=headers)
        try:
            message.send()
        except OSError as error:
            raise DeliveryFailed(type(error).__name__, again=True) from error


class Line:
    """The LINE Messaging API; its retry key makes a repeated push harmless.

    Source: developers.line.biz, "Retry an API request" (a key that was accepted answers 409).
    """

    drops_seconds = True

    def is_open(self) -> bool:
        return bool(settings.LINE_CHANNEL_TOKEN)

    def send(self, letter: Letter) -> None:
        text = f"{letter.subject}\n\n{letter.body}"[:LINE_LIMIT]
        try:
            answer = requests.post(
                f"{settings.LINE_API_URL}/v2/bot/message/push",
                json={"to": letter.address, "messages": [{"type": "text", "text": text}]},
                headers={
                    "Authorization": f"Bearer {settings.LINE_CHANNEL_TOKEN}",
                    "X-Line-Retry-Key": letter.key,
                },
                timeout=TIMEOUT_SECONDS,
            )
        except requests.RequestException as error:
            raise DeliveryFailed(type(error).__name__, again=True) from error
        if answer.ok or answer.status_code == requests.codes.conflict:
            return
        again = answer.status_code == requests.codes.too_many_requests or answer.status_code >= 500
        raise DeliveryFailed(f"LINE answered {answer.status_code}", again=again)


WAYS: dict[str, Way] = {Channel.EMAIL: Email(), Channel.LINE: Line()}


def line_signature_fits(body: bytes, signature: str) -> bool:
    """Tell whether LINE sent a body: its digest under the channel's secret."""
    digest = hmac.new(settings.LINE_CHANNEL_SECRET.encode(), body, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest).decode(), signature)
