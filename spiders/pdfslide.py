"""PDFSlide, https://pdfslide.net: documents that members upload, transcribed."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_slugs import NO_DOCUMENTS, SLUG, SlugPage


class PdfslidePage(SlugPage):
    """The page of one document."""

    site = "pdfslide"
    evidence = "guess"
    url_template = UrlTemplate(
        "https://pdfslide.net/documents/{doc_id}.html",
        "/document/{doc_id}.html",
        "/{doc_id}.html",
        "/amp/document/{doc_id}.html",
        hosts=(
            "www.pdfslide.net",
            "pdfslide.us",
            "www.pdfslide.us",
            "pdfslide.fr",
            "www.pdfslide.fr",
            "pdfslide.tips",
            "www.pdfslide.tips",
        ),
        doc_id=SLUG,
        keeps_host=True,
        reserved=NO_DOCUMENTS,
    )


class PdfslideSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = PdfslidePage
    name = page.site
    start_urls = ["https://pdfslide.net/"]
