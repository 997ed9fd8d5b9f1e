"""MBA智库文档, https://doc.mbalib.com: documents on management that members upload."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, css, first, script_value
from spiders.viewers import position_total


class MbalibPage(DocumentPage):
    """The page of one document."""

    site = "mbalib"
    evidence = "code"
    url_template = UrlTemplate("https://doc.mbalib.com/view/{doc_id}", doc_id="[0-9A-Za-z]+")

    file_format = script_value("wgDocType")
    page_count = position_total(".num span, .num")
    title = first(script_value("wgDocTitle"), css("h1 p"))


class MbalibSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = MbalibPage
    name = page.site
    start_urls = ["https://doc.mbalib.com/"]
    search_url = "/search?q={query}"
