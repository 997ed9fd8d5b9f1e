"""The free preview of a document where its page's markup delimits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.reading.preview import PreviewField, TitledPreviewField

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.reading.page import DocumentPage


class ElementPreviewField(PreviewField):
    """The lines in the elements that a CSS query selects, or else behind a mark."""

    def __init__(self, query: str, after: Sequence[str], slice_length: int) -> None:
        super().__init__(after, "", slice_length)
        self._query = query

    def start(self, page: DocumentPage) -> int | None:
        """Return the number of the first line in the elements, or else behind a mark."""
        return next(self._inside(page), None) or super().start(page)

    def _lines(self, page: DocumentPage, start: int) -> list[str]:
        found = [page.lines[number] for number in self._inside(page)]
        return found or super()._lines(page, start)

    def _inside(self, page: DocumentPage) -> Iterator[int]:
        roots = {node.mem_id for node in page.tree.css(self._query)}
        if roots:
            yield from (number for number in page.lines if page.lines.is_inside(number, roots))


class TitledElementPreviewField(TitledPreviewField, ElementPreviewField):
    """The same, without the title that pages print once or twice above the text."""


def inside(query: str, *after: str, length: int = 0) -> TitledElementPreviewField:
    """Read the lines in the elements that the CSS *query* selects.

    Where the page has none, it is the lines behind a line with one of the marks *after*. Slices
    of *length* characters are joined.
    """
    return TitledElementPreviewField(query, after, length)
