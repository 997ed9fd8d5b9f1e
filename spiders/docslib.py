"""DocsLib, https://docslib.org: papers found on the web, as text."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_numbered import NumberedPage


class DocslibPage(NumberedPage):
    """The page of one document."""

    site = "docslib"
    url_template = UrlTemplate(
        "https://docslib.org/doc/{doc_id}/{slug}",
        "/download/{doc_id}/{slug}",
        "/doc/{doc_id}",
        "/download/{doc_id}",
        hosts=("www.docslib.org",),
    )


class DocslibSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = DocslibPage
    name = page.site
    start_urls = ["https://docslib.org/"]
