"""desk33, https://www.desk33.com: documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class Desk33Page(WenkuPage):
    """The page of one document."""

    site = "desk33"
    evidence = "seen"
    url_template = UrlTemplate(
        "https://www.desk33.com/p-{doc_id}.html", *ALIASES, hosts=("m.desk33.com",)
    )


class Desk33Spider(WenkuSpider):
    """The whole site, from its front page."""

    page = Desk33Page
    name = page.site
    start_urls = ["https://www.desk33.com/"]
