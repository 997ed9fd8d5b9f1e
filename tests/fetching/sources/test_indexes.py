from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from scrapy.http import Response

from crawler.fetching.arguments import Ids
from crawler.fetching.refusals import Refusal
from crawler.fetching.sources import indexes
from crawler.fetching.sources.captures import Lost, Wanted, timestamp
from crawler.fetching.sources.indexes import IndexedArchive, Server
from crawler.reading.address import UrlTemplate
from tests.fetching.sources.web_archive import at, keep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from crawler.exchange import Exchange
    from crawler.fetching.sources.captures import Capture
    from tests.archive.conftest import ExchangeFactory

SITE = UrlTemplate("https://www.example.com/p-{doc_id}.html", hosts=("m.example.com",))
INDEX = "http://index.example/kept/cdx"


class Answering:
    """Answers in place of a web archive, and notes what it was asked."""

    def __init__(self, answer: Callable[[str, dict[str, str]], Response]) -> None:
        self._answer = answer
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def ask(
        self, url: str, *, headers: Mapping[str, str] | None = None, as_it_came: bool = False
    ) -> Response:
        assert as_it_came is (headers is not None)
        told = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.asked.append((url, told))
        return self._answer(url, told | dict(headers or {}))


def said(body: str, status: int = 200) -> Response:
    return Response(INDEX, status=status, body=body.encode())


def row(number: int, **changes: object) -> str:
    url = f"http://www.example.com/p-{number}.html"
    return json.dumps({"url": url, "timestamp": timestamp(at(number))} | changes)


def archive(
    answer: Callable[[str, dict[str, str]], Response], server: Server, ids: str = ""
) -> tuple[IndexedArchive, Answering]:
    asker = Answering(answer)
    wanted = Wanted(SITE, Ids((tuple(ids.split(",")),)) if ids else None)
    return IndexedArchive(server, wanted, asker), asker  # type: ignore[arg-type]  # asks alike


async def all_of(source: IndexedArchive) -> list[Capture | Lost]:
    return [one async for one in source.captures()]


def listed(source: IndexedArchive) -> list[str]:
    found = asyncio.run(all_of(source))
    return [one.reason if isinstance(one, Lost) else one.url for one in found]


def exchange_of(source: IndexedArchive) -> Exchange:
    async def first() -> Exchange:
        found = await anext(source.captures())
        assert not isinstance(found, Lost)
        return await found.exchange()

    return asyncio.run(first())


def test_each_host_is_asked_and_only_documents_are_taken() -> None:
    rows = [
        row(1),
        row(1),
        row(1, timestamp="20200101000000"),
        row(2, url="http://a.example/p-2.html"),
    ]
    rows.append(row(3, url="http://www.example.com/p-3.html.bak"))
    source, asker = archive(lambda *_: said("\n".join(rows)), Server(index=INDEX))
    page = "http://www.example.com/p-1.html"
    assert listed(source) == [page] * 4  # two moments, on each of two hosts
    prefixes = [told["url"] for _, told in asker.asked]
    assert prefixes == ["example.com/p-"] * 2 + ["m.example.com/p-"] * 2
    assert {told["matchType"] for _, told in asker.asked} == {"prefix"}


def test_few_documents_are_asked_for_by_address() -> None:
    source, asker = archive(lambda *_: said(""), Server(index=INDEX, dialect="resumed"), "1,2")
    assert listed(source) == []
    assert [told["url"] for _, told in asker.asked] == [
        "example.com/p-1.html",
        "example.com/p-2.html",
        "m.example.com/p-1.html",
        "m.example.com/p-2.html",
    ]


def test_many_documents_are_listed_with_all() -> None:
    ids = ",".join(map(str, range(indexes.FEW + 1)))
    server = Server(index=INDEX, dialect="resumed")
    source, asker = archive(lambda *_: said(f"{row(7)}\n{row(indexes.FEW + 7)}"), server, ids)
    assert listed(source) == ["http://www.example.com/p-7.html"] * 2
    assert [told["url"] for _, told in asker.asked] == ["example.com/p-", "m.example.com/p-"]


def test_a_key_that_leads_nowhere_ends_it() -> None:
    table = json.dumps([["timestamp", "original"], [], ["key 1"]])
    server = Server(index=INDEX, dialect="resumed")
    source, asker = archive(lambda *_: said(table), server, "1")
    assert listed(source) == []
    assert [told.get("resumeKey") for _, told in asker.asked] == [None, "key 1"] * 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (said("<h1>Welcome</h1>"), "bad_index"),
        (said("<h1>Not Found</h1>", 404), "http_404"),
        (said("no", 403), "http_403"),
        (said("{}\n{}"), "bad_index"),
    ],
)
def test_what_is_no_index_is_told(answer: Response, reason: str) -> None:
    source, _ = archive(lambda *_: answer, Server(index=INDEX))
    assert set(listed(source)) == {reason}


def test_what_does_not_come_is_told() -> None:
    def refuse(*_: object) -> Response:
        raise Refusal("timeout")

    assert listed(archive(refuse, Server(index=INDEX))[0]) == ["timeout"] * 2
    newest = Server(crawls="http://index.example")
    source, asker = archive(refuse, newest)
    assert (listed(source), len(asker.asked)) == (["timeout"], 1)
    assert listed(archive(lambda *_: said("[]"), newest)[0]) == ["bad_index"]
    assert listed(archive(lambda *_: said("", 404), newest)[0]) == ["http_404"]


def test_a_listing_that_may_be_cut_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(indexes, "_UNPAGED_ROWS", 2)
    source, _ = archive(lambda *_: said(f"{row(1)}\n{row(2)}"), Server(index=INDEX))
    with caplog.at_level(logging.WARNING):
        listed(source)
    assert "no more than 2 captures at once: there may be more of example.com/p-" in caplog.text


@pytest.fixture
def kept(make_exchange: ExchangeFactory, tmp_path: Path) -> tuple[Path, Exchange, str]:
    """Return a WARC, an exchange in it, and what an index says of that."""
    from crawler.archive.cdxj import index_path, parse_line  # noqa: PLC0415

    exchange = make_exchange(1, started_at=at(1))
    warc = keep(tmp_path / "warc", [make_exchange(2), exchange])
    text = index_path(warc).read_text(encoding="utf-8")
    line = next(one for one in map(parse_line, text.splitlines()) if "p-1." in one.key)
    return warc, exchange, row(1, **line.fields)


def test_a_server_without_ranges_gives_the_whole_file(kept: tuple[Path, Exchange, str]) -> None:
    warc, exchange, line = kept
    whole = Response(INDEX, body=warc.read_bytes())
    server = Server(index=INDEX, files="http://files.example/a/")
    source, asker = archive(lambda url, _: whole if "files" in url else said(line), server)
    found = exchange_of(source)
    assert found.response == exchange.response
    assert found.source == asker.asked[-1][0] == f"http://files.example/a/{warc.name}"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"filename": "../secret.warc.gz"}, "damaged"),
        ({"filename": "/etc/passwd"}, "damaged"),
        ({"filename": "none.warc.gz"}, "damaged"),
        ({"offset": "1"}, "damaged"),
        ({"url": "http://www.example.com/p-3.html"}, "damaged"),
        ({"filename": "-"}, "not_archived"),
    ],
)
def test_an_index_that_is_wrong(
    kept: tuple[Path, Exchange, str], change: dict[str, str], reason: str
) -> None:
    warc, _, line = kept
    (warc.parent.parent / "secret.warc.gz").write_bytes(warc.read_bytes())
    wrong = json.dumps(json.loads(line) | change)
    server = Server(index=INDEX, files=str(warc.parent))
    with pytest.raises(Refusal, match=reason):
        exchange_of(archive(lambda *_: said(wrong), server)[0])


@pytest.mark.parametrize(("status", "reason"), [(200, "not_archived"), (404, "http_404")])
def test_a_replay_without_the_capture(status: int, reason: str) -> None:
    server = Server(index=INDEX, replay="http://replay.example/")
    source, _ = archive(
        lambda url, _: said("", status) if "replay" in url else said(row(1)), server
    )
    with pytest.raises(Refusal, match=reason):
        exchange_of(source)
