"""Page layouts of docplayer and slideplayer, which write a document's text page by page."""

from crawler.reading import DocumentPage, absent, attribute, css, first
from spiders.headings import heading, quoted, top_line
from spiders.spacing import spaced
from spiders.surroundings import extension_of
from spiders.transcripts import highest_page, transcript

_LOADING = (
    r"presentation is loading|die präsentation wird geladen|sunum yükleniyor|wait|bitte warten|"
    r"^(?:pobierz prezentację|download presentation|published by|.{0,40}px$)"
)


class DocplayerLayoutPage(DocumentPage):
    """A page that transcribes a document. What it calls size is the viewer's."""

    doc_id = attribute("span#views_count", "doc_id")
    file_format = extension_of(attribute("a#download_link", "download"))
    size = absent()
    page_count = highest_page()
    date = absent()
    title = heading(
        r"docs?player(?:\.\w{2,4}){0,2}",
        quoted(r'^\W?\w{4,20}:? ?["“„«]'),
        last=(top_line(r"px$", r":$", above_preview=True),),
    )
    view_count = css("span#views_count")
    preview = transcript(
        r"trans[ck]ri(?:ption|pt|pci[oó]n|ção|zione|pt:)\b(?:.{0,3})$|transkrypt\W*$|"
        r"trans[ck]ript(?:ion|e|um)?\W*$|transcrip(?:ción|ție)\W*$|транскрипт\W*$|μεταγραφή\W*$|"
        r"απόσπασμα\W*$|átirat\W*$|přepis\W*$|afschrift\W*$",
        page_mark=r"(\d{1,5})(?: |$)",
    )


class SlideplayerLayoutPage(DocumentPage):
    """A page that transcribes slides. The day that it shows is that of a change, and not exact."""

    size = absent()
    page_count = highest_page()
    date = absent()
    title = heading(
        r"slides?player(?:\.\w{2,4}){0,2}",
        quoted(r'["“”„»]\s?[—–-]'),
        last=(top_line(_LOADING, above_preview=True),),
    )
    uploader = first(
        spaced(r"(?:^|\s)Published by ?(.{1,80}?) ?Modified (?:over|about|almost|\d|an? )"),
        spaced(r"^Published by ?([^\d:]{1,80})$"),
    )
    preview = transcript(
        r'.{0,80}["“„«].*["”“»]\s?[—–-]\s',
        r"published by.{1,120}modified",
        r"(?:modified|geändert|updated) (?:over|about|almost|vor) .{1,40}$",
        r"published by",
        page_mark=r"(\d{1,5})(?: |$)",
        chrome=r"(?:similar|related) presentations?|download presentation|"
        r"presentation is loading. please wait.|modified (?:over|about|almost|\d).{1,40}",
    )
