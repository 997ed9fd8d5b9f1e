"""idoc.pub, https://idoc.pub: documents that members share."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families_shares import SharePage


class IdocPage(SharePage):
    """The page of one document."""

    site = "idoc"
    evidence = "code"
    url_template = UrlTemplate(
        "https://idoc.pub/documents/{slug}-{doc_id}",
        "/download/{slug}-{doc_id}",
        hosts=("www.idoc.pub",),
        doc_id="[0-9a-z]{12}",
    )


class IdocSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = IdocPage
    name = page.site
    start_urls = ["https://idoc.pub/"]
