"""Document.onl, https://document.onl: documents that members upload, transcribed."""

from crawler.fetching import spider
from crawler.reading import UrlTemplate
from spiders.families_slugs import NO_DOCUMENTS, SLUG, SlugPage


class DocumentPage(SlugPage):
    """The page of one document."""

    site = "document"
    url_template = UrlTemplate(
        "https://document.onl/documents/{doc_id}.html",
        "/document/{doc_id}.html",
        "/amp/documents/{doc_id}.html",
        hosts=("www.document.onl",),
        doc_id=SLUG,
        reserved=NO_DOCUMENTS,
    )


class DocumentSpider(spider.DocumentSpider):
    """The whole site, from its front page."""

    page = DocumentPage
    name = page.site
    start_urls = ["https://document.onl/"]
