"""What an answer is: a document, a list of them, or why it is neither.

A crawl, a re-read of the archive and a rebuilt database ask the same two functions, so that they
say the same of the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.errors import (
    GonePageError,
    LoginPageError,
    NotADocumentError,
    PageError,
    WrongPageError,
)
from crawler.reading import notices
from crawler.reading.links import REDIRECTS, follow, is_login

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.items import RawDocument
    from crawler.reading.page import DocumentPage

DOCUMENT: Final = "document"
LIST: Final = "list"
NO_LINKS: Final = "no_links"
"""The reason of a list that leads to no page of the site."""

_PAGE_TYPES: Final = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})


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


def head_verdict(status: int | None, *, truncated: bool = False) -> str | None:
    """Return why an answer with *status* is no page; ``None`` if its body has to say.

    *status* is ``None`` if what came is not HTTP.

    >>> head_verdict(200), head_verdict(302), head_verdict(404), head_verdict(410)
    (None, 'redirect', 'http_404', 'gone')
    """
    if status is None:
        return "bad_answer"
    if status == HTTPStatus.NOT_MODIFIED:
        return "unchanged"
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
    if content_type.partition(";")[0].strip().lower() not in _PAGE_TYPES:
        return Reading(verdict="not_html")
    here = kind(landed, body, content_type=content_type, fetched_at=captured_at)
    template = kind.url_template
    if template.doc_id(asked) is None and template.doc_id(landed) is None:
        return _read_list(here)
    page = here
    if asked != landed and template.doc_id(asked) is not None:
        page = kind(asked, body, content_type=content_type, fetched_at=captured_at)
    try:
        _check_landing(page, landed)
        document = page.document()
    except PageError as error:
        return Reading(verdict=error.reason, page=here, error=error)
    return Reading(verdict=DOCUMENT, page=here, document=document)


def _read_list(page: DocumentPage) -> Reading:
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
