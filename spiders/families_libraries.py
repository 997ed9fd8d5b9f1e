"""Page layouts of 1library, 123dok and 9lib, and of the group of 123doc."""

import re
from typing import Final

from crawler.reading import (
    DocumentPage,
    absent,
    first,
    label,
    script_value,
)
from crawler.reading.fields import Field, TextField
from crawler.reading.values import split_extension
from spiders.headings import heading, line_matching, quoted, top_line
from spiders.spacing import spaced
from spiders.surroundings import in_triple, texts_of
from spiders.transcripts import transcript

CODE: Final = "[0-9A-Za-z]{8}"
_ENDING: Final = re.compile(r"\s(docx?|pptx?|pdf|xlsx?|rtf)$", re.IGNORECASE)
_ADVICE: Final = (
    r"tidak ada hasil|nie znaleziono|no results|no se han|sin resultados|không tìm thấy|n/a$|"
    r"protected$|academic year|copied|"
    r"^(?:»|\d+\. »|tải bản|thông tin|tài liệu hạn chế)"
)


class LibraryPage(DocumentPage):
    """A page that begins with three numbers: pages, views, downloads. Its year is no upload's."""

    size = absent()
    page_count = in_triple(0)
    date = absent()
    title = heading(
        r"(?:1library|(?:text-id\.)?123dok|9lib)(?:\.\w{2,4}){0,2}",
        quoted(
            r"^(?:membagikan|compartilhar|compartir|share|udostępnij|condividi|partager|"
            r'chia sẻ)\s?"'
        ),
        last=(top_line(_ADVICE),),
    )
    view_count = in_triple(1)
    download_count = in_triple(2)
    preview = transcript(
        r"(?:teks penuh|texto completo|full text|pełen tekst|pełny tekst|texte intégral|"
        r"testo completo|volltext|toàn văn)(?: [(].{1,40}[)])?\W*$",
        page_mark=r"[(](\d{1,5})[)]",
        chrome=r"n/a|protected|academic year:? ?\d{0,4}|copied!?",
    )


def _without_ending(title: TextField) -> TextField:
    """Read *title* without the ending of a file's name that stands behind a space."""

    def read(page: DocumentPage) -> str | None:
        text = title.read(page)
        return (_ENDING.sub("", text).strip() or text) if text else None

    return Field(read)


def _ending(title: TextField) -> TextField:
    """Read the ending of a file's name at the end of *title*."""

    def read(page: DocumentPage) -> str | None:
        text = title.read(page) or ""
        found = _ENDING.search(text)
        return found[1] if found else split_extension(text)[1]

    return Field(read)


_TITLE: Final = heading(
    r"(?:(?:text|toc|f|m|www)\.)?123docz?(?:\.\w{2,4}){0,2}|tài liệu|123doc\W.{0,60}",
    line_matching(r"Tiêu đề:? (.{1,400}?)(?: Tác giả .*|$)"),
    script_value("docName"),
    last=(top_line(_ADVICE),),
)


class VietnamesePage(DocumentPage):
    """A page with a table of a document's data, or only with three numbers."""

    doc_id = script_value("docId")
    file_format = first(label("Định dạng"), _ending(_TITLE))
    size = first(label("Dung lượng"), spaced(r"\bDung lượng:? ?(\d[\d.,]{0,12} ?[KMG]i?B)\b"))
    page_count = first(
        label("Số trang"),
        spaced(r"\bSố trang:? ?(\d{1,6})(?: (?:Dung|Nội)|$)"),
        script_value("pageMax"),
        in_triple(0),
    )
    preview_page_count = script_value("pageShow")
    date = absent()
    title = _without_ending(_TITLE)
    uploader = first(
        label("Tác giả"),
        spaced(r"(?:^|\s)Tác giả:? (.{1,80}?)(?: Trường| Chuyên| Thể loại| Định dạng|$)"),
    )
    category = first(
        label("Thể loại"),
        spaced(r"(?:^|\s)Thể loại:? (.{1,80}?)(?: Định dạng| Năm| Thành phố| Số trang|$)"),
    )
    tags = texts_of("div.listTag a[title]")
    price = script_value("priceDoc")
    view_count = in_triple(1)
    download_count = in_triple(2)
    preview = transcript(
        r"nội dung\W*$",
        r"tải bản đầy đủ",
        r"trang 1$",
        within="div.des_content",
        page_mark=r"Trang (\d{1,5})(?: ?:|$)",
        chrome=r"tải bản đầy đủ.{0,40}|tài liệu hạn chế xem trước.{0,80}",
    )
