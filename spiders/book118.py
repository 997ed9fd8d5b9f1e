"""原创力文档, https://max.book118.com: documents that members sell, the first pages as text."""

import re
from typing import Final

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, css, field, first, script_value
from crawler.reading.preview import PreviewField
from crawler.reading.values import split_extension
from spiders.titles import if_any, named, named_in_title_tag, started, without_end

_TITLE: Final = first(
    named_in_title_tag(),
    script_value("doc_title"),
    named(without_end("VIP", first(css("h1"), css("h2")))),
)
_DAY: Final = re.compile(r"/html/(\d{4})/(\d{2})(\d{2})/")


class HeadedPreviewField(PreviewField):
    """The lines behind the heading that is the title, with VIP behind it or not."""

    def start(self, page: DocumentPage) -> int | None:
        """Return the number of the line behind the heading."""
        name = split_extension(_TITLE.read(page) or "")[0]
        for number in page.main_numbers():
            line = page.lines[number].removesuffix("VIP").strip()
            if name and split_extension(line)[0] == name:
                return number + 1
        return None


class Book118Page(DocumentPage):
    """The page of one document."""

    site = "book118"
    url_template = UrlTemplate(
        "https://max.book118.com/html/{year}/{day}/{doc_id}.shtm", hosts=("m.book118.com",)
    )

    page_count = script_value("actual_page")
    preview_page_count = script_value("preview_page")

    @field
    def date(self) -> str | None:
        """Return the day in the address."""
        found = _DAY.search(self.url)
        return "-".join(found.groups()) if found else None

    title = if_any(_TITLE, script_value("actual_page", "doc_title"), started())
    preview = HeadedPreviewField()


class Book118Spider(DocumentSpider):
    """The whole site, from its front page."""

    page = Book118Page
    name = page.site
    start_urls = ["https://max.book118.com/"]
    search_url = "/search.html?q={query}"
