"""Doczz, https://doczz.it: papers and manuals that members upload."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_numbered import NumberedPage


class DoczzPage(NumberedPage):
    """The page of one document."""

    site = "doczz"
    url_template = UrlTemplate(
        "https://doczz.it/doc/{doc_id}/{slug}",
        "/doc/{doc_id}",
        hosts=("www.doczz.it", "doczz.fr", "www.doczz.fr"),
        keeps_host=True,
    )


class DoczzSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = DoczzPage
    name = page.site
    start_urls = ["https://doczz.it/"]
