"""FDocuments, https://fdocuments.net: documents that members upload, transcribed."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_slugs import NO_DOCUMENTS, SLUG, SlugPage


class FdocumentsPage(SlugPage):
    """The page of one document."""

    site = "fdocuments"
    url_template = UrlTemplate(
        "https://fdocuments.net/document/{doc_id}.html",
        "/amp/document/{doc_id}.html",
        hosts=("www.fdocuments.net", "fdocumentos.com", "www.fdocumentos.com"),
        doc_id=SLUG,
        keeps_host=True,
        reserved=NO_DOCUMENTS,
    )


class FdocumentsSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = FdocumentsPage
    name = page.site
    start_urls = ["https://fdocuments.net/"]
