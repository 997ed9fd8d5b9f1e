"""Walls, deletions, errors and lists in many languages; and good pages with the same words."""

# ruff: noqa: RUF001 - words in their own letters

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest

from crawler.reading import DocumentPage, UrlTemplate, css, first, label, page_title, slices
from crawler.reading.generic import GenericPage
from crawler.reading.judging import Reading, read_answer

URL: Final = "https://books.example/document/20000001/old-walls"


class BookPage(DocumentPage):
    site = "books"
    url_template = UrlTemplate("https://books.example/document/{doc_id}/old-walls")

    signs = ("Document ID",)

    size = label("Size")
    title = first(css("h1"), page_title("Library"))
    preview = slices("Transcript", length=300)


KINDS: Final = [BookPage, GenericPage.at(URL)]
both_kinds: Final = pytest.mark.parametrize("kind", KINDS, ids=["site", "generic"])

CHROME: Final = "<div><a href=/>Home</a> <a href=/login>Login</a> <a href=/c-1.html>Books</a></div>"
FOOT: Final = (
    "<div>Copyright Library. Contact us. Terms. If your document was deleted, write.</div>"
)

REFUSED: Final = {
    "blocked": [
        ("", "请完成下方验证后继续访问"),
        ("安全验证", ""),
        ("Just a moment...", ""),
        ("Access denied", "Error 1020"),
        ("", "Verify you are human by completing the action below."),
        ("Zugriff verweigert", ""),
        ("", "Confirmez que vous êtes bien un humain"),
        ("", "Confirme que no eres un robot"),
        ("", "Подтвердите, что вы не робот"),
        ("", "Підтвердіть, що ви не робот"),
        ("", "Robot olmadığınızı doğrulayın"),
        ("", "Xác nhận bạn không phải là robot"),
        ("", "<script>window._cf_chl_opt={}</script>"),
        ("", "<script src='/cdn-cgi/challenge-platform/h/b'></script>"),
        ("", "<script>document.cookie='__jsl_clearance=1'</script>"),
    ],
    "gone": [
        ("", "抱歉，您访问的文档不存在或已被删除"),
        ("", "該文件已被刪除"),
        ("", "This document has been removed at the request of its owner."),
        ("", "The presentation you are looking for is no longer available."),
        ("", "Dieses Dokument wurde gelöscht."),
        ("", "Ce document a été supprimé par son auteur."),
        ("", "Este documento ha sido eliminado."),
        ("", "Este documento foi removido."),
        ("", "Questo documento è stato rimosso."),
        ("", "Ten dokument został usunięty."),
        ("", "Документ был удалён."),
        ("", "Документ видалено."),
        ("", "Bu belge kaldırılmıştır."),
        ("", "Tài liệu này đã bị xóa."),
        ("", "Dokumen ini telah dihapus."),
        ("", "この文書は削除されました。"),
        ("", "문서가 삭제되었습니다."),
    ],
    "login": [
        ("用户登录", "账号 密码"),
        ("Log in", "Please log in to view this document"),
        ("", "Bitte melden Sie sich an, um fortzufahren"),
        ("", "Veuillez vous connecter"),
        ("", "Войдите, чтобы читать"),
        ("", "Vui lòng đăng nhập"),
        ("", "続けるにはログインしてください"),
    ],
    "not_a_document": [
        ("404", ""),
        ("404 Not Found", "nginx"),
        ("Seite nicht gefunden", ""),
        ("Page introuvable", ""),
        ("Página no encontrada", ""),
        ("Страница не найдена", ""),
        ("Sayfa bulunamadı", ""),
        ("Search results", "About 12 documents"),
        ("Suchergebnisse", ""),
        ("", "系统繁忙，请稍后再试"),
        ("", "Internal Server Error"),
    ],
}
CASES: Final = [(reason, *page) for reason, pages in REFUSED.items() for page in pages]


def read(kind: type[DocumentPage], body: str) -> Reading:
    return read_answer(
        kind,
        asked=URL,
        landed=URL,
        content_type="text/html; charset=utf-8",
        body=body.encode(),
        captured_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
    )


@pytest.mark.parametrize(("reason", "title", "text"), CASES)
@pytest.mark.parametrize("chrome", ["", CHROME], ids=["bare", "chrome"])
@both_kinds
def test_refused(kind: type[DocumentPage], chrome: str, reason: str, title: str, text: str) -> None:
    foot = FOOT if chrome else ""
    head = f"<title>{title or 'Library'} - Library</title>" if title or chrome else ""
    heading = f"<h2>{title}</h2>" if title else ""
    reading = read(kind, f"<html><head>{head}</head><body>{chrome}{heading}<p>{text}</p>{foot}")
    assert (reading.verdict, reading.document) == (reason, None)


GOOD: Final = (
    "<h1>Old walls</h1><p>Document ID: 20000001</p><p>File size: 58.50 KB</p><p>Size: 58.50 KB</p>"
    "<p>Pages: 12</p><h2>Transcript</h2><p>The lower courses stand on the rock itself, and the "
    "upper ones lean on them.</p>"
)


@pytest.mark.parametrize(("reason", "title", "text"), CASES)
@both_kinds
def test_the_same_words_on_a_good_page(
    kind: type[DocumentPage], reason: str, title: str, text: str
) -> None:
    body = (
        f"<title>Old walls - Library</title><body>{CHROME}{GOOD}<p>{title}</p><p>{text}</p>{FOOT}"
    )
    document = read(kind, body).document
    assert document is not None, reason
    assert (document.title, document.size) == ("Old walls", "58.50 KB")


@pytest.mark.parametrize(
    "sentence",
    [
        "若内容侵权，请立即通知我们，我们立即给予删除！",
        "如果您认为本文档被侵权删除，请联系我们",
        "If this document was removed by mistake, claim it here.",
        "Wenn das Dokument gelöscht wurde, schreiben Sie uns.",
    ],
)
def test_what_would_be_done_is_no_deletion(sentence: str) -> None:
    body = f"<title>Old walls - Library</title><body><h1>Old walls</h1><p>{sentence}</p>"
    document = read(BookPage, body).document
    assert document is not None
    assert document.title == "Old walls"


ENTRIES: Final = "".join(
    f"<li><a href='/document/{number}/old-walls'>Another work {number}</a></li>"
    for number in range(300, 315)
)


@pytest.mark.parametrize("title", ["Library", "All books", "Walls"])
@both_kinds
def test_a_list_at_a_documents_address(kind: type[DocumentPage], title: str) -> None:
    body = f"<title>{title} - Library</title><body>{CHROME}<h1>{title}</h1><ul>{ENTRIES}</ul>{FOOT}"
    assert read(kind, body).verdict == "not_a_document"


def test_a_document_among_many_others_is_one() -> None:
    assert read(BookPage, f"<body>{GOOD}<ul>{ENTRIES}</ul>").document is not None
    assert read(BookPage, f"<body><ul>{ENTRIES}</ul>{GOOD}").document is not None


@pytest.mark.parametrize(
    ("tag", "verdict"),
    [
        ("<link rel=canonical href=/document/300/old-walls>", "wrong_document"),
        ("<meta property=og:url content=/document/300/old-walls>", "wrong_document"),
        ("<link rel=canonical href=/document/20000001/old-walls>", "document"),
        ("<link rel=canonical href=/>", "document"),
        ("<link rel=canonical href='http://[bad'>", "document"),
        ("", "document"),
    ],
)
def test_a_page_that_calls_itself_another_documents(tag: str, verdict: str) -> None:
    page = GOOD.replace("Document ID: 20000001", "Document")
    assert read(BookPage, f"<head>{tag}</head><body>{page}").verdict == verdict


@pytest.mark.parametrize(
    "body",
    ["ok", '{"code":404,"msg":"not found"}', "<div id=root></div><script src=/a.js></script>"],
)
@both_kinds
def test_a_few_bytes_and_empty_shells(kind: type[DocumentPage], body: str) -> None:
    assert read(kind, f"<title>Library</title>{body}").document is None
