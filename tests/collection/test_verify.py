from __future__ import annotations

import gzip
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from crawler.archive.cdxj import index_path
from crawler.archive.verify import FileCheck, check_folder
from crawler.collection.verify import Verification
from crawler.storage.tables import CAPTURES, DOCUMENTS
from tests.collection.shelf import START, contents, exchange, page, put_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.archive.checks import Problem
    from tests.collection.shelf import Shelf

SHARED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_what_is_whole_is_praised_and_counted(any_shelf: Shelf) -> None:
    with any_shelf.open() as store:
        check = Verification.of_archive(any_shelf.warc, store)
        assert list(map(str, check.run())) == []
    assert (check.files, check.records, check.captures, check.documents) == (2, 26, 12, 6)
    assert check.size == sum(path.stat().st_size for path in any_shelf.files)


CHANGES: dict[str, Any] = {
    "url": "http://www.wenku365.com/p-1.html",
    "captured_at": START,
    "kind": "revisit",
    "status": 404,
    "mime": "text/plain",
    "digest": "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
    "file": "elsewhere.warc.gz",
    "offset": 7,
    "length": 7,
    "refers_to": "urn:uuid:0",
    "record_id": "urn:uuid:0",
}


@pytest.mark.parametrize("column", CHANGES)
def test_each_column_of_a_capture_is_held_against_its_record(shelf: Shelf, column: str) -> None:
    one = shelf.captures[4]
    changed = {CAPTURES.c[column]: CHANGES[column]}
    shelf.change(update(CAPTURES).where(CAPTURES.c.record_id == one.record_id).values(changed))
    said = shelf.said()
    assert any(f"{one.file}: offset {one.offset}: {one.url}: " in line for line in said), said
    if column in {"file", "offset"}:
        assert any(f"captures has this record at {CHANGES['file']}" in line for line in said) or (
            any(f"captures has this record at {one.file}: offset 7" in line for line in said)
        )
    elif column == "record_id":
        assert any(line.endswith(": not in captures") for line in said)
    else:
        assert len(said) == 1
        assert f"captures says something else of this record: {column} " in said[0]


def test_a_row_that_is_missing(any_shelf: Shelf) -> None:
    a_list, document, other = any_shelf.captures[1], any_shelf.captures[2], any_shelf.captures[4]
    any_shelf.change(
        delete(CAPTURES).where(CAPTURES.c.record_id.in_([a_list.record_id, document.record_id])),
        delete(DOCUMENTS).where(DOCUMENTS.c.url.contains("00000005")),
    )
    assert any_shelf.said() == [
        f"{a_list.file}: offset {a_list.offset}: {a_list.url}: not in captures",
        f"{document.file}: offset {document.offset}: {document.url}: not in captures",
        *(
            f"{one.file}: offset {one.offset}: {one.url}: document wenku365/00000005 is missing in"
            " documents"
            for one in (other, any_shelf.captures[10])
        ),
        no_capture_of("00000003", document.record_id),
    ]


def test_documents_without_their_records(shelf: Shelf) -> None:
    of = {number: DOCUMENTS.c.doc_id == f"{number:08}" for number in range(3, 9)}
    shelf.change(
        update(DOCUMENTS).where(of[3]).values(capture_id=None),
        update(DOCUMENTS).where(of[4]).values(capture_id=shelf.captures[2].record_id),
        update(DOCUMENTS).where(of[5]).values(capture_id="urn:uuid:0", status="removed"),
    )
    without, of_another = shelf.said()
    assert without == f"{named('00000003')} was kept without its page"
    assert of_another == no_capture_of("00000004", shelf.captures[2].record_id)


def named(doc_id: str) -> str:
    return f"https://www.wenku365.com/p-{doc_id}.html: document wenku365/{doc_id}"


def no_capture_of(doc_id: str, record_id: str) -> str:
    return f"{named(doc_id)} names the record {record_id}, which is no capture of it"


@SHARED
@given(st.data())
def test_whatever_a_cut_costs_is_named(shelf: Shelf, data: st.DataObject) -> None:
    path = shelf.files[0]
    before = path.read_bytes()
    size = data.draw(st.integers(0, len(before) - 1))
    path.write_bytes(before[:size])
    try:
        said = shelf.said()
    finally:
        path.write_bytes(before)
    for one in shelf.captures[:10]:
        is_lost = one.offset + one.length > size
        line = f"{one.file}: offset {one.offset}: {one.url}: captures names a record here"
        assert any(line in problem for problem in said) == is_lost


@SHARED
@given(st.data())
def test_any_flipped_bit_is_found(shelf: Shelf, data: st.DataObject) -> None:
    before = contents(shelf.warc)
    name = data.draw(st.sampled_from(sorted(before)))
    changed = bytearray(before[name])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    (shelf.warc / name).write_bytes(changed)
    try:
        assert shelf.said()
    finally:
        put_back(shelf.warc, before)


def test_a_file_that_is_missing(any_shelf: Shelf) -> None:
    gone = any_shelf.files[1]
    gone.unlink()
    index, missing, *rows = any_shelf.said()
    assert index.startswith(f"{index_path(gone).name}: ")
    assert missing == f"{gone.name}: the file is missing, and 2 captures with it"
    assert rows == [
        f"{one.file}: offset {one.offset}: {one.url}: captures names a record here"
        f" (document wenku365/{number:08}) that is not here, or not whole"
        for number, one in zip((5, 6), any_shelf.captures[10:], strict=True)
    ]


def test_a_file_that_has_another_name(shelf: Shelf) -> None:
    path = shelf.files[1]
    path.rename(path.with_name("other.warc.gz"))
    said = shelf.said()
    one = shelf.captures[10]
    assert f"{path.name}: the file is missing, and 2 captures with it" in said
    assert (
        f"other.warc.gz: offset {one.offset}: {one.url}: captures has this record at {path.name}:"
        f" offset {one.offset}"
    ) in said


def test_files_that_are_foreign_or_copies(shelf: Shelf) -> None:
    (shelf.warc / "notes.txt").write_bytes(b"")
    shutil.copyfile(shelf.files[1], shelf.warc / "copy.warc.gz")
    said = shelf.said()
    assert "notes.txt: no file of an archive" in said
    assert len([line for line in said if line.startswith("copy.warc.gz: offset ")]) == 2


def test_what_a_crawl_is_writing_may_be_ahead_of_the_database(shelf: Shelf) -> None:
    keeper = shelf.keeper(2)
    keeper.write(exchange(41, page(41)))
    keeper.sync()
    assert shelf.said() == []
    keeper.close()
    assert len(shelf.said()) == 1


def test_a_capture_of_a_file_that_a_crawl_is_writing(shelf: Shelf) -> None:
    keeper = shelf.keeper(2)
    one = keeper.write(exchange(41, page(41)))
    keeper.sync()
    # The row of another capture of a document, which the documents do not have yet.
    of_another = CAPTURES.c.record_id == shelf.captures[9].record_id
    here = {name: getattr(one, name) for name in ("record_id", "url", "file", "offset", "length")}
    known = {**here, "captured_at": one.captured_at, "digest": one.digest, "doc_id": "00000041"}
    shelf.change(update(CAPTURES).where(of_another).values(known))
    lost = [line for line in shelf.said() if one.file in line]
    assert lost == []
    keeper.close()
    assert any("document wenku365/00000041 is missing" in line for line in shelf.said())


def test_a_file_that_is_closed_meanwhile(shelf: Shelf) -> None:
    keeper = shelf.keeper(2)
    keeper.write(exchange(41, page(41)))
    checks = check_folder(shelf.warc)
    listed = [next(checks), next(checks)]
    keeper.close()
    assert list(Verification([*listed, *checks]).run()) == []


def test_what_a_crawl_tells_of_a_file_that_it_just_closed(shelf: Shelf) -> None:
    keeper = shelf.keeper(2)
    keeper.write(exchange(41, page(41)))
    keeper.close()
    with shelf.open() as store:

        def checks() -> Iterator[FileCheck | Problem]:
            yield from check_folder(shelf.warc)
            shelf.learn()

        assert list(Verification(checks(), store).run()) == []


def test_without_a_database_the_files_are_looked_at(shelf: Shelf) -> None:
    check = Verification.of_archive(shelf.warc, None)
    assert list(check.run()) == []
    assert (check.files, check.records, check.captures) == (2, 26, 0)
    shelf.files[0].write_bytes(shelf.files[0].read_bytes()[:-1])
    assert list(Verification.of_archive(shelf.warc, None).run()) != []


def test_without_an_archive_every_row_is_lost(shelf: Shelf) -> None:
    shutil.rmtree(shelf.warc)
    assert len(shelf.said()) == 2 + 12


def test_many_records_in_one_gzip_member(shelf: Shelf) -> None:
    """What others write, in which records have no place of their own."""
    path = shelf.files[1]
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), mtime=0))
    elsewhere = f"captures has this record at {path.name}: offset "
    assert len([line for line in shelf.said() if elsewhere in line]) == 2
    is_there = CAPTURES.c.file == path.name
    length = path.stat().st_size
    shelf.change(update(CAPTURES).where(is_there).values(offset=0, length=length))
    assert not [line for line in shelf.said() if "captures" in line]


def test_a_capture_of_a_moment_between_microseconds(shelf: Shelf) -> None:
    one = shelf.captures[0]
    moved = one.captured_at + timedelta(microseconds=1)
    is_that = CAPTURES.c.record_id == one.record_id
    shelf.change(update(CAPTURES).where(is_that).values(captured_at=moved))
    assert len(shelf.said()) == 1
