"""What a page leads to, as the frontier takes it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin

from w3lib.url import safe_url_string

from crawler.reading.links import follow, is_download, is_own, result_page
from crawler.storage.pages import Found, page_hash
from crawler.storage.tables import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.reading.address import UrlTemplate
    from crawler.reading.judging import Reading

_KNOWN: Final = 1 << 16
"""How many links are remembered for what they are: navigation comes on every page."""


class Links(NamedTuple):
    """What a page leads to: a spider yields it, instead of a request for each."""

    found: Sequence[Found]


class Known(NamedTuple):
    """What an address is known by: two with one hash are one page."""

    hash: int
    is_document: bool


class Discovery:
    """Finds what the pages of a site lead to, for a crawl with certain arguments."""

    def __init__(
        self,
        template: UrlTemplate,
        *,
        deepest: int | None = None,
        search: tuple[str, str] = ("", ""),
    ) -> None:
        """*deepest* is how many links are followed; *search* a search's address and its words."""
        self._template = template
        self._deepest = deepest
        self._search = search

    def seed(self, url: str) -> Found:
        """Return the place *url* to start at."""
        known = self.known(url)
        number = page_hash(f"p:{url}") if known is None else known.hash
        return Found(url, number, Kind.SEED.value, 0, 0)

    def links(self, reading: Reading, depth: int, *, alone: bool = False) -> list[Found]:
        """Return what the page of *reading*, at *depth*, leads to; nothing if it is *alone*."""
        if alone:
            return []
        if reading.sitemap is not None and reading.sitemap.is_index:
            own = [url for url in reading.sitemap.urls if is_own(url, self._template)]
            return [self._sitemap(url, depth) for url in own]
        if reading.sitemap is not None:
            return self.found(reading.sitemap.urls, depth)
        return [] if reading.page is None else self.found(reading.page.links(), depth)

    def found(self, urls: Iterable[str], depth: int) -> list[Found]:
        """Return those of *urls*, on a page at *depth*, that are worth asking for, each once."""
        if self._deepest is not None and depth >= self._deepest:
            return []
        best: dict[int, tuple[str, bool]] = {}
        for url in urls:
            known = self.known(url)
            if known is None:
                continue
            other = best.get(known.hash)
            if other is None or (is_download(other[0]) and not is_download(url)):
                best[known.hash] = (url, known.is_document)
        return [
            self._at(url, number, depth + 1, is_document=is_document)
            for number, (url, is_document) in best.items()
        ]

    def target(self, url: str, depth: int) -> list[Found]:
        """Return the document at *url*, which a page at *depth* redirects to."""
        known = self.known(url)
        return [] if known is None else [self._at(url, known.hash, depth, is_document=True)]

    def known(self, url: str) -> Known | None:
        """Return what *url*, an absolute address, is known by; ``None`` if it is not followed."""
        known = known_by(url, self._template)
        address, words = self._search
        if known is None and words:
            link = result_page(url, address, words, self._template)
            return None if link is None else Known(page_hash(f"p:{link.key}"), is_document=False)
        return known

    def _sitemap(self, url: str, depth: int) -> Found:
        return self._at(url, self.seed(url).hash, depth, is_document=False)

    def _at(self, url: str, number: int, depth: int, *, is_document: bool) -> Found:
        # Documents first, which keeps the queue short; but a limit on the depth counts the
        # shortest way to a page, so there nothing overtakes what is nearer.
        priority = (0 if self._deepest is None else 2 * depth) - int(is_document)
        kind = Kind.DOCUMENT if is_document else Kind.LIST
        address = url if url.isascii() and url.isprintable() else safe_url_string(url)
        return Found(address, number, kind.value, priority, depth)


@lru_cache(_KNOWN)
def known_by(url: str, template: UrlTemplate) -> Known | None:
    """Return what *url*, an absolute address, is known by on the site of *template*."""
    link = follow(url, template)
    if link is None:
        return None
    return Known(page_hash(f"{'d' if link.is_document else 'p'}:{link.key}"), link.is_document)


def search_of(front: str, search_url: str, query: str | None) -> tuple[str, str]:
    """Return the address of a site's search, seen from its *front* page, and the words in it."""
    return ("", "") if query is None else (urljoin(front, search_url), query)
