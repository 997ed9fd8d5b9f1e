"""蚂蚁文库, https://www.mayiwenku.com: documents that members upload, shown as pictures."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class MayiwenkuPage(WenkuPage):
    """The page of one document."""

    site = "mayiwenku"
    evidence = "code"
    url_template = UrlTemplate(
        "https://www.mayiwenku.com/p-{doc_id}.html", *ALIASES, hosts=("m.mayiwenku.com",)
    )


class MayiwenkuSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = MayiwenkuPage
    name = page.site
    start_urls = ["https://www.mayiwenku.com/"]
