"""Aprenderly, https://aprenderly.com: papers and lessons that members upload."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_numbered import NumberedPage


class AprenderlyPage(NumberedPage):
    """The page of one document."""

    site = "aprenderly"
    url_template = UrlTemplate(
        "https://aprenderly.com/doc/{doc_id}/{slug}",
        "/doc/{doc_id}",
        hosts=("www.aprenderly.com",),
    )


class AprenderlySpider(DocumentSpider):
    """The whole site, from its front page."""

    page = AprenderlyPage
    name = page.site
    start_urls = ["https://aprenderly.com/"]
