"""The portal's way to say no: a sentence for the person, a code for the machine."""

from collections.abc import Mapping


class Refused(Exception):
    """A rule said no; nothing was changed.

    `sentence` is fit to be shown to the person; `code` is stable for machines.
    """

    def __init__(self, sentence: str, *, code: str = "refused") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code

    def __str__(self) -> str:
        return str(self.sentence)


class EntriesRefused(Refused):
    """Some entries of a list were refused, so none was written.

    `by_entry` maps the position of an entry in the list given to the verb (from 0) to its refusal.
    """

    def __init__(self, sentence: str, by_entry: Mapping[int, Refused]) -> None:
        super().__init__(sentence, code="entries_refused")
        self.by_entry = dict(by_entry)
