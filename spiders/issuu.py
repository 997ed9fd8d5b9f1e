"""Issuu, https://issuu.com: magazines and brochures that members publish."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, absent, first, script_json
from crawler.reading.fields import Field
from spiders.headings import heading, top_line
from spiders.surroundings import part_of
from spiders.transcripts import transcript

_DATA = "script#initial-data@data-json"
_DOCUMENT = "initialDocumentData.document"


class IssuuPage(DocumentPage):
    """The page of one document."""

    site = "issuu"
    url_template = UrlTemplate("https://issuu.com/{user}/docs/{slug}", hosts=("www.issuu.com",))

    size = absent()
    page_count = script_json(_DATA, f"{_DOCUMENT}.pageCount")
    date = script_json(_DATA, f"{_DOCUMENT}.originalPublishDateInISOString")
    title = first(
        script_json(_DATA, f"{_DOCUMENT}.title"),
        part_of(Field(lambda page: page.title_tag), r"^(.{1,900}) by [^-]{1,80} - [Ii]ssuu$"),
        heading(r"issuu", last=(top_line(r"^page \d"),)),
    )
    uploader = script_json(_DATA, f"{_DOCUMENT}.username")
    preview = transcript(r"page 1$", page_mark=r"Page (\d{1,5})$")


class IssuuSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = IssuuPage
    name = page.site
    start_urls = ["https://issuu.com/"]
