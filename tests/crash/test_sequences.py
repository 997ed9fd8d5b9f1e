"""Whatever befalls a crawl, in whatever order: found, and made shorter, by hypothesis."""

from __future__ import annotations

import signal
from random import Random
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.crash.crawl import undisturbed
from tests.crash.instants import Instant
from tests.crash.launcher import CALLS, Point
from tests.crash.processes import KILLED
from tests.crash.test_points import SHALLOW, SMALL
from tests.crash.trial import Trial

if TYPE_CHECKING:
    import pytest

    from tests.crash.conftest import Crawls
    from tests.crash.crawl import Undisturbed
    from tests.crash.processes import Nursery

EXAMPLES: Final = 5
STEPS: Final = 6
POINTS: Final = st.builds(
    Point,
    kind=st.sampled_from(sorted({*CALLS.values(), "commit"})),
    number=st.integers(1, 8),
    side=st.sampled_from(["before", "after"]),
)
INTERRUPTED: Final = 11


class Sequence(RuleBasedStateMachine):
    """A crawl, and what befalls it; at last it ends by itself and is compared."""

    crawls: Crawls
    wanted: Undisturbed

    def __init__(self) -> None:
        super().__init__()
        crawl = self.crawls("sqlite", *SHALLOW, options=SMALL)
        self.crawl = crawl
        self.trial = Trial(crawl, self.wanted, Random(0))  # noqa: S311 - to be had again
        self.is_killed = False
        self.is_over = False

    @rule(answers=st.integers(1, 20), delay_seconds=st.sampled_from([0, 0.03, 0.1]))
    def kill_after_answers(self, answers: int, delay_seconds: float) -> None:
        self.kill(Instant(answers=answers, delay_seconds=delay_seconds))

    @rule(point=POINTS)
    def kill_at(self, point: Point) -> None:
        self.kill(Instant(point=point))

    @rule(seconds=st.floats(0, 0.3))
    def kill_at_the_start(self, seconds: float) -> None:
        self.kill(Instant(seconds=seconds))

    @precondition(lambda self: self.is_killed)
    @rule()
    def lose_power(self) -> None:
        self.trial.tear()

    @rule(answers=st.integers(1, 10), number=st.sampled_from([signal.SIGINT, signal.SIGTERM]))
    def interrupt(self, answers: int, number: signal.Signals) -> None:
        process = self.crawl.begin()
        self.crawl.site.after(answers, lambda: process.send(number))
        ended = process.wait()
        self.crawl.site.forget_acts()
        assert ended.code in {0, INTERRUPTED}, ended.said
        self.is_killed = False

    @rule(limit=st.integers(1, 4))
    def limit(self, limit: int) -> None:
        ended = self.crawl.run("-a", f"limit={limit}")
        assert ended.code == 0, ended.said
        self.is_killed = False

    def kill(self, instant: Instant) -> None:
        self.is_killed = self.trial.attempt(instant).code == KILLED

    def teardown(self) -> None:
        self.trial.attempt(None)
        self.trial.conclude()


def test_no_sequence_loses_anything(
    crawls: Crawls,
    nursery: Nursery,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> None:
    wanted = undisturbed(nursery, tmp_path_factory.mktemp("small"), SMALL, *SHALLOW)
    number = request.getfixturevalue("seed")
    print(f"CRASH_SEED={number}")  # noqa: T201 - shown beside a failure
    machine = seed(number)(
        type("Sequence", (Sequence,), {"crawls": staticmethod(crawls), "wanted": wanted})
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
