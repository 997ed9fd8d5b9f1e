"""vDocuments, https://vdocuments.net: documents that members upload, transcribed."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_slugs import NO_DOCUMENTS, SLUG, SlugPage


class VdocumentsPage(SlugPage):
    """The page of one document."""

    site = "vdocuments"
    url_template = UrlTemplate(
        "https://vdocuments.net/{doc_id}.html",
        "/document/{doc_id}.html",
        "/amp/document/{doc_id}.html",
        hosts=(
            "www.vdocuments.net",
            "vdocuments.com.br",
            "www.vdocuments.com.br",
            "vdocument.in",
            "www.vdocument.in",
        ),
        doc_id=SLUG,
        keeps_host=True,
        reserved=NO_DOCUMENTS,
    )


class VdocumentsSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = VdocumentsPage
    name = page.site
    start_urls = ["https://vdocuments.net/"]
