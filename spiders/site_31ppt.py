"""三一办公, https://www.31ppt.com: slides and other office documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class Site31pptPage(WenkuPage):
    """The page of one document."""

    site = "31ppt"
    url_template = UrlTemplate(
        "https://www.31ppt.com/d-{doc_id}.html",
        "https://m.31ppt.com/p-{doc_id}.html",
        *ALIASES,
    )


class Site31pptSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = Site31pptPage
    name = page.site
    start_urls = ["https://www.31ppt.com/"]
