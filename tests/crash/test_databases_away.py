"""A database that goes away, or is another's for a while, is waited for."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy.engine import make_url

from tests.crash.crawl import Crawl
from tests.crash.databases import new_database, new_server
from tests.crash.place import Place
from tests.crash.processes import SOON
from tests.crash.site import Site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.conftest import Crawls
    from tests.crash.crawl import Undisturbed
    from tests.crash.processes import Nursery

SOME: Final = 30
WAITS: Final = "is locked or went away: waiting up to "


def test_a_server_that_is_killed_is_waited_for(
    nursery: Nursery, tmp_path: Path, usual: Undisturbed
) -> None:
    with new_server() as server, new_database(server.url) as url, Site() as site:
        crawl = Crawl(site, Place(tmp_path / "data", url), nursery)
        held = site.hold_after(SOME)
        process = crawl.begin()
        assert held.wait(SOON)
        server.kill()
        site.go_on()
        assert process.says(WAITS), process.wait(0).said
        server.start()
        ended = process.wait()
        assert ended.code == 0, ended.said
        assert ended.said.count(WAITS) == 1
        assert crawl.faults(usual.kept) == []


def test_a_server_that_is_killed_again_and_again(
    nursery: Nursery, tmp_path: Path, usual: Undisturbed
) -> None:
    with new_server() as server, new_database(server.url) as url, Site() as site:
        crawl = Crawl(site, Place(tmp_path / "data", url), nursery)
        process = crawl.begin()
        for count in (10, 25, 20):
            come = site.after(count)
            while not come.wait(0.05) and not process.has_ended():
                pass
            server.kill()
            server.start()
        ended = process.wait()
        assert ended.code == 0, ended.said
        assert crawl.faults(usual.kept) == []


@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_locked_database_is_waited_for(kind: str, crawls: Crawls, usual: Undisturbed) -> None:
    crawl = crawls()
    held = crawl.site.hold_after(SOME)
    process = crawl.begin()
    assert held.wait(SOON)
    path = make_url(crawl.place.database).database
    other = sqlite3.connect(str(path), isolation_level=None, timeout=SOON)
    other.execute(f"BEGIN {kind}")
    crawl.site.go_on()
    assert process.says(WAITS), process.wait(0).said
    other.execute("ROLLBACK")
    other.close()
    ended = process.wait()
    assert ended.code == 0, ended.said
    assert ended.said.count(WAITS) == 1
    assert crawl.faults(usual.kept) == []
