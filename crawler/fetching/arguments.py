"""What a crawl may be told with ``-a NAME=VALUE``: the table, and what reads it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from crawler.errors import UsageError
from crawler.fetching.addresses import require_address, shown
from crawler.fetching.sources.forms import FORMS, SourceForm, parse_source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from crawler.reading.address import UrlTemplate


class Argument(NamedTuple):
    """One row of the table."""

    name: str
    value: str
    """What stands for the value in the help."""
    meaning: str


ARGUMENTS: Final = (
    Argument(
        "url",
        "ADDRESS",
        "start there, not at the site's front page; a front or list page is followed, "
        "a document's page is read alone",
    ),
    Argument(
        "urls",
        "FILE",
        "start at the addresses in this file, one a line; blank lines and # comments are ignored",
    ),
    Argument(
        "ids",
        "IDS",
        "read these documents alone, such as 25324000-25324999,25324311; with url, at that "
        "scheme and host",
    ),
    Argument("query", "WORDS", "start at the site's search for these words, where it has one"),
    Argument("category", "ID", "start at the site's category of this ID, where it has one"),
    Argument(
        "sitemap",
        "ADDRESS",
        "start at a sitemap, an index of sitemaps, or a robots.txt that names some",
    ),
    Argument("limit", "NUMBER", "stop at this number of documents, 1 or more"),
    Argument(
        "again",
        "1",
        "ask everything again that this crawl knows, or go on with that; what did not change is "
        "not sent again",
    ),
    Argument("depth", "NUMBER", "follow at most this many links from the start; 0 follows none"),
    Argument(
        "source",
        "SOURCE",
        f"take documents' pages from there, not from the site: {FORMS}",
    ),
)


class IdRange:
    """Whole numbers from *first* to *last*, both included, as IDs of one width.

    >>> list(IdRange("0098", "0101"))
    ['0098', '0099', '0100', '0101']
    >>> "0100" in IdRange("0098", "0101"), "100" in IdRange("0098", "0101")
    (True, False)
    """

    def __init__(self, first: str, last: str) -> None:
        self._numbers = range(int(first), int(last) + 1)
        self._width = len(first) if first.startswith("0") else 0

    def __iter__(self) -> Iterator[str]:
        return (str(number).zfill(self._width) for number in self._numbers)

    def __contains__(self, doc_id: object) -> bool:
        return (
            isinstance(doc_id, str)
            and _NUMBER.fullmatch(doc_id) is not None
            and int(doc_id) in self._numbers
            and str(int(doc_id)).zfill(self._width) == doc_id
        )


@dataclass(frozen=True, slots=True)
class Ids:
    """The IDs of documents, made one by one as they are asked for; none comes twice."""

    parts: tuple[Collection[str] | IdRange, ...]

    def __iter__(self) -> Iterator[str]:
        for number, part in enumerate(self.parts):
            earlier = self.parts[:number]
            for doc_id in part:
                if not any(doc_id in other for other in earlier):
                    yield doc_id

    def __contains__(self, doc_id: object) -> bool:
        return any(doc_id in part for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What a crawl was told. Everything absent: the whole site, from its front page."""

    url: str | None = None
    urls: tuple[str, ...] | None = None
    ids: Ids | None = None
    query: str | None = None
    category: str | None = None
    sitemap: str | None = None
    limit: int | None = None
    again: bool = False
    depth: int | None = None
    source: SourceForm | None = None


def parse_arguments(
    given: Mapping[str, str],
    template: UrlTemplate,
    *,
    has_search: bool = True,
    has_categories: bool = True,
) -> Arguments:
    """Return what *given* tells a crawl of the site whose addresses *template* knows.

    *has_search* and *has_categories* say whether it has a search, and categories with IDs. Reads
    the file that ``urls`` names, and looks for that of ``source``, with which addresses only say
    which documents are wanted: they become ``ids``. Raise ``UsageError`` that names a wrong
    argument.
    """
    for name in given:
        _check_name(name)
    if "urls" in given and ("url" in given or "ids" in given):
        raise UsageError("argument urls: give either a file of addresses, or url and ids")
    starts = [name for name in _STARTS if name in given]
    if len(starts) > 1 or (starts and given.keys() & {"url", "urls", "ids"}):
        raise UsageError(f"argument {starts[0]}: it is a place to start at; give no other")
    if ("query" in given and not has_search) or ("category" in given and not has_categories):
        raise UsageError(f"argument {starts[0]}: no address for it is known on {template.domain}")
    told = Arguments(
        url=_on_site(given["url"].strip(), template, "argument url") if "url" in given else None,
        urls=_read_urls(given["urls"], template) if "urls" in given else None,
        ids=parse_ids(given["ids"], template) if "ids" in given else None,
        query=_words(given["query"]) if "query" in given else None,
        category=_category(given["category"]) if "category" in given else None,
        sitemap=(
            _on_site(given["sitemap"].strip(), template, "argument sitemap")
            if "sitemap" in given
            else None
        ),
        limit=_whole_number("limit", given["limit"], least=1) if "limit" in given else None,
        again=_switch("again", given["again"]) if "again" in given else False,
        depth=_whole_number("depth", given["depth"], least=0) if "depth" in given else None,
        source=parse_source(given["source"]) if "source" in given else None,
    )
    return told if told.source is None else _from_source(told, template)


def parse_ids(text: str, template: UrlTemplate) -> Ids:
    """Return the IDs that *text* lists, singly or as ranges, all of them *template*'s.

    Raise ``UsageError`` if a part is no ID of the site, a range runs backwards, or an ID alone
    makes no address on that site.
    """
    if not template.is_built_from_id:
        raise UsageError(
            f"argument ids: {template.domain} knows no address made of an ID alone, such as "
            f"{template.canonical}; give url or urls"
        )
    parts: list[Collection[str] | IdRange] = []
    for part in map(str.strip, text.split(",")):
        bounds = _RANGE.fullmatch(part)
        first, last = bounds.groups() if bounds else (part, part)
        if bounds and max(len(first), len(last)) > _DIGITS:
            raise UsageError(f"argument ids: {shown(part)} has more than {_DIGITS} digits")
        for doc_id in (first, last):
            if not doc_id or template.doc_id(template.format(doc_id)) != doc_id:
                raise UsageError(f"argument ids: {doc_id!r} is no ID of {template.domain}")
        if not bounds:
            parts.append((part,))
        elif int(first) > int(last):
            raise UsageError(f"argument ids: the range {part} runs backwards")
        else:
            parts.append(IdRange(first, last))
    return Ids(tuple(parts))


def _from_source(told: Arguments, template: UrlTemplate) -> Arguments:
    """Return *told* with IDs in place of addresses. Raise ``UsageError`` for what has no sense."""
    if told.depth is not None:
        raise UsageError("argument depth: with source no links are followed; leave it out")
    if told.url is not None and told.ids is not None:
        raise UsageError("argument url: with source give either url or ids")
    urls = (told.url,) if told.url is not None else told.urls
    if urls is None:
        return told
    doc_ids: dict[str, None] = {}
    for url in urls:
        doc_id = template.doc_id(url)
        if doc_id is None:
            name = "urls" if told.url is None else "url"
            raise UsageError(
                f"argument {name}: {shown(url)} is no document's address, as source needs it"
            )
        doc_ids[doc_id] = None
    return replace(told, url=None, urls=None, ids=Ids((doc_ids.keys(),)))


def _check_name(name: str) -> None:
    names = [argument.name for argument in ARGUMENTS]
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise UsageError(f"unknown argument {name}: there are {', '.join(names)}{hint}")


def _on_site(url: str, template: UrlTemplate, where: str) -> str:
    """Return *url* if it is on the site; else raise an error that begins with *where*."""
    require_address(url, where)
    if not template.on_site(url):
        hosts = ", ".join(sorted(template.hosts))
        raise UsageError(f"{where}: {shown(url)} is not on the site, whose hosts are {hosts}")
    return url


def _read_urls(name: str, template: UrlTemplate) -> tuple[str, ...]:
    """Return the addresses in the file called *name*, in order, each once."""
    if not name:
        raise UsageError("argument urls: name a file of addresses")
    path = Path(name)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(f"argument urls: cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"argument urls: {path} is not a text file in UTF-8") from error
    urls = {
        _on_site(line.strip(), template, f"argument urls: {path}:{number}"): None
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.lstrip().startswith("#")
    }
    if not urls:
        raise UsageError(f"argument urls: no address in {path}")
    return tuple(urls)


def _whole_number(name: str, text: str, *, least: int) -> int:
    if not _NUMBER.fullmatch(text.strip()) or int(text) < least:
        raise UsageError(f"argument {name}: {shown(text)} is not a whole number from {least} up")
    return int(text)


def _switch(name: str, text: str) -> bool:
    if text.strip() not in {"0", "1"}:
        raise UsageError(f"argument {name}: {shown(text)} is neither 1 nor 0")
    return text.strip() == "1"


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > _LONGEST_WORDS:
        raise UsageError(
            f"argument query: give words to search for, at most {_LONGEST_WORDS} characters"
        )
    return words


def _category(text: str) -> str:
    if not _CATEGORY.fullmatch(text.strip()):
        raise UsageError(f"argument category: {shown(text)} is no ID of a category")
    return text.strip()


_LONGEST_WORDS: Final = 100
_STARTS: Final = ("query", "category", "sitemap")
_CATEGORY: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_DIGITS: Final = 18
_NUMBER: Final = re.compile(f"[0-9]{{1,{_DIGITS}}}")
_RANGE: Final = re.compile("([0-9]+) *- *([0-9]+)")
