"""360文档, https://www.360docs.net: documents of many kinds, as text."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_hex import HEX, HexPage


class Site360docsPage(HexPage):
    """The page of one document."""

    site = "360docs"
    url_template = UrlTemplate(
        "https://www.360docs.net/doc/{doc_id}.html",
        "/doc/info-{doc_id}.html",
        hosts=("m.360docs.net",),
        doc_id=HEX,
    )


class Site360docsSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = Site360docsPage
    name = page.site
    start_urls = ["https://www.360docs.net/"]
