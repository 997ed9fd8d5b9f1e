"""An explanation says what won for each field, what lost, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.items import to_record
from crawler.reading import (
    DocumentPage,
    UrlTemplate,
    absent,
    css,
    field,
    first,
    label,
    meta,
    normalise,
    paragraphs,
)
from crawler.reading.explaining import explain, explain_text
from crawler.reading.generic import GenericPage
from crawler.reading.layout import FIELD_NAMES

if TYPE_CHECKING:
    from crawler.reading.explanation import Candidate


class ShelfPage(DocumentPage):
    site = "shelf"
    url_template = UrlTemplate("https://shelf.example/d/{doc_id}")

    doc_id = label("编号")
    size = first(label("体积"), label("大小"), meta("x:size"))
    page_count = label("页数")
    title = first(css("h2"), css("h1"), meta("og:title"))

    @field
    def uploader(self) -> str | None:
        """Return somebody."""
        return "阿土"

    price = absent()
    preview = paragraphs("正文")


HTML = """<meta charset=utf-8><meta property="og:title" content="旧名"><h1>水塘</h1>
<p>编号：7</p><p>页数：很多</p><p>页数：9</p><p>大小：5 KB</p>
<h3>相关文档</h3><ul><li><a href="/d/8">别的</a> 大小：77 KB</li></ul>
<p>正文</p><p>第一段。</p><p>大小：99 KB</p>"""


@pytest.fixture
def page() -> ShelfPage:
    return ShelfPage("https://shelf.example/d/7", HTML.encode())


def told(page: DocumentPage, name: str) -> list[tuple[str, str | None, str]]:
    [found] = [one for one in explain(page) if one.name == name]
    return [(one.source, one.value, one.fault) for one in found.candidates]


def test_every_field_is_explained_in_order(page: ShelfPage) -> None:
    assert [one.name for one in explain(page)] == list(FIELD_NAMES)


def test_the_first_place_with_a_value_wins(page: ShelfPage) -> None:
    assert told(page, "title") == [
        ('css("h2")', None, "nothing there"),
        ('css("h1")', "水塘", ""),
        ('meta("og:title")', "旧名", "another place came first"),
    ]


def test_labels_that_do_not_count_say_where_they_stand(page: ShelfPage) -> None:
    assert told(page, "size") == [
        ('label("体积")', None, "no such label in the header"),
        ('label("大小")', "5 KB", ""),
        ('meta("x:size")', None, "nothing there"),
        (
            'label("大小")',
            "77 KB",
            "in a block about other documents, or the page's furniture",
        ),
        ('label("大小")', "99 KB", "in the preview, or behind its beginning"),
    ]


def test_what_looks_like_a_value_wins(page: ShelfPage) -> None:
    assert told(page, "page_count") == [
        ('label("页数")', "9", ""),
        ('label("页数")', "很多", "does not look like such a value"),
        ('meta("og:document:page")', None, "nothing there"),
    ]


def test_methods_and_absent_fields(page: ShelfPage) -> None:
    assert told(page, "uploader")[0] == ("@field uploader", "阿土", "")
    assert told(page, "price") == [("absent()", None, "the site never publishes it")]


def winner(page: DocumentPage, name: str) -> Candidate | None:
    return next(one.winner for one in explain(page) if one.name == name)


def test_winners_know_their_line(page: ShelfPage) -> None:
    size = winner(page, "size")
    assert size is not None
    assert size.line is not None
    assert page.lines[size.line] == "大小：5 KB"
    assert winner(page, "price") is None


def test_what_wins_is_what_is_read(page: ShelfPage) -> None:
    for name in FIELD_NAMES:
        won = winner(page, name)
        assert page.layout.read(page, name) == (won.value if won else None)


def test_a_person_sees_value_line_and_reason(page: ShelfPage) -> None:
    lines = list(explain_text(page, to_record(normalise(page.document()))))
    assert lines[0] == "read by shelf/1, layout ShelfPage"
    at = lines.index("size: 5120")
    assert lines[at + 2] == '    won «5 KB»: label("大小"), line 5 «大小：5 KB»'


@pytest.mark.parametrize("body", [b"", b"<p>", b"\0\0", "大小".encode(), b"<h1>" * 3000])
def test_any_page_can_be_explained(body: bytes) -> None:
    page = ShelfPage("https://shelf.example/d/7", body)
    assert list(explain_text(page, None))


# --- the generic page ---------------------------------------------------------------------------

ANYWHERE = """<html lang=en><meta charset=utf-8><title>Care of Ponds | Shelf</title>
<meta name="dc.date" content="2019-03-04"><h1>Care of Ponds</h1>
<p>File size: 1.5 MB</p><p>Pages: 12</p>
<p>The pond by the lane is cleared of silt every spring, and whoever is on duty writes it down.</p>
<p>Tools are to be wiped dry, and hung where they came from, before the day is over again.</p>
<h3>Related documents</h3><ul><li><a href="/d/8">Other</a> File size: 7 MB</li></ul>"""


@pytest.fixture
def anywhere() -> DocumentPage:
    url = "https://shelf.example/documents/70001"
    return GenericPage.at(url)(url, ANYWHERE.encode())


def test_the_generic_page_is_explained_too(anywhere: DocumentPage) -> None:
    assert told(anywhere, "size") == [
        ('label("file size")', "1.5 MB", ""),
        (
            'label("file size")',
            "7 MB",
            "in a block about other documents, or the page's furniture",
        ),
    ]
    assert told(anywhere, "date") == [("what the page says for machines", "2019-03-04", "")]
    assert told(anywhere, "doc_id") == [("the page's address", "70001", "")]
    assert told(anywhere, "title")[0][1:] == ("Care of Ponds", "")


def test_what_wins_on_a_generic_page_is_what_is_read(anywhere: DocumentPage) -> None:
    document = anywhere.document()
    for name in ("title", "preview", "size", "page_count", "date"):
        won = winner(anywhere, name)
        assert (getattr(document, name) is None) == (won is None)


def test_a_person_sees_why_it_is_a_document(anywhere: DocumentPage) -> None:
    lines = list(explain_text(anywhere, {"title": "x"}))
    assert "generic page" in lines[0]
    assert lines[1] == "it is a document by its size, pages"
    refused = list(explain_text(anywhere, None))
    assert refused[1] == "refused, although it shows a document's size, pages"
    empty = GenericPage.at("https://x.example/")("https://x.example/d/77777", b"<p>Nothing here.")
    assert "nothing says that it is a document" in list(explain_text(empty, None))
