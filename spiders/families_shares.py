"""Page layouts of kupdf, docshare, moam, idoc and pdfcoffee, which share PDF files."""

from typing import Final

from crawler.reading import DocumentPage, absent, first, label
from spiders.headings import heading, top_line
from spiders.spacing import spaced
from spiders.transcripts import transcript

HEX: Final = "[0-9a-f]{24}"
_SITES: Final = r"(?:(?:m\.)?moam|kupdf|docshare|idoc|pdfcoffee)(?:\.\w{2,4}){0,2}"
_CHROME: Final = (
    r"(?:short )?description\W*|download pdf.{0,30}|embed|report|comments|recommend documents"
)
_DAY: Final = r"[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}"


class SharePage(DocumentPage):
    """A page that describes a PDF file in one line, and shows what its uploader wrote of it."""

    size = spaced(r"(?i)\bdownload(?: pdf| file)? ?[-–:(] ?(\d[\d.,]{0,12} ?[KMG]i?B)\b")
    page_count = first(spaced(r"^of ?(\d{1,6})$"), spaced(r"\bof (\d{1,6}) ?Download PDF\b"))
    date = first(
        spaced(rf"^({_DAY})\b"),
        spaced(rf"\b({_DAY}) ?\| ?Author:"),
        spaced(r"\bPublished on:? ?([A-Z][a-z]{2,8}\.? (?:\d{1,2}, ?)?\d{4})\b"),
    )
    title = heading(_SITES, last=(top_line(r"^published on", rf"^{_DAY}", r"^download"),))
    uploader = spaced(r"\bAuthor: ?([^|:]{1,80}?) ?(?:\||Category:|$)")
    category = first(
        spaced(r"\bCategory: ?([^|:]{1,60}?) ?(?:\||$)"),
        spaced(r"\bCategories: ?([^|:]{1,60}?) ?(?:\||$)"),
    )
    view_count = label("Views", "Views count")
    download_count = label("Downloads")
    preview = transcript(
        r"(?:citation preview|content)\W*$",
        r"description\W*$",
        r"short description\W*$",
        chrome=_CHROME,
    )


class PlainSharePage(SharePage):
    """The same, where the text stands behind the title, and of the file nothing is said."""

    size = absent()
    page_count = absent()
    date = absent()
    preview = transcript(
        r"(?:citation preview|content)\W*$",
        chrome=_CHROME,
        behind_title=True,
    )
