"""123dok, https://123dok.com: papers and theses that members upload."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_libraries import CODE, LibraryPage


class Site123dokPage(LibraryPage):
    """The page of one document."""

    site = "123dok"
    url_template = UrlTemplate(
        "https://123dok.com/document/{doc_id}-{slug}.html",
        "/document/{doc_id}.html",
        hosts=("www.123dok.com", "text-id.123dok.com"),
        doc_id=CODE,
    )


class Site123dokSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = Site123dokPage
    name = page.site
    start_urls = ["https://123dok.com/"]
