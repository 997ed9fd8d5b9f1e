"""Docswell, https://www.docswell.com: slides that members upload, most of them Japanese."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate
from spiders.headings import heading


class DocswellPage(DocumentPage):
    """The page of one document."""

    site = "docswell"
    evidence = "guess"
    url_template = UrlTemplate(
        "https://www.docswell.com/s/{user}/{doc_id}-{slug}",
        "/s/{user}/{doc_id}",
        doc_id="[0-9A-Za-z]+",
    )

    title = heading(r"docswell|ドクセル")


class DocswellSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = DocswellPage
    name = page.site
    start_urls = ["https://www.docswell.com/"]
