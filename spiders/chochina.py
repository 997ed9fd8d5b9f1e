"""chochina, https://www.chochina.com: documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class ChochinaPage(WenkuPage):
    """The page of one document."""

    site = "chochina"
    evidence = "code"
    url_template = UrlTemplate(
        "https://www.chochina.com/p-{doc_id}.html", *ALIASES, hosts=("m.chochina.com",)
    )


class ChochinaSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = ChochinaPage
    name = page.site
    start_urls = ["https://www.chochina.com/"]
