"""冰豆网, https://www.bdocx.com: documents that members share."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import UrlTemplate
from spiders.families import PhoneDownloadLayout, WenkuPage, WholeBianhaoLayout, ZiyuanLayout


class BdocxPage(WenkuPage):
    """The page of one document."""

    site = "bdocx"
    url_template = UrlTemplate(
        "https://www.bdocx.com/doc/{doc_id}.html", "/down/{doc_id}.html", hosts=("m.bdocx.com",)
    )
    layouts = (WholeBianhaoLayout, PhoneDownloadLayout, ZiyuanLayout)


class BdocxSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = BdocxPage
    name = page.site
    start_urls = ["https://www.bdocx.com/"]
