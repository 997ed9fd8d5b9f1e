"""金锄头文库, https://m.jinchutou.com: documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, PositionLayout, WenkuPage, WenkuSpider


class JinchutouPage(WenkuPage):
    """The page of one document."""

    site = "jinchutou"
    url_template = UrlTemplate(
        "https://m.jinchutou.com/shtml/view-{doc_id}.html",
        *ALIASES,
        hosts=("www.jinchutou.com", "mip.jinchutou.com", "so.jinchutou.com"),
    )
    layouts = (WenkuPage.layouts[0], PositionLayout, *WenkuPage.layouts[1:])


class JinchutouSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = JinchutouPage
    name = page.site
    start_urls = ["https://www.jinchutou.com/"]
    search_url = "https://so.jinchutou.com/search.html?keyword={query}"
