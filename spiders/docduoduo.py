"""docduoduo, https://www.docduoduo.com: documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class DocduoduoPage(WenkuPage):
    """The page of one document."""

    site = "docduoduo"
    evidence = "seen"
    url_template = UrlTemplate(
        "https://www.docduoduo.com/p-{doc_id}.html", *ALIASES, hosts=("m.docduoduo.com",)
    )


class DocduoduoSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = DocduoduoPage
    name = page.site
    start_urls = ["https://www.docduoduo.com/"]
