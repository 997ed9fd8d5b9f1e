"""Yumpu, https://www.yumpu.com: magazines and brochures that members publish."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate
from spiders.headings import heading


class YumpuPage(DocumentPage):
    """The page of one document."""

    site = "yumpu"
    evidence = "guess"
    url_template = UrlTemplate(
        "https://www.yumpu.com/en/document/view/{doc_id}/{slug}",
        "/{language}/document/view/{doc_id}/{slug}",
        "/{language}/document/read/{doc_id}/{slug}",
        "/{language}/document/view/{doc_id}",
    )

    title = heading(r"yumpu(?:\.com)?|(?:free )?(?:e?paper|magazines?|publications?)")


class YumpuSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = YumpuPage
    name = page.site
    start_urls = ["https://www.yumpu.com/"]
