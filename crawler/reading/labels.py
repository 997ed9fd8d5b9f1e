"""The label engine: what a page's labels say, in one pass over its lines.

A label is known by its words and the place it stands in: at a line's start, behind white space,
punctuation or a seam between elements, or right behind the value of the label before it. So
``大小`` is not found in ``资源大小``. Its value stands behind a colon, in the next cell, element
or line, or below it where a row of labels heads a row of values; and it ends where its kind says:
a size after its unit, a day after its digits, words at the next label.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from crawler.reading.rows import CELL, SEAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.reading.lines import Lines

Kind: TypeAlias = Literal["id", "size", "count", "day", "format", "price", "word", "words", "line"]
"""What a value looks like: one ``word`` or a few, ``words`` up to the next label, or the rest of
the ``line``."""

KINDS: Final[Mapping[str, Kind]] = {
    "doc_id": "id",
    "title": "line",
    "file_format": "format",
    "size": "size",
    "page_count": "count",
    "preview_page_count": "count",
    "date": "day",
    "uploader": "word",
    "category": "words",
    "tags": "words",
    "price": "price",
    "view_count": "count",
    "download_count": "count",
    "language": "word",
}
"""What the value of each field looks like beside a label."""

_GAP: Final = rf"[\s{SEAM}]*"
_COLON: Final = rf"{_GAP}[】\])）]?{_GAP}[:：∶]{_GAP}"
_COLONS: Final = ":：∶"
_MARK: Final = re.compile(rf"[{_COLONS}【\[]")
_BULLETS: Final = " •·▪●■◆★※-–—>【[\u3000"
_BEFORE: Final = frozenset(f"{_BULLETS},，、;；|｜/(（。!！?？{SEAM}{CELL}】]")
"""What may stand before a label."""

_VALUES: Final[dict[Kind, re.Pattern[str]]] = {
    "id": re.compile(r"[0-9A-Za-z_-]+"),
    "size": re.compile(
        r"\d[\d.,， ]*(?:[KMGT]i?[bo]?(?![a-z])|bytes?(?![a-z])|b(?![a-z])|字节)", re.IGNORECASE
    ),
    "count": re.compile(
        r"[共约全总计]{0,2}\s?\d[\d.,，]*\s?[万亿千KkMm]?[余多+]?\s?(?:[页頁张張次人个份]|[Pp](?:ages?)?\b)?"
    ),
    "day": re.compile(
        r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?:\s?日)?"
        r"(?:[T ]\s?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s?(?:Z|UTC|[+-]\d\d:?\d\d)?)?"
        r"|\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{4}"
        r"|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|\d{8}(?!\d)"
    ),
    "format": re.compile(r"\.?[A-Za-z0-9]{1,8}(?![A-Za-z0-9])"),
    "price": re.compile(
        r"[¥￥$]?\s?\d[\d.,]*\s?(?:金币|积分|下载币|学币|文币|元|点|券|币|豆)?|免费"
    ),
}
_SEPARATED: Final = re.compile(rf"[,，;；{SEAM}{CELL}]")
_ELEMENT: Final = re.compile(rf"\s*{SEAM}\s*([^{SEAM}{CELL}]+)")
_NEXT_LABEL: Final = re.compile(
    rf"[\s{SEAM}]+[^\s\d{_COLONS}{SEAM}][^\s{_COLONS}{SEAM}]{{0,9}}\s?[{_COLONS}](?!//)"
)
_LIKE_LABEL: Final = re.compile(rf"[^\s\d{_COLONS}][^\s{_COLONS}]{{0,9}}\s?[{_COLONS}](?!//)")
_LATIN_WORDS: Final = re.compile(r"[A-Za-z][\w.'’-]*(?: [A-Za-z][\w.'’-]*)*(?=\s|$)")
_BRACKETS: Final = {"(": "[(（]", ")": "[)）]"}
_FOLDED: Final = str.maketrans("（）", "()", f" \u3000\xa0{SEAM}{CELL}")


_Hit: TypeAlias = tuple[str, int, int]
"""A label, where it starts, and where its value does."""


class Vocabulary:
    """The labels that a page class reads, each with the kind of its value."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds = {label.translate(_FOLDED): kind for label, kind in kinds.items()}
        self._decorated = lru_cache(_KNOWN)(self._plain)
        words = "|".join(map(_spaced, sorted(self.kinds, key=len, reverse=True)))
        self.pattern = re.compile(f"({words}){_COLON}|[【\\[]{_GAP}({words}){_GAP}[】\\]]{_GAP}")

    def label(self, text: str) -> str | None:
        """Return the label that *text* is, with or without a colon; ``None`` if it is none."""
        if text in self.kinds:
            return text
        if len(text) > _LONGEST_LABEL or text.isalnum():
            return None
        return self._decorated(text)

    def _plain(self, text: str) -> str | None:
        """Return the label that *text* is without its bullets, gaps and colon."""
        name = text.translate(_FOLDED).strip(_BULLETS).rstrip(f"{_COLONS}】]")
        return name if name in self.kinds else None


class Labelled(NamedTuple):
    """What stands beside a label."""

    label: str
    value: str
    line: int
    """The number of the label's line."""
    is_of_kind: bool = True
    """It looks like a value of its kind."""


def without_gaps(label: str) -> str:
    """Return *label* as it is a key: without spaces, brackets half as wide.

    >>> without_gaps("Number of Views"), without_gaps("上传人（卖家）")
    ('NumberofViews', '上传人(卖家)')
    """
    return label.translate(_FOLDED)


def find(lines: Lines, numbers: list[int], vocabulary: Vocabulary) -> list[Labelled]:
    """Return what stands beside each label in the lines of those *numbers*, in page order.

    A label with nothing beside it is left out.
    """
    return list(_Search(lines, numbers, vocabulary).run())


class _Search:
    """One pass over the lines of one page."""

    def __init__(self, lines: Lines, numbers: list[int], vocabulary: Vocabulary) -> None:
        self._lines = lines
        self._numbers = numbers
        self._vocabulary = vocabulary
        self._stacked = 0
        """The place behind the last labels that were read as one stack."""

    def run(self) -> Iterator[Labelled]:
        for place, number in enumerate(self._numbers):
            text = self._lines[number]
            marked = self._lines.marked(number)
            if _MARK.search(text) and (hits := list(self._hits(marked))):
                yield from self._beside(place, marked, hits)
            elif len(text) <= _LONGEST_ROW:
                if CELL in marked:
                    yield from self._row(place, number, marked.split(CELL))
                elif SEAM in marked:
                    yield from self._pairs(number, marked.split(SEAM))
                elif self._vocabulary.label(text):
                    yield from self._below(place, number)
                elif " " in text:
                    yield from self._led(number, text)

    def _beside(self, place: int, marked: str, hits: list[_Hit]) -> Iterator[Labelled]:
        """Yield the labels of a line, those that have a colon or brackets."""
        for (label, _, start), (_, end, _) in pairwise([*hits, ("", len(marked), 0)]):
            gap = SEAM if marked[:start].rstrip().endswith(SEAM) else ""
            value = _value(self._vocabulary.kinds[label], gap + marked[start:end])
            if not value and end == len(marked):
                value = self._next_line(place, self._vocabulary.kinds[label], named=True)
            if value:
                yield self._labelled(label, value, self._numbers[place])

    def _labelled(self, label: str, value: str, number: int) -> Labelled:
        typed = _VALUES.get(self._vocabulary.kinds[label])
        return Labelled(label, value, number, typed is None or typed.match(value) is not None)

    def _hits(self, marked: str) -> Iterator[_Hit]:
        """Yield each label, where it starts, and where its value does."""
        value_end, found = 0, False
        for hit in self._vocabulary.pattern.finditer(marked):
            start = hit.start()
            label = (hit[1] or hit[2]).translate(_FOLDED)
            glued = found and len(label) >= _UNMISTAKABLE
            if not (start in (0, value_end) or marked[start - 1] in _BEFORE or glued):
                continue
            found = True
            typed = _VALUES.get(self._vocabulary.kinds[label])
            value = typed.match(marked, hit.end()) if typed else None
            value_end = value.end() if value else 0
            yield label, start, hit.end()

    def _row(self, place: int, number: int, cells: list[str]) -> Iterator[Labelled]:
        """Yield the labels of a table's row: beside their values, or a row above them."""
        cells = [cell for cell in cells if cell.strip(_COLONS)]
        labels = [self._vocabulary.label(cell) for cell in cells]
        if len(labels) > 1 and all(labels) and place + 1 < len(self._numbers):
            values = self._lines.marked(self._numbers[place + 1]).split(CELL)
            if len(values) != len(labels):
                values = self._stack([label or "" for label in labels], place + 1)
            pairs = list(zip(labels, values, strict=False))
        else:
            beside = zip(labels, cells[1:], labels[1:], strict=False)
            pairs = [(label, cell) for label, cell, other in beside if not other]
        for label, cell in pairs:
            if label and (value := _value(self._vocabulary.kinds[label], cell)):
                yield self._labelled(label, value, number)

    def _pairs(self, number: int, texts: list[str]) -> Iterator[Labelled]:
        """Yield the labels that are one element's text, beside another's."""
        texts = [text for text in texts if text.strip()]
        for text, other in pairwise(texts):
            label = self._vocabulary.label(text)
            if label and not self._vocabulary.label(other):
                kind = self._vocabulary.kinds[label]
                if value := _typed(kind, other) or (other.strip() if len(texts) == _PAIR else ""):
                    yield self._labelled(label, value, number)

    def _led(self, number: int, text: str) -> Iterator[Labelled]:
        """Yield the label that leads a line, with the value that is the rest of it."""
        name, _, rest = text.partition(" ")
        label = self._vocabulary.label(name)
        typed = _VALUES.get(self._vocabulary.kinds[label]) if label else None
        if label and typed and typed.fullmatch(rest):
            yield Labelled(label, rest, number)

    def _below(self, place: int, number: int) -> Iterator[Labelled]:
        """Yield the labels that are a line each, with the values that the next lines are."""
        if place < self._stacked:
            return
        behind = self._numbers[place : place + _TALLEST]
        labels = list(takewhile(bool, (self._vocabulary.label(self._lines[n]) for n in behind)))
        values = self._stack(labels, place + len(labels)) if len(labels) > 1 else []
        if values:
            self._stacked = place + len(labels)
        else:
            named = self._lines.tag(number) == "dt"
            kind = self._vocabulary.kinds[labels[0] or ""]
            values = [self._next_line(place, kind, named=named)]
        for label, value in zip(labels, values, strict=False):
            if label and value:
                yield self._labelled(label, value, number)

    def _stack(self, labels: Sequence[str | None], place: int) -> list[str]:
        """Return the values of *labels* that the lines from *place* on are, one each.

        None of them are if one that should be a number, a size or a day is none.
        """
        values = [self._lines[number] for number in self._numbers[place : place + len(labels)]]
        kinds = [self._vocabulary.kinds[label or ""] for label in labels]
        fit = [
            _VALUES[kind].fullmatch(value) if kind in _VALUES else not self._vocabulary.label(value)
            for kind, value in zip(kinds, values, strict=False)
        ]
        return values if len(values) == len(labels) and all(fit) else []

    def _next_line(self, place: int, kind: Kind, *, named: bool) -> str:
        """Return the next line if it is a value.

        Words are one only where the label is *named* as such, by a colon or by its element. A
        ``<dd>`` is one whatever it looks like.
        """
        for number in self._numbers[place + 1 : place + 3]:
            text = self._lines[number]
            marked = self._lines.marked(number)
            if text[:1] in _COLONS:
                text, marked, named = text[1:].strip(), marked[1:], True
                if not text:
                    continue
            if self._vocabulary.label(text) or next(self._hits(marked), None):
                return ""
            if kind in _VALUES and self._lines.tag(number) != "dd":
                found = _VALUES[kind].fullmatch(text)
                return found[0] if found else ""
            return "" if not named or _LIKE_LABEL.match(text) else _value(kind, marked)
        return ""


def _value(kind: Kind, text: str) -> str:
    """Return the value at the start of *text*, which ends where the next label begins.

    A word that has an element of its own may have spaces: it ends where the element does.
    """
    own = _ELEMENT.match(text) if kind == "word" else None
    if own and not _NEXT_LABEL.search(own[1]):
        return own[1].strip()
    text = text.strip(f" {SEAM}{CELL}")
    return _typed(kind, text) or _words(kind, text)


def _typed(kind: Kind, text: str) -> str:
    typed = _VALUES.get(kind)
    found = typed.match(text.replace(SEAM, "").replace(CELL, " ").lstrip()) if typed else None
    return found[0].strip() if found else ""


def _words(kind: Kind, text: str) -> str:
    """Return the words at the start of *text* that are one value."""
    if found := _NEXT_LABEL.search(text):
        text = text[: found.start()]
    if kind == "line":
        return text.replace(SEAM, "").replace(CELL, " ").strip()
    if kind == "words":
        return text.replace(SEAM, " ").replace(CELL, " ").strip(" ,，;；|｜")
    text = _SEPARATED.split(text, maxsplit=1)[0].strip()
    latin = _LATIN_WORDS.match(text)
    return latin[0] if latin else text.split(" ", maxsplit=1)[0]


def _spaced(label: str) -> str:
    """Return a pattern for *label* that allows for gaps between its characters."""
    return _GAP.join(_BRACKETS.get(character) or re.escape(character) for character in label)


_LONGEST_ROW: Final = 400
"""A row of labels and values is no longer than this, in characters; prose is."""
_LONGEST_LABEL: Final = 24
_KNOWN: Final = 1 << 10
"""How many short lines are remembered for the label that they are: most come on every page."""
_SHORT: Final = 8
"""Words where a number should be, such as 未知, are no longer than this."""
_TALLEST: Final = 16
"""A stack of labels has no more."""
_PAIR: Final = 2
_UNMISTAKABLE: Final = 4
"""A label of so many characters is one in the middle of a word too, behind another label."""
