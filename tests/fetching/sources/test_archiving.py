"""Two captures of one document, read at once: each record is told from the other."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING

from scrapy import Request

from crawler.archive.keeping import Keeper
from crawler.archive.records import RunInfo
from crawler.archive.writer import Archive
from crawler.fetching.archiving import Archiving
from crawler.reading.judging import DOCUMENT, Reading
from crawler.reading.normalise import normalise
from spiders.wenku365 import Wenku365Page, Wenku365Spider
from tests.commands.conftest import document_page
from tests.fetching.sources.web_archive import at

if TYPE_CHECKING:
    from pathlib import Path

    from tests.archive.conftest import ExchangeFactory

URL = "http://www.wenku365.com/p-1000001.html"


def test_captures_of_one_document_are_told_apart(
    make_exchange: ExchangeFactory, tmp_path: Path
) -> None:
    async def keep_both() -> None:
        archive = Archive(Keeper(tmp_path, RunInfo(software="test/1", run="test-1")))
        crawler = SimpleNamespace(spidercls=Wenku365Spider)
        archiving = Archiving(crawler, archive, recall=None)  # type: ignore[arg-type]  # not asked
        documents = []
        for number in (1, 2):
            request = Request(URL)
            await archiving.keep(make_exchange(number, url=URL, started_at=at(number)), request)
            page = Wenku365Page(URL, document_page(1000001).encode(), fetched_at=at(number))
            document = page.document()
            archiving.settle(request, Reading(verdict=DOCUMENT, page=page, document=document))
            documents.append(normalise(document))
        claims = [archiving.claim(document) for document in documents]
        await archive.close()
        assert [claim and claim().captured_at for claim in claims] == [at(1), at(2)]

    asyncio.run(keep_both())
