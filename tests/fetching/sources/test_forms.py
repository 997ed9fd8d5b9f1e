from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING

import pytest

from crawler.errors import UsageError
from crawler.fetching.arguments import parse_arguments
from crawler.fetching.sources.forms import parse_source
from crawler.reading.address import UrlTemplate

if TYPE_CHECKING:
    from pathlib import Path

SITE = UrlTemplate("https://www.wenku365.com/p-{doc_id}.html")
PAGE = "http://www.wenku365.com/p-25324311.html"


@pytest.mark.parametrize(
    "text",
    [
        "cdx:http://127.0.0.1:8080/kept/cdx",
        "cdx:https://index.example/cdx?from=2019&to=2021",
        "commoncrawl",
        "commoncrawl:CC-MAIN-2026-30",
        "wayback",
    ],
)
def test_a_form_is_said_as_it_was_told(text: str) -> None:
    assert str(parse_source(f" {text} ")) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "none of warc:PATH"),
        ("arc:a", "none of warc:PATH"),
        ("WARC:a", "none of warc:PATH"),
        ("warc", "as warc:PATH"),
        ("warc:", "none of warc:PATH"),
        ("cdx", "no http or https address"),
        ("cdx:ftp://a.example/", "no http or https address"),
        ("cdx:http:///cdx", "no http or https address"),
        ("cdx:http://a.example:0/cdx", "a port that is no number"),
        ("cdx:http://a.example:port/", "a port that is no number"),
        ("cdx:http://a.example/ b", "no http or https address"),
        ("cdx:http://[", "no http or https address"),
        ("commoncrawl:2026-30", "is no crawl"),
        ("commoncrawl:CC-MAIN-2026-30/..", "is no crawl"),
        ("wayback:http://a.example", "write wayback alone"),
    ],
)
def test_what_is_no_source(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        parse_source(text)
    assert str(caught.value).startswith("argument source: ")
    assert "\n" not in str(caught.value)


def test_files_are_looked_for(tmp_path: Path) -> None:
    empty, text, packed = tmp_path / "empty", tmp_path / "a.wacz", tmp_path / "b.wacz"
    empty.mkdir()
    text.write_text("no zip")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("archive/a.warc.gz", gzip.compress(b""))
    assert parse_source(f"wacz:{packed}").place == str(packed)
    assert parse_source(f"warc:{packed}").place == str(packed)
    for wrong in (f"warc:{tmp_path}/none.warc", f"warc:{empty}", f"wacz:{text}", f"warc:{text}"):
        with pytest.raises(UsageError, match="argument source: "):
            parse_source(wrong)
    warc = tmp_path / "c.warc"
    warc.write_bytes(b"WARC/1.0\r\n")
    with pytest.raises(UsageError, match="is no WACZ"):
        parse_source(f"wacz:{warc}")


def test_addresses_say_which_documents(tmp_path: Path) -> None:
    def told(**given: str) -> list[str]:
        ids = parse_arguments({"source": "wayback"} | given, SITE).ids
        return list(ids) if ids is not None else []

    urls = tmp_path / "urls"
    urls.write_text(f"{PAGE}\n{PAGE}?again\nhttp://www.wenku365.com/p-2.html\n")
    assert told() == []
    assert told(url=PAGE) == ["25324311"]
    assert told(urls=str(urls)) == ["25324311", "2"]
    assert told(ids="1-3,7") == ["1", "2", "3", "7"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"depth": "1"}, "argument depth: with source no links are followed"),
        ({"url": "http://www.wenku365.com/"}, "argument url: .* no document's address"),
        ({"url": PAGE, "ids": "1"}, "argument url: with source give either"),
    ],
)
def test_what_makes_no_sense_with_a_source(given: dict[str, str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse_arguments({"source": "wayback"} | given, SITE)


def test_a_file_of_addresses_names_documents_only(tmp_path: Path) -> None:
    urls = tmp_path / "urls"
    urls.write_text("http://www.wenku365.com/list-1.html\n")
    with pytest.raises(UsageError, match=r"argument urls: .* no document's address"):
        parse_arguments({"source": "wayback", "urls": str(urls)}, SITE)
