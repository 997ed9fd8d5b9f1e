"""Two processes at once, one that is asleep, and a copy that is taken meanwhile."""

from __future__ import annotations

import shutil
import signal
from typing import TYPE_CHECKING, Final

import pytest

from tests.crash.crawl import Crawl
from tests.crash.place import Place
from tests.crash.processes import KILLED, SOON

if TYPE_CHECKING:
    from tests.crash.conftest import Crawls
    from tests.crash.crawl import Undisturbed
    from tests.crash.processes import Process

ALREADY_RUNNING: Final = 3
SOME: Final = 30
BACKENDS: Final = pytest.mark.parametrize("backend", ["sqlite", "postgresql"])


def halfway(crawl: Crawl) -> Process:
    """Return a crawl that waits for answers after some."""
    held = crawl.site.hold_after(SOME)
    process = crawl.begin()
    assert held.wait(SOON), process.wait(0).said
    return process


@BACKENDS
def test_the_second_ends_at_once(backend: str, crawls: Crawls, usual: Undisturbed) -> None:
    crawl = crawls(backend)
    first = halfway(crawl)
    second = crawl.run()
    assert second.code == ALREADY_RUNNING, second.said
    assert len(second.said.splitlines()) == 1
    assert str(first.pid) in second.said
    crawl.site.go_on()
    ended = first.wait()
    assert ended.code == 0, ended.said
    assert crawl.faults(usual.kept) == []


@BACKENDS
def test_one_that_sleeps_is_alive(backend: str, crawls: Crawls, usual: Undisturbed) -> None:
    crawl = crawls(backend)
    first = halfway(crawl)
    first.send(signal.SIGSTOP)
    crawl.site.go_on()
    assert crawl.run().code == ALREADY_RUNNING
    first.send(signal.SIGCONT)
    ended = first.wait()
    assert ended.code == 0, ended.said
    assert crawl.faults(usual.kept) == []


@BACKENDS
def test_one_that_was_killed_is_not(backend: str, crawls: Crawls, usual: Undisturbed) -> None:
    crawl = crawls(backend)
    first = halfway(crawl)
    second = None
    first.kill()
    crawl.site.go_on()
    second = crawl.run()
    assert first.wait().code == KILLED
    assert second.code == 0, second.said
    assert crawl.faults(usual.kept) == []


def test_a_copy_goes_on_by_itself(crawls: Crawls, usual: Undisturbed) -> None:
    crawl = crawls()
    first = halfway(crawl)
    while len(crawl.place.rows("captures")[0]) < SOME and not first.has_ended(0.05):
        pass  # the last answers are on their way into the database
    copied = Place.with_sqlite(crawl.place.data.with_name("copy"))
    shutil.copytree(crawl.place.data, copied.data)
    copy = Crawl(crawl.site, copied, crawl.start)
    crawl.site.go_on()
    for ended, of in ((first.wait(), crawl), (copy.run(), copy)):
        assert ended.code == 0, ended.said
        assert of.faults(usual.kept) == []


def test_a_copy_whose_database_is_ahead_asks_again(crawls: Crawls, usual: Undisturbed) -> None:
    crawl = crawls()
    first = halfway(crawl)
    while len(crawl.place.rows("captures")[0]) < SOME and not first.has_ended(0.05):
        pass
    copied = Place.with_sqlite(crawl.place.data.with_name("copy"))
    shutil.copytree(crawl.place.data / "warc", copied.data / "warc")
    crawl.site.go_on()
    assert first.wait().code == 0
    shutil.copy(crawl.place.data / "docshelf.db", copied.data)
    copy = Crawl(crawl.site, copied, crawl.start)
    ended = copy.run()
    assert ended.code == 0, ended.said
    assert copy.faults(usual.kept) == []
