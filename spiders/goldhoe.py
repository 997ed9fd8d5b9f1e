"""goldhoe, https://www.goldhoe.com: documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class GoldhoePage(WenkuPage):
    """The page of one document."""

    site = "goldhoe"
    evidence = "code"
    url_template = UrlTemplate(
        "https://www.goldhoe.com/p-{doc_id}.html", *ALIASES, hosts=("m.goldhoe.com",)
    )


class GoldhoeSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = GoldhoePage
    name = page.site
    start_urls = ["https://www.goldhoe.com/"]
