"""Pages made to break readers: no crash, no hang, bounded memory, and where it can be, a record."""

# ruff: noqa: E501 - a page a line

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Final

import pytest

from crawler.items import to_line
from crawler.reading import DocumentPage, UrlTemplate, label, meta, normalise, slices
from crawler.reading.fields import between, first
from crawler.reading.generic import GenericPage
from crawler.reading.judging import Reading, read_answer
from crawler.reading.notices import LARGEST

MOMENT: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
URL: Final = "https://books.example/b-20000001.html"
HEAD: Final = "<p>ID：20000001</p><p>大小：58.50 KB</p><p>《年报》由会员分享，可在线阅读</p>"
TEXT: Final = "<p>库房每月清点一次，清点的人不能是保管的人。</p>"


class BookPage(DocumentPage):
    site = "books"
    url_template = UrlTemplate("https://books.example/b-{doc_id}.html")

    signs = ("》由会员分享",)

    doc_id = label("ID")
    size = label("大小")
    title = first(between("《", "》由会员分享"), meta("og:title"))
    preview = slices("》由会员分享", before="收益归作者所有", length=300)


KINDS: Final = [BookPage, GenericPage.at(URL)]
both_kinds: Final = pytest.mark.parametrize("kind", KINDS, ids=["site", "generic"])


def read(kind: type[DocumentPage], body: bytes, content_type: str = "text/html") -> Reading:
    return read_answer(
        kind, asked=URL, landed=URL, content_type=content_type, body=body, captured_at=MOMENT
    )


MANY: Final = 200_000
FLOODS: Final = {
    "nested": b"<div>" * 1_000_000,
    "nested inline": b"<b>" * 1_000_000,
    "nested lists": b"<ul><li>" * (MANY // 2),
    "nested tables": b"<table><tr><td>" * (MANY // 3),
    "unclosed": b"<" * MANY,
    "attributes": b"<p " + b"a=1 " * MANY + b">",
    "one attribute": b"<p class='" + b"x" * (4 * MANY) + b"'>",
    "comments": b"<!--" * MANY,
    "entities": b"&amp;" * MANY,
    "unknown entities": b"&lol;" * MANY,
    "numbers": b"&#x110000;" * (MANY // 2),
    "one line": b"word " * MANY,
    "one word": "字".encode() * MANY,
    "labels": "大小：".encode() * (MANY // 4),
    "digits": "大小：".encode() + b"1" * MANY,
    "brackets": "《".encode() * MANY,
    "links": b"<a href=/b-1.html>x</a>" * (MANY // 8),
    "spaces": b" " * (4 * MANY),
    "nulls in text": b"a\0" * MANY,
    "breaks": b"<br>" * MANY,
    "end tags": b"</p>" * MANY,
    "scripts": b"<script>var a = 1;</script>" * (MANY // 10),
    "open script": b"<script>" + b"{" * MANY,
    "open JSON-LD": b"<script type=application/ld+json>" + b"[" * MANY + b"</script>",
    "metas": b"<meta name=a content=b>" * (MANY // 8),
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
@both_kinds
def test_a_flood_behind_a_document_changes_nothing(kind: type[DocumentPage], flood: bytes) -> None:
    reading = read(kind, f"<html><body>{HEAD}{TEXT}<p>收益归作者所有</p>".encode() + flood)
    if kind is BookPage and b"\0" not in flood:
        assert reading.document is not None
        assert reading.document.size == "58.50 KB"
        assert len(to_line(normalise(reading.document))) < 2000


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
@both_kinds
def test_a_flood_alone_is_no_document(kind: type[DocumentPage], flood: bytes) -> None:
    assert read(kind, b"<html><body>" + flood).document is None


@both_kinds
def test_what_is_too_large_is_not_read(kind: type[DocumentPage]) -> None:
    body = f"<html><body>{HEAD}{TEXT}".encode() + b"x" * LARGEST
    assert read(kind, body).verdict == "too_large"
    elsewhere = read_answer(
        BookPage,
        asked="https://books.example/c-1.html",
        landed="https://books.example/c-1.html",
        content_type="text/html",
        body=body,
        captured_at=MOMENT,
    )
    assert elsewhere.verdict == "too_large"


def test_memory_is_bounded() -> None:
    """Fifty megabytes in one line, in a process of its own whose memory is told."""
    code = (
        "import resource, sys\n"
        "from datetime import UTC, datetime\n"
        "from crawler.reading.generic import GenericPage\n"
        "from crawler.reading.judging import read_answer\n"
        f"url = {URL!r}\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "body = b'<html><body><p>' + b'<b>x</b>' * 6_500_000\n"
        "reading = read_answer(GenericPage.at(url), asked=url, landed=url,\n"
        "    content_type='text/html', body=body, captured_at=datetime.now(UTC))\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(reading.verdict, (after - before) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    verdict, megabytes = done.stdout.split()
    assert verdict == "too_large"
    assert int(megabytes) < 200


LAUGHS: Final = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)


@pytest.mark.parametrize("content_type", ["text/html", "application/xhtml+xml"])
def test_billion_laughs(content_type: str) -> None:
    body = f"{LAUGHS}<html><body>{HEAD}<p>&lol9;</p></body></html>".encode()
    document = read(BookPage, body, content_type).document
    assert document is not None
    assert len(document.preview or "") < 100


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("年\u202e报\u202c", "年报"),
        ("\u200f年报\u200e\ufeff", "年报"),
        ("年\0报", "年报"),
        ("年\u2066报\u2069", "年报"),
        ("年&#0;报", "年\ufffd报"),
        ("年\x08\x1b报", "年报"),
        ("&lt;script&gt;年报&lt;/script&gt;", "<script>年报</script>"),
        ("年" * 5000, "年" * 5000),
    ],
)
def test_marks_in_a_title(title: str, wanted: str) -> None:
    body = f"<html><body><p>ID：20000001</p><p>大小：1 KB</p><p>《{title}》由会员分享，可</p>"
    document = read(BookPage, body.encode()).document
    assert document is not None
    assert normalise(document).title == wanted


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<b>x",
        "vbscript:x",
        "file:///etc/passwd",
        "//[::1",
        "http://[bad",
        "http://",
        "\0",
        "http://a\nb/",
        "mailto:a@b",
        "http://a:99999999/",
        "../" * 9999,
    ],
)
@both_kinds
def test_addresses_that_lead_nowhere(kind: type[DocumentPage], href: str) -> None:
    head = f'<base href="{href}"><link rel=canonical href="{href}"><meta property=og:url content="{href}">'
    body = f'<html><head>{head}</head><body>{HEAD}{TEXT}<a href="{href}">x</a>'.encode()
    reading = read(kind, body)
    assert reading.page is not None
    assert all(link.startswith(("http://", "https://")) for link in reading.page.links())


@pytest.mark.parametrize(
    "broken",
    [b"\xff\xfe", b"\xc3", b"\xe5\xa4", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\xaf", b"\x80" * 9],
)
@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=utf-8", "text/plain"])
def test_broken_bytes(broken: bytes, content_type: str) -> None:
    head = (
        HEAD if "html" in content_type else "ID：20000001\n大小：58.50 KB\n《年报》由会员分享，可\n"
    )
    body = head.encode() + broken + TEXT.encode() * 30 + broken
    document = read(BookPage, body, content_type).document
    assert document is not None
    to_line(normalise(document)).encode()


@pytest.mark.parametrize(
    "data",
    [
        "{", "[", '{"name": ', "null", "1e999", '{"name": {"name": [[[]]]}}', "[" * 9999,
        '{"a":' * 9999, '"\\ud800"', '{"@graph": null}', '{"@type": 1, "name": true}',
        '{"numberOfPages": 1e400}', "9" * 9999, "-", "<!-- {} -->", "\0",
    ],
)  # fmt: skip
@both_kinds
def test_broken_json(kind: type[DocumentPage], data: str) -> None:
    scripts = f"<script type=application/ld+json>{data}</script><script>var x = {data};</script>"
    reading = read(kind, f"<html><body>{HEAD}{TEXT}{scripts}".encode())
    if reading.document is not None:
        to_line(normalise(reading.document)).encode()
