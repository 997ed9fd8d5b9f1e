"""Killed before and after each thing that a crawl does to its files and its database."""

from __future__ import annotations

import os
from collections import Counter
from itertools import cycle
from typing import TYPE_CHECKING, Final

import pytest

from crawler.demo.options import NO_FAULTS, DemoOptions
from tests.crash.crawl import undisturbed
from tests.crash.instants import Instant
from tests.crash.launcher import TRACE, Point, points
from tests.crash.processes import KILLED
from tests.crash.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.crash.conftest import Crawls
    from tests.crash.crawl import Undisturbed
    from tests.crash.processes import Nursery

SMALL: Final = DemoOptions(documents=12, page_bytes=0, rates=NO_FAULTS)
SHALLOW: Final = ("-a", "depth=1", "-s", "DOCSHELF_BATCH_SECONDS=0.05")
PARTS: Final = 6
ALL: Final = "CRASH_ALL"
"""The environment's word for every side of every point, not only for those unlike others."""


@pytest.fixture(scope="module")
def small(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return undisturbed(nursery, tmp_path_factory.mktemp("small"), SMALL, *SHALLOW)


def of_a_crawl(life: Undisturbed) -> Iterator[Point]:
    """Yield the points to try in a crawl that begins.

    After one thing is before the next, but for what another thread or a server does meanwhile; and
    a write is like the next one.
    """
    for point in points(life.points):
        if point.kind == "write":
            is_tried = point.side == "torn" and point.number % 2
        else:
            is_tried = point.side == "before" or point.kind == "commit"
        if is_tried or ALL in os.environ:
            yield point


def of_a_recovery(crawls: Crawls, small: Undisturbed, random: Random) -> list[Point]:
    """Return the points of a crawl that goes on after a kill, but for what it writes."""
    crawl = crawls("sqlite", *SHALLOW, options=SMALL)
    trial = Trial(crawl, small, random)
    half = max(1, small.points["write"] // 2)
    assert trial.attempt(Instant(point=Point("write", half, "torn"))).code == KILLED
    trace = crawl.place.data.parent / "trace"
    assert crawl.run(**{TRACE: str(trace)}).code == 0
    passed = Counter(trace.read_text(encoding="utf-8").split())
    return [point for point in points(passed) if point.kind != "write"]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_point_loses_anything(
    part: int, crawls: Crawls, small: Undisturbed, random: Random
) -> None:
    recovery = cycle(of_a_recovery(crawls, small, random))
    pairs = list(zip(of_a_crawl(small), recovery, strict=False))[part::PARTS]
    missed = 0
    for first, second in pairs:
        trial = Trial(crawls("sqlite", *SHALLOW, options=SMALL), small, random)
        for point in (first, second):
            missed += trial.attempt(Instant(point=point)).code != KILLED
        trial.attempt(None)
        trial.conclude()
    # Groups are of no certain size, so that the last points of a kind may not be reached.
    assert missed <= len(pairs), f"of {2 * len(pairs)} kills {missed} did not happen"
