"""Which links of a page lead to a page worth asking for, and what each is known by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from scrapy.linkextractors import IGNORED_EXTENSIONS
from w3lib.url import canonicalize_url

if TYPE_CHECKING:
    from crawler.reading.address import UrlTemplate


class Link(NamedTuple):
    """An address worth asking for."""

    key: str
    """What it is known by: two addresses with one key are one page."""
    is_document: bool


def follow(url: str, template: UrlTemplate) -> Link | None:
    """Return what *url*, an absolute address, is known by, or ``None`` if it is not followed.

    Followed are the pages of the site that *template* knows, but for files, logins, searches,
    downloads, and addresses that carry another address within them.

    >>> from crawler.reading.address import UrlTemplate
    >>> site = UrlTemplate("https://www.wenku365.com/p-{doc_id}.html")
    >>> follow("http://wenku365.com/p-25324311.html?from=list", site)
    Link(key='25324311', is_document=True)
    >>> follow("http://www.wenku365.com/c-00011.html?b=2&a=1#top", site)
    Link(key='http://www.wenku365.com/c-00011.html?a=1&b=2', is_document=False)
    >>> follow("http://www.wenku365.com/login.aspx", site)
    >>> follow("http://www.wenku365.com/go?to=https%3A%2F%2Fexample.org%2F", site)
    """
    if len(url) > _LONGEST or not template.on_site(url) or _EMBEDS.search(url, _ORIGIN):
        return None
    doc_id = template.doc_id(url)
    if doc_id is not None:
        return Link(doc_id, is_document=True)
    try:
        path = urlsplit(url).path.lower()
        key = canonicalize_url(url)
    except ValueError:
        return None
    if _FILE.search(path) or _NOT_A_PAGE.search(path):
        return None
    return Link(key, is_document=False)


def is_login(url: str) -> bool:
    """Tell whether *url* is the address of a login or a sign-up.

    >>> is_login("https://www.wenku365.com/user/Login.aspx?back=/p-1.html")
    True
    """
    return _LOGIN.search(urlsplit(url).path.lower()) is not None


_LONGEST: Final = 2000
_ORIGIN: Final = len("https://")
_EMBEDS: Final = re.compile(r"https?(?::|%3a|/)(?:/|%2f|www\.)", re.IGNORECASE)
_LOGIN_WORDS: Final = (
    "(?:user|member)?_?(?:log-?[io]n|sign-?_?(?:in|up)|log-?out|reg(?:ister)?|passport)"
)
_LOGIN: Final = re.compile(rf"/{_LOGIN_WORDS}(?:[/._]|$)")
_NOT_A_PAGE: Final = re.compile(rf"/(?:{_LOGIN_WORDS}|search|so?|down(?:load)?)(?:[/._]|$)")
_MORE_FILES: Final = ("css", "js", "json", "xml", "txt", "ico", "wps", "et", "dps", "caj", "ofd")
"""What Scrapy's own list of files lacks."""
_FILE: Final = re.compile(
    rf"\.(?:{'|'.join(map(re.escape, {*IGNORED_EXTENSIONS, *_MORE_FILES}))})$"
)
