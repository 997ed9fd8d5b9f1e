"""MOAM, https://m.moam.info: PDF files that members share."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_shares import HEX, PlainSharePage


class MoamPage(PlainSharePage):
    """The page of one document."""

    site = "moam"
    url_template = UrlTemplate(
        "https://m.moam.info/{slug}_{doc_id}.html", hosts=("www.moam.info",), doc_id=HEX
    )


class MoamSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = MoamPage
    name = page.site
    start_urls = ["https://m.moam.info/"]
