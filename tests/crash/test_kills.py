"""Killed at whatever instant, and however often: running it again loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.processes import start
from tests.crash.trial import Trial, run_trials

if TYPE_CHECKING:
    from random import Random

    from tests.crash.conftest import Crawls
    from tests.crash.crawl import Undisturbed

KILLS = 8
"""In one test of several, which share the cores: 40 of SQLite's crawls, 16 of PostgreSQL's."""


@pytest.mark.parametrize(
    ("backend", "part"),
    [*(("sqlite", part) for part in range(5)), *(("postgresql", part) for part in range(2))],
)
def test_nothing_is_lost(
    backend: str, part: int, crawls: Crawls, usual: Undisturbed, random: Random
) -> None:
    def begin(random: Random) -> Trial:
        return Trial(crawls(backend), usual, random, [start])

    tally = run_trials(KILLS, begin, random, lambda _: None)
    print(f"part {part}: {tally}")  # noqa: T201 - shown beside a failure
    assert tally.kills == KILLS
