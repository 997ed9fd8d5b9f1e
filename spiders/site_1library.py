"""1Library, https://1library.net: papers and theses that members upload."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_libraries import CODE, LibraryPage


class Site1libraryPage(LibraryPage):
    """The page of one document."""

    site = "1library"
    url_template = UrlTemplate(
        "https://1library.net/document/{doc_id}-{slug}.html",
        "/document/{doc_id}.html",
        hosts=("www.1library.net",),
        doc_id=CODE,
    )


class Site1librarySpider(DocumentSpider):
    """The whole site, from its front page."""

    page = Site1libraryPage
    name = page.site
    start_urls = ["https://1library.net/"]
