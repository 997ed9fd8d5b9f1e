"""Values that stand beside others: below a line of words, in a row of bare numbers."""

import re
from typing import Final

from crawler.reading import DocumentPage
from crawler.reading.fields import Field, TextField
from crawler.reading.values import split_extension
from spiders.spacing import spaced_line
from spiders.transcripts import TranscriptField

_INTEGER: Final = re.compile(r"\d{1,6}")
_COUNT: Final = re.compile(r"\d{1,3}(?:[.,]\d{1,3})?[KkMm]?|\d{1,9}")
_TRIPLE: Final = 3
_LONGEST: Final = 120
_LONGEST_ADDRESS: Final = 2000
_NEXT: Final = re.compile(r"\s(?:\d[\d.,]{0,12}[KkMm]? views|Copyright\b|©)")
_CUT: Final = re.compile(r"\s?(?:\.\.\.|…)$")
_NAMED: Final = re.compile(r"(?:view|download|like|share|comment|vote|page)s?\W*", re.IGNORECASE)


def line_below(*names: str) -> TextField:
    """Read the line below the first that is one of *names*, or what follows it on its line."""
    words = "|".join(map(re.escape, names))
    found_by = re.compile(rf"(?:{words})\s?:?\s?(.+)?", re.IGNORECASE)

    def read(page: DocumentPage) -> str | None:
        header = page.header
        for place, number in enumerate(header):
            text = spaced_line(page, number)
            if len(text) > _LONGEST or not (found := found_by.fullmatch(text)):
                continue
            below = page.lines[header[place + 1]] if place + 1 < len(header) else ""
            value = _NEXT.split(found[1] or below, maxsplit=1)[0]
            if value and not value.endswith(":") and len(value) <= _LONGEST:
                return value
        return None

    return Field(read)


def in_triple(place: int) -> TextField:
    """Read one of three bare numbers that stand together: pages, views, downloads."""

    def read(page: DocumentPage) -> str | None:
        row: list[str] = []
        for number in page.header:
            text = spaced_line(page, number)
            words = text.split() if len(text) <= _LONGEST else [""]
            counts = [word for word in words if _COUNT.fullmatch(word)]
            if len(counts) < len(words):
                row = []
            elif len(words) == _TRIPLE:
                row = counts
            else:
                row += counts
            if len(row) == _TRIPLE and _INTEGER.fullmatch(row[0]):
                return row[place]
        return None

    return Field(read)


def number_at_title() -> TextField:
    """Read the bare number on the line before or behind the title, or else on the page's first.

    It is the number of pages, unless the text has a page of a higher number.
    """

    def read(page: DocumentPage) -> str | None:
        lines, header = page.lines, page.header
        title = page.layout.title.read(page)
        at = [place for place, number in enumerate(header) if _is_title(lines[number], title)]
        near = [place + step for place in at for step in (1, -1)]
        for place in [*near, *_first_bare(page, at[0] if at else 0)]:
            if 0 <= place < len(header) and _INTEGER.fullmatch(lines[header[place]]):
                if place and _NAMED.fullmatch(lines[header[place - 1]].strip("• ")):
                    continue
                number = lines[header[place]]
                return None if _highest(page) > int(number) else number
        return None

    return Field(read)


def _is_title(line: str, title: str | None) -> bool:
    begun = _CUT.sub("", line)
    return bool(title) and (line == title or (begun != line and str(title).startswith(begun)))


def _highest(page: DocumentPage) -> int:
    preview = page.layout.preview
    return preview.count(page) if isinstance(preview, TranscriptField) else 0


def _first_bare(page: DocumentPage, stop: int) -> list[int]:
    """Return the place of the first line of the header, before *stop*, that is a bare number."""
    texts = (page.lines[number] for number in page.header[: max(stop, 1)])
    return [place for place, text in enumerate(texts) if _INTEGER.fullmatch(text)][:1]


def extension_of(name: TextField) -> TextField:
    """Read the extension of the file called *name*."""

    def read(page: DocumentPage) -> str | None:
        return split_extension(name.read(page) or "")[1]

    return Field(read)


def texts_of(query: str) -> TextField:
    """Read the texts of the elements that the CSS *query* selects, separated by commas."""

    def read(page: DocumentPage) -> str | None:
        texts = (" ".join(node.text(deep=True).split()) for node in page.tree.css(query)[:50])
        return ", ".join(filter(None, texts)) or None

    return Field(read)


def part_of(place: TextField, pattern: str) -> TextField:
    """Read the first group of *pattern*, a regular expression, in what stands in a *place*."""
    compiled = re.compile(pattern)

    def read(page: DocumentPage) -> str | None:
        found = compiled.search((place.read(page) or "")[:_LONGEST_ADDRESS])
        return found[1] if found else None

    return Field(read)


def line_above_match(pattern: str) -> TextField:
    """Read the line above the first that begins with *pattern*, a regular expression."""
    compiled = re.compile(pattern)

    def read(page: DocumentPage) -> str | None:
        above = None
        for number in page.main_numbers():
            if compiled.match(page.lines.folded(number)):
                return above
            above = page.lines[number]
        return None

    return Field(read)


def position_below() -> TextField:
    """Read the number of all pages where a viewer shows its position on two lines: 1, ``/ 48``."""

    def read(page: DocumentPage) -> str | None:
        above = ""
        for number in page.main_numbers():
            text = page.lines[number]
            if above == "1" and (found := _BELOW.fullmatch(text)):
                return found[1]
            above = text
        return None

    return Field(read)


_BELOW: Final = re.compile(r"/ ?(\d{1,6})")
