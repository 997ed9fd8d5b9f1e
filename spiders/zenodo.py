"""Zenodo, https://zenodo.org: papers, data and slides that researchers deposit."""

from crawler.fetching.spider import DocumentSpider
from crawler.reading import DocumentPage, UrlTemplate, absent, first, json_ld, meta
from spiders.headings import heading, line_matching, top_line
from spiders.spacing import spaced
from spiders.transcripts import transcript

_TYPES = (
    r"^(?:published|(?:\w+ )?(?:open|restricted|closed|embargoed)(?: access)?$|dataset|software|"
    r"presentation|journal article|report|poster|preprint|other|search|upload|log in)"
)


class ZenodoPage(DocumentPage):
    """The page of one record."""

    site = "zenodo"
    url_template = UrlTemplate(
        "https://zenodo.org/records/{doc_id}", "/record/{doc_id}", hosts=("www.zenodo.org",)
    )

    size = line_matching(r"Files ?[(](\d[\d.,]{0,12} ?(?:[kKMGT]i?B|[Bb]ytes))[)]")
    page_count = absent()
    date = first(
        spaced(r"(?:^|\s)Published ?([A-Z][a-z]{2,8} \d{1,2}, \d{4})\b"),
        meta("citation_publication_date"),
        json_ld("datePublished"),
    )
    title = heading(r"zenodo(?:\.org)?", last=(top_line(_TYPES),))
    uploader = first(meta("citation_author"), json_ld("creator.name", "author.name"))
    tags = json_ld("keywords")
    language = json_ld("inLanguage.alternateName", "inLanguage.name")
    preview = transcript(r"description\W*$", r"abstract\W*$", end=r"files?(?: ?[(].{1,20}[)])?$")


class ZenodoSpider(DocumentSpider):
    """The whole site, from its front page."""

    page = ZenodoPage
    name = page.site
    start_urls = ["https://zenodo.org/"]
