"""Addresses of documents on any site: an ID, or what stands in its place, and a day."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.reading.address import UrlTemplate
from crawler.reading.locale import plain_day

_END: Final = r"(?:\.(?:s?html?|php|aspx?|jsp|do))?/?$"
_RULES: Final = tuple(
    re.compile(rule, re.IGNORECASE)
    for rule in (
        (
            r"/(?:documents?|docs?|presentations?|slides?|records?|files?|view|papers?|item|ebook|"
            r"article|read|show|detail|download|doc-view|document-view|pdf|d|p|v)"
            r"[/-](\d{4,}(?![0-9A-Za-z])|\d+(?=/|\.s?html?$|$))"
        ),
        r"/slideshow/[^/]+/(\d+)",
        rf"/[a-z]{{1,8}}[-_](\d{{3,}}){_END}",
        rf"/(\d{{3,}}){_END}",
        r"/(\d{3,})[-_][^/]+$",
        r"_([0-9a-f]{24})(?:_pdf)?(?:\.html)?$",
        rf"[-_./](\d{{5,}}){_END}",
        rf"/([0-9a-f]{{8,40}}){_END}",
        r"-([0-9a-z]{12})$",
        r"/([0-9a-z]{8})-[^/]+\.html",
        rf"/[a-z]*(\d{{4,}}){_END}",
        r"/(?!(?:19|20)\d\d/)(\d{4,})/[^/]*$",
    )
)
_PARAMETERS: Final = (
    "id",
    "docid",
    "doc_id",
    "did",
    "fileid",
    "file_id",
    "aid",
    "document",
    "doc",
    "file",
    "d",
    "itemid",
    "code",
)
_SLUG: Final = re.compile(rf"/([^/]{{1,200}}?){_END}", re.IGNORECASE)
_DAY: Final = re.compile(r"/((?:19|20)\d{2})[/-]?(\d{1,2})[/-]?(\d{2})(?=[/_-]|$)")
_NO_PAGE: Final = re.compile(
    r"/(?:search|suche|recherche|busca|buscar|pesquisa|ricerca|szukaj|poisk|arama|tim-kiem|cari|"
    r"categor(?:y|ies|ia|ie)|kategori[ea]?n?|rubrik|tags?|login|signin|signup|register|user|users|author|"
    r"profile|about|contact|help|faq|privacy|terms|list|browse|latest|popular|s|sitemap|uname|u)"
    rf"(?:[/-][^/]*)?{_END}",
    re.IGNORECASE,
)
_QUERY: Final = frozenset("q query keyword keywords kw wd search s term k".split())


class AnyAddress(UrlTemplate):
    """The addresses of a host that no site of this project owns.

    >>> site = AnyAddress("https://docs.example.org/view/12345/steel-rails")
    >>> site.domain, site.doc_id("https://docs.example.org/view/12345/steel-rails?page=2")
    ('docs.example.org', '12345')
    >>> site.doc_id("https://docs.example.org/steel-rails.html"), site.doc_id("https://example.com/")
    ('steel-rails', None)
    """

    def __init__(self, url: str) -> None:
        split = urlsplit(url)
        host = (split.hostname or "").rstrip(".")
        super().__init__(f"{split.scheme}://{host}/{{doc_id}}")
        self._start = f"{split.scheme}://{split.netloc.rpartition('@')[2]}"
        bare = host.removeprefix("www.")
        self.hosts = frozenset({host, bare, f"www.{bare}"})
        names = "|".join(map(re.escape, sorted(self.hosts)))
        self._site = re.compile(
            rf"(?i:https?)://(?i:{names})\.?(?::\d+)?(?:[/?#].*)?",
            re.DOTALL,
        )

    def format(self, doc_id: str) -> str:
        """Return an address on the host that the ID is the path of, as far as it can be told."""
        return f"{self._start}/{doc_id}"

    def canonical_url(self, url: str, doc_id: str) -> str:  # noqa: ARG002 - others build it
        """Return *url* without its fragment, and without what follows visitors about."""
        split = urlsplit(url)
        query = "&".join(
            part for part in split.query.split("&") if part and not _TRACKING.match(part)
        )
        return split._replace(fragment="", query=query, netloc=split.netloc.lower()).geturl()

    def doc_id(self, url: str) -> str | None:
        """Return the ID in *url*, or else its last word; ``None`` if it leads to no document."""
        return address_id(url) if self.on_site(url) else None


_TRACKING: Final = re.compile(r"(?:utm_\w+|from|ref|fbclid|gclid|spm|source)=", re.IGNORECASE)


def address_id(url: str) -> str | None:
    """Return the ID that *url* gives a document: the most telling part of it.

    A front page, a search and a list of a category have none.

    >>> address_id("https://x.example/p-20001.html"), address_id("https://x.example/get?id=77")
    ('20001', '77')
    >>> address_id("https://x.example/search?q=steel") is None
    True
    """
    try:
        split = urlsplit(url)
    except ValueError:
        return None
    path = unquote(split.path).rstrip("/")
    query = parse_qsl(split.query)[:_MOST_PARAMETERS]
    if is_no_document(url):
        return None
    for name, value in query:
        if (
            name.lower() in _PARAMETERS
            and re.fullmatch(r"[\w-]{1,64}", value)
            and any(map(str.isdigit, value))
        ):
            return value
    for rule in _RULES:
        if (found := rule.search(path)) and any(map(str.isdigit, found[1])):
            return found[1]
    if query and not path:
        return None
    found = _SLUG.search(path)
    return found[1] if found and not found[1].startswith("index") else None


_MOST_PARAMETERS: Final = 20


def is_no_document(url: str) -> bool:
    """Tell whether *url* is the address of a front page, a search, a list or a login."""
    split = urlsplit(url)
    path = split.path.rstrip("/").lower()
    if not path or re.fullmatch(
        r"(?:/[a-z]{2}(?:-[a-z]{2})?)?/?(?:index|default|home)?(?:\.\w{2,5})?", path
    ):
        return not any(
            name.lower() in _PARAMETERS for name, _ in parse_qsl(split.query)[:_MOST_PARAMETERS]
        )
    if any(name.lower() in _QUERY for name, _ in parse_qsl(split.query)[:_MOST_PARAMETERS]):
        return True
    return _NO_PAGE.search(path) is not None


def is_slug(doc_id: str) -> bool:
    """Tell whether *doc_id* is words of an address, not a number or a code.

    >>> is_slug("steel-rails"), is_slug("20001"), is_slug("9f86d081884c7d65")
    (True, False, False)
    """
    return not re.fullmatch(r"\d+|[0-9a-f]{8,40}|(?=[a-z0-9]*\d)[a-z0-9]{6,14}", doc_id)


def address_day(url: str) -> str | None:
    """Return the day in an address, as ``2019-03-04``; ``None`` if there is none.

    >>> address_day("https://max.example/html/2019/0304/800.shtm"), address_day("https://x/2019/")
    ('2019-03-04', None)
    """
    found = _DAY.search(urlsplit(url).path)
    return plain_day(f"{found[1]}-{found[2]}-{found[3]}") if found else None
