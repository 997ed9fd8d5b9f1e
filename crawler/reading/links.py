"""Which links of a page lead to a page worth asking for, and what each is known by."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urldefrag, urljoin, urlsplit

from w3lib.url import canonicalize_url, safe_url_string

if TYPE_CHECKING:
    from crawler.reading.address import UrlTemplate


class Link(NamedTuple):
    """An address worth asking for."""

    key: str
    """What it is known by: two addresses with one key are one page."""
    is_document: bool


REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
"""The statuses of answers that redirect."""
_KNOWN: Final = 1 << 16
"""How many links are remembered for what they are: navigation comes on every page."""


@lru_cache(_KNOWN)
def follow(url: str, template: UrlTemplate) -> Link | None:
    """Return what *url*, an absolute address, is known by, or ``None`` if it is not followed.

    Followed are the pages of the site that *template* knows, but for files, logins, searches,
    downloads, and addresses that carry another address within them. Scheme, ``www.``, default
    port and trailing dot make no difference.

    >>> from crawler.reading.address import UrlTemplate
    >>> site = UrlTemplate("https://www.wenku365.com/p-{doc_id}.html")
    >>> follow("http://wenku365.com/p-25324311.html?from=list", site)
    Link(key='25324311', is_document=True)
    >>> follow("http://www.wenku365.com/c-00011.html?b=2&a=1#top", site)
    Link(key='wenku365.com/c-00011.html?a=1&b=2', is_document=False)
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
        key = _PLAIN_ORIGIN.sub(r"\1", canonicalize_url(url), count=1)
    except ValueError:
        return None
    if _FILE.search(path) or _NOT_A_PAGE.search(path):
        return None
    return Link(key, is_document=False)


def redirect_target(url: str, status: int, location: bytes | None) -> str | None:
    """Return where an answer from *url* redirects to, absolute; ``None`` if nowhere.

    >>> redirect_target("https://www.wenku365.com/x", 302, b"/p-1.html#top")
    'https://www.wenku365.com/p-1.html'
    >>> redirect_target("https://www.wenku365.com/x", 304, b"/p-1.html")
    """
    if status not in REDIRECTS or location is None:
        return None
    try:
        return urldefrag(urljoin(url, safe_url_string(location))).url
    except ValueError:
        return None


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
_PLAIN_ORIGIN: Final = re.compile(r"^https?://(?:www\.)?([^/?:]+?)\.?(?::80|:443)?(?=[/?]|$)")
_FILES: Final = (
    "3gp 7z 7zip aac ai aiff apk asf asx au avi bat bin bmp bz2 caj cdr css csv dmg doc docb docm "
    "docx dotm dotx dps drw dxf eps epub et exe flv gif gz hta ico iso jar jpeg jpg js json m4a "
    "m4v mid mng mobi mov mp3 mp4 mpg msi odg odp ods odt ofd ogg pct pdf png potm potx pps ppt "
    "pptm pptx ps psp pst py qt ra rar rb rm rss sh svg swf tar tif tiff ttf txt wav webm webp "
    "wma wmv woff woff2 wps xls xlsm xlsx xltm xltx xml xz zip"
)
"""What the names of files end in that are no pages."""
_FILE: Final = re.compile(rf"\.(?:{'|'.join(_FILES.split())})$")
