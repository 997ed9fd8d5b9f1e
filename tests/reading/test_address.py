from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading import UrlTemplate

BOOKS = UrlTemplate(
    "https://www.books.example/b-{doc_id}.html",
    "/old/{doc_id}",
    "https://m.books.example/v{doc_id}/",
    hosts=("amp.books.example",),
)
SLUGS = UrlTemplate("https://books.example/doc/{doc_id}/view", doc_id="[0-9a-f]{8}")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.books.example/b-0042.html",
        "http://www.books.example/b-0042.html",
        "HTTPS://WWW.Books.Example/b-0042.html",
        "https://books.example/b-0042.html",
        "https://m.books.example/b-0042.html",
        "https://amp.books.example/b-0042.html",
        "https://www.books.example./b-0042.html",
        "https://www.books.example:443/b-0042.html",
        "http://www.books.example.:80/b-0042.html",
        "https://www.books.example/b-0042.html/",
        "https://www.books.example/b-0042.html?from=search&p=/b-7.html",
        "https://www.books.example/b-0042.html#page3",
        "https://www.books.example/old/0042",
        "https://amp.books.example/old/0042/?x",
        "https://m.books.example/v0042/",
    ],
)
def test_every_form_on_every_host(url: str) -> None:
    assert BOOKS.doc_id(url) == "0042"
    assert BOOKS.on_site(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.books.example/",
        "https://www.books.example/b-.html",
        "https://www.books.example/b-42x.html",
        "https://www.books.example/b-\uff14\uff12.html",
        "https://www.books.example/B-42.html",
        "https://www.books.example/b-42xhtml",
        "https://www.books.example/list/b-42.html",
        "https://www.books.example/b-42.html/more",
        "https://www.books.example/b-42.html\n",
        "https://www.books.example//b-42.html",
    ],
)
def test_no_documents_on_the_site(url: str) -> None:
    assert BOOKS.doc_id(url) is None
    assert BOOKS.on_site(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "b-42.html",
        "/b-42.html",
        "//www.books.example/b-42.html",
        "ftp://www.books.example/b-42.html",
        "https://www.books.example.evil.example/b-42.html",
        "https://evilbooks.example/b-42.html",
        "https://wwwxbooks.example/b-42.html",
        "https://evil.example/https://www.books.example/b-42.html",
        "https://evil.example?https://www.books.example/b-42.html",
        "https://user@www.books.example/b-42.html",
        "https://www.books.example@evil.example/b-42.html",
        "https://www.books.example:8443/b-42.html",
        "https://www.books.example:80/b-42.html",
        "http://www.books.example:443/b-42.html",
        "https://www.books.example../b-42.html",
        " https://www.books.example/b-42.html",
    ],
)
def test_foreign_addresses(url: str) -> None:
    assert BOOKS.doc_id(url) is None
    assert not BOOKS.on_site(url)


@given(st.from_regex(r"[0-9]{1,20}", fullmatch=True))
def test_what_is_built_is_recognised(doc_id: str) -> None:
    assert BOOKS.doc_id(BOOKS.format(doc_id)) == doc_id


@given(st.from_regex(r"[0-9a-f]{8}", fullmatch=True))
def test_ids_of_another_kind(doc_id: str) -> None:
    assert SLUGS.doc_id(SLUGS.format(doc_id)) == doc_id
    assert SLUGS.doc_id(SLUGS.format(f"{doc_id}0")) is None
    assert SLUGS.doc_id(SLUGS.format(doc_id[1:])) is None


@given(st.text())
def test_any_text_may_be_asked(url: str) -> None:
    assert BOOKS.doc_id(url) is None


def test_canonical_address_and_hosts() -> None:
    assert BOOKS.format("0042") == "https://www.books.example/b-0042.html"
    assert BOOKS.domain == "books.example"
    assert BOOKS.hosts == {
        "books.example",
        "www.books.example",
        "m.books.example",
        "amp.books.example",
    }


@pytest.mark.parametrize(
    "template",
    [
        "https://www.books.example/b.html",
        "https://www.books.example/{doc_id}/{doc_id}",
        "https://{doc_id}.books.example/",
        "b-{doc_id}.html",
        "ftp://www.books.example/{doc_id}",
        "https://www.books.example/?id={doc_id}",
    ],
)
def test_a_form_needs_one_hole_in_its_path(template: str) -> None:
    with pytest.raises(ValueError, match="is not an address with"):
        UrlTemplate(template)
