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


SLUGGED = UrlTemplate(
    "https://walls.example/download/{slug}_{doc_id}_pdf",
    "/doc/{doc_id}",
    "/amp/{slug}_{doc_id}.html",
    hosts=("walls.example.br", "m.walls.example.br"),
    doc_id="[0-9a-f]{6}",
    keeps_host=True,
    reserved=("about",),
)
NAMED = UrlTemplate(
    "https://slides.example/show/{slug}/{doc_id}", "/{user}/{slug}", reserved=("search",)
)
PAIRS = UrlTemplate("https://books.example/{user}/docs/{slug}")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        (
            "http://walls.example/download/dry_walls-2_0a1b2c_pdf?x=1",
            "https://walls.example/download/dry_walls-2_0a1b2c_pdf",
        ),
        ("https://walls.example/doc/0a1b2c/", "https://walls.example/doc/0a1b2c"),
        (
            "https://walls.example.br/amp/dry_0a1b2c.html",
            "https://walls.example.br/download/dry_0a1b2c_pdf",
        ),
        ("https://M.walls.example.br./doc/0a1b2c", "https://walls.example.br/doc/0a1b2c"),
    ],
)
def test_a_canonical_address_keeps_the_words_and_the_host(url: str, canonical: str) -> None:
    assert SLUGGED.doc_id(url) == "0a1b2c"
    assert SLUGGED.canonical_url(url, "0a1b2c") == canonical
    assert SLUGGED.canonical_url(canonical, "0a1b2c") == canonical


def test_an_address_of_another_kind_is_built_from_the_id() -> None:
    assert SLUGGED.canonical_url("https://elsewhere.example/", "0a1b2c") == SLUGGED.format("0a1b2c")
    assert SLUGGED.doc_id(SLUGGED.format("0a1b2c")) == "0a1b2c"


def test_whether_an_id_alone_makes_an_address() -> None:
    assert BOOKS.is_built_from_id
    assert PAIRS.is_built_from_id
    assert not SLUGGED.is_built_from_id
    assert not NAMED.is_built_from_id


def test_words_stand_in_for_an_id_until_the_page_says_it() -> None:
    url = "https://slides.example/mara/walls?x"
    assert NAMED.doc_id(url) == "mara/walls"
    assert NAMED.stands_in("mara/walls", url)
    assert NAMED.canonical_url(url, "mara/walls") == "https://slides.example/mara/walls"
    assert NAMED.canonical_url(url, "42") == "https://slides.example/show/walls/42"
    assert not NAMED.stands_in("42", "https://slides.example/show/walls/42")
    assert not PAIRS.stands_in("mara/walls", "https://books.example/mara/docs/walls")


@pytest.mark.parametrize("path", ["/search/walls", "/search", "/search?q=a/b", "/mara", "//walls"])
def test_reserved_and_incomplete_paths_are_no_documents(path: str) -> None:
    assert NAMED.doc_id(f"https://slides.example{path}") is None
    assert NAMED.doc_id("https://slides.example/searching/walls") == "searching/walls"


@given(st.text("ab-_/", max_size=12), st.from_regex("[0-9a-f]{6}", fullmatch=True))
def test_a_slug_never_changes_the_id(slug: str, doc_id: str) -> None:
    found = SLUGGED.doc_id(f"https://walls.example/download/{slug}_{doc_id}_pdf")
    assert found == (doc_id if slug and "/" not in slug else None)
