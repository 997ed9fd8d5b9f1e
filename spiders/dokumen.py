"""Dokumen.tips, https://dokumen.tips: documents that members upload, transcribed."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_slugs import NO_DOCUMENTS, SLUG, SlugPage


class DokumenPage(SlugPage):
    """The page of one document."""

    site = "dokumen"
    url_template = UrlTemplate(
        "https://dokumen.tips/documents/{doc_id}.html",
        "/document/{doc_id}.html",
        "/amp/documents/{doc_id}.html",
        hosts=("www.dokumen.tips",),
        doc_id=SLUG,
        reserved=NO_DOCUMENTS,
    )


class DokumenSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = DokumenPage
    name = page.site
    start_urls = ["https://dokumen.tips/"]
