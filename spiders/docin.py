"""豆丁, https://www.docin.com: documents that members share or sell, shown as pictures."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, attribute, css, first, meta
from spiders.titles import if_any, named, named_in_head
from spiders.viewers import position_total


class DocinPage(DocumentPage):
    """The page of one document."""

    site = "docin"
    evidence = "code"
    url_template = UrlTemplate(
        "https://www.docin.com/p-{doc_id}.html",
        "/touch_new/preview_new.do?id={doc_id}",
        hosts=("jz.docin.com", "m.docin.com"),
    )

    file_format = attribute("h1 > *:first-child", "title")
    page_count = position_total(".page_num")
    title = if_any(
        first(named_in_head(), named(css("h1"))),
        meta("og:title"),
        position_total(".page_num"),
        attribute('[id^="page_"]', "id"),
        attribute("h1 > *:first-child", "title"),
    )


class DocinSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = DocinPage
    name = page.site
    start_urls = ["https://www.docin.com/"]
    search_url = "/search.do?nkey={query}"
