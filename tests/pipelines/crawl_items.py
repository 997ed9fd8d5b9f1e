"""Crawl documents out of nothing into a database, then print Scrapy's stats.

python crawl_items.py URL COUNT SETTINGS (as JSON)
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.items import Document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response

PORTION = 10
FIRST = Document(
    site="wenku365",
    doc_id="0",
    url="https://www.wenku365.com/p-0.html",
    title="年度工作报告",
    missing={},
    fetched_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
    reader="wenku365/1",
)


class ItemsSpider(Spider):
    name = "items"

    async def start(self) -> AsyncIterator[Any]:
        for first in range(0, int(sys.argv[2]), PORTION):
            yield Request(f"data:,{first}", self.portion)
        yield {"something": "else"}

    def portion(self, response: Response) -> Iterator[Document]:
        first = int(response.body)
        for number in range(first, first + PORTION):
            url = f"https://www.wenku365.com/p-{number}.html"
            yield replace(FIRST, doc_id=str(number), url=url)


def main() -> None:
    settings = Settings(
        {
            "DOCSHELF_DATABASE_URL": sys.argv[1],
            "ITEM_PIPELINES": {"pipelines.store.StorePipeline": 900},
            "COOKIES_ENABLED": False,
            "LOG_LEVEL": "WARNING",
            "REMOTE_CONTROL_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            **json.loads(sys.argv[3]),
        }
    )
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(ItemsSpider)
    process.crawl(crawler)
    process.start()
    stats = crawler.stats.get_stats().items()
    sys.stdout.write(json.dumps({k: v for k, v in stats if isinstance(v, int | str)}))


if __name__ == "__main__":
    main()
