"""Killed at whatever instant, and however often: running it again loses nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from crawler.demo.options import NO_FAULTS, DemoOptions
from tests.crash.crawl import undisturbed
from tests.crash.instants import Instant
from tests.crash.processes import KILLED, start
from tests.crash.trial import MOST_KILLS, Tally, Trial

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from tests.crash.conftest import Crawls
    from tests.crash.crawl import Undisturbed
    from tests.crash.processes import Nursery

KILLS: Final = 8
"""In one test of several, which share the cores: 40 of SQLite's crawls, 16 of PostgreSQL's."""

BUSY: Final = DemoOptions(documents=40, page_bytes=0, rates=replace(NO_FAULTS, unavailable=1.0))
"""Every address is answered 503 at first, with a Retry-After."""


@pytest.mark.parametrize(
    ("backend", "part"),
    [*(("sqlite", part) for part in range(5)), *(("postgresql", part) for part in range(2))],
)
def test_nothing_is_lost(
    backend: str, part: int, crawls: Crawls, usual: Undisturbed, random: Random
) -> None:
    tally = Tally()
    while tally.kills < KILLS:
        trial = Trial(crawls(backend), usual, random, [start])
        tally.add(trial.run(min(MOST_KILLS, KILLS - tally.kills)))
    print(f"part {part}: {tally}")  # noqa: T201 - shown beside a failure


def test_what_is_to_be_asked_later_is_not_forgotten(
    crawls: Crawls, nursery: Nursery, random: Random, tmp_path: Path
) -> None:
    busy = undisturbed(nursery, tmp_path / "undisturbed", BUSY)
    trial = Trial(crawls(options=BUSY), busy, random)
    for answers in (1, 10, 40):
        assert trial.attempt(Instant(answers=answers)).code == KILLED
    trial.attempt(None)
    trial.conclude()
