"""Which links of a page lead to a page worth asking for, and what each is known by."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

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
    downloads, the site's own news, addresses that carry another address within them, and traps:
    calendars, and paths that repeat themselves. Scheme, ``www.``, default port, trailing dot and
    what counts visits in the query make no difference.

    >>> from crawler.reading.address import UrlTemplate
    >>> site = UrlTemplate("https://www.wenku365.com/p-{doc_id}.html")
    >>> follow("http://wenku365.com/p-25324311.html?from=list", site)
    Link(key='25324311', is_document=True)
    >>> follow("http://www.wenku365.com/c-00011.html?b=2&a=1#top", site)
    Link(key='wenku365.com/c-00011.html?a=1&b=2', is_document=False)
    >>> follow("http://www.wenku365.com/u-3.html?PHPSESSID=0123456789abcdef", site)
    Link(key='wenku365.com/u-3.html', is_document=False)
    >>> follow("http://www.wenku365.com/login.aspx", site)
    >>> follow("http://www.wenku365.com/go?to=https%3A%2F%2Fexample.org%2F", site)
    """
    if _carries_another(url):
        return None
    doc_id = template.doc_id(url)
    if doc_id is not None:  # and so it is on the site
        return None if _is_engines_download(url) else Link(doc_id, is_document=True)
    key = _list_key(url) if template.on_site(url) else None
    return None if key is None else Link(key, is_document=False)


def _is_engines_download(url: str) -> bool:
    """Tell whether *url* is the download page of the sites' engine.

    It asks for a login, and its view page has another address.
    """
    if url.isascii() and url.isprintable() and "download" not in url.lower():
        return False
    try:
        return urlsplit(url).path.lower().endswith(_DOWNLOAD)
    except ValueError:
        return True


def _list_key(url: str) -> str | None:
    """Return what *url*, which is no document's, is known by; ``None`` if it is not followed."""
    try:
        parts = urlsplit(url)
        path = parts.path.lower()
        if _FILE.search(path) or _NOT_A_PAGE.search(path) or is_trap(path, parts.query):
            return None
        is_marked = parts.query or _SESSION_IN_PATH.search(path)
        key = canonicalize_url(_without_visit(url) if is_marked else url)
    except ValueError:
        return None
    return _PLAIN_ORIGIN.sub(r"\1", key, count=1)


def is_own(url: str, template: UrlTemplate) -> bool:
    """Tell whether *url* is an address on the site of *template* that carries no other within."""
    return template.on_site(url) and not _carries_another(url)


def _carries_another(url: str) -> bool:
    """Tell whether *url* carries another address within, or is long enough to."""
    if len(url) > _LONGEST:
        return True
    return "http" in url[_ORIGIN:].lower() and _EMBEDS.search(url, _ORIGIN) is not None


def result_page(url: str, search_url: str, query: str, template: UrlTemplate) -> Link | None:
    """Return what *url* is known by if it is a page of the results of a search for *query*.

    *search_url* is the search's address, with ``{query}`` in its query.

    >>> from crawler.reading.address import UrlTemplate
    >>> site = UrlTemplate("https://www.wenku365.com/p-{doc_id}.html")
    >>> search = "https://www.wenku365.com/s?keyword={query}"
    >>> result_page("https://www.wenku365.com/s?page=2&keyword=%E5%9B%BE", search, "图", site)
    Link(key='wenku365.com/s?keyword=%E5%9B%BE&page=2', is_document=False)
    >>> result_page("https://www.wenku365.com/s?page=2&keyword=x", search, "图", site)
    """
    if not is_own(url, template):
        return None
    try:
        searched, parts = urlsplit(search_url), urlsplit(url)
        given = dict(parse_qsl(parts.query))
    except ValueError:
        return None
    name = next((name for name, value in parse_qsl(searched.query) if value == "{query}"), "")
    if parts.path != searched.path or given.get(name) != query:
        return None
    return Link(_PLAIN_ORIGIN.sub(r"\1", canonicalize_url(url), count=1), is_document=False)


def is_trap(path: str, query: str) -> bool:
    """Tell whether a *path* and a *query*, in lower case, lead to pages without end.

    >>> is_trap("/list/list/list/", ""), is_trap("/calendar/2031/07", ""), is_trap("/c-1.html", "")
    (True, True, False)
    """
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > _DEEPEST or query.count("&") >= _MOST_PARAMETERS:
        return True
    is_repeated = len(segments) - len(set(segments)) >= _REPEATED
    return is_repeated or _CALENDAR.search(f"{path}?{query}") is not None


def _without_visit(url: str) -> str:
    """Return *url* without what tells one visit from another."""
    head, mark, query = _SESSION_IN_PATH.sub("", url, count=1).partition("?")
    query, fragment, rest = query.partition("#")
    kept = [pair for pair in query.split("&") if not _VISIT.match(pair)]
    return head + (mark if any(kept) else "") + "&".join(kept) + fragment + rest


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


def is_download(url: str) -> bool:
    """Tell whether *url* is the address of the page where a document is bought or downloaded.

    The page where it is viewed says more of it.

    >>> is_download("https://www.31ppt.com/d-1.html"), is_download("https://m.31ppt.com/p-1.html")
    (True, False)
    """
    return _DOWNLOADED.search(url, _ORIGIN) is not None


def is_login(url: str) -> bool:
    """Tell whether *url* is the address of a login or a sign-up.

    >>> is_login("https://www.wenku365.com/user/Login.aspx?back=/p-1.html")
    True
    """
    return _LOGIN.search(urlsplit(url).path.lower()) is not None


_LONGEST: Final = 2000
_DOWNLOAD: Final = "/download.aspx"
_DOWNLOADED: Final = re.compile(r"/(?:d-[0-9]|down(?:load)?[/.])")
_DEEPEST: Final = 12
"""A path with more segments leads nowhere new."""
_MOST_PARAMETERS: Final = 8
_REPEATED: Final = 2
"""So many segments that stood in a path before make it one that grows without end."""
_CALENDAR: Final = re.compile(
    r"/(?:calendar|events?|archives?)/(?:[^?]*/)?\d{4}[-/]\d{1,2}|"
    r"[?&](?:(?:cal_?)?(?:month|day)=\d|date=\d{4}-?\d\d)"
)
"""Pages of days or months, of which each leads to the next."""
_SESSION_NAMES: Final = (
    "phpsessid|jsessionid|aspsessionid\\w{0,20}|asp\\.net_sessionid|sessionid|session_id"
)
_VISIT: Final = re.compile(
    rf"(?:{_SESSION_NAMES}|utm_\w{{1,20}}|spm|gclid|fbclid|_t|timestamp|rnd|random)(?:=|$)|sid=\w{{16}}",
    re.IGNORECASE,
)
"""Parameters that tell one visit from another."""
_SESSION_IN_PATH: Final = re.compile(r";jsessionid=\w*|/\(S\(\w*\)\)", re.IGNORECASE)
_ORIGIN: Final = len("https://")
_EMBEDS: Final = re.compile(r"https?(?::|%3a|/)(?:/|%2f|www\.)", re.IGNORECASE)
_LOGIN_WORDS: Final = (
    "(?:user|member)?_?(?:log-?[io]n|sign-?_?(?:in|up)|log-?out|reg(?:ister)?|passport)"
)
_LOGIN: Final = re.compile(rf"/{_LOGIN_WORDS}(?:[/._]|$)")
_NOT_A_PAGE: Final = re.compile(
    rf"/(?:{_LOGIN_WORDS}|search|so?|down(?:load)?)(?:[/._]|$)|"
    r"^/(?:n-\d+|news-\d+|(?:info|task)-\d+-\d+|usermanage|flexpaper)(?:[/.]|$)"
)
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
