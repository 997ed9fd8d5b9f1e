"""得力文库, https://www.deliwenku.com: documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class DeliwenkuPage(WenkuPage):
    """The page of one document."""

    site = "deliwenku"
    evidence = "code"
    closed = True
    url_template = UrlTemplate(
        "https://www.deliwenku.com/p-{doc_id}.html", *ALIASES, hosts=("m.deliwenku.com",)
    )


class DeliwenkuSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = DeliwenkuPage
    name = page.site
    start_urls = ["https://www.deliwenku.com/"]
