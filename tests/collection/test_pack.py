from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.archive.containers import find_warcs
from crawler.archive.wacz import CollectionInfo
from crawler.collection.extract import extract
from crawler.collection.pack import Choice, choose_files, pack
from crawler.storage.finding import Wanted, find_newest
from tests.collection.shelf import START, Shelf, exchange, page

if TYPE_CHECKING:
    from crawler.storage import CaptureRow

INFO = CollectionInfo(
    title="文库", software="docshelf/0", created_at=datetime(2026, 11, 24, tzinfo=UTC)
)
ALL = Choice()


def packed(shelf: Shelf, choice: Choice = ALL) -> Path:
    target = shelf.folder / "a.wacz"
    with shelf.open() as store:
        files = choose_files(shelf.warc, store, choice)
        done = pack(target, files.chosen, store, choice, INFO)
    assert (len(pages(target)), done.damage) == (done.pages, [])
    return target


def pages(target: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(target) as archive:
        return [json.loads(line) for line in archive.read("pages/pages.jsonl").splitlines()[1:]]


def test_the_pages_are_the_documents(any_shelf: Shelf) -> None:
    target = packed(any_shelf)
    found = pages(target)
    urls = [f"http://www.wenku365.com/p-{n:08}.html" for n in (3, 4, 5, 6, 7, 8, 4, 5, 6)]
    assert [one["url"] for one in found] == urls
    assert found[0]["ts"] == "2026-11-24T08:00:03Z"
    assert found[0]["title"] == "防汛工作总结3"
    assert found[0]["text"] == "今年入汛以来,各村按照要求检查了堤防和泵站。"
    assert {source.name for source in find_warcs(target)} == {path.name for path in any_shelf.files}


def test_the_judge_accepts_it(shelf: Shelf) -> None:
    wacz = Path(sys.executable).with_name("wacz")
    command = [wacz, "validate", "-f", packed(shelf)]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
    assert "the passed WACZ is valid" in run.stdout


def test_damage_is_told(shelf: Shelf) -> None:
    capture = shelf.captures[3]
    path = shelf.warc / capture.file
    data = bytearray(path.read_bytes())
    data[capture.offset + 40] ^= 1
    path.write_bytes(data)
    with shelf.open() as store:
        done = pack(shelf.folder / "a.wacz", shelf.files, store, ALL, INFO)
    (told,) = done.damage
    assert told.startswith(f"{path.name}: offset {capture.offset}: ")


def test_files_are_chosen_by_site_and_moment(shelf: Shelf) -> None:
    since = START + timedelta(seconds=20)
    with shelf.open() as store:
        later = choose_files(shelf.warc, store, Choice(since=since))
        assert [path.name for path in later.chosen] == [shelf.files[1].name]
        assert choose_files(shelf.warc, store, Choice(site="bdocx")).chosen == []
        ours = choose_files(shelf.warc, store, Choice(site="wenku365"))
        assert ours.chosen == shelf.files
    assert len(pages(packed(shelf, Choice(since=since)))) == 2


def test_what_is_open_is_left_out(shelf: Shelf) -> None:
    keeper = shelf.keeper(2)
    keeper.write(exchange(41, page(41)))
    keeper.sync()
    last = shelf.files[1]
    left = last.rename(last.with_name(f"{last.name}.open"))
    with shelf.open() as store:
        files = choose_files(shelf.warc, store, ALL)
    assert files.chosen == shelf.files == [shelf.files[0]]
    assert files.left_open == [left]
    assert [path.suffix for path in files.writing] == [".open"]
    keeper.close()


def test_what_a_capture_holds(any_shelf: Shelf) -> None:
    row = newest(any_shelf, "00000003")
    asked = exchange(3, page(3))
    with any_shelf.open() as store:
        assert extract(row, "body", any_shelf.warc, store) == page(3).encode()
        assert extract(row, "answer", any_shelf.warc, store) == asked.response
        record = extract(row, "record", any_shelf.warc, store)
        data = (any_shelf.warc / row.file).read_bytes()
        assert record == data[row.offset : row.offset + row.length]
        revisit = newest(any_shelf, "00000005")
        assert revisit.kind == "revisit"
        assert extract(revisit, "body", any_shelf.warc, store) == page(5).encode()
        head = extract(revisit, "answer", any_shelf.warc, store)
        assert head.endswith(b"\r\n\r\n")


def newest(shelf: Shelf, doc_id: str) -> CaptureRow:
    with shelf.open() as store, store.reading() as connection:
        row = find_newest(connection, Wanted(doc_id=doc_id))
    assert row is not None
    return row
