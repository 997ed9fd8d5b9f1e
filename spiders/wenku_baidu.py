"""百度文库, https://wenku.baidu.com: documents that members upload, described in scripts."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, css, first, script_value

_WK = "__fisData._data.WkInfo.DocInfo"


class WenkuBaiduPage(DocumentPage):
    """The page of one document."""

    site = "wenku.baidu"
    evidence = "code"
    url_template = UrlTemplate(
        "https://wenku.baidu.com/view/{doc_id}.html",
        "/view/{doc_id}",
        "/tfview/{doc_id}.html",
        "/tfview/{doc_id}",
        doc_id="[0-9a-f]{8,40}",
    )

    file_format = first(
        script_value(
            "pageData.viewBiz.docInfo.fileType",
            "viewBiz.docInfo.fileType",
            "pageData.docInfo2019.doc_info.fileType",
            f"{_WK}.docType",
            "WkInfo.DocInfo.docType",
        )
    )
    page_count = first(
        script_value(
            "pageData.readerInfo.page",
            "readerInfo.page",
            "readerInfo2019.page",
            f"{_WK}.totalPageNum",
            "WkInfo.DocInfo.totalPageNum",
        ),
        css(".page-count"),
    )
    preview_page_count = script_value(
        "pageData.readerInfo.freePage",
        "readerInfo.freePage",
        "readerInfo2019.free_page",
        f"{_WK}.freepagenum",
        "WkInfo.DocInfo.freepagenum",
    )
    title = first(
        script_value(
            "pageData.viewBiz.docInfo.title",
            "pageData.viewBiz.docInfo.aiQueryTitle",
            "viewBiz.docInfo.aiQueryTitle",
            "pageData.docInfo2019.doc_info.title",
            "docInfo2019.doc_info.title",
            f"{_WK}.title",
            "WkInfo.DocInfo.title",
        ),
        css("#doc-tittle-0"),
    )


class WenkuBaiduSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = WenkuBaiduPage
    name = page.site
    start_urls = ["https://wenku.baidu.com/"]
    search_url = "/search?word={query}"
