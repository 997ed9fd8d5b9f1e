from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.surt import surt
from crawler.errors import ArchiveError
from crawler.fetching.sources.dialects import (
    Entry,
    distinct,
    newest_crawl,
    query,
    read_listing,
    read_page_count,
    replay_of,
)

PAGE = "http://www.wenku365.com/p-1.html"
ROW = {
    "urlkey": "com,wenku365)/p-1.html",
    "timestamp": "20260102030405",
    "url": PAGE,
    "mime": "text/html",
    "status": "200",
    "digest": "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
    "length": "900",
    "offset": "30",
    "filename": "a/b.warc.gz",
}
ENTRY = Entry(
    url=PAGE,
    captured_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    mime="text/html",
    digest="3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
    file="a/b.warc.gz",
    offset=30,
    length=900,
)


def test_an_object_a_line() -> None:
    lines = [json.dumps(ROW), json.dumps(ROW | {"mime": "warc/revisit", "filename": "-"})]
    first, second = read_listing("\n".join(lines) + "\n").entries
    assert (first, first.is_revisit) == (ENTRY, False)
    assert (second.file, second.offset, second.length, second.is_revisit) == ("", 0, 0, True)


def test_rows_under_names() -> None:
    table = [
        ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"],
        ["com,wenku365)/p-1.html", "20260102030405", PAGE, "warc/revisit", "-", "ABC", "1415"],
    ]
    [entry] = read_listing(json.dumps(table)).entries
    assert (entry.url, entry.mime, entry.digest, entry.file) == (PAGE, "warc/revisit", "ABC", "")


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        (
            "com%2Cwenku365%29%2Fp-1.html+20260102030405%21",
            "com,wenku365)/p-1.html 20260102030405!",
        ),
        ("com,wenku365)/a%20b 20260102030405", "com,wenku365)/a%20b 20260102030405"),
    ],
)
def test_a_key_to_go_on_with(key: str, wanted: str) -> None:
    table = [["timestamp", "original"], ["20260102030405", PAGE], [], [key]]
    listing = read_listing(json.dumps(table))
    assert (len(listing.entries), listing.resume_key) == (1, wanted)


@pytest.mark.parametrize(
    "text", ["", "\n", "[]", '[["original"]]', '{"error": "none"}', '{"message": "none"}']
)
def test_nothing_listed(text: str) -> None:
    listing = read_listing(text)
    assert (listing.entries, listing.damaged, listing.resume_key) == ((), 0, "")


@pytest.mark.parametrize(
    "change",
    [{"url": None}, {"timestamp": "2026"}, {"timestamp": "20261302030405"}, {"timestamp": 1}],
)
def test_rows_without_sense_are_counted(change: dict[str, object]) -> None:
    listing = read_listing(json.dumps(ROW | change) + "\n" + json.dumps(ROW))
    assert (listing.entries, listing.damaged) == ((ENTRY,), 1)


@pytest.mark.parametrize(
    "change", [{"offset": "-1"}, {"length": "x"}, {"length": 0}, {"offset": None}, {"filename": ""}]
)
def test_a_place_without_sense_is_none(change: dict[str, object]) -> None:
    [entry] = read_listing(json.dumps(ROW | change)).entries
    assert (entry.file, entry.offset, entry.length) == ("", 0, 0)


@pytest.mark.parametrize("text", ["<h1>Not Found</h1>", "[1]", "7", '"a"', "null", "[[1], 2]", "{"])
def test_what_is_no_listing(text: str) -> None:
    with pytest.raises(ArchiveError, match="not a listing"):
        read_listing(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*ROW, "pages", "id", "message"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.text() | JSON.map(json.dumps) | st.lists(JSON).map(json.dumps))
def test_no_answer_breaks_it(text: str) -> None:
    with suppress(ArchiveError):
        assert read_listing(text).damaged >= 0
    with suppress(ArchiveError):
        assert newest_crawl(text)
    assert (read_page_count(text) or 0) >= -(10**400)


def test_numbers_of_pages() -> None:
    assert read_page_count('{"message": "No Captures found for: a"}') == 0
    assert read_page_count(json.dumps(ROW)) is None
    assert read_page_count(f"{json.dumps(ROW)}\n{json.dumps(ROW)}") is None
    assert read_page_count("") is None


def test_the_newest_crawl_whatever_the_order() -> None:
    crawls = [{"id": f"CC-MAIN-{name}"} for name in ("2026-05", "2026-30", "2013-20", "2008-2009")]
    assert newest_crawl(json.dumps(crawls)) == "CC-MAIN-2026-30"
    with pytest.raises(ArchiveError):
        newest_crawl("[]")


def test_what_the_address_of_an_index_says_holds() -> None:
    index = "https://web.example/cdx/search/cdx?filter=!status:404&filter=mime:text/html&from=2019"
    asked = parse_qs(urlsplit(query(index, url="a.example/p-?x=1&y", page="3")).query)
    assert asked == {
        "filter": ["!status:404", "mime:text/html"],
        "from": ["2019"],
        "url": ["a.example/p-?x=1&y"],
        "page": ["3"],
        "output": ["json"],
    }


@pytest.mark.parametrize(
    ("index", "replay"),
    [
        ("http://localhost:8080/kept/cdx", "http://localhost:8080/kept/"),
        ("http://localhost:8080/kept/cdx/?from=2019", "http://localhost:8080/kept/"),
        ("http://localhost:8080/kept-cdx", "http://localhost:8080/kept/"),
        ("http://localhost:8080/kept/index", "http://localhost:8080/kept/"),
        ("https://web.archive.org/cdx/search/cdx?to=2021", "https://web.archive.org/web/"),
        ("http://localhost:8080/", "http://localhost:8080/"),
    ],
)
def test_a_replay_is_beside_its_index(index: str, replay: str) -> None:
    assert replay_of(index) == replay


@given(st.lists(st.from_regex(r"(www\.|m\.)?a\.example/[a-c/]{0,4}", fullmatch=True)))
def test_distinct_prefixes_cover_all(prefixes: list[str]) -> None:
    kept = [surt(f"http://{prefix}") for prefix in distinct(prefixes)]
    for prefix in prefixes:
        assert any(surt(f"http://{prefix}").startswith(key) for key in kept)
    assert len(kept) == len(set(kept))


def test_a_folder_covers_only_itself() -> None:
    assert distinct(["a.example/p/", "a.example/p-", "a.example/p/x"]) == [
        "a.example/p-",
        "a.example/p/",
    ]
