from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.archive.cdxj import (
    index_path,
    index_records,
    merge_indexes,
    parse_line,
    write_index,
)
from crawler.archive.members import pack
from crawler.archive.reader import read_records
from crawler.archive.records import Earlier, conversion_record, exchange_records
from crawler.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.archive.keeping import Capture, Keeper
    from crawler.exchange import Exchange

LINE = (
    'com,example)/p-1 20261124080001 {"url": "http://example.com/p-1", "mime": "text/html", '
    '"status": "200", "digest": "sha1:X", "length": "120", "offset": "7", "filename": "a.warc.gz"}'
)


def judged(path: Path) -> list[str]:
    indexer = Path(sys.executable).with_name("cdxj-indexer")
    run = subprocess.run([indexer, "--sort", path], check=True, capture_output=True, text=True)
    return run.stdout.splitlines()


def test_lines_are_those_of_cdxj_indexer(
    keep: Callable[..., tuple[Path, list[Capture]]], hostile: list[Exchange]
) -> None:
    path, _ = keep(hostile)
    lines = index_path(path).read_text(encoding="utf-8").splitlines()
    assert lines == judged(path)
    assert len(lines) == len(hostile)


def test_lines_for_revisits(
    make_keeper: Callable[..., Keeper], make_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    keeper = make_keeper()
    first = keeper.write(make_exchange())
    known = Earlier(url=first.url, captured_at=first.captured_at, payload_digest=first.digest)
    keeper.write(make_exchange(), (known,))
    not_modified = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    keeper.write(make_exchange(response=not_modified), (known,))
    keeper.close()
    path = tmp_path / "warc" / first.file
    lines = index_path(path).read_text(encoding="utf-8").splitlines()
    assert lines == judged(path)
    assert [parse_line(line).fields.get("mime") for line in lines].count("warc/revisit") == 2

    subprocess.run(
        [Path(sys.executable).with_name("warcio"), "recompress", path, tmp_path / "again.warc.gz"],
        check=True,
        capture_output=True,
    )
    again = tmp_path / "again.warc.gz"
    assert index_records(read_records(again)) == judged(again)


def test_a_plain_file(make_exchange: Callable[..., Exchange], tmp_path: Path) -> None:
    path = tmp_path / "plain.warc"
    path.write_bytes(b"".join(record.data for record in exchange_records(make_exchange())))
    assert index_records(read_records(path)) == judged(path)


def test_an_index_made_anew_is_the_same(
    keep: Callable[..., tuple[Path, list[Capture]]], hostile: list[Exchange]
) -> None:
    path, _ = keep(hostile)
    before = index_path(path).read_bytes()
    index_path(path).unlink()
    assert write_index(path) == index_path(path)
    assert index_path(path).read_bytes() == before


def test_text_extracts_are_left_out_as_the_indexer_does(
    tmp_path: Path, make_exchange: Callable[..., Exchange]
) -> None:
    record = conversion_record(
        "text",
        url="http://example.com/",
        created_at=make_exchange().started_at,
        refers_to="urn:uuid:1",
        record_id="urn:uuid:2",
    )
    path = tmp_path / "a.warc.gz"
    path.write_bytes(pack(record.data))
    assert index_records(read_records(path)) == judged(path) == []


def test_a_line_is_read_as_it_is_written() -> None:
    line = parse_line(LINE + "\n")
    assert (line.key, line.timestamp) == ("com,example)/p-1", "20261124080001")
    assert (line.offset, line.length, line.fields["status"]) == (7, 120, "200")
    assert str(line) == LINE


@pytest.mark.parametrize("line", ["", "com,example)/ 2026", "k 2026 {", "k 2026 []", "k x {}"])
def test_what_is_no_line(line: str) -> None:
    with pytest.raises(ArchiveError, match="not a line of CDXJ"):
        parse_line(line)


def test_indexes_are_merged_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.cdxj").write_text("a 1 {}\nc 3 {}\n", encoding="utf-8")
    (tmp_path / "b.cdxj").write_text("b 2 {}\n", encoding="utf-8")
    paths = sorted(tmp_path.iterdir())
    assert list(merge_indexes(paths)) == ["a 1 {}", "b 2 {}", "c 3 {}"]
    with pytest.raises(ArchiveError, match="cannot be read"):
        list(merge_indexes([tmp_path / "none.cdxj"]))
