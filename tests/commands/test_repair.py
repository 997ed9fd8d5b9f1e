"""``scrapy repair``, as a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from crawler.archive.cdxj import index_path
from crawler.storage.tables import CAPTURES, DOCUMENTS
from tests.collection.shelf import contents

if TYPE_CHECKING:
    from tests.collection.shelf import Shelf
    from tests.commands.conftest import Scrapy


def harm(shelf: Shelf) -> None:
    """Do what a kill does, and more."""
    first, second = shelf.files
    first.rename(first.with_name(f"{first.name}.open"))
    index_path(first).unlink()
    second.write_bytes(second.read_bytes() + b"torn")
    shelf.change(delete(CAPTURES), delete(DOCUMENTS))


def test_all_is_mended_and_told(scrapy: Scrapy, shelf: Shelf) -> None:
    rows, first, second = shelf.rows(), shelf.files[0].name, shelf.files[1].name
    size = shelf.files[1].stat().st_size
    harm(shelf)
    harmed = contents(shelf.warc)

    planned = scrapy("repair", "--dry-run")
    assert planned.returncode == 0
    assert planned.stderr == "repair: 14 to mend; nothing was changed\n"
    assert contents(shelf.warc) == harmed

    done = scrapy("repair")
    assert (done.returncode, done.stderr) == (0, "repair: 14 mended\n")
    assert done.stdout == planned.stdout
    assert done.stdout.splitlines()[:2] == [
        f"{first}: closed, indexed anew",
        f"{second}: 4 bytes behind the last whole record cut off, kept as {second}.{size}.torn",
    ]
    assert shelf.rows() == rows
    assert shelf.said() == []

    again = scrapy("repair")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "repair: nothing to mend\n")


def test_what_is_lost_is_left_and_told(scrapy: Scrapy, shelf: Shelf) -> None:
    path = shelf.files[0]
    path.write_bytes(path.read_bytes()[:-1])
    done = scrapy("repair")
    assert done.returncode == 22
    mended, left = done.stdout.splitlines()
    assert "cut off, kept as " in mended
    assert left == f"left: {shelf.said()[0]}"
    assert done.stderr == "repair: 1 mended, 1 left that cannot be\n"


def test_without_a_database_none_is_made(scrapy: Scrapy, shelf: Shelf) -> None:
    harm(shelf)
    database = shelf.folder / "docshelf.db"
    database.unlink()
    done = scrapy("repair")
    assert done.returncode == 0
    assert f"none at {database}; scrapy rebuild makes one" in done.stderr
    assert not database.exists()
