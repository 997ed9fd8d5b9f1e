"""The page layout of studylib, doczz, aprenderly and docslib: a title, and the text behind it."""

from crawler.reading import DocumentPage, absent
from spiders.headings import heading, top_line
from spiders.transcripts import transcript

_AD = r"(?:advertisement|anuncio|anúncio|propaganda|werbung|publicité|pubblicità|reklama?|реклама)"


class NumberedPage(DocumentPage):
    """A page that prints nothing of a document but its title and text."""

    size = absent()
    page_count = absent()
    date = absent()
    title = heading(
        r"(?:studylib(?:pt|de|tr|fr|es|it)?|doczz|aprenderly|docslib)(?:\.\w{2,4}){0,2}",
        last=(top_line(rf"^{_AD}$", r"^<<$", r"^transcript(?:ion)?\W*$"),),
    )
    preview = transcript(
        r"transcri(?:pt|ption)\W*$",
        rf"{_AD}\W*$",
        r"<<$",
        r"no text concepts found$",
        chrome=rf"{_AD}\W*|<<|>>|no text concepts found|document related concepts",
        behind_title=True,
        escaped=True,
    )
