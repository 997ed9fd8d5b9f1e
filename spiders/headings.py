"""Titles on the sites of the West: in the head of a page, in its headings and in its sentences."""

import re
from typing import Final

from crawler.reading import DocumentPage, css, meta
from crawler.reading.fields import Field, TextField

_LONGEST: Final = 1000
_JOINT: Final = re.compile(r"\s[-|–—·•:»]+\s|\s?\|\s?")
_KIND: Final = re.compile(
    r"(?:free )?(?:pdf|ppt|docx?|pptx?) (?:free )?(?:download|document)(?: pdf| for free)?|"
    r"(?:free )?download(?: free)?(?: pdf)?|free pdf|pdf|ppt|docx?|pptx?|"
    r"(?:powerpoint (?:ppt )?|ppt )presentation|presentation transcript|"
    r"\[(?:pdf|ppt|docx?|pptx?)(?: (?:document|powerpoint))?\]|ppt video online download|"
    r"ppt (?:download|herunterladen|pobierz|indir|scaricare|letölteni)|"
    r"pdf (?:kostenfreier download|ücretsiz indirin|darmowe pobieranie|téléchargement gratuit|"
    r"descargar gratis|gratis download|download grátis|download gratuito)|read online for free",
    re.IGNORECASE,
)
_TAGS_BEHIND: Final = re.compile(r"\s\|\s(?:PDF|DOCX?|PPTX?|XLSX?|TXT)(?:\s\|.*)?$")
_PREFIX: Final = re.compile(
    r"(?:(?:\[(?:pdf|ppt|doc|docx|pptx)\]|\(pdf\)|download(?: & view)?:?)\s|ppt\s?[–-]\s)(?=\S)",
    re.IGNORECASE,
)
_SUFFIX: Final = re.compile(
    r"\s(?:as pdf for free|\[[0-9a-z]{12}\]|powerpoint presentation|\[pdf\])$", re.IGNORECASE
)
_CUT: Final = re.compile(r"\s?(?:\.\.\.|…)$")
_MENU: Final = (
    r"^(?:home|log ?in|sign (?:in|up)|register|upload|search|menu|explore|documents|contact|about|"
    r"categories|english|skip to .{1,30})(?:$| ?[|/·])"
)
_QUOTED: Final = re.compile(r'["“„«]')


def heading(site: str, *others: TextField, last: tuple[TextField, ...] = ()) -> TextField:
    """Read the title in ``og:title``, a heading, one of *others*, ``<title>`` or one of *last*.

    *site* is a regular expression of what the site calls itself, and adds. Where one is cut short
    with dots, the longest that begins alike is the title.
    """
    names = re.compile(site, re.IGNORECASE)
    places = (
        meta("og:title", "twitter:title", "citation_title"),
        css("h1"),
        *others,
        Field(lambda page: page.title_tag or None),
        *last,
    )

    def read(page: DocumentPage) -> str | None:
        texts = (one.read(page) for one in places)
        found = [name for text in texts if text and (name := undecorated(text, names))]
        return whole(found[0], found) if found else None

    return Field(read)


def undecorated(title: str, site: re.Pattern[str]) -> str | None:
    """Return *title* without what the site put around it; ``None`` if nothing else is there."""
    text = " ".join(title[:_LONGEST].split())
    text = _TAGS_BEHIND.sub("", text)
    while joints := list(_JOINT.finditer(text)):
        last = text[joints[-1].end() :].strip()
        if last and not (_KIND.fullmatch(last) or site.fullmatch(last)):
            break
        text = text[: joints[-1].start()].strip()
    text = _SUFFIX.sub("", _PREFIX.sub("", text, count=1)).strip()
    return None if not text or site.fullmatch(text) or _KIND.fullmatch(text) else text


def whole(title: str, others: list[str]) -> str:
    """Return the longest of *others* that goes on where *title* was cut short with dots.

    >>> whole("The owls of ...", ["The owls of ...", "The owls of the north"])
    'The owls of the north'
    """
    begun = _CUT.sub("", title)
    if begun == title:
        return title
    longer = [one for one in others if one.startswith(begun) and len(one) > len(title)]
    return max(longer, key=len, default=title)


def quoted(pattern: str) -> TextField:
    """Read the words between the outermost quotation marks of the first line that *pattern* finds.

    The marks may be straight or curly.
    """
    compiled = re.compile(pattern, re.IGNORECASE)

    def read(page: DocumentPage) -> str | None:
        for number in page.lines:
            text = page.lines[number]
            if len(text) > _LONGEST or not compiled.search(page.lines.folded(number)):
                continue
            begin, end = _QUOTED.search(text), max(map(text.rfind, '"”“»'))
            if begin and end > begin.start():
                return text[begin.end() : end].strip() or None
        return None

    return Field(read)


def top_line(*signs: str, above_preview: bool = False) -> TextField:
    """Read the first line of words that the page shows, but for the usual words of a menu.

    Lines that *signs*, regular expressions, find are passed over, and so are bare numbers.
    """
    compiled = [re.compile(sign, re.IGNORECASE) for sign in (_MENU, *signs)]

    def read(page: DocumentPage) -> str | None:
        stop = page.start_of(page.layout.preview) if above_preview else None
        for number in page.main_numbers(stop=stop):
            text = page.lines.folded(number)[:_LONGEST]
            is_sign = any(sign.search(text) for sign in compiled)
            if not is_sign and any(map(str.isalpha, text)):
                return page.lines[number]
        return None

    return Field(read)


def line_matching(pattern: str) -> TextField:
    """Read the first group of the first line that begins with *pattern*, wherever it stands.

    The pattern sees half-width punctuation.
    """
    compiled = re.compile(pattern)

    def read(page: DocumentPage) -> str | None:
        for number in page.lines:
            if found := compiled.match(page.lines.folded(number)):
                return page.lines[number][slice(*found.span(1))].strip() or None
        return None

    return Field(read)


def line_behind(pattern: str) -> TextField:
    """Read the line behind the first that begins with *pattern*, a regular expression."""
    compiled = re.compile(pattern)

    def read(page: DocumentPage) -> str | None:
        is_next = False
        for number in page.main_numbers():
            if is_next:
                return page.lines[number]
            is_next = compiled.match(page.lines.folded(number)) is not None
        return None

    return Field(read)


def line_that_begins(start: TextField) -> TextField:
    """Read the first line that goes on where *start* was cut short with dots; else *start*."""

    def read(page: DocumentPage) -> str | None:
        text = start.read(page)
        if text and _CUT.search(text):
            begun = _CUT.sub("", text)
            lines = (page.lines[number] for number in page.lines)
            longer = (one for one in lines if one.startswith(begun) and not _CUT.search(one))
            return next((one for one in longer if len(one) <= _LONGEST), text)
        return text

    return Field(read)


def repeated_line() -> TextField:
    """Read the first line of a plain text that stands there twice, one below the other."""

    def read(page: DocumentPage) -> str | None:
        above = ""
        for number in page.main_numbers():
            if page.lines[number] == above:
                return above
            above = page.lines[number]
        return None

    return Field(read)
