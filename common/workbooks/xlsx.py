"""What the XML of an xlsx says beside the values that calamine reads."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

# Names only: the parser itself is defusedxml's.
from xml.sax.handler import ContentHandler  # nosec B406
from xml.sax.xmlreader import AttributesImpl  # nosec B406

from defusedxml import ElementTree
from defusedxml.sax import make_parser

from common.thainumbers import FormulaWithoutValue
from common.workbooks.cells import column_index, column_name
from common.workbooks.details import SheetDetails, bound
from common.workbooks.gate import Limits

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_PERCENT_NUMBERS = {9, 10}  # the built-in formats 0% and 0.00%
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")  # as far out as calamine would follow
# What makes a sheet worth a second look; plain searches, since a large sheet is searched whole.
_HINTS = (b"hidden=", b"<f", b'="e"')
_DECLARED = 2048  # so far names are declared, with colons
_THREE_LETTERS = rb"[A-Z]{3,}[0-9]"
_SMALL_LETTERS = rb"[A-Z]*[a-z]"
# From 8,000 rows on, columns of two letters may span more cells than the limit.
_TALL = re.compile(rb'<row r="(?:[89][0-9]{3}|[0-9]{5,})"')
_TWO_LETTERS = re.compile(rb' r="[A-Z]{2}[0-9]')
_WIDE_COLUMN = 702  # ZZ; three letters begin behind it
_ONE_LETTER = 26  # Z
# Any capital letter as A and any digit as 0: what a place looks like.
_SHAPES = bytes.maketrans(
    b"BCDEFGHIJKLMNOPQRSTUVWXYZ123456789", b"AAAAAAAAAAAAAAAAAAAAAAAAA000000000"
)


def read_xlsx_details(path: Path, limits: Limits) -> tuple[dict[str, SheetDetails], dict[str, str]]:
    """Look into the XML of each sheet for what calamine does not show, before it is parsed."""
    found: dict[str, SheetDetails] = {}
    with zipfile.ZipFile(path) as archive:
        percent_styles = _percent_styles(archive)
        for name, part in _sheet_parts(archive):
            content = archive.read(part)
            styles = _style_hint(percent_styles)
            shown = any(hint in content for hint in _HINTS) or _is_strangely_written(content)
            shown = shown or (styles is not None and styles.search(content) is not None)
            if shown or _may_be_too_large(content, limits):
                details = _stream(content, percent_styles)
                bound(details.bottom, details.right, limits)
                found[name] = details
        return found, _custom_properties(archive)


def _is_strangely_written(content: bytes) -> bool:
    """Say whether a cell may be written otherwise than `<c r="A1"`."""
    cells = content.count(b'<c r="')
    return (
        (
            content.count(b"<c") != cells
            and (content.count(b"<c ") != cells or b"<c>" in content or b"<c/" in content)
        )
        or _holds(content, (b":f", b":c"), shared=b":")
        or _holds(content, (b"='",), shared=b"'")
    )


def _holds(content: bytes, marks: Sequence[bytes], *, shared: bytes) -> bool:
    """Say whether one of the marks is there; most sheets lack even the sign that they share."""
    if content.find(shared, _DECLARED) < 0:
        content = content[: _DECLARED + 1]
    return any(mark in content for mark in marks)


def _may_be_too_large(content: bytes, limits: Limits) -> bool:
    """Say whether a sheet must be measured exactly: calamine lays out the whole rectangle."""
    shape = content.translate(_SHAPES)
    beyond = _out_of_bounds(limits.rows, limits.columns)
    if limits.columns < _ONE_LETTER or b' r="AA' in shape:
        return bool(
            beyond.search(content) or (_TALL.search(content) and _TWO_LETTERS.search(content))
        )
    # Most sheets have a few columns: plain searches, each a third of a pattern's time, and the
    # pattern from where the first long number stands. Calamine takes small letters for a column too.
    if shape.count(b'<c r="A0') != shape.count(b'<c r="'):
        return True
    far = b"0" * len(str(limits.rows))
    starts = [shape.find(b' r="%b' % place) for place in (b"A" + far, far)]
    return any(beyond.search(content, start) for start in starts if start >= 0)


@cache
def _out_of_bounds(rows: int, columns: int) -> re.Pattern[bytes]:
    """Return one pattern of whatever names a place beyond the limits: a large sheet is passed once."""
    beyond = [_THREE_LETTERS, _SMALL_LETTERS, _below(rows)]
    beyond += [_beyond(columns)] if columns < _WIDE_COLUMN else []
    return re.compile(rb' r="(?:%b)' % b"|".join(beyond))


def _below(rows: int) -> bytes:
    """Return a pattern of the rows beyond the limit; the last few allowed may match as well."""
    digits = str(rows)
    return rb'[A-Z]*(?:[%s-9][0-9]{%d}|[0-9]{%d,})"' % (
        digits[0].encode(),
        len(digits) - 1,
        len(digits) + 1,
    )


def _beyond(columns: int) -> bytes:
    """Return the pattern of a cell right of the last column allowed, up to ZZ."""
    name = column_name(columns)  # the first one too many
    if len(name) == 1:
        return rb"(?:[%b-Z]|[A-Z]{2})[0-9]" % name.encode()
    first, second = name.encode()[:1], name.encode()[1:]
    following = bytes([first[0] + 1])
    later = b"|[%b-Z][A-Z]" % following if first < b"Z" else b""
    return rb"(?:%b[%b-Z]%b)[0-9]" % (first, second, later)


def _style_hint(styles: set[int]) -> re.Pattern[bytes] | None:
    if not styles:
        return None
    numbers = "|".join(str(style) for style in sorted(styles))
    return re.compile(rf' s="(?:{numbers})"[ >/]'.encode())


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the name and the part of each sheet, by the workbook's own relations."""
    names = set(archive.namelist())
    relations = {}
    if "xl/_rels/workbook.xml.rels" in names:
        for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):
            relations[relation.get("Id")] = relation.get("Target", "")
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        relation_id = next(
            (value for key, value in sheet.attrib.items() if key.rpartition("}")[2] == "id"), None
        )
        target = relations.get(relation_id, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            yield sheet.get("name", ""), part


def _percent_styles(archive: zipfile.ZipFile) -> set[int]:
    """Return the cell styles that show a figure as percent."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    percent = set(_PERCENT_NUMBERS)
    styles: set[int] = set()
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmt" and "%" in element.get("formatCode", ""):
            percent.add(int(element.get("numFmtId", "0")))
        if tag == "cellXfs":
            styles = {
                index
                for index, shape in enumerate(element)
                if int(shape.get("numFmtId", "0")) in percent
            }
    return styles


def _custom_properties(archive: zipfile.ZipFile) -> dict[str, str]:
    if "docProps/custom.xml" not in archive.namelist():
        return {}
    root = ElementTree.fromstring(archive.read("docProps/custom.xml"))
    return {
        element.get("name", ""): "".join(element.itertext())
        for element in root
        if element.get("name")
    }


def _stream(content: bytes, percent_styles: set[int]) -> SheetDetails:
    handler = _SheetHandler(percent_styles)
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    parser.parse(io.BytesIO(content))
    return handler.details


class _SheetHandler(ContentHandler):
    """Collects what Excel shows of a sheet while its XML streams by."""

    def __init__(self, percent_styles: set[int]) -> None:
        super().__init__()
        self.details = SheetDetails()
        self._percent = {str(style) for style in percent_styles}
        self._row = self._column = -1
        self._attributes: dict[str, str] = {}
        self._collect: list[str] | None = None
        self._formula: str | None = None
        self._value: str | None = None

    def startElement(self, name: str, attributes: AttributesImpl) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._start_cell(dict(attributes.items()))
        elif tag in ("f", "v", "t"):
            self._collect = []
        elif tag == "row":
            self._row = int(attributes.get("r") or self._row + 2) - 1
            self._column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.details.hidden_rows.add(self._row)
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            low, high = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self.details.hidden.append((low - 1, high - 1))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = _REFERENCE.fullmatch(attributes.get("r", "").upper())
        if reference:
            self._column = column_index(reference[1])
            self._row = int(reference[2]) - 1
        else:
            self._column += 1
        self._attributes = attributes
        self._formula = self._value = None

    def characters(self, content: str) -> None:
        if self._collect is not None:
            self._collect.append(content)

    def endElement(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag in ("f", "v", "t") and self._collect is not None:
            text = "".join(self._collect)
            self._collect = None
            if tag == "f":
                self._formula = text
            else:
                self._value = (self._value or "") + text
        elif tag == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        details = self.details
        position = (self._row, self._column)
        if self._value is None and self._formula is None:
            return
        details.bottom = max(details.bottom, self._row + 1)
        details.right = max(details.right, self._column + 1)
        if self._formula is not None and not self._value:
            # A stored empty text is a value: the formula said so.
            if self._attributes.get("t") != "str":
                details.special[position] = FormulaWithoutValue(f"={self._formula}")
        elif self._attributes.get("t") == "e":
            details.special[position] = self._value
        if self._attributes.get("s") in self._percent:
            details.percent.add(position)
