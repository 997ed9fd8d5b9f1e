"""lddoc, https://www.lddoc.cn: documents that members upload, described in the page's head."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class LddocPage(WenkuPage):
    """The page of one document."""

    site = "lddoc"
    evidence = "code"
    url_template = UrlTemplate(
        "https://www.lddoc.cn/p-{doc_id}.html", *ALIASES, hosts=("m.lddoc.cn",)
    )


class LddocSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = LddocPage
    name = page.site
    start_urls = ["https://www.lddoc.cn/"]
