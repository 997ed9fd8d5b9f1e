"""Plain Scrapy spiders for the same site, written the usual way: what ours is measured against.

They follow every link of list pages to lists and documents, and read seven fields of a document
with XPath and regular expressions. Run as ``python plain.py SPIDER [ours] [commits]``: under
Scrapy's default settings or under ours, with JSON lines or with one commit an item.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import scrapy
import sqlalchemy as sa
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.http import TextResponse

DOCUMENT = re.compile(r"/p-(\d+)\.html")
FOLLOWED = re.compile(r"http://www\.wenku365\.com/(?:p-\d+|list-[\d-]+)\.html")
FIELDS = {
    "doc_id": re.compile(r"ID[:：]\s*(\d+)"),
    "size": re.compile(r"大小[:：]\s*([\d.]+\s*[KMG]?B)"),
    "page_count": re.compile(r"页数[:：]\s*(\d+)"),
    "date": re.compile(r"时间[:：]\s*(\d{4}-\d{2}-\d{2})"),
    "title": re.compile(r"《(.+)》由会员上传分享"),
    "category": re.compile(r"更多相关内容在(.+?)-天天文库"),
}
SLICE = re.compile(r"\s*\d+、(.+)", re.DOTALL)
JOINED = re.compile(r"\s*([:：])\s*")


class PlainSpider(scrapy.Spider):
    """With parsel's selectors."""

    name = "plain"
    start_urls = ["http://www.wenku365.com/"]
    allowed_domains = ["www.wenku365.com"]

    def parse(self, response: TextResponse) -> Iterator[Any]:
        """Follow a list's links; read a document's fields."""
        if DOCUMENT.search(response.url):
            yield self.item(response)
            return
        for href in self.links(response):
            url = response.urljoin(href)
            if FOLLOWED.fullmatch(url):
                yield scrapy.Request(url)

    def links(self, response: TextResponse) -> list[str]:
        """Return the addresses that the page links to."""
        return response.css("a::attr(href)").getall()

    def texts(self, response: TextResponse) -> tuple[str, list[str]]:
        """Return the text of the document's block, and its preview's paragraphs."""
        block = response.xpath("//*[@id='box1']//text()").getall()
        return "\n".join(block), response.css("#text p::text").getall()

    def item(self, response: TextResponse) -> dict[str, Any]:
        """Return the document's fields."""
        text, preview = self.texts(response)
        text = JOINED.sub(r"\1", text)
        item: dict[str, Any] = {"url": response.url}
        for name, pattern in FIELDS.items():
            found = pattern.search(text)
            item[name] = found[1] if found else None
        item["preview"] = "".join(found[1] for line in preview if (found := SLICE.match(line)))
        return item


class PlainFastSpider(PlainSpider):
    """With the tree that ours is read from."""

    name = "plain_fast"

    def links(self, response: TextResponse) -> list[str]:
        """Return the addresses that the page links to."""
        tree = LexborHTMLParser(response.text)
        return [node.attributes["href"] or "" for node in tree.css("a[href]")]

    def texts(self, response: TextResponse) -> tuple[str, list[str]]:
        """Return the text of the document's block, and its preview's paragraphs."""
        tree = LexborHTMLParser(response.text)
        block = tree.css_first("#box1")
        text = block.text(separator="\n") if block else ""
        return text, [node.text() for node in tree.css("#text p")]


class CommitPipeline:
    """One commit an item, as tutorials write it."""

    def open_spider(self) -> None:
        """Make the table."""
        self.engine = sa.create_engine("sqlite:///plain.db")
        columns = [sa.Column(name, sa.Text) for name in ["url", *FIELDS, "preview"]]
        columns[0].primary_key = True
        self.table = sa.Table("documents", sa.MetaData(), *columns)
        self.table.create(self.engine)

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """Keep *item*."""
        with self.engine.begin() as connection:
            connection.execute(sa.insert(self.table).prefix_with("OR REPLACE"), item)
        return item


def settings(options: list[str]) -> Settings:
    """Return the settings that *options* name."""
    chosen = Settings()
    if "ours" in options:
        chosen.setmodule("crawler.settings", priority="project")
        # What a plain spider cannot lean on: it has neither our records nor our frontier.
        plain = {"EXTENSIONS": {}, "FEED_EXPORTERS": {}, "DOWNLOAD_DELAY": 0}
        plain["DUPEFILTER_CLASS"] = "scrapy.dupefilters.RFPDupeFilter"
        plain |= {"SCHEDULER": "scrapy.core.scheduler.Scheduler", "SPIDER_MIDDLEWARES": {}}
        chosen.update(plain, priority="cmdline")
    commits = "commits" in options
    steps = {f"{__name__}.CommitPipeline": 1} if commits else {}
    feeds = {} if commits else {"plain.jsonl": {"format": "jsonlines", "overwrite": True}}
    log = {"LOG_LEVEL": "INFO", "LOG_FILE": "log"}
    chosen.update({"ITEM_PIPELINES": steps, "FEEDS": feeds, **log}, priority="cmdline")
    return chosen


if __name__ == "__main__":
    spiders = {spider.name: spider for spider in (PlainSpider, PlainFastSpider)}
    process = AsyncCrawlerProcess(settings(sys.argv[2:]))
    process.crawl(spiders[sys.argv[1]])
    process.start()
