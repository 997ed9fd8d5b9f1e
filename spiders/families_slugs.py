"""The page layout of vdocuments, dokumen.tips, document.onl, fdocuments and pdfslide."""

from typing import Final

from crawler.reading import DocumentPage, absent, first, label
from spiders.headings import heading, line_matching, line_that_begins, top_line
from spiders.spacing import spaced
from spiders.surroundings import line_above_match, number_at_title
from spiders.transcripts import transcript

SLUG: Final = "[^/?#]+"
"""An ID: the title in the address."""
NO_DOCUMENTS: Final = tuple(
    f"{name}.html"
    for name in (
        "index about about-us contact contact-us copyright cookie-policy dmca faq login privacy "
        "privacy-policy register search terms terms-of-service upload"
    ).split()
)


class SlugPage(DocumentPage):
    """A page that numbers a document's pages on a line of their own, and transcribes them."""

    signs = ("Post on", "Embed Size")

    size = absent()
    page_count = number_at_title()
    date = first(
        spaced(r"\bPost(?:ed)? on:? ?(\d{1,2}-[A-Za-z]{3,9}-\d{4})"),
        label("Post on", "Posted on"),
    )
    title = heading(
        r"(?:v?documents?|dokumen|fdocument(?:o?s)?|pdfslides?|vdocuments)(?:\.\w{2,4}){0,2}",
        line_that_begins(
            first(
                line_matching(r"(?:Page|Slide) 1: ?(.{3,})"),
                line_matching(r"Transcript of (.{3,})"),
            )
        ),
        last=(
            line_above_match(r"[•·-]? ?Upload$"),
            top_line(r"^(?:post on|\d+ views|upload|transcript)"),
        ),
    )
    uploader = label("Upload", "Uploaded by")
    category = label("Category")
    view_count = first(
        spaced(r"(?<![\d.,])(\d[\d.,]{0,12}[KkMm]?) ?views?\b"), label("View", "Views")
    )
    download_count = first(
        spaced(r"(?<![\d.,])(\d[\d.,]{0,12}[KkMm]?) ?downloads?\b"),
        label("Download", "Downloads"),
    )
    preview = transcript(
        r"citation preview$",
        r"transcript(?: of .*)?:?$",
        r"embed size ?[(]px[)]",
        page_mark=r"(?:Page|Slide) (\d{1,6})(?: ?:|$)",
        chrome=r"\d{3,4} ?x ?\d{3,4}(?: .{0,60})?",
    )
