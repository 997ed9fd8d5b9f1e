"""微传网, https://www.weizhuannet.com: documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class WeizhuannetPage(WenkuPage):
    """The page of one document."""

    site = "weizhuannet"
    evidence = "code"
    closed = True
    url_template = UrlTemplate(
        "https://www.weizhuannet.com/p-{doc_id}.html", *ALIASES, hosts=("m.weizhuannet.com",)
    )


class WeizhuannetSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = WeizhuannetPage
    name = page.site
    start_urls = ["https://www.weizhuannet.com/"]
