"""淘文阁, https://www.taowenge.com: office documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class TaowengePage(WenkuPage):
    """The page of one document."""

    site = "taowenge"
    url_template = UrlTemplate(
        "https://www.taowenge.com/d-{doc_id}.html", *ALIASES, hosts=("m.taowenge.com",)
    )


class TaowengeSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = TaowengePage
    name = page.site
    start_urls = ["https://www.taowenge.com/"]
