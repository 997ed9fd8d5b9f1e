"""When to kill: instants over the whole life of a process, drawn by a seeded generator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.crash.launcher import POINT, Point, points

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from tests.crash.crawl import Undisturbed
    from tests.crash.processes import Process
    from tests.crash.site import Site

_GROUP_SECONDS: Final = 0.3
"""A little longer than what is read waits to be committed."""
_FEW: Final = 25
_ANSWERS: Final = ((1, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, 10_000))


@dataclass(frozen=True, slots=True)
class Instant:
    """When a process is to be killed: one of these."""

    seconds: float | None = None
    """So long after it began: while it starts, and recovers what the last one left."""
    answers: int | None = None
    """When it has had so many answers"""
    delay_seconds: float = 0
    """and so much time since."""
    point: Point | None = None
    """At a thing that it does to its files."""

    def __str__(self) -> str:
        if self.point is not None:
            return f"at {self.point}"
        if self.answers is not None:
            return f"{self.delay_seconds * 1000:.0f} ms after answer {self.answers}"
        return f"after {(self.seconds or 0) * 1000:.0f} ms"

    @property
    def environment(self) -> Mapping[str, str]:
        return {POINT: str(self.point)} if self.point is not None else {}

    @property
    def is_of_start(self) -> bool:
        return self.seconds is not None

    @property
    def bin(self) -> str:
        """What it is counted as."""
        if self.point is not None:
            return f"{self.point.side} {self.point.kind}"
        if self.answers is not None:
            least, most = next(pair for pair in _ANSWERS if self.answers <= pair[1])
            return f"with {least} to {most} answers"
        start = int((self.seconds or 0) * 10) * 100
        return f"within {start} to {start + 100} ms of the start"

    def arm(self, process: Process, site: Site) -> None:
        """Have *process* killed then, if it still lives; returns once that is seen to."""
        if self.answers is not None:
            site.after(self.answers, process.kill, delay_seconds=self.delay_seconds)
        elif self.seconds is not None and not process.has_ended(self.seconds):
            process.kill()


def draw(random: Random, life: Undisturbed) -> Instant:
    """Return an instant in a process that lives as *life* did, the early ones more often."""
    what = random.randrange(4)
    if what == 0:
        return Instant(seconds=random.uniform(0, 1.2 * life.first_answer_seconds))
    if what == 1:
        return Instant(point=random.choice(list(points(life.points))))
    most = _FEW if what == 2 else sum(life.answers.values())
    delay = random.choice([0, random.uniform(0, _GROUP_SECONDS)])
    return Instant(answers=random.randint(1, most), delay_seconds=delay)
