"""What an answer is: a document, a list of them, or why it is neither.

A crawl, a re-read of the archive and a rebuilt database ask the same two functions, so that they
say the same of the same answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.errors import (
    GonePageError,
    LoginPageError,
    MissingFieldError,
    NotADocumentError,
    PageError,
    WrongPageError,
)
from crawler.reading import notices
from crawler.reading.codings import CodingError
from crawler.reading.generic import READER, GenericPage
from crawler.reading.headline import agrees
from crawler.reading.layout import FIELD_NAMES
from crawler.reading.links import REDIRECTS, follow, is_login
from crawler.reading.sitemaps import Sitemap, read_sitemap

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.items import RawDocument
    from crawler.reading.page import DocumentPage

DOCUMENT: Final = "document"
LIST: Final = "list"
NOT_MODIFIED: Final = "unchanged"
"""The verdict of an answer that says that nothing changed since the last."""
NO_LINKS: Final = "no_links"
"""The reason of a list that leads to no page of the site."""

_LARGEST_SITEMAP: Final = 50 * 1024 * 1024
"""The largest sitemap there may be, in bytes (sitemaps.org)."""
_MARKUP_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
_PAGE_TYPES: Final = _MARKUP_TYPES | {"", "text/plain"}
_SITEMAP: Final = re.compile(
    rb"\s{0,99}(?:<\?xml[^>]{0,99}>\s{0,99})?<(?:\w{1,20}:)?(?:urlset|sitemapindex)\b"
)
"""How a sitemap begins, whatever its server calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an answer was taken for, and what was read from it."""

    verdict: str
    """``document``, ``list``, or the reason for which it is neither."""
    page: DocumentPage | None = None
    """The page, at the address that answered; ``None`` if it is no page at all."""
    document: RawDocument | None = None
    error: PageError | None = None
    """Why it is no document, if its address is a document's."""
    sitemap: Sitemap | None = None
    """What it lists, if it is a list for crawlers."""

    @property
    def is_unknown_layout(self) -> bool:
        """Whether the site's class did not recognise the page, and the generic one read it."""
        read_generally = self.document is not None and self.document.reader == READER
        return read_generally and not isinstance(self.page, GenericPage)


def head_verdict(status: int | None, *, truncated: bool = False) -> str | None:
    """Return why an answer with *status* is no page; ``None`` if its body has to say.

    *status* is ``None`` if what came is not HTTP.

    >>> head_verdict(200), head_verdict(302), head_verdict(404), head_verdict(410)
    (None, 'redirect', 'http_404', 'gone')
    """
    if status is None:
        return "bad_answer"
    if status == HTTPStatus.NOT_MODIFIED:
        return NOT_MODIFIED
    if status in REDIRECTS:
        return "redirect"
    if status == HTTPStatus.GONE:
        return GonePageError.reason
    if status != HTTPStatus.OK:
        return f"http_{status}"
    return "truncated" if truncated else None


def read_answer(  # noqa: PLR0913 - what an answer consists of
    kind: type[DocumentPage],
    *,
    asked: str,
    landed: str,
    content_type: str,
    body: bytes,
    captured_at: datetime,
) -> Reading:
    """Read a whole answer of status 200, its content encoding undone, from the site of *kind*.

    *asked* is the address that was asked first, *landed* the one that answered.
    """
    if not body:
        return Reading(verdict="empty")
    media_type = content_type.partition(";")[0].strip().lower()
    template = kind.url_template
    asked_id = template.doc_id(asked)
    landed_id = asked_id if landed == asked else template.doc_id(landed)
    is_list = asked_id is None and landed_id is None
    if is_list and (media_type not in _MARKUP_TYPES or _SITEMAP.match(body)):
        listed = _read_sitemap(body)
        if listed is not None:
            return listed
    if media_type not in _PAGE_TYPES:
        return Reading(verdict="not_html")
    here = kind(landed, body, content_type=content_type, fetched_at=captured_at)
    if is_list:
        return _read_list(here)
    page = here
    if asked != landed:
        is_said = asked_id is not None and not template.stands_in(asked_id, asked)
        if is_said or landed_id is None:
            page = kind(asked, body, content_type=content_type, fetched_at=captured_at)
    try:
        _check_landing(page, landed)
        document = read_document(page)
    except PageError as error:
        return Reading(verdict=error.reason, page=here, error=error)
    return Reading(verdict=DOCUMENT, page=here, document=document)


def _read_sitemap(body: bytes) -> Reading | None:
    """Read *body* as a sitemap; ``None`` if it lists no address."""
    try:
        sitemap = read_sitemap(body, _LARGEST_SITEMAP)
    except CodingError as error:
        return Reading(verdict=error.reason)
    return Reading(verdict=LIST, sitemap=sitemap) if sitemap.urls else None


def read_document(page: DocumentPage) -> RawDocument:
    """Return the document that *page* is about; raise a ``PageError`` if it is about none.

    A page whose layout its class does not recognise, because it finds no title or nothing but a
    title, is read as a page of any site, under the site's own address and ID.
    """
    try:
        document = page.document()
    except MissingFieldError:
        other = _read_generally(page)
        if other is None:
            raise
        return other
    if isinstance(page, GenericPage) or any(getattr(document, name) for name in _TELLING):
        return document
    if other := _read_generally(page, known_title=True):
        return other
    notices.check_front(page)
    if page.title_tag and not agrees(document.title, page.title_tag):
        raise NotADocumentError(page.url, "a heading that is not the page's title, and no more")
    return document


_TELLING: Final = tuple(name for name in FIELD_NAMES if name not in {"doc_id", "title"})


def _read_generally(page: DocumentPage, *, known_title: bool = False) -> RawDocument | None:
    """Return what the generic page reads, ``None`` if it finds no document either.

    Beside a *known_title*, it has to find facts: a text alone may be anything.
    """
    kind = GenericPage.under(type(page))
    other = kind(page.url, page.body, content_type=page.content_type, fetched_at=page.fetched_at)
    try:
        document = other.document()
    except PageError:
        return None
    return document if not known_title or other.has_facts else None


def _read_list(page: DocumentPage) -> Reading:
    try:
        notices.check_size(page)
    except PageError as error:
        return Reading(verdict=error.reason)
    links = [link for url in page.links() if (link := follow(url, page.url_template))]
    if any(link.is_document for link in links):
        return Reading(verdict=LIST, page=page)
    try:
        if not links:
            notices.check_body(page)
        notices.check(page)
    except PageError as error:
        return Reading(verdict=error.reason, page=page)
    return Reading(verdict=LIST if links else NO_LINKS, page=page)


def _check_landing(page: DocumentPage, landed: str) -> None:
    """Raise a ``PageError`` if the document of *page* cannot be at the address *landed*."""
    if page.url == landed:
        return
    template = page.url_template
    doc_id = template.doc_id(landed)
    if doc_id not in {None, template.doc_id(page.url)}:
        raise WrongPageError(page.url, f"redirected to document {doc_id}")
    if is_login(landed):
        raise LoginPageError(page.url, f"redirected to {landed}")
    if urlsplit(landed).path in {"", "/"}:
        raise NotADocumentError(page.url, "redirected to the front page")
