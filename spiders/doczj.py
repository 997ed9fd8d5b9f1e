"""文档之家, https://www.doczj.com: documents of many kinds, as text."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_hex import HEX, HexPage


class DoczjPage(HexPage):
    """The page of one document."""

    site = "doczj"
    url_template = UrlTemplate(
        "https://www.doczj.com/doc/{doc_id}.html", hosts=("m.doczj.com",), doc_id=HEX
    )


class DoczjSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = DoczjPage
    name = page.site
    start_urls = ["https://www.doczj.com/"]
    search_url = "/search.html?q={query}"
