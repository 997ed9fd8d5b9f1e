"""The handler in real crawls: each is a process, so that nothing Scrapy prints is missed."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pytest
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.fetching.download import exchange_done
from tests.fetching.hostile import Act, HostileServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.exchange import Exchange

PROJECT = Path(__file__).parents[2]
HANDLER = "crawler.fetching.download.DownloadHandler"


class WatchedSpider(Spider):
    """Asks one page, and notes each exchange and the one that belongs to the page it gets."""

    name = "watched"
    seen: list[list[str]]
    exchanges: WeakKeyDictionary[Request, Exchange]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: str, **kwargs: str) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.seen = []
        spider.exchanges = WeakKeyDictionary()
        crawler.signals.connect(spider.keep, exchange_done)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        yield Request(f"{sys.argv[1]}/start")

    def keep(self, exchange: Exchange, request: Request) -> None:
        self.exchanges[request] = exchange
        self.seen.append([exchange.url, exchange.response.decode("latin-1")])

    def parse(self, response: Response) -> None:
        assert response.request
        self.seen.append([self.exchanges[response.request].url, response.text])


def main() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    middlewares = settings.getdict("DOWNLOADER_MIDDLEWARES")
    del middlewares["crawler.fetching.redirects.SiteRedirectMiddleware"]  # for our spiders only
    del middlewares["scrapy.downloadermiddlewares.redirect.RedirectMiddleware"]
    told = {
        "DOWNLOADER_MIDDLEWARES": middlewares,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_HANDLERS": {"http": HANDLER, "https": HANDLER},
        "EXTENSIONS": {"crawler.fetching.frontier.Frontier": 60},  # idle: the spider has no pages
        "ITEM_PIPELINES": {},
        "REFERER_ENABLED": True,  # the redirects want it
        "DOCSHELF_RETRY_DELAY": 0.01,
        **json.loads(sys.argv[2]),
    }
    settings.update(told, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(WatchedSpider)
    process.crawl(crawler)
    process.start()
    sys.stdout.write(json.dumps(crawler.spider.seen))  # type: ignore[union-attr]


@pytest.mark.parametrize("has_reactor", [True, False])
def test_every_exchange_of_a_crawl_is_told_and_belongs_to_its_request(*, has_reactor: bool) -> None:
    page = gzip.compress("<p>中</p>".encode())
    encoded = b"Content-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
    answers = {
        "/robots.txt": b"HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n",
        "/start": b"HTTP/1.1 301 Moved\r\nLocation: /page\r\nContent-Length: 0\r\n\r\n",
        "/page": b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (encoded, len(page), page),
    }
    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
    acts = {path: [Act(data)] for path, data in answers.items()}
    acts["/page"].insert(0, Act(busy))
    with HostileServer(acts) as server:
        done = subprocess.run(
            [
                sys.executable,
                __file__,
                server.url,
                json.dumps({"TWISTED_REACTOR_ENABLED": has_reactor}),
            ],
            check=True,
            capture_output=True,
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": str(PROJECT), "no_proxy": "*"},
            text=True,
            timeout=60,
        )
    assert done.stderr == ""
    wire = [
        ("/robots.txt", answers["/robots.txt"]),
        ("/start", answers["/start"]),
        ("/page", busy),
        ("/page", answers["/page"]),
    ]
    expected = [[f"{server.url}{path}", data.decode("latin-1")] for path, data in wire]
    assert json.loads(done.stdout) == [*expected, [f"{server.url}/page", "<p>中</p>"]]
    assert server.connections == 1


if __name__ == "__main__":
    main()
