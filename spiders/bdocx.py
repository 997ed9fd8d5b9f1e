"""冰豆网, https://www.bdocx.com: documents that members share."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider, WholeBianhaoLayout


class BdocxPage(WenkuPage):
    """The page of one document."""

    site = "bdocx"
    url_template = UrlTemplate(
        "https://www.bdocx.com/doc/{doc_id}.html",
        "/down/{doc_id}.html",
        *ALIASES,
        hosts=("m.bdocx.com",),
    )
    layouts = (WholeBianhaoLayout, *WenkuPage.layouts[1:])


class BdocxSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = BdocxPage
    name = page.site
    start_urls = ["https://www.bdocx.com/"]
