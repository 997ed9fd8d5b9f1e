"""爱问共享资料, https://ishare.iask.sina.com.cn: documents that members shared."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import (
    DocumentPage,
    UrlTemplate,
    absent,
    below_second_title,
    first,
    script_value,
    title_above,
)
from spiders.titles import if_any, started
from spiders.viewers import distinct


class IshareIaskPage(DocumentPage):
    """The page of one document."""

    site = "ishare.iask"
    closed = True
    url_template = UrlTemplate(
        "https://ishare.iask.sina.com.cn/f/{doc_id}.html",
        hosts=("ishare.iask.com",),
        doc_id="[0-9A-Za-z]+",
    )

    signs = ("开通vip", "开通VIP", "举报")

    file_format = script_value("pageConfig.access.format", "pageConfig.report.format")
    size = absent()
    page_count = absent()
    preview_page_count = distinct("div[data-num]", "data-num")
    date = absent()
    title = first(script_value("pageConfig.access.title"), if_any(title_above(*signs), started()))
    preview = below_second_title(*signs)


class IshareIaskSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = IshareIaskPage
    name = page.site
    start_urls = ["https://ishare.iask.sina.com.cn/"]
    search_url = "/search.php?key={query}"
