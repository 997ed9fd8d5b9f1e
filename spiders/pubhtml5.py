"""PubHTML5, https://pubhtml5.com: flipbooks that members publish."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, absent
from spiders.headings import heading
from spiders.spacing import spaced
from spiders.surroundings import line_above_match
from spiders.transcripts import transcript


class Pubhtml5Page(DocumentPage):
    """The page of one flipbook."""

    site = "pubhtml5"
    url_template = UrlTemplate(
        "https://pubhtml5.com/{doc_id}/basic",
        hosts=("www.pubhtml5.com",),
        doc_id="[0-9a-z]{2,12}/[0-9a-z]{2,12}",
    )

    size = absent()
    date = spaced(r"^Published by .{1,200}, ?(\d{4}-\d\d-\d\d)\b")
    title = heading(r"pubhtml5(?:\.com)?", line_above_match(r"Published by "))
    uploader = spaced(r"^Published by (.{1,200}), ?\d{4}-\d\d-\d\d")
    preview = transcript(r"read the text version\W*$")


class Pubhtml5Spider(DocumentSpider):
    """The whole site, from its front page."""

    page = Pubhtml5Page
    name = page.site
    start_urls = ["https://pubhtml5.com/"]
