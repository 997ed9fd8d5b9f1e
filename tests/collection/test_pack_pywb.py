"""A packed collection, taken in and replayed by pywb (see ``tests/archive/test_pywb.py``)."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.archive.wacz import CollectionInfo
from crawler.collection.pack import Choice, pack
from tests.archive.test_pywb import get, served, wayback
from tests.collection.shelf import START, page

if TYPE_CHECKING:
    from tests.collection.shelf import Shelf

pytestmark = pytest.mark.skipif(wayback() is None, reason="pywb is not installed")


def test_it_replays_what_was_packed(shelf: Shelf, tmp_path: Path) -> None:
    target = tmp_path / "a.wacz"
    info = CollectionInfo(title="文库", software="docshelf/0", created_at=START)
    with shelf.open() as store:
        pack(target, shelf.files, store, Choice(), info)
    folder = tmp_path / "served"
    folder.mkdir()
    manager = Path(str(wayback())).with_name("wb-manager")
    for command in (("init", "kept"), ("add", "--unpack-wacz", "kept", target)):
        subprocess.run([manager, *command], cwd=folder, check=True, capture_output=True)
    with served(folder) as port:
        _, _, listed = get(port, "/kept/cdx?url=www.wenku365.com/*&output=json")
        assert listed.count(b"\n") == len(shelf.captures)
        for number in (3, 5, 8):
            url = f"http://www.wenku365.com/p-{number:08}.html"
            status, _, body = get(port, f"/kept/20261125000000id_/{url}")
            assert (status, body) == (200, page(number).encode())
