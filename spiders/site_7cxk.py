"""七彩学科, https://www.7cxk.com: teaching material that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class Site7cxkPage(WenkuPage):
    """The page of one document."""

    site = "7cxk"
    evidence = "code"
    url_template = UrlTemplate(
        "https://www.7cxk.com/p-{doc_id}.html", *ALIASES, hosts=("m.7cxk.com",)
    )


class Site7cxkSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = Site7cxkPage
    name = page.site
    start_urls = ["https://www.7cxk.com/"]
