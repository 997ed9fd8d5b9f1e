"""9lib, https://9lib.org: papers and theses that members upload."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_libraries import CODE, LibraryPage


class Site9libPage(LibraryPage):
    """The page of one document."""

    site = "9lib"
    url_template = UrlTemplate(
        "https://9lib.org/document/{doc_id}-{slug}.html",
        "/document/{doc_id}.html",
        hosts=("www.9lib.org",),
        doc_id=CODE,
    )


class Site9libSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = Site9libPage
    name = page.site
    start_urls = ["https://9lib.org/"]
