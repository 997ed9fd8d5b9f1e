"""冰点文库, https://www.bingdoc.com: office documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider, WholeBianhaoLayout


class BingdocPage(WenkuPage):
    """The page of one document."""

    site = "bingdoc"
    url_template = UrlTemplate(
        "https://www.bingdoc.com/d-{doc_id}.html", *ALIASES, hosts=("m.bingdoc.com",)
    )
    layouts = (WholeBianhaoLayout, *WenkuPage.layouts[1:])


class BingdocSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = BingdocPage
    name = page.site
    start_urls = ["https://www.bingdoc.com/"]
