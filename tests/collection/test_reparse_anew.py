"""When a run that was interrupted is not gone on with."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from crawler.collection import rereading
from crawler.collection.rereading import staging_name
from tests.collection.again import read_again
from tests.collection.shelf import SITES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.collection.shelf import Shelf


class Stopped(Exception):  # noqa: N818 - no error
    pass


def test_a_run_begins_anew_if_a_file_is_gone(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staging = tmp_path / "staging" / "run.db"
    monkeypatch.setattr(rereading, "_BATCH", 1)
    first, second = shelf.files
    second.write_bytes(second.read_bytes() + b"rubbish at its end")

    def stop(_: object) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        read_again(shelf.warc, staging, on_trouble=stop)
    first.unlink()
    met = read_again(shelf.warc, staging)
    assert (met.documents, len(met.captures), met.tally.missing) == ([], 2, 2)


def test_a_run_by_other_code_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = staging_name([], SITES, None, None)
    assert before == staging_name([], SITES, None, None)
    for name in ("crawler.reading.normalise", "crawler.archive.answer"):
        other = tmp_path / "other.py"
        other.write_text(name)
        with monkeypatch.context() as patch:
            patch.setattr(sys.modules[name], "__file__", str(other))
            assert staging_name([], SITES, None, None) != before
