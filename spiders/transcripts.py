"""The free text of a document on the sites of the West: behind a mark, page by page."""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Final

from crawler.reading import DocumentPage
from crawler.reading.fields import Field, TextField
from crawler.reading.lines import fold
from crawler.reading.preview import PreviewField
from crawler.reading.values import split_extension
from crawler.reading.vocabulary import is_page_end
from spiders.spacing import spaced_line

_LONGEST_MARK: Final = 300
"""A line with a mark has fewer characters, or it is prose."""
_LONGEST_END: Final = 60
_END: Final = re.compile(
    r"(?:more )?(?:related|similar|recommended|popular|featured|other|further|latest|trending)"
    r"(?: (?:more|to this))? (?:documents?|presentations?|content|slideshows?|books?|papers?|"
    r"files?|posts?|searches|publications?|studies|products|uploads|topics|interests|reading)"
    r"|more (?:related content|from .{1,40}|like this|by .{1,40}|documents)"
    r"|recommended|you (?:might|may) also (?:like|be interested in):?|people also (?:read|viewed)"
    r"|what'?s hot|viewers also liked|similar to .{1,40}|report (?:this|copyright|as inappropriate)"
    r"|(?:about(?: us)?|contact(?: us)?|privacy(?: policy)?|terms(?: of (?:use|service))?|dmca|"
    r"cookie policy|help|faq|copyright policy)(?: ?[|·•-] ?.{1,40})?"
    r"|(?:copyright )?(?:©|\(c\)) ?(?:copyright )?\d{4}.{0,40}|all rights reserved\.?"
    r"|add to collections?|add to saved|suggest us how to improve.{0,40}"
    r"|(?:ähnliche|verwandte) (?:dokumente|präsentationen)|documentos (?:relacionados|similares)"
    r"|documents (?:similaires|connexes|associés)|documenti (?:simili|correlati)"
    r"|podobne (?:dokumenty|prezentacje)|powiązane dokumenty|benzer (?:belgeler|sunumlar)"
    r"|похожие (?:документы|презентации)|схожі документи|dokumen terkait|σχετικά έγγραφα"
    r"|tài liệu (?:liên quan|tương tự|cùng người dùng|bạn tìm kiếm.{0,30})",
    re.IGNORECASE,
)
_COMMENTS: Final = re.compile(
    r"comments?|leave a (?:comment|reply)|kommentare?|comentarios?|comentários?|commentaires?|"
    r"commenti|komentarze|yorumlar|bình luận|komentar|комментарии|коментарі",
    re.IGNORECASE,
)
"""A heading in the page's own markup, where it is one: a document may have the same word."""
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_CUT: Final = re.compile(r"\s?(?:\.\.\.|…)$")
_WORDLESS: Final = frozenset({"none", "no content", "[object object]", ",[object object]"})


class TranscriptField(PreviewField):
    """The lines behind a line that begins with one of the *marks*, the likeliest first.

    A mark is a regular expression that sees half-width punctuation. Without any, they stand
    behind the title. *page_mark* finds what stands at the start of each page's first line, with
    the page's number as its group; *chrome* whole lines that are none of the document's.
    """

    def __init__(  # noqa: PLR0913 - what tells transcripts apart
        self,
        marks: Sequence[str],
        *,
        page_mark: str = "",
        chrome: str = "",
        end: str = "",
        behind_title: bool = False,
        escaped: bool = False,
        within: str = "",
    ) -> None:
        super().__init__()
        self._within = within
        self._marks = [re.compile(mark, re.IGNORECASE) for mark in marks]
        self._page_mark = re.compile(page_mark, re.IGNORECASE) if page_mark else None
        self._chrome = re.compile(chrome, re.IGNORECASE) if chrome else None
        self._end = re.compile(end, re.IGNORECASE) if end else None
        self._behind_title = behind_title
        self._escaped = escaped

    def start(self, page: DocumentPage) -> int | None:
        """Return the number of the line behind the mark, or of the first in the text's element."""
        lines = page.lines
        if (own := next(self._own(page), None)) is not None:
            return own
        found: dict[int, int] = {}
        for number in lines:
            if len(lines[number]) > _LONGEST_MARK:
                continue
            text = fold(spaced_line(page, number))
            for place, mark in enumerate(self._marks):
                if place not in found and mark.match(text):
                    found[place] = number
            if 0 in found:
                break
        if found:
            return found[min(found)] + 1
        return self._below_title(page) if self._behind_title else None

    def is_marked(self, page: DocumentPage) -> bool:
        """Tell whether the page has a mark: lines behind a title may be anything's."""
        start = page.start_of(self)
        return start is not None and not (self._behind_title and start == self._below_title(page))

    def _own(self, page: DocumentPage) -> Iterator[int]:
        """Yield the numbers of the lines in the elements that hold nothing but the text."""
        nodes = page.tree.css(self._within) if self._within and page.is_html else []
        roots = {node.mem_id for node in nodes}
        if roots:
            yield from (number for number in page.lines if page.lines.is_inside(number, roots))

    def _below_title(self, page: DocumentPage) -> int | None:
        title = page.layout.title.read(page)
        lines = page.lines
        last = None
        for number in page.main_numbers():
            if title and split_extension(lines[number])[0] in {title, split_extension(title)[0]}:
                last = number + 1
            elif last is not None:
                break
        return last

    def _text(self, page: DocumentPage) -> str | None:
        return "\n".join(text for _, text in self.pages(page) if text) or None

    def count(self, page: DocumentPage) -> int:
        """Return the highest number that a page of the text has; 0 if none has one."""
        return max((number for number, _ in self.pages(page)), default=0)

    def pages(self, page: DocumentPage) -> Iterator[tuple[int, str]]:
        """Yield the text's lines, each with its page's number; it is 0 where pages have none."""
        title = page.layout.title.read(page) or ""
        names = {title, split_extension(title)[0], f"{title}."} - {""}
        current, begun = 0, False
        for text, spaced in self._raw(page):
            line = text
            if self._page_mark and (mark := self._page_mark.match(spaced)):
                number = int(mark[1])
                if current < number and (number == current + 1 or self._jumps):
                    current = number
                    line = _behind(text, mark[0]).strip(" :")
                    if self._jumps:
                        line = _without_title(line, names)
            is_title = line in names and not begun and (self._jumps or not current)
            if is_title or line.lower() in _WORDLESS:
                line = ""
            begun = begun or bool(line)
            yield current, line

    @property
    def _jumps(self) -> bool:
        """Whether a page's mark is known by its words, so that numbers may be missing."""
        return self._page_mark is not None and self._page_mark.pattern.lstrip("(?:")[:1].isalpha()

    def _raw(self, page: DocumentPage) -> Iterator[tuple[str, str]]:
        """Yield the text's lines as they are, and with their elements apart."""
        start = page.start_of(self)
        if start is None:
            return
        lines = page.lines
        # A mark among other documents is no less one: their heading stood above it.
        ends_aside = page.is_html and start - 1 not in lines.aside
        own = list(self._own(page))
        for number in own or lines.since(start):
            text = lines[number]
            is_over = self._is_end(text) or (ends_aside and number in lines.aside)
            if not own and (is_over or _heads_comments(page, number)):
                return
            if self._chrome and len(text) <= _LONGEST_MARK and self._chrome.fullmatch(text):
                continue
            yield _without_tags(text) if self._escaped else text, spaced_line(page, number)

    def _is_end(self, text: str) -> bool:
        if len(text) <= _LONGEST_END and _END.fullmatch(text):
            return True
        if self._end and len(text) <= _LONGEST_MARK and self._end.match(text):
            return True
        return is_page_end(text)


def transcript(  # noqa: PLR0913 - what tells transcripts apart
    *marks: str,
    page_mark: str = "",
    chrome: str = "",
    end: str = "",
    behind_title: bool = False,
    escaped: bool = False,
    within: str = "",
) -> TranscriptField:
    """Read the text behind a line that begins with one of *marks*, the likeliest first.

    Where the page has an element that the CSS query *within* finds, it is the text in it.
    """
    return TranscriptField(
        marks,
        page_mark=page_mark,
        chrome=chrome,
        end=end,
        behind_title=behind_title,
        escaped=escaped,
        within=within,
    )


def highest_page() -> TextField:
    """Read the highest number of a page in the document's text."""

    def read(page: DocumentPage) -> str | None:
        preview = page.layout.preview
        count = preview.count(page) if isinstance(preview, TranscriptField) else 0
        return str(count) if count else None

    return Field(read)


def _heads_comments(page: DocumentPage, number: int) -> bool:
    tag = page.lines.tag(number)
    is_heading = len(tag) == len("h3") and tag[0] == "h"
    return (
        is_heading and _COMMENTS.fullmatch(page.lines[number].strip(" ()0123456789:")) is not None
    )


def _without_title(text: str, names: set[str]) -> str:
    """Return *text* without the title that a page's mark repeats, whole or cut short."""
    for name in sorted(names, key=len, reverse=True):
        if text.startswith(name):
            return text.removeprefix(name).strip(" .…")
    begun = _CUT.sub("", text)
    is_cut = begun != text and any(name.startswith(begun) for name in names)
    return "" if is_cut else text


def _behind(text: str, mark: str) -> str:
    """Return what follows in *text* behind *mark*, which may have more spaces."""
    left = len(mark.replace(" ", ""))
    place = 0
    while left and place < len(text):
        left -= text[place] != " "
        place += 1
    return text[place:]


def _without_tags(text: str) -> str:
    """Return *text* without the markup that is written out in it."""
    if "<" not in text and "&" not in text:
        return text
    return " ".join(_TAG.sub(" ", unescape(unescape(text))).split())
