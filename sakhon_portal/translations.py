"""Join the English parts into one catalogue, and find the Thai sentences that have no English.

python -m sakhon_portal.translations build | check
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "locale" / "en" / "parts"
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django"
NOT_OURS = {".venv", "var", "tests", "bench", "migrations", "node_modules"}

THAI = re.compile("[\u0e01-\u0e5b]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# Which arguments of a call are sentences: the context first, where there is one.
CALLS = {
    "_": (None, 0),
    "gettext": (None, 0),
    "gettext_lazy": (None, 0),
    "gettext_noop": (None, 0),
    "ngettext": (None, 0),
    "ngettext_lazy": (None, 0),
    "pgettext": (0, 1),
    "pgettext_lazy": (0, 1),
    "npgettext": (0, 1),
    "npgettext_lazy": (0, 1),
}
_STRING = r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
TEMPLATE_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({_STRING})(?:\s*,\s*({_STRING}))?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence shown to people, and one place where it stands."""

    text: str
    context: str | None
    place: str
    counts: bool


def sentences() -> Iterator[Sentence]:
    """Yield every Thai sentence that templates and code ask a translation for."""
    for path in _files("*.py"):
        for found in _sentences_in_code(path):
            if THAI.search(found.text):
                yield found
    for pattern in ("*.html", "*.txt"):
        for path in _files(pattern, ROOT / "templates"):
            for found in _sentences_in_template(path):
                if THAI.search(found.text):
                    yield found


def joined() -> tuple[Catalog, list[str]]:
    """Return one catalogue of all parts, and a line for each sentence said in two ways."""
    whole = Catalog(locale="en", charset="utf-8", project="sakhon-portal", fuzzy=False)
    clashes = []
    for part in sorted(PARTS.glob("*.po")):
        with part.open("rb") as file:
            catalogue = read_po(file, locale="en", charset="utf-8", abort_invalid=True)
        for message in catalogue:
            if not message.id or not message.string:
                continue
            key = message.id[0] if isinstance(message.id, tuple | list) else message.id
            there = whole.get(key, context=message.context)
            if there is None:
                whole.add(message.id, message.string, context=message.context, flags=message.flags)
            elif there.string != message.string:
                clashes.append(
                    f"{part.relative_to(ROOT)}: {key!r} is {there.string!r} in another part"
                )
    return whole, clashes


def build() -> None:
    """Write django.po and django.mo."""
    whole, clashes = joined()
    for clash in clashes:
        sys.stderr.write(f"{clash}; the first is taken\n")
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.with_suffix(".po").open("wb") as file:
        write_po(file, whole, width=0, sort_output=True, omit_header=False)
    with CATALOGUE.with_suffix(".mo").open("wb") as file:
        write_mo(file, whole)


def faults() -> list[str]:
    """Return a line for each sentence without English or with other placeholders."""
    whole, found = joined()
    seen = set()
    for sentence in sentences():
        key = (sentence.text, sentence.context, sentence.counts)
        if key in seen:
            continue
        seen.add(key)
        message = whole.get(sentence.text, context=sentence.context)
        if message is None:
            found.append(f"{sentence.place}: no English for {sentence.text!r}")
            continue
        # A catalogue finds one form or two, not either; the other asker would read Thai.
        if sentence.counts != isinstance(message.id, tuple | list):
            forms_wanted = "singular and plural" if sentence.counts else "one form"
            found.append(f"{sentence.place}: asks {forms_wanted} of {sentence.text!r}")
            continue
        wanted = sorted(set(PLACEHOLDER.findall(sentence.text)))
        said = message.string
        forms = said if isinstance(said, tuple | list) else [str(said)]
        for form in forms:
            # The singular may leave the number out.
            if not set(PLACEHOLDER.findall(form)) <= set(wanted) or (
                len(forms) == 1 and sorted(set(PLACEHOLDER.findall(form))) != wanted
            ):
                found.append(f"{sentence.place}: {form!r} lacks parts of {sentence.text!r}")
    return found


def _files(pattern: str, base: Path = ROOT) -> Iterator[Path]:
    for path in sorted(base.rglob(pattern)):
        if not NOT_OURS & set(path.relative_to(ROOT).parts):
            yield path


def _sentences_in_code(path: Path) -> Iterator[Sentence]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
        if name not in CALLS:
            continue
        where, which = CALLS[name]
        if len(node.args) > which and isinstance(node.args[which], ast.Constant):
            context = node.args[where] if where is not None else None
            yield Sentence(
                text=str(ast.literal_eval(node.args[which])),
                context=str(ast.literal_eval(context)) if context else None,
                place=f"{path.relative_to(ROOT)}:{node.lineno}",
                counts=name.startswith("n"),
            )


def _sentences_in_template(path: Path) -> Iterator[Sentence]:
    code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in TEMPLATE_CALL.finditer(code):
        name, first, second = call.groups()
        with_context = name.endswith("pgettext")
        text = second if with_context else first
        if text is None:
            continue
        yield Sentence(
            text=str(ast.literal_eval(text)),
            context=str(ast.literal_eval(first)) if with_context else None,
            place=f"{path.relative_to(ROOT)}:{code.count(chr(10), 0, call.start()) + 1}",
            counts=name.startswith("n"),
        )


def main(order: str) -> int:
    if order == "build":
        build()
        return 0
    found = faults()
    for fault in found:
        sys.stderr.write(fault + "\n")
    sys.stdout.write(f"translations: {len(found)} faults\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
