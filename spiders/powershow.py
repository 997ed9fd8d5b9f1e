"""PowerShow, https://www.powershow.com: slides that members upload."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, absent, first, label
from spiders.headings import heading, line_behind, top_line
from spiders.spacing import spaced
from spiders.transcripts import transcript


class PowershowPage(DocumentPage):
    """The page of one presentation."""

    site = "powershow"
    url_template = UrlTemplate(
        "https://www.powershow.com/view/{doc_id}/{slug}",
        "/view0/{doc_id}/{slug}",
        "/view1/{doc_id}/{slug}",
        "/view2/{doc_id}/{slug}",
        "/view3/{doc_id}/{slug}",
        "/view4/{doc_id}/{slug}",
        "/view/{doc_id}",
        doc_id="[0-9A-Za-z]+-[0-9A-Za-z]+",
    )

    size = absent()
    page_count = first(label("Slides"), spaced(r"^1 ?/ ?(\d{1,5})$"))
    date = absent()
    title = heading(
        r"powershow(?:\.com)?", line_behind(r"Title:?$"), last=(top_line(r"^about this"),)
    )
    uploader = first(spaced(r"^Provided by ?: ?(.{1,80})$"), label("Provided by"))
    category = label("Category")
    tags = label("Tags")
    view_count = label("Number of Views")
    preview = transcript(
        r"transcript(?: and presenter[’']?s notes)?\W*$",
        page_mark=r"(\d{1,4})(?: |$)",
        chrome=r"title: .{0,250}|slides and transcript|presenter[’']?s notes|less|more",
    )


class PowershowSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = PowershowPage
    name = page.site
    start_urls = ["https://www.powershow.com/"]
