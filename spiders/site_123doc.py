"""123doc, https://123docz.net: Vietnamese documents that members sell."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_libraries import VietnamesePage

_HOSTS = tuple(
    f"{name}{domain}"
    for domain in ("123docz.net", "123doc.net", "123doc.org")
    for name in ("", "www.", "m.", "text.", "toc.", "f.")
)


class Site123docPage(VietnamesePage):
    """The page of one document."""

    site = "123doc"
    url_template = UrlTemplate(
        "https://123docz.net/document/{doc_id}-{slug}.htm",
        "/document/{doc_id}.htm",
        hosts=_HOSTS,
    )


class Site123docSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = Site123docPage
    name = page.site
    start_urls = ["https://123docz.net/"]
