"""Parts of a page that are not about its document, told by what their markup calls them.

A class or an ID is a hint of the page's author: ``<div class="cookie-banner">``. It counts only
where the page's title does not stand in the same part.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from crawler.reading.lines import Lines

_OTHERS: Final = re.compile(
    r"(?:^|[\s_-])(?:related|relate|recommend\w*|similar|suggest\w*|also|hot-?list|rank(?:ing)?|"
    r"comments?|comment-?list|reviews?|replies|similars|others?|popular|latest|trending|see-?also)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_CHROME: Final = re.compile(
    r"cookie|consent|gdpr|newsletter|subscri|foot|copyright|disclaimer|crumb|social|modal|popup|"
    r"advert|promo|login|signup|sign-up|legal|sitemap|navbar|topbar|toolbar|statement|"
    r"(?:^|[\s_-])(?:ads?|share|sharing|about|notice|tips|terms|banner|nav|menu|header|help)(?:$|[\s_-])",
    re.IGNORECASE,
)


class Parts:
    """The parts of one page, whose title stands in line *title*."""

    def __init__(self, lines: Lines, title: int | None) -> None:
        self._lines = lines
        self._titled = (
            {node.mem_id for node in lines.blocks(title)} if title is not None else set[int]()
        )
        self._known: dict[tuple[int, object], bool] = {}

    def is_of_others(self, number: int) -> bool:
        """Tell whether line *number* stands in a part about other documents or by readers."""
        return self._is_in(number, _OTHERS)

    def is_chrome(self, number: int) -> bool:
        """Tell whether line *number* stands in a part that is on all the pages of its site."""
        return self._is_in(number, _CHROME) or self._is_in(number, _OTHERS)

    def is_entry(self, number: int) -> bool:
        """Tell whether line *number* stands in the entry of another document: a link heads it.

        Links to people, to lists and to files are none of another document's.
        """
        hrefs = self._lines.heading_links(number)
        if any(href.strip() and not _NO_DOCUMENT.search(href) for href in hrefs[:1]):
            return True
        return any(self._is_card(node) for node in self._lines.blocks(number)[:_CARD_DEPTH])

    def _is_card(self, node: LexborNode) -> bool:
        key = (node.mem_id, _CARD)
        if key not in self._known:
            is_card = node.mem_id not in self._titled and node.css_first(_CARD) is not None
            self._known[key] = is_card
        return self._known[key]

    def _is_in(self, number: int, names: re.Pattern[str]) -> bool:
        return any(self._is_called(node, names) for node in self._lines.blocks(number))

    def _is_called(self, node: LexborNode, names: re.Pattern[str]) -> bool:
        key = (node.mem_id, names)
        if key not in self._known:
            attributes = node.attributes
            called = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:_LONGEST]
            is_called = len(called) > 1 and names.search(called) is not None
            self._known[key] = is_called and node.mem_id not in self._titled
        return self._known[key]


_LONGEST: Final = 200
_CARD: Final = "h2 a[href], h3 a[href], h4 a[href], a[href] h2, a[href] h3, a[href] h4"
_CARD_DEPTH: Final = 3
_NO_DOCUMENT: Final = re.compile(
    r"^(?:#|javascript:|mailto:)|/(?:users?|u|author|members?|profile|people|tags?|categor\w*|topics?|"
    r"kategori\w*|c|list|search|download\w*|uploader|rubrik|space|home|uname)(?:[/?_.-]|$)|"
    r"/[cug]-|\.(?:pdf|docx?|pptx?|xlsx?|txt|rtf|epub|odt|zip|rar)(?:$|\?)|^/?$",
    re.IGNORECASE,
)
