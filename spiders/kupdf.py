"""KUPDF, https://kupdf.net: PDF files that members share."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_shares import HEX, SharePage


class KupdfPage(SharePage):
    """The page of one document."""

    site = "kupdf"
    evidence = "code"
    url_template = UrlTemplate(
        "https://kupdf.net/download/{slug}_{doc_id}_pdf",
        "/download/{slug}_{doc_id}_pdf.html",
        "/download/{slug}_{doc_id}.html",
        "/download/{slug}_{doc_id}",
        hosts=("www.kupdf.net",),
        doc_id=HEX,
    )


class KupdfSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = KupdfPage
    name = page.site
    start_urls = ["https://kupdf.net/"]
