"""The generic page and pages that show facts, and are about no document all the same."""

# ruff: noqa: RUF001 - words of all languages, in their own letters

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.errors import (
    BlockedPageError,
    GonePageError,
    LoginPageError,
    NotADocumentError,
    PageError,
)
from crawler.reading import DocumentPage, UrlTemplate, css, label
from crawler.reading.generic import GenericPage
from crawler.reading.judging import read_document
from crawler.reading.normalise import normalise

TEXT = (
    "<p>A boiler burns well only where its flue is swept and its door shuts tight, as the old "
    "stokers knew.</p><p>Before any work begins, the fire is let out and the valve is closed, so "
    "that nobody is scalded by the steam that is left in the drum and in the long pipe.</p>"
)


def page(title: str, body: str, head: str = "", url: str = "") -> GenericPage:
    markup = f"<title>{title} - Papyria</title>{head}<h1>{title}</h1>{body}"
    url = url or "https://papyria.example/item/12345"
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    return GenericPage.at(url)(url, markup.encode(), fetched_at=moment)


ROWS = "".join(
    f"<tr><td><a href='/item/{n}'>Kettle {n}</a></td><td>{n}.5 MB</td><td>{n + 3}</td></tr>"
    for n in range(1, 9)
)


@pytest.mark.parametrize("count", [2, 3, 8])
def test_a_table_of_many_documents_gives_none_of_their_facts(count: int) -> None:
    rows = "".join(ROWS.partition(f"<tr><td><a href='/item/{count + 1}'")[0])
    table = f"<table><tr><th>Name</th><th>Size</th><th>Pages</th></tr>{rows}</table>"
    with pytest.raises(NotADocumentError):
        page("Machines for mills", table).document()


def test_a_table_of_one_document_is_read() -> None:
    table = "<table><tr><th>Size</th><th>Pages</th></tr><tr><td>2.5 MB</td><td>48</td></tr></table>"
    found = page("Machines for mills", table + TEXT).document()
    assert (found.size, found.page_count) == ("2.5 MB", "48")


@pytest.mark.parametrize(
    ("title", "body", "error"),
    [
        ("Вход", "<p>Войдите, чтобы скачать файл (PDF, 2,4 МБ)</p>", LoginPageError),
        ("ログイン", "<p>ファイル形式: PDF</p>", LoginPageError),
        ("Verify you are human", "<p>Document ID: 998877</p>", BlockedPageError),
        ("该文档已被删除", "<p>文档编号:12345</p>", GonePageError),
        (
            "Boilers",
            (
                "<p>This document has been removed at the request of the owner.</p>"
                "<ul><li>Size: 2.4 MB</li><li>Pages: 40</li></ul>"
            ),
            GonePageError,
        ),
    ],
)
def test_a_notice_with_a_fact_or_two(title: str, body: str, error: type[PageError]) -> None:
    with pytest.raises(error):
        page(title, body).document()


@pytest.mark.parametrize("title", ["登录系统设计", "水泵维护", "Sign in"])
def test_a_document_may_be_called_as_a_notice_is(title: str) -> None:
    body = f"<p>Size: 2 MB</p><p>Pages: 12</p><p>Format: PDF</p><h2>Preview</h2>{TEXT}"
    assert page(title, body).document().title == title


def test_a_complaint_beside_a_document_without_text_is_no_notice() -> None:
    body = "<p>Size: 2 MB</p><p>Pages: 12</p><p>文档侵权举报</p><p>Sign in to download</p>"
    assert page("Boilers", body).document().page_count == "12"


@pytest.mark.parametrize(
    "cart",
    [
        "Add to basket",
        "Do koszyka",
        "В корзину",
        "Añadir a la cesta",
        "カートに入れる",
        "Sepete ekle",
    ],
)
def test_books_in_shops(cart: str) -> None:
    body = f"<p>Price: 25</p><button>{cart}</button><p>Pages: 320</p>"
    with pytest.raises(NotADocumentError):
        page("Boilers and mills", body).document()


@pytest.mark.parametrize(
    "fact",
    ["File types: PDF", "Supported formats: PDF", "Page size: 2 MB", "To download: at most 50 MB"],
)
def test_what_a_site_takes_is_no_documents_fact(fact: str) -> None:
    with pytest.raises(NotADocumentError):
        page("Boilers", f"<p>{fact}</p>").document()


def test_a_button_behind_an_article_is_not_the_articles() -> None:
    article = f"<p>Mar 4, 2021</p>{TEXT}<p>Download the worksheet (PDF, 1.2 MB)</p>"
    with pytest.raises(NotADocumentError):
        page("Boilers", article).document()


def test_a_day_in_brackets_is_no_day_of_upload() -> None:
    body = "<p>Uploaded by: Kim (member since 2015-02-03)</p><p>Size: 2 MB</p>"
    found = normalise(page("Boilers", body).document())
    assert (found.uploader, found.uploaded_on) == ("Kim", None)


class _KnownPage(DocumentPage):
    site = "known"
    url_template = UrlTemplate("https://known.example/p-{doc_id}.html")
    title = css("h1")
    size = label("Size")


def test_a_front_page_at_a_documents_address() -> None:
    head = '<link rel="canonical" href="https://known.example/">'
    body = f"<html><head><title>Known</title>{head}</head><body><h1>Share</h1><p>{TEXT}</p></body>"
    known = _KnownPage("https://known.example/p-7.html", body.encode(), fetched_at=None)
    with pytest.raises(NotADocumentError):
        read_document(known)


@pytest.mark.parametrize(("head", "is_document"), [("Known - read on", False), ("Share", True)])
def test_a_heading_alone_is_the_pages_title(head: str, *, is_document: bool) -> None:
    body = f"<html><head><title>{head}</title></head><body><h1>Share</h1><p>Nothing.</p></body>"
    known = _KnownPage("https://known.example/p-7.html", body.encode(), fetched_at=None)
    if is_document:
        assert read_document(known).title == "Share"
    else:
        with pytest.raises(NotADocumentError):
            read_document(known)
