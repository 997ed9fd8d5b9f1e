"""三一文库, https://www.31doc.com: office documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class Site31docPage(WenkuPage):
    """The page of one document."""

    site = "31doc"
    url_template = UrlTemplate(
        "https://www.31doc.com/d-{doc_id}.html", *ALIASES, hosts=("m.31doc.com",)
    )


class Site31docSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = Site31docPage
    name = page.site
    start_urls = ["https://www.31doc.com/"]
