"""装配图网, https://www.zhuangpeitu.com: drawings and other documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class ZhuangpeituPage(WenkuPage):
    """The page of one document."""

    site = "zhuangpeitu"
    url_template = UrlTemplate(
        "https://www.zhuangpeitu.com/article/{doc_id}.html",
        *ALIASES,
        hosts=("m.zhuangpeitu.com",),
    )


class ZhuangpeituSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = ZhuangpeituPage
    name = page.site
    start_urls = ["https://www.zhuangpeitu.com/"]
    search_url = "/search.html?q={query}"
