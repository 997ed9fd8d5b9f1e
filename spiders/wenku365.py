"""天天文库, https://www.wenku365.com: documents that members upload, previewed for free."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, between, css, first, label, slices


class Wenku365Page(DocumentPage):
    """The page of one document."""

    site = "wenku365"
    url_template = UrlTemplate(
        "https://www.wenku365.com/p-{doc_id}.html",
        hosts=("m.wenku365.com", "pay.wenku365.com"),
    )

    signs = ("由会员上传分享",)

    doc_id = label("ID")
    size = label("大小")
    page_count = label("页数")
    date = label("时间")
    title = first(between("《", "》由会员上传分享"), css("#box1 h1"))
    category = between("更多相关内容在", "-天天文库")
    preview = slices("》由会员上传分享", before="此文档下载收益归作者所有", length=287)


class Wenku365Spider(DocumentSpider):
    """The whole site, from its front page."""

    page = Wenku365Page
    name = page.site
    start_urls = ["https://www.wenku365.com/"]
    search_url = "/s?keyword={query}"
