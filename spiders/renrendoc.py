"""人人文库, https://www.renrendoc.com: documents that members upload, sold by the piece."""

import re

from crawler.fetching.spider import DocumentSpider
from crawler.reading import (
    DocumentPage,
    UrlTemplate,
    caption_title,
    captions,
    css,
    field,
    first,
    matching,
    page_title,
    paragraphs,
)
from spiders.families import ALIASES
from spiders.titles import if_any, started

_READ = re.compile(r"已阅读\s?(\d+)\s?页,\s?还剩\s?(\d+)\s?页")
_LEFT = re.compile(r"剩余\s?(\d+)\s?页可")


class RenrendocPage(DocumentPage):
    """The page of one document."""

    site = "renrendoc"
    url_template = UrlTemplate(
        "https://www.renrendoc.com/paper/{doc_id}.html",
        *ALIASES,
        hosts=("m.renrendoc.com",),
    )

    signs = ("_第1页", "已阅读", "文档简介")

    @field
    def page_count(self) -> str | None:
        """Return the pages that were read and those that are left."""
        for number in self.header:
            text = self.lines.folded(number)
            if found := _READ.search(text):
                return str(int(found[1]) + int(found[2]))
            if found := _LEFT.search(text):
                return str(int(found[1]) + int(captions().read(self) or 0))
        return None

    preview_page_count = first(matching(r"已阅读\s?(\d+)\s?页"), captions())
    title = if_any(
        first(caption_title(), css("h1"), page_title("人人文库")),
        captions(),
        matching(r"(已阅读|剩余)\s?\d"),
        started(),
    )
    preview = paragraphs("文档简介", length=300)


class RenrendocSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = RenrendocPage
    name = page.site
    start_urls = ["https://www.renrendoc.com/"]
    search_url = "/search.html?p=0&q={query}"
    category_url = "/c-{category}.html"
