"""Measure the reading of a page alone, on one core: from bytes to a record and to links."""

from __future__ import annotations

import logging
import statistics
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from lxml import etree
from scrapy.utils.project import get_project_settings
from selectolax.lexbor import LexborHTMLParser

from crawler.demo.documents import Fate
from crawler.demo.options import NO_FAULTS, DemoOptions
from crawler.demo.site import DemoSite
from crawler.demo.sites import SITES
from crawler.fetching.sites import site
from crawler.reading import normalise
from crawler.reading.judging import read_answer
from crawler.reading.links import follow

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.reading import DocumentPage

PAGES: Final = 200
LISTS: Final = 50
DOCUMENTS: Final = 12_000
"""How many documents both sites have: enough for lists that are full."""
ROUNDS: Final = 9
FETCHED_AT: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)


def report() -> list[str]:
    """Return what was measured, as lines of Markdown."""
    logging.disable(logging.WARNING)  # some of the demo's values make no sense, by design
    table = [
        "| reading alone | kB a page | ms a page | lxml, parse only | selectolax, parse only |",
        "|-|-:|-:|-:|-:|",
    ]
    options = DemoOptions(documents=DOCUMENTS, rates=NO_FAULTS)
    for demo in SITES:
        reader = site(demo.name, get_project_settings()).page
        pages = DemoSite(demo, options)
        table.append(_row(demo.name, reader, sample(pages)))
        table.append(_row(f"{demo.name}, lists", reader, lists(pages)))
    return table


def _row(name: str, reader: type[DocumentPage], pages: list[tuple[str, bytes]]) -> str:
    read, lxml, tree = _times(pages, (_read(reader), lambda _, body: etree.HTML(body), _parse))
    size = statistics.mean(len(body) for _, body in pages) / 1000
    return f"| {name} | {size:.0f} | **{read:.2f}** | {lxml:.2f} | {tree:.2f} |"


def _read(reader: type[DocumentPage]) -> Callable[[str, bytes], object]:
    """Return what reads a page as a crawl does: its links, and its document if it has one."""

    def read(url: str, body: bytes) -> object:
        reading = read_answer(
            reader,
            asked=url,
            landed=url,
            content_type="text/html; charset=utf-8",
            body=body,
            captured_at=FETCHED_AT,
        )
        urls = reading.page.links() if reading.page else []
        links = [follow(one, reader.url_template) for one in urls]
        return links, reading.document and normalise(reading.document)

    return read


def _parse(_: str, body: bytes) -> object:
    return LexborHTMLParser(body)


def lists(demo: DemoSite) -> list[tuple[str, bytes]]:
    """Return addresses and bytes of lists."""
    tops = demo.site.tops
    paths = [f"/{tops[at % len(tops)].stem}-{2 + at // len(tops)}.html" for at in range(LISTS)]
    return [(f"http://{demo.site.host}{path}", demo.answer(path).body()) for path in paths]


def sample(demo: DemoSite) -> list[tuple[str, bytes]]:
    """Return addresses and bytes of good pages."""
    catalogue = demo.catalogue
    ids = [
        catalogue.doc_id(number) for number in range(PAGES) if catalogue.fate(number) is Fate.SHOWN
    ]
    return [
        (demo.site.canonical_url(doc_id), demo.answer(demo.site.document_path(doc_id)).body())
        for doc_id in ids
    ]


def _times(
    pages: list[tuple[str, bytes]], works: tuple[Callable[[str, bytes], object], ...]
) -> list[float]:
    """Return each work's milliseconds of CPU a page: medians of rounds, in turns."""
    rounds: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, taken in zip(works, rounds, strict=True):
            follow.cache_clear()  # documents' addresses are new to a crawl
            begun = time.process_time()
            for url, body in pages:
                work(url, body)
            taken.append((time.process_time() - begun) / len(pages) * 1000)
    return [statistics.median(taken) for taken in rounds]
