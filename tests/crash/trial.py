"""The loop: kill a crawl, run it again, until it ends by itself; then see what it came to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from tests.crash.crawl import IN_FLIGHT
from tests.crash.instants import draw
from tests.crash.place import torn_rows, unknown_records
from tests.crash.processes import KILLED
from tests.crash.tearing import tear

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from tests.crash.crawl import Crawl, Undisturbed
    from tests.crash.instants import Instant
    from tests.crash.processes import Ended, Starter

MOST_KILLS: Final = 12
"""Kills of one crawl, after which it may end."""


@dataclass(slots=True)
class Tally:
    """What trials came to."""

    crawls: int = 0
    runs: int = 0
    kills: int = 0
    """Processes that SIGKILL ended."""
    torn: int = 0
    """Files that were spoilt after a kill."""
    refetched: int = 0
    """Answers beyond those of undisturbed crawls."""
    compared: Counter[str] = field(default_factory=Counter)
    instants: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        self.crawls += other.crawls
        self.runs += other.runs
        self.kills += other.kills
        self.torn += other.torn
        self.refetched += other.refetched
        self.compared += other.compared
        self.instants += other.instants


class Trial:
    """One crawl, and what befalls it."""

    def __init__(
        self, crawl: Crawl, wanted: Undisturbed, random: Random, starters: Sequence[Starter] = ()
    ) -> None:
        """*starters* are other ways to start it, now and then."""
        self.tally = Tally()
        self.story: list[str] = []
        """What befell it so far, a line each."""
        self._crawl = crawl
        self._wanted = wanted
        self._random = random
        self._starters = starters
        self._bound = 0

    def run(self, most: int = MOST_KILLS) -> Tally:
        """Kill it up to so many times, then let it end, and compare.

        Raise ``AssertionError`` with its story if anything is lost, torn or told wrongly.
        """
        while self.tally.kills < most:
            if self.attempt(draw(self._random, self._wanted)).code != KILLED:
                break
            if self._random.random() < 0.5:
                self.tear()
        else:
            self.attempt(None)
        self.conclude()
        return self.tally

    def attempt(self, instant: Instant | None) -> Ended:
        """Run the crawl until it ends or *instant* comes; see that the archive is ahead."""
        starter = self._starter(instant)
        environment = instant.environment if instant is not None else {}
        process = replace(self._crawl, start=starter).begin(**environment)
        if instant is not None:
            instant.arm(process, self._crawl.site)
        ended = process.wait()
        self._crawl.site.forget_acts()
        self.tally.runs += 1
        if ended.code == KILLED and instant is not None:
            self.tally.kills += 1
            self._bound += IN_FLIGHT
            self.tally.instants[instant.bin] += 1
            self.story.append(f"killed {instant}")
        else:
            self.story.append(f"ended with {ended.code}")
            self.expect(ended.code == 0, ended.said)
        self._check_order()
        return ended

    def tear(self) -> None:
        """Do what a power cut does to the files that a killed process left open."""
        for torn in tear(self._crawl.place, self._random):
            self.tally.torn += 1
            self._bound += torn.answers
            self.story.append(torn.what)

    def conclude(self) -> None:
        """Compare a crawl that has ended."""
        self.tally.crawls = 1
        for name in ("documents", "links", "outcomes"):
            self.tally.compared[name] = len(getattr(self._wanted.kept, name))
        found = self._crawl.faults(self._wanted.kept)
        self.expect(not found, "\n".join(found))
        again = self._crawl.site.answers - self._wanted.answers
        self.tally.refetched = again.total()
        self.expect(
            self.tally.refetched <= self._bound,
            f"{self.tally.refetched} pages fetched again, {self._bound} at most: {again}",
        )

    def expect(self, condition: object, problem: str) -> None:
        """Raise ``AssertionError``, with the story, unless *condition* holds."""
        if not condition:
            raise AssertionError("\n".join([*self.story, problem]))

    def _check_order(self) -> None:
        place = self._crawl.place
        found = [*torn_rows(place), *unknown_records(place)]
        self.expect(not found, "\n".join(found))

    def _starter(self, instant: Instant | None) -> Starter:
        if instant is None or instant.is_of_start:
            return self._crawl.start
        return self._random.choice([self._crawl.start, *self._starters])
