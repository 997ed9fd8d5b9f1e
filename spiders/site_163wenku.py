"""163文库, https://163wenku.com: teaching material that members sell."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class Site163wenkuPage(WenkuPage):
    """The page of one document."""

    site = "163wenku"
    url_template = UrlTemplate(
        "https://163wenku.com/p-{doc_id}.html",
        *ALIASES,
        hosts=("www.163wenku.com", "m.163wenku.com"),
    )


class Site163wenkuSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = Site163wenkuPage
    name = page.site
    start_urls = ["https://163wenku.com/"]
