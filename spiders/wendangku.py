"""文档库, https://www.wendangku.net: documents of many kinds, as text."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_hex import HEX, HexPage


class WendangkuPage(HexPage):
    """The page of one document."""

    site = "wendangku"
    url_template = UrlTemplate(
        "https://www.wendangku.net/doc/{doc_id}.html", hosts=("m.wendangku.net",), doc_id=HEX
    )


class WendangkuSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = WendangkuPage
    name = page.site
    start_urls = ["https://www.wendangku.net/"]
