"""360文库, https://wenku.so.com: documents that members upload, shown as pictures."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, script_value


class WenkuSoPage(DocumentPage):
    """The page of one document."""

    site = "wenku.so"
    evidence = "code"
    url_template = UrlTemplate("https://wenku.so.com/d/{doc_id}", doc_id="[0-9a-f]{8,32}")

    file_format = script_value("asyncData.DocInfo.DocType", "DocInfo.DocType")
    title = script_value("asyncData.DocInfo.Title", "DocInfo.Title")


class WenkuSoSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = WenkuSoPage
    name = page.site
    start_urls = ["https://wenku.so.com/"]
    search_url = "/s?q={query}"
