"""A site's answers: from an address to a page, decided before it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from crawler.demo import lists, notices, ppt31, wenku365
from crawler.demo.chrome import GBKS, UTF_8, Charset, Chrome
from crawler.demo.documents import Catalogue, Fate
from crawler.demo.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.demo.documents import Text
    from crawler.demo.options import DemoOptions
    from crawler.demo.sites import Listing, Site

PLAIN: Final = "text/plain; charset=utf-8"
_HTML: Final = UTF_8.content_type
_DOCUMENT = re.compile(r"/([dp])-([0-9]{1,12})\.html")
_LIST = re.compile(r"/([a-z]+-[0-9]+)(?:-([0-9]{1,9}))?\.html")
_ALIAS = re.compile(r"/view\.aspx\?id=([0-9]{1,12})", re.IGNORECASE)
_LISTS_CHANGED: Final = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an address answers; ``body`` writes it only when it is called."""

    body: Callable[[], bytes]
    status: int = 200
    content_type: str = _HTML
    location: str | None = None
    etag: str | None = None
    """Without quotes; weak, since it is the same for every encoding."""
    last_modified: datetime | None = None
    gzip: bool = False
    """Whether a client that takes gzip gets it."""
    unavailable_first: bool = False
    """Whether the first request for it is answered 503."""
    delay_seconds: float = 0


class DemoSite:
    """One site with all its documents, of which it holds none."""

    def __init__(self, site: Site, options: DemoOptions) -> None:
        self.site = site
        self.catalogue = Catalogue(site, options)
        self._options = options
        self._listings = {listing.stem: listing for listing in (*site.tops, *site.leaves)}
        self._chromes = {
            charset: Chrome(site, charset, options.page_bytes) for charset in (UTF_8, *GBKS)
        }
        self._fixed = {
            "/login.html": notices.LOGIN,
            "/search.html": notices.SEARCH,
            "/help.html": notices.HELP,
            "/news-1.html": notices.NEWS,
        }

    def answer(self, target: str) -> Answer:
        """Return what *target*, a path with its query, answers."""
        path, _, query = target.partition("?")
        if (found := _DOCUMENT.fullmatch(path)) and found[1] == self.site.document_stem:
            number = self.catalogue.number(found[2])
            if number is not None:
                return self._redirect(path) if query == "from=list" else self._document(number)
        elif found := _ALIAS.fullmatch(target):
            if self.catalogue.number(found[1]) is not None:
                return self._redirect(self.site.document_path(found[1]), status=302)
        elif listing := self._list(path):
            return self._listed(target, *listing)
        return self._other(path)

    def notice(self, notice: tuple[str, str], status: int = 200) -> Answer:
        """Return a page that is none of the site's contents."""
        return Answer(status=status, body=partial(self._plain.short_page, *notice))

    @property
    def _plain(self) -> Chrome:
        return self._chromes[UTF_8]

    def _other(self, path: str) -> Answer:
        if path == "/":
            main = partial(lists.front_main, self.catalogue)
            return Answer(body=lambda: self._plain.short_page(self.site.title, main()))
        if path == "/robots.txt":
            return Answer(body=lambda: self._robots, content_type=PLAIN)
        if path.startswith("/download/"):
            return self._redirect("/login.html", status=302)
        if path in self._fixed:
            return self.notice(self._fixed[path])
        return self.notice(notices.NOT_FOUND, status=404)

    def _redirect(self, path: str, status: int = 301) -> Answer:
        return Answer(status=status, body=bytes, location=f"http://{self.site.host}{path}")

    @cached_property
    def _robots(self) -> bytes:
        delay = self._options.crawl_delay_seconds
        lines = ("User-agent: *", "Disallow: /login", "Disallow: /search", "Disallow: /download")
        return "\n".join((*lines, *([f"Crawl-delay: {delay}"] if delay else ()), "")).encode()

    def _list(self, path: str) -> tuple[Listing, int] | None:
        found = _LIST.fullmatch(path)
        listing = self._listings.get(found[1]) if found else None
        if found is None or listing is None:
            return None
        page = int(found[2] or 1)
        return (listing, page) if 1 <= page <= lists.page_count(self.catalogue, listing) else None

    def _listed(self, target: str, listing: Listing, page: int) -> Answer:
        def body() -> bytes:
            main = lists.list_main(self.catalogue, listing, page)
            return self._plain.short_page(f"{listing.name} - {self.site.title}", main)

        return self._dressed(target, _LISTS_CHANGED, body, _HTML)

    def _document(self, number: int) -> Answer:
        fate = self.catalogue.fate(number)
        if fate is Fate.DELETED:
            return self.notice(notices.DELETED)
        if fate is Fate.WALLED:
            return self.notice(notices.CAPTCHA)
        draws = self.catalogue.draws(number, "page")
        gbk = draws.chance(self._options.rates.gbk)
        charset = draws.one_of(GBKS) if gbk else UTF_8
        changed = _LISTS_CHANGED + timedelta(seconds=draws.below(20_000_000))
        body = partial(self._document_page, number, charset)
        return self._dressed(str(number), changed, body, charset.content_type)

    def _document_page(self, number: int, charset: Charset) -> bytes:
        facts, text = self.catalogue.facts(number), self.catalogue.text(number)
        layout = ppt31.main if self.site.name == "31ppt" else wenku365.main
        main = layout(facts, lines(text), lists.related(self.catalogue, facts))
        title = f"{facts.shown_title} - {self.site.title}"
        description = "".join(text.paragraphs)[:60] + "…"
        return self._chromes[charset].long_page(title, description, main, number)

    def _dressed(
        self, name: str, changed: datetime, body: Callable[[], bytes], content_type: str
    ) -> Answer:
        """Return an answer with all the troubles that befall the address called *name*."""
        rates = self._options.rates
        draws = Draws(self._options.seed, self.site.name, name, "address")
        validated = draws.chance(rates.validators)
        key = f"{self._options}{self.site.name}{name}".encode()
        return Answer(
            body=body,
            content_type=content_type,
            etag=blake2b(key, digest_size=8).hexdigest() if validated else None,
            last_modified=changed if validated else None,
            gzip=draws.chance(rates.gzip),
            unavailable_first=draws.chance(rates.unavailable),
            delay_seconds=draws.between(200, 1_000) / 1_000 if draws.chance(rates.slow) else 0,
        )


def lines(text: Text) -> Iterator[str]:
    """Return the lines of a preview as its page prints them: in slices, or as they are."""
    if not text.slice_length:
        yield from text.paragraphs
        return
    run, length = "".join(text.paragraphs), text.slice_length
    for number, start in enumerate(range(0, len(run), length), 1):
        yield f"{number}、{run[start : start + length]}"
