"""Page layouts of sites that call a document by a hexadecimal number, and print no data of it."""

from collections.abc import Iterator
from typing import Final

from crawler.reading import DocumentPage, Layout, absent, css, matching, title_above
from crawler.reading.preview import PreviewField
from crawler.reading.values import split_extension
from spiders.titles import confirmed, if_any, named_in_title_tag, started

HEX: Final = "[0-9a-f]{8,40}"
"""An ID: digits of various number, and leading zeros are part of it."""

_FIRST: Final = 3
"""How many lines behind the mark the title may stand first,"""
_GLUED: Final = 8
"""and how long it is, to be told from a text that begins with the same word."""
_NOTICES: Final = ("完整", "预览", "下载", "侵权", "投诉", "删除", "举报")
_MOST_NOTICES: Final = 3


class BelowTitlesPreviewField(PreviewField):
    """The lines behind one that begins with *mark*, without notices of the site and titles."""

    def __init__(self, mark: str) -> None:
        super().__init__((mark,))
        self._mark = mark

    def start(self, page: DocumentPage) -> int | None:
        """Return the number of the line behind the mark, which may stand in the page's chrome."""
        lines = page.lines
        mark = next((number for number in lines if lines[number].startswith(self._mark)), None)
        if mark is None:
            return None
        return next((n for n in lines.since(mark + 1) if n not in lines.aside), mark + 1)

    def _lines(self, page: DocumentPage, start: int) -> list[str]:
        lines = super()._lines(page, start)
        lines = lines[_notices(lines) :]
        title = page.layout.title.read(page) or ""
        names = {title, split_extension(title)[0]} - {""}
        at = next((n for n, line in enumerate(lines[:_FIRST]) if line in names), 0)
        while at < len(lines) and lines[at] in names:
            at += 1
        return [*_unglued(lines[at : at + 1], names, is_text=not page.is_html), *lines[at + 1 :]]


def _notices(lines: list[str]) -> int:
    """Return how many of the first *lines* are numbered notices of the site."""
    number = 0
    while number < min(_MOST_NOTICES, len(lines)):
        line = lines[number]
        is_next = line.startswith(f"{number + 1}、")
        if not is_next or not any(word in line for word in _NOTICES):
            break
        number += 1
    return number


def _unglued(lines: list[str], names: set[str], *, is_text: bool) -> Iterator[str]:
    """Yield the line without the title that an image's text left at its beginning."""
    for line in lines:
        rest = line
        for name in sorted(names, key=len, reverse=True):
            while rest.startswith(name * 2):
                rest = rest[len(name) :]
            if rest.startswith(name) and (rest != line or (is_text and len(name) >= _GLUED)):
                rest = rest[len(name) :]
        yield rest.strip() or line


class CrumbLayout(Layout):
    """A page that begins with 当前位置, the way to it from the front page."""

    signs = ("当前位置",)

    size = absent()
    page_count = absent()
    date = absent()
    title = if_any(
        confirmed(
            matching(r"^当前位置:[^›»>]*[›»>](?:.*[›»>])?\s*(.+)"), css("h1"), named_in_title_tag()
        ),
        started(),
    )
    preview = BelowTitlesPreviewField("当前位置")


class CollectionLayout(Layout):
    """A page that offers all documents of a collection, 合集下载."""

    signs = ("合集下载",)

    size = absent()
    page_count = absent()
    date = absent()
    title = if_any(confirmed(title_above("合集下载"), css("h1"), named_in_title_tag()), started())
    preview = BelowTitlesPreviewField("合集下载")


class HexPage(DocumentPage):
    """A site of the group of 文档之家, 文档库, 搜档网 and 360文档."""

    layouts = (CrumbLayout, CollectionLayout)
