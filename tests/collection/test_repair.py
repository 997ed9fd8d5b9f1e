from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from crawler.archive.cdxj import index_path
from crawler.archive.records import exchange_records
from crawler.collection.repair import Deed, Repair
from crawler.storage.tables import CAPTURES, DOCUMENTS
from tests.collection.shelf import SITES, Shelf, contents, exchange, page, put_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.archive.checks import Problem

SHARED = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def mend(shelf: Shelf, *, dry_run: bool = False) -> list[Deed | Problem]:
    with shelf.open() as store:
        return list(Repair(shelf.warc, SITES, store, dry_run=dry_run).run())


def lines(done: list[Deed | Problem]) -> list[str]:
    return [str(one) for one in done]


# --- what can be mended -------------------------------------------------------------------------


def lose_captures(shelf: Shelf) -> None:
    shelf.change(delete(CAPTURES))


def lose_documents(shelf: Shelf) -> None:
    shelf.change(delete(DOCUMENTS))


def lose_all_rows(shelf: Shelf) -> None:
    lose_captures(shelf)
    lose_documents(shelf)


def lose_the_first_of_two_captures(shelf: Shelf) -> None:
    is_first = CAPTURES.c.record_id == shelf.captures[4].record_id
    shelf.change(delete(CAPTURES).where(is_first), delete(DOCUMENTS))


def tell_wrongly(shelf: Shelf) -> None:
    is_one = CAPTURES.c.record_id == shelf.captures[4].record_id
    wrong = {
        "digest": "sha1:X",
        "status": 404,
        "offset": 12,
        "length": 1,
        "url": "http://a.example",
    }
    shelf.change(update(CAPTURES).where(is_one).values(wrong))


def point_nowhere(shelf: Shelf) -> None:
    is_3, is_4, is_5 = (DOCUMENTS.c.doc_id == f"{number:08}" for number in (3, 4, 5))
    shelf.change(
        update(DOCUMENTS).where(is_3).values(capture_id="urn:uuid:0"),
        update(DOCUMENTS).where(is_4).values(capture_id=None),
        update(DOCUMENTS).where(is_5).values(capture_id=shelf.captures[2].record_id),
    )


def lose_an_index(shelf: Shelf) -> None:
    index_path(shelf.files[0]).unlink()


def spoil_an_index(shelf: Shelf) -> None:
    index = index_path(shelf.files[0])
    index.write_bytes(index.read_bytes().replace(b"2026", b"2025"))


def leave_open(shelf: Shelf) -> None:
    path = shelf.files[0]
    path.rename(path.with_name(f"{path.name}.open"))
    index = index_path(path)
    index.rename(index.with_name(f"{index.name}.open"))


def leave_a_torn_tail(shelf: Shelf) -> None:
    path = shelf.files[-1]
    path.write_bytes(path.read_bytes() + path.read_bytes()[:77])


HARMS: list[Callable[[Shelf], None]] = [
    lose_captures,
    lose_documents,
    lose_all_rows,
    lose_the_first_of_two_captures,
    tell_wrongly,
    point_nowhere,
    lose_an_index,
    spoil_an_index,
    leave_open,
    leave_a_torn_tail,
]


@pytest.mark.parametrize("harm", HARMS)
def test_all_is_as_it_was(shelf: Shelf, harm: Callable[[Shelf], None]) -> None:
    check_harm(shelf, harm)


@pytest.mark.parametrize("harm", [lose_all_rows, tell_wrongly, point_nowhere])
def test_all_is_as_it_was_in_each_database(any_shelf: Shelf, harm: Callable[[Shelf], None]) -> None:
    check_harm(any_shelf, harm)


def check_harm(shelf: Shelf, harm: Callable[[Shelf], None]) -> None:
    rows, files = shelf.rows(), contents(shelf.warc)
    harm(shelf)
    harmed = shelf.rows(), contents(shelf.warc)
    assert shelf.said() != []

    planned = mend(shelf, dry_run=True)
    assert planned
    assert all(isinstance(one, Deed) for one in planned)
    assert (shelf.rows(), contents(shelf.warc)) == harmed

    done = mend(shelf)
    assert set(lines(planned)) <= set(lines(done))
    assert all(isinstance(one, Deed) for one in done)
    assert shelf.said() == []
    assert shelf.rows() == rows
    mended = {name: data for name, data in contents(shelf.warc).items() if ".torn" not in name}
    assert mended == files
    assert mend(shelf) == []


def test_the_judges_accept_what_was_mended(shelf: Shelf) -> None:
    leave_open(shelf)
    leave_a_torn_tail(shelf)
    mend(shelf)
    judge = Path(sys.executable).with_name
    for path in shelf.files:
        for command in (
            ["gzip", "-t", path],
            [judge("warcio"), "check", path],
            [judge("fastwarc"), "check", "--decompress-alg", "gzip", path],
        ):
            subprocess.run(command, check=True, capture_output=True)
        indexed = subprocess.run(
            [judge("cdxj-indexer"), "--sort", path], check=True, capture_output=True, text=True
        )
        assert indexed.stdout == index_path(path).read_text()


def test_what_was_done_is_told(shelf: Shelf) -> None:
    tell_wrongly(shelf)
    gone = shelf.captures[2]
    shelf.change(
        delete(CAPTURES).where(CAPTURES.c.record_id == gone.record_id),
        delete(DOCUMENTS).where(DOCUMENTS.c.doc_id == "00000008"),
    )
    other, last = shelf.captures[4], shelf.captures[7]
    here, there, behind = (
        f"{one.file}: offset {one.offset}: {one.url}: " for one in (other, gone, last)
    )
    assert set(lines(mend(shelf))) == {
        f"{here}its row in captures corrected (url, status, digest, offset, length)",
        f"{there}adopted (document wenku365/00000003)",
        f"{behind}document wenku365/00000008 read again into documents",
    }


def test_a_file_that_has_another_name(any_shelf: Shelf) -> None:
    path = any_shelf.files[0]
    other = path.with_name("other.warc.gz")
    path.rename(other)
    done = lines(mend(any_shelf))
    one = any_shelf.captures[0]
    assert (
        f"other.warc.gz: offset {one.offset}: {one.url}: its row in captures corrected (file)"
        in (done)
    )
    assert f"{index_path(path).name}: removed: it is the index of other.warc.gz under a former" in (
        "\n".join(done)
    )
    assert any_shelf.said() == []
    assert {row["file"] for row in any_shelf.rows()[1]} == {
        "other.warc.gz",
        any_shelf.files[0].name,
    }


def test_two_files_that_changed_their_names(shelf: Shelf) -> None:
    first, second = shelf.files
    first.rename(shelf.warc / "x")
    second.rename(first)
    (shelf.warc / "x").rename(second)
    mend(shelf)
    assert shelf.said() == []


# --- what cannot ---------------------------------------------------------------------------------


@SHARED
@given(st.data())
def test_a_tail_that_is_lost_is_all_that_is_lost(shelf: Shelf, data: st.DataObject) -> None:
    files = contents(shelf.warc)
    rows = shelf.rows()
    path = shelf.files[0]
    size = data.draw(st.integers(1, path.stat().st_size - 1))
    path.write_bytes(path.read_bytes()[:size])
    try:
        left = [str(one) for one in mend(shelf) if not isinstance(one, Deed)]
        lost = [one for one in shelf.captures[:10] if one.offset + one.length > size]
        said = [line for line in shelf.said() if "captures names a record here" in line]
        assert len(said) == len(lost)
        assert {line for line in left if "captures names" in line} == set(said)
        assert shelf.rows() == rows  # they are all that is left of it
        whole = path.stat().st_size if path.exists() else 0
        (torn,) = [one for one in shelf.warc.iterdir() if one.suffix == ".torn"] or [None]
        kept = torn.read_bytes() if torn is not None else b""
        assert len(kept) + whole == size
    finally:
        put_back(shelf.warc, files)


def test_a_file_that_is_missing(shelf: Shelf) -> None:
    rows = shelf.rows()
    gone = shelf.files[1]
    gone.unlink()
    index_path(gone).unlink()
    assert lines(mend(shelf)) == shelf.said()
    assert len(shelf.said()) == 3
    assert shelf.rows() == rows


def test_damage_in_the_middle_stays_and_is_named(shelf: Shelf) -> None:
    one = shelf.captures[4]
    data = bytearray(shelf.files[0].read_bytes())
    data[one.offset + 60] ^= 4
    shelf.files[0].write_bytes(data)
    index = index_path(shelf.files[0])
    done = mend(shelf)
    assert [str(one) for one in done if isinstance(one, Deed)] == [
        f"{shelf.files[0].name}: indexed anew"
    ]
    assert shelf.files[0].read_bytes() == data
    assert str(one.offset).encode() not in index.read_bytes()
    assert {str(left) for left in done if not isinstance(left, Deed)} == set(shelf.said())


def test_a_copy_is_named_and_stays(shelf: Shelf) -> None:
    copy = shelf.warc / "copy.warc.gz"
    shutil.copyfile(shelf.files[0], copy)
    rows = shelf.rows()
    done = lines(mend(shelf))
    one = shelf.captures[3]
    assert (
        f"copy.warc.gz: offset {one.offset}: {one.url}: a copy of what is at {one.file}: offset"
        f" {one.offset}"
    ) in done
    assert copy.exists()
    assert shelf.rows() == rows


def test_a_record_that_is_not_what_it_says_is_not_adopted(shelf: Shelf) -> None:
    records = exchange_records(exchange(51, page(51)))
    data = b"".join(record.data for record in records).replace(b"58.50 KB", b"99.99 KB")
    (shelf.warc / "b.warc").write_bytes(data)
    rows = shelf.rows()
    left = lines(mend(shelf))
    assert any("its block is not what its WARC-Block-Digest says" in line for line in left)
    assert shelf.rows() == rows


def test_a_document_that_is_none_any_more(shelf: Shelf) -> None:
    gone = shelf.captures[8]
    is_that = CAPTURES.c.record_id == gone.record_id
    shelf.change(update(CAPTURES).where(is_that).values(verdict="document", doc_id="00000009"))
    (left,) = mend(shelf)
    assert str(left).endswith(
        "captures takes this for a document, which it is not (http_404); see reparse"
    )
    assert not isinstance(left, Deed)


# --- beside other processes ----------------------------------------------------------------------


def test_what_a_crawl_is_writing_is_left_alone(shelf: Shelf) -> None:
    keeper = shelf.keeper(2)
    keeper.write(exchange(41, page(41)))
    keeper.sync()
    before = contents(shelf.warc)
    assert mend(shelf) == []
    assert contents(shelf.warc) == before
    keeper.close()
    assert len(mend(shelf)) == 1


def test_without_a_database(shelf: Shelf) -> None:
    leave_a_torn_tail(shelf)
    (done,) = Repair(shelf.warc, SITES).run()
    assert isinstance(done, Deed)
    assert shelf.said() == []


def test_without_an_archive(shelf: Shelf) -> None:
    shutil.rmtree(shelf.warc)
    assert len(mend(shelf)) == 2 + 12
