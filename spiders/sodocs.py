"""搜档网, https://www.sodocs.net: documents of many kinds, as text."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_hex import HEX, HexPage


class SodocsPage(HexPage):
    """The page of one document."""

    site = "sodocs"
    url_template = UrlTemplate(
        "https://www.sodocs.net/doc/{doc_id}.html", hosts=("m.sodocs.net",), doc_id=HEX
    )


class SodocsSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = SodocsPage
    name = page.site
    start_urls = ["https://www.sodocs.net/"]
