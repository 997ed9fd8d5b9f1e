"""Measure the reading of a page alone: from bytes to a record, on one core."""

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

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.reading import DocumentPage

PAGES: Final = 200
ROUNDS: Final = 9
FETCHED_AT: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)


def report() -> list[str]:
    """Return what was measured, as lines of Markdown."""
    logging.disable(logging.WARNING)  # some of the demo's values make no sense, by design
    table = [
        "| reading alone | kB a page | ms a page | lxml, parse only | selectolax, parse only |",
        "|-|-:|-:|-:|-:|",
    ]
    options = DemoOptions(documents=PAGES * 3, rates=NO_FAULTS)
    for demo in SITES:
        reader = site(demo.name, get_project_settings()).page
        pages = sample(DemoSite(demo, options))
        read, lxml, tree = _times(pages, (_read(reader), lambda _, body: etree.HTML(body), _parse))
        size = statistics.mean(len(body) for _, body in pages) / 1000
        table.append(f"| {demo.name} | {size:.0f} | **{read:.2f}** | {lxml:.2f} | {tree:.2f} |")
    return table


def _read(reader: type[DocumentPage]) -> Callable[[str, bytes], object]:
    def read(url: str, body: bytes) -> object:
        page = reader(url, body, content_type="text/html; charset=utf-8", fetched_at=FETCHED_AT)
        return normalise(page.document())

    return read


def _parse(_: str, body: bytes) -> object:
    return LexborHTMLParser(body)


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
            begun = time.process_time()
            for url, body in pages:
                work(url, body)
            taken.append((time.process_time() - begun) / len(pages) * 1000)
    return [statistics.median(taken) for taken in rounds]
