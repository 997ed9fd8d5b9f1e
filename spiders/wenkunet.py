"""文库网, https://www.wenkunet.com: documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class WenkunetPage(WenkuPage):
    """The page of one document."""

    site = "wenkunet"
    evidence = "seen"
    url_template = UrlTemplate(
        "https://www.wenkunet.com/p-{doc_id}.html", *ALIASES, hosts=("m.wenkunet.com",)
    )


class WenkunetSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = WenkunetPage
    name = page.site
    start_urls = ["https://www.wenkunet.com/"]
