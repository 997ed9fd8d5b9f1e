from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import UsageError
from crawler.fetching.arguments import ARGUMENTS, Arguments, IdRange, parse_arguments, parse_ids
from crawler.reading.address import UrlTemplate

if TYPE_CHECKING:
    from pathlib import Path

SITE = UrlTemplate("https://www.wenku365.com/p-{doc_id}.html", hosts=("m.wenku365.com",))
FRONT = "http://www.wenku365.com/"
numbers = st.integers(0, 10**17)


def test_nothing_told_is_the_whole_site() -> None:
    assert parse_arguments({}, SITE) == Arguments()


def test_the_table_has_every_argument_once() -> None:
    names = [argument.name for argument in ARGUMENTS]
    assert sorted(names) == sorted(Arguments.__slots__)


@given(numbers, st.integers(0, 200))
def test_a_range_is_its_numbers(first: int, more: int) -> None:
    expected = [str(number) for number in range(first, first + more + 1)]
    assert list(IdRange(str(first), str(first + more))) == expected


@given(st.integers(0, 9999), st.integers(0, 50), st.integers(5, 12))
def test_a_range_keeps_its_leading_zeros(first: int, more: int, width: int) -> None:
    ids = list(IdRange(str(first).zfill(width), str(first + more).zfill(width)))
    assert {len(doc_id) for doc_id in ids} == {width}
    assert [int(doc_id) for doc_id in ids] == list(range(first, first + more + 1))


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 4), st.integers(0, 400))
def test_a_range_contains_what_it_yields(first: int, more: int, width: int, other: int) -> None:
    ids = IdRange(str(first).zfill(width), str(first + more))
    for text in (str(other), str(other).zfill(width), f"+{other}", f"{other}x"):
        assert (text in ids) == (text in set(ids))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), min_size=1, max_size=6))
def test_no_id_comes_twice(ranges: list[tuple[int, int]]) -> None:
    text = ", ".join(f"{first}-{first + more}" if more else str(first) for first, more in ranges)
    ids = list(parse_ids(text, SITE))
    expected = {str(n) for first, more in ranges for n in range(first, first + more + 1)}
    assert (len(ids), set(ids)) == (len(expected), expected)


def test_a_billion_billion_ids_are_made_one_by_one() -> None:
    ids = parse_ids("1-999999999999999999", SITE)
    assert list(islice(ids, 3)) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "text", ["", ",", "1,,2", "1-", "-1", "2-1", "x", "1-2-3", "\uff11", "1" * 5000 + "-2", "1;2"]
)
def test_what_are_no_ids(text: str) -> None:
    with pytest.raises(UsageError, match="argument ids"):
        parse_ids(text, SITE)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"limits": "1"}, "unknown argument limits.*did you mean limit"),
        ({"limit": "0"}, "argument limit: '0' is not a whole number from 1 up"),
        ({"limit": "many"}, "argument limit: 'many'"),
        ({"limit": ""}, "argument limit: ''"),
        ({"limit": "9" * 99}, "argument limit: '9"),
        ({"depth": "-1"}, "argument depth: '-1' is not a whole number from 0 up"),
        ({"depth": "1.5"}, "argument depth"),
        ({"again": "yes"}, "argument again: 'yes' is neither 1 nor 0"),
        ({"again": ""}, "argument again: '' is neither 1 nor 0"),
        ({"url": ""}, "argument url: '' is no http or https address"),
        ({"url": "www.wenku365.com"}, "is no http or https address"),
        ({"url": "ftp://www.wenku365.com/"}, "is no http or https address"),
        ({"url": "http://www.wenku365.com/ p"}, "is no http or https address"),
        ({"url": "http://[www.wenku365.com/"}, "is no http or https address"),
        ({"url": "http://wenku365.com.example/"}, "is not on the site, whose hosts are"),
        ({"url": "http://www.wenku365.com:99999/"}, "has a port that is no number up to 65535"),
        ({"url": "http://www.wenku365.com:abc/"}, "has a port that is no number"),
        ({"urls": ""}, "argument urls: name a file"),
        ({"ids": "1-99999999999999999999"}, "argument ids: .* has more than 18 digits"),
        ({"url": FRONT, "urls": "x"}, "argument urls: give either"),
        ({"ids": "1", "urls": "x"}, "argument urls: give either"),
        ({"query": " "}, "argument query: give words to search for"),
        ({"query": "x" * 101}, "argument query: give words to search for, at most 100"),
        ({"category": "a/b"}, "argument category: 'a/b' is no ID of a category"),
        ({"sitemap": "sitemap.xml"}, "argument sitemap: 'sitemap.xml' is no http or https address"),
        ({"sitemap": "http://www.example.org/"}, "argument sitemap: .* is not on the site"),
        ({"query": "x", "url": FRONT}, "argument query: it is a place to start at"),
        ({"category": "1", "sitemap": FRONT}, "argument category: it is a place to start at"),
    ],
)
def test_what_makes_no_sense(given: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        parse_arguments(given, SITE)
    assert "\n" not in str(raised.value)


def test_places_to_start_at() -> None:
    assert parse_arguments({"query": " 高考  真题 "}, SITE).query == "高考 真题"
    assert parse_arguments({"category": "0001100027"}, SITE).category == "0001100027"
    assert parse_arguments({"sitemap": f"{FRONT}robots.txt"}, SITE).sitemap == f"{FRONT}robots.txt"


@pytest.mark.parametrize(("text", "again"), [("1", True), (" 1 ", True), ("0", False)])
def test_a_crawl_is_run_again_when_told(text: str, *, again: bool) -> None:
    assert parse_arguments({"again": text}, SITE) == Arguments(again=again)


def test_a_site_without_a_search_or_categories() -> None:
    with pytest.raises(UsageError, match="argument query: no address for it is known on wenku365"):
        parse_arguments({"query": "x"}, SITE, has_search=False)
    with pytest.raises(UsageError, match="argument category: no address for it is known"):
        parse_arguments({"category": "1"}, SITE, has_categories=False)


def test_a_file_of_addresses(tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    file.write_text(f"# two\r\n\r\n  {FRONT}c-1.html  \r\n{FRONT}c-2.html\r\n{FRONT}c-1.html")
    told = parse_arguments({"urls": str(file)}, SITE)
    assert told.urls == (f"{FRONT}c-1.html", f"{FRONT}c-2.html")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no address in"),
        (b"# nothing\n\n", "no address in"),
        (b"\xff\xfe\x00", "is not a text file in UTF-8"),
        (f"{FRONT}\n\nhttp://www.example.org/\n".encode(), "urls.txt:3: "),
        (b"\nword\n", "urls.txt:2: 'word' is no http or https address"),
    ],
)
def test_a_file_that_makes_no_sense(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "urls.txt"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=words):
        parse_arguments({"urls": str(file)}, SITE)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match=f"cannot read {path}: "):
            parse_arguments({"urls": str(path)}, SITE)


def test_ids_alone_need_a_site_whose_addresses_they_make() -> None:
    template = UrlTemplate("https://walls.example/{doc_id}-{slug}.html")
    with pytest.raises(UsageError, match="no address made of an ID alone"):
        parse_arguments({"ids": "7"}, template)
