"""DocShare, https://docshare.tips: documents that members share."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_shares import HEX, SharePage


class DocsharePage(SharePage):
    """The page of one document."""

    site = "docshare"
    url_template = UrlTemplate(
        "https://docshare.tips/{slug}_{doc_id}.html", hosts=("www.docshare.tips",), doc_id=HEX
    )


class DocshareSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = DocsharePage
    name = page.site
    start_urls = ["https://docshare.tips/"]
