from __future__ import annotations

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetching.arguments import Ids
from crawler.fetching.refusals import Refusal
from crawler.fetching.sources.captures import Lost, Wanted
from crawler.fetching.sources.places import Place, Places
from crawler.fetching.sources.warcs import WarcFiles
from crawler.reading.address import UrlTemplate
from tests.fetching.sources.web_archive import at, keep

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from crawler.exchange import Exchange
    from tests.archive.conftest import ExchangeFactory

SITE = UrlTemplate("https://www.example.com/p-{doc_id}.html")
DIGEST = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"


def written(kind: str, number: int, block: bytes = b"", **fields: str) -> bytes:
    """Return a record as other archivers write it."""
    head = {
        "WARC-Type": kind,
        "WARC-Target-URI": f"http://www.example.com/p-{number}.html",
        "WARC-Date": f"2026-01-02T03:04:{number:02}Z",
        "WARC-Record-ID": f"<urn:test:{kind}-{number}>",
        "Content-Type": "application/http",
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"WARC/1.0\r\n{lines}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def page(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body


def taken(path: Path, ids: Iterable[str] | None = None) -> tuple[list[Exchange], list[Lost]]:
    """Return all that a source at *path* has of documents, and what is lost of it."""
    wanted = Wanted(SITE, None if ids is None else Ids((tuple(ids),)))
    exchanges: list[Exchange] = []
    lost: list[Lost] = []

    async def take(thread: ThreadPoolExecutor) -> None:
        async for found in WarcFiles(path, wanted, thread).captures():
            if isinstance(found, Lost):
                lost.append(found)
                continue
            try:
                exchanges.append(await found.exchange())
            except Refusal as refusal:
                lost.append(Lost(refusal.reason, found.url))

    with ThreadPoolExecutor(max_workers=1) as thread:
        asyncio.run(take(thread))
    return exchanges, lost


@pytest.fixture
def documents(make_exchange: ExchangeFactory) -> list[Exchange]:
    return [make_exchange(number, started_at=at(number)) for number in range(1, 6)]


def test_our_own_come_back_as_they_were_kept(documents: list[Exchange], tmp_path: Path) -> None:
    warc = keep(tmp_path, documents)
    exchanges, lost = taken(tmp_path)
    assert [replace(one, source="") for one in exchanges] == documents
    assert {one.source for one in exchanges} == {str(warc)}
    assert lost == []


def test_only_some(documents: list[Exchange], tmp_path: Path) -> None:
    exchanges, _ = taken(keep(tmp_path, documents), ["2", "5", "9"])
    assert [one.started_at for one in exchanges] == [at(2), at(5)]


def test_what_a_redirect_led_to_is_a_document_by_what_was_asked(
    make_exchange: ExchangeFactory, tmp_path: Path
) -> None:
    landed = make_exchange(
        1, url="http://www.example.com/view/1", asked="http://example.com/p-1.html"
    )
    [found], _ = taken(keep(tmp_path, [landed]))
    assert (found.url, found.asked) == (landed.url, landed.asked)


@pytest.mark.parametrize("is_packed", [True, False])
@pytest.mark.parametrize("turn", [1, -1])
def test_a_request_beside_its_answer(tmp_path: Path, turn: int, is_packed: bool) -> None:  # noqa: FBT001
    pairs = [
        [
            written("request", number, b"GET %d" % number, **link),
            written("response", number, page(b"%d" % number), **other),
        ][::turn]
        for number, (link, other) in enumerate(
            [
                ({"WARC_Concurrent_To": "<urn:test:response-0>"}, {}),
                ({}, {"WARC_Concurrent_To": "<urn:test:request-1>"}),
                ({}, {}),
            ]
        )
    ]
    warc = tmp_path / ("a.warc.gz" if is_packed else "a.warc")
    records = [record for pair in pairs for record in pair]
    warc.write_bytes(b"".join(gzip.compress(one) if is_packed else one for one in records))
    exchanges, _ = taken(warc)
    assert [one.request for one in exchanges] == [b"GET 0", b"GET 1", b""]


def test_a_file_that_was_compressed_as_a_whole(tmp_path: Path) -> None:
    records = [written("response", number, page(b"%d" % number)) for number in range(3)]
    warc = tmp_path / "a.warc.gz"
    warc.write_bytes(gzip.compress(b"".join(records)))
    exchanges, lost = taken(warc)
    assert [one.response[-1:] for one in exchanges] == [b"0", b"1", b"2"]
    assert lost == []


def test_revisits_of_what_comes_later_and_of_what_is_nowhere(tmp_path: Path) -> None:
    by_moment = {
        "WARC_Refers_To_Target_URI": "http://www.example.com/p-5.html",
        "WARC_Refers_To_Date": "2026-01-02T03:04:05.5Z",
    }
    (tmp_path / "a.warc").write_bytes(
        written("revisit", 1, WARC_Payload_Digest=DIGEST)
        + written("revisit", 2, **by_moment)
        + written("revisit", 3, WARC_Payload_Digest=DIGEST[:-1])
        + written("revisit", 4, WARC_Refers_To_Target_URI="a", WARC_Refers_To_Date="yesterday")
    )
    original = written("response", 5, page(b"five"), WARC_Payload_Digest=DIGEST)
    (tmp_path / "b.warc").write_bytes(original)
    exchanges, lost = taken(tmp_path)
    assert [(one.url[-6], one.response) for one in exchanges] == [
        ("5", page(b"five")),
        ("1", page(b"five")),
        ("2", page(b"five")),
    ]
    assert [one.reason for one in lost] == ["damaged", "unresolved"]


def test_a_page_before_its_text_and_each_once(tmp_path: Path) -> None:
    text = written("conversion", 1, b"text", Content_Type="text/plain")
    (tmp_path / "a.warc.wet").write_bytes(text)
    (tmp_path / "b.warc").write_bytes(written("response", 1, page(b"page")) * 2)
    exchanges, _ = taken(tmp_path)
    assert [one.response for one in exchanges] == [page(b"page")]


def test_what_is_damaged_is_named(tmp_path: Path) -> None:
    records = [gzip.compress(written("response", number, page(b"x"))) for number in range(4)]
    records[1] = records[1][:30] + b"\0\0\0\0" + records[1][34:]
    records[2] = gzip.compress(written("response", 2, page(b"x"), WARC_Date="yesterday"))
    warc = tmp_path / "a.warc.gz"
    warc.write_bytes(b"".join(records))
    exchanges, lost = taken(warc)
    assert [one.url[-6] for one in exchanges] == ["0", "3"]
    start = len(records[0])
    assert [(one.reason, one.where) for one in lost] == [
        ("damaged", f"{warc}: offset {start}"),
        ("damaged", f"{warc}: offset {start + len(records[1])}"),
    ]


def test_files_that_went_away(documents: list[Exchange], tmp_path: Path) -> None:
    warc = keep(tmp_path, documents)

    async def take(thread: ThreadPoolExecutor) -> None:
        captures = WarcFiles(tmp_path, Wanted(SITE), thread).captures()
        first = await anext(captures)
        assert not isinstance(first, Lost)
        warc.unlink()
        with pytest.raises(Refusal, match="damaged"):
            await first.exchange()

    with ThreadPoolExecutor(max_workers=1) as thread:
        asyncio.run(take(thread))
    assert taken(warc) == ([], [Lost("damaged", str(warc))])


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.sampled_from(["", "x", "y"])))
)
def test_places_are_found_as_they_were_added(added: list[tuple[str, int, str]]) -> None:
    places, known = Places(), dict[tuple[str, int], tuple[str, Place]]()
    for number, (url, day, digest) in enumerate(added):
        place = Place(number, number * 2, str(number))
        assert places.add(url, at(day), digest, place) is ((url, day) not in known)
        known.setdefault((url, day), (digest, place))
    for url in "ab":
        for day in range(4):
            digest, place = known.get((url, day), ("", None))
            assert places.at(url, at(day)) == (place if digest else None)
    alike = {digest: place for digest, place in known.values() if digest}
    assert {digest for digest in "xy" if places.like(digest)} == set(alike)
    places.close()
