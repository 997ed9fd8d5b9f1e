"""A second pass over a crawl that ended: it asks for what changed, and survives as much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.crash.comparing import Kept
from tests.crash.crawl import IN_FLIGHT
from tests.crash.place import torn_rows, unknown_records
from tests.crash.processes import KILLED

if TYPE_CHECKING:
    from tests.crash.conftest import Crawls
    from tests.crash.crawl import Crawl

AGAIN: Final = ("-a", "again=1")
SOME: Final = 30


def twice(crawl: Crawl) -> Kept:
    """Return what two passes come to that nothing befell."""
    for arguments in ((), AGAIN):
        ended = crawl.run(*arguments)
        assert ended.code == 0, ended.said
    return Kept.at(crawl.place)


def test_what_did_not_change_costs_little(crawls: Crawls) -> None:
    crawl = crawls()
    kept = twice(crawl)
    site = crawl.site
    assert site.conditional == site.not_modified > 0
    rows = crawl.place.rows("captures")[0]
    unchanged = [row for row in rows if row["verdict"] == "unchanged"]
    assert len(unchanged) == site.not_modified
    assert {(row["kind"], row["status"]) for row in unchanged} == {("revisit", 304)}
    assert crawl.faults(kept) == []


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_pass_that_was_killed_goes_on(backend: str, crawls: Crawls) -> None:
    wanted = twice(crawls())
    crawl = crawls(backend)
    assert crawl.run().code == 0
    first = crawl.site.answers.total()
    for _ in range(2):
        process = crawl.begin(*AGAIN)
        crawl.site.after(SOME, process.kill)
        assert process.wait().code == KILLED
        assert [*torn_rows(crawl.place), *unknown_records(crawl.place)] == []
    ended = crawl.run(*AGAIN)
    assert ended.code == 0, ended.said
    assert crawl.faults(wanted) == []
    # What came within one group of a kill is asked again, at most.
    assert crawl.site.answers.total() <= 2 * first + 2 * (SOME + IN_FLIGHT)
