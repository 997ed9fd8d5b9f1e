"""Pages that are no documents: walls, notices of deletion, error pages, nothing at all.

No phrase alone decides: words of captchas, logins and complaints stand on good pages too. A page
is asked only if it shows no document, and then its title and the little text it has are looked at.
"""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from crawler.errors import (
    BlockedPageError,
    GonePageError,
    LoginPageError,
    NotADocumentError,
    PageError,
    TooLargePageError,
    WrongPageError,
)
from crawler.reading.notice_words import CHALLENGES, CONDITIONS, SENTENCES, TITLES, pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from crawler.reading.page import Page

LARGEST: Final = 8 * 1024 * 1024
"""A larger page is not read, in bytes: its tree takes up to a hundred times as many."""
_SHORT: Final = 1500
"""A notice's page has fewer visible characters; a document's preview has more."""
_BARE: Final = 300
"""A challenge's page has fewer."""
_MOST_LINES: Final = 400
_HEADINGS: Final = 6
"""A page says what it is in one of its first headings."""
_LONGEST_HEADING: Final = 80
_SITE_NAME: Final = re.compile(r"(?<=\S)\s*[-_|—–].*")
_MORE_WORDS: Final = 5
"""How many characters a notice's title has beside what makes it one."""
_SENTENCE_END: Final = re.compile(r"[。！!；;\n]|[.?？](?=\s|$)")
_FRONT: Final = re.compile(r"/|(?:https?:)?//[^/?#]+/?", re.IGNORECASE)
_TOLD: Final = frozenset({"captcha", "deleted", "login"})
"""Notices whose titles are told beside a fact; those of errors are also words of documents."""
_SAMPLE: Final = 4096
_MANY_LINKS: Final = 10
"""A page that shows so many other documents, and none itself, is a list."""
_LEAST_SCRIPT: Final = 40
_TELLING: Final = ("og:title", "og:document", "citation_", "dc.", "twitter:title")
_LEAST: Final = 10
"""A page with fewer characters says nothing."""


class Rule(NamedTuple):
    """One kind of page that is no document."""

    name: str
    error: type[PageError]
    title: re.Pattern[str]
    """The page's title or heading, with a word or two more."""
    text: re.Pattern[str] | None
    """Found in a sentence of a page that has little text."""


def _rule(name: str, error: type[PageError]) -> Rule:
    text = pattern(SENTENCES[name]) if name in SENTENCES else None
    return Rule(name, error, pattern(TITLES[name]), text)


RULES: Final = (
    _rule("captcha", BlockedPageError),
    _rule("deleted", GonePageError),
    _rule("login", LoginPageError),
    _rule("error", NotADocumentError),
    _rule("search", NotADocumentError),
)


def check_body(page: Page) -> None:
    """Raise a ``PageError`` if there is nothing on *page* that could be read, or too much."""
    check_size(page)
    body = page.body[:_SAMPLE]
    if not body.strip():
        raise NotADocumentError(page.url, "an empty page")
    if problem := _binary(body):
        raise NotADocumentError(page.url, problem)
    if sum(len(page.lines[number]) for number in islice(page.lines, _LEAST)) < _LEAST:
        if page.says_its_title and _has_data(page):
            return
        check(page)
        raise NotADocumentError(page.url, "a page without text")


def check_size(page: Page) -> None:
    """Raise ``TooLargePageError`` if *page* is larger than is read."""
    if len(page.body) > LARGEST:
        raise TooLargePageError(page.url, f"a page of {len(page.body)} bytes")


def check(page: Page) -> None:
    """Raise the ``PageError`` that fits a *page* that shows no document, if one does."""
    sentences, length = _sentences(page)
    titles = [_SITE_NAME.sub("", page.title_tag), *_headings(page)]
    found = next(
        chain(
            (rule for rule in RULES if any(_is_notice(rule, title) for title in titles)),
            (rule for rule in RULES if rule.text and any(map(rule.text.search, sentences))),
        ),
        None,
    )
    if found is not None:
        raise found.error(page.url, f"a page of the kind «{found.name}»")
    if length < _BARE and any(sign in page.text for sign in CHALLENGES):
        raise BlockedPageError(page.url, "a page of the kind «challenge»")


def check_thin(page: Page, text: str) -> None:
    """Raise the ``PageError`` that fits a *page* that shows a fact or two, and little *text*.

    A login form and a complaint's link stand beside documents too: a title alone tells them.
    """
    titles = [_SITE_NAME.sub("", page.title_tag), *_headings(page)]
    sentences = [one for one in _SENTENCE_END.split(text) if one and not CONDITIONS.search(one)]
    for rule in RULES:
        is_told = rule.name in _TOLD and any(_is_notice(rule, title) for title in titles)
        said = rule.text if rule.error is GonePageError else None
        if is_told or (said and any(map(said.search, sentences))):
            raise rule.error(page.url, f"a page of the kind «{rule.name}»")
    check_front(page)


def check_front(page: Page) -> None:
    """Raise ``NotADocumentError`` if *page* says that its address is the site's front page's."""
    node = page.tree.css_first('link[rel="canonical"]')
    href = (node.attributes.get("href") or "").strip() if node else ""
    if _FRONT.fullmatch(href):
        raise NotADocumentError(page.url, "the site's front page")


def check_list(page: Page, others: Collection[str]) -> None:
    """Raise ``NotADocumentError`` if *page*, which shows no document, shows many: *others*."""
    if len(others) >= _MANY_LINKS:
        raise NotADocumentError(page.url, "a page of the kind «list»")


def check_address(page: Page, own: str, said: Iterable[str | None]) -> None:
    """Raise ``WrongPageError`` if *page*, the document *own*'s, calls itself another's.

    *said* are the IDs in the addresses that it gives itself. Only numbers count: words of an
    address are cut and changed.
    """
    others = [one for one in said if one]
    if own.isdecimal() and others and own not in others and all(map(str.isdecimal, others)):
        raise WrongPageError(page.url, f"calls itself document {others[0]}, not {own}")


def _has_data(page: Page) -> bool:
    """Tell whether *page* says something for machines, beside its title."""
    if page.linked_data or page.tree.css_first("h1") is not None:
        return True
    said = any(name.startswith(_TELLING) for name in page.metadata)
    return said or any(len(script) > _LEAST_SCRIPT for script in page.scripts)


def _is_notice(rule: Rule, title: str) -> bool:
    """Tell whether *title* says little else than that it is a page of the kind of *rule*."""
    found = rule.title.search(title)
    return found is not None and len(title) - len(found[0]) <= _MORE_WORDS


def _headings(page: Page) -> Iterator[str]:
    for node in page.tree.css("h1, h2")[:_HEADINGS]:
        heading = " ".join(node.text(deep=True).split())
        if heading and len(heading) <= _LONGEST_HEADING:
            yield _SITE_NAME.sub("", heading)


def _sentences(page: Page) -> tuple[list[str], int]:
    """Return the sentences of a page that has little text, and how long its text is.

    What is about other documents does not count, nor what only says what would be done if.
    """
    lines = page.lines
    texts = [lines[number] for number in islice(lines, _MOST_LINES) if number not in lines.aside]
    length = sum(map(len, texts))
    if length >= _SHORT:
        return [], length
    sentences = _SENTENCE_END.split("\n".join(texts))
    return [one for one in sentences if one and not CONDITIONS.search(one)], length


def _binary(body: bytes) -> str:
    """Return what *body* is if it is no text; empty if it may be."""
    if body.startswith(tuple(_STARTS)):
        return next(name for start, name in _STARTS.items() if body.startswith(start))
    if body.startswith((b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0")):
        return ""
    controls = len(body) - len(body.translate(None, _CONTROLS))
    return "not a text" if controls > len(body) // 50 else ""


_STARTS: Final = {
    b"%PDF-": "a PDF file",
    b"PK\x03\x04": "a ZIP file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x1f\x8b": "a gzip file",
    b"\xd0\xcf\x11\xe0": "an Office file",
}
_CONTROLS: Final = bytes(set(range(0x20)) - set(b"\t\n\r\f\x1b"))
