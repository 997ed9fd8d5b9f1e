"""A site whose pages do to their reader what they say; other processes find it by its name."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, css

if TYPE_CHECKING:
    from crawler.items import RawDocument

HOME = "http://www.hostile.example"
MEMORY = 256 * 1024 * 1024


class HostilePage(DocumentPage):
    site = "hostile_site"
    url_template = UrlTemplate("http://www.hostile.example/d/{doc_id}", doc_id=r"[\w-]+")

    title = css("h1")

    def document(self) -> RawDocument:
        what = self.url_template.doc_id(self.url)
        if what == "hang":
            while True:
                pass
        if what == "wait":
            while True:
                time.sleep(60)  # what it is about
        if what == "eat":
            bytes(MEMORY * 4)
        if what == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "raise":
            raise ZeroDivisionError("on purpose")
        return super().document()


class HostileSpider(DocumentSpider):
    page = HostilePage
    name = page.site
    start_urls = [f"{HOME}/"]  # noqa: RUF012 - as Scrapy has it
