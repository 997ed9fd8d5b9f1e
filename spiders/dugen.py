"""读根网, https://www.dugen.com: documents that members upload."""

from crawler.reading import UrlTemplate
from spiders.families import ALIASES, WenkuPage, WenkuSpider


class DugenPage(WenkuPage):
    """The page of one document."""

    site = "dugen"
    evidence = "code"
    closed = True
    url_template = UrlTemplate(
        "https://www.dugen.com/p-{doc_id}.html", *ALIASES, hosts=("m.dugen.com",)
    )


class DugenSpider(WenkuSpider):
    """The whole site, from its front page."""

    page = DugenPage
    name = page.site
    start_urls = ["https://www.dugen.com/"]
