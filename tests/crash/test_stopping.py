"""Stopped by its user, or by the clock; and run again when all is done."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from tests.crash.launcher import CLOCK
from tests.crash.processes import SOON, start
from tests.crash.site import FAULTS, RATES

if TYPE_CHECKING:
    from tests.crash.conftest import Crawls
    from tests.crash.crawl import Undisturbed

INTERRUPTED: Final = 11
SOME: Final = 30
HINT: Final = "run the same command to go on"
PROMPT_SECONDS: Final = 5
"""What «within a second» comes to on a machine that has much else to do."""
SIGNALS: Final = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@SIGNALS
def test_the_first_signal_ends_what_is_in_flight(
    number: signal.Signals, crawls: Crawls, usual: Undisturbed
) -> None:
    crawl = crawls()
    process = crawl.begin()
    crawl.site.after(SOME, lambda: process.send(number))
    ended = process.wait()
    assert ended.code == INTERRUPTED, ended.said
    assert HINT in " ".join(ended.said.split())
    total = crawl.site.total
    assert total < sum(usual.answers.values())
    assert crawl.run().code == 0
    assert crawl.site.answers - usual.answers == {}
    assert crawl.faults(usual.kept) == []


@SIGNALS
def test_the_second_signal_ends_everything(
    number: signal.Signals, crawls: Crawls, usual: Undisturbed
) -> None:
    crawl = crawls()
    held = crawl.site.hold_after(SOME)
    process = crawl.begin()
    assert held.wait(SOON)
    process.send(number)
    assert not process.has_ended(0.2)
    process.send(number)
    assert process.has_ended(PROMPT_SECONDS)
    ended = process.wait()
    assert ended.code == INTERRUPTED, ended.said
    assert "Traceback" not in ended.said
    crawl.site.go_on()
    assert crawl.run().code == 0
    assert crawl.faults(usual.kept) == []


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_finished_crawl_asks_nothing(backend: str, crawls: Crawls, usual: Undisturbed) -> None:
    crawl = crawls(backend)
    assert crawl.run().code == 0
    total = crawl.site.total
    ended = crawl.run()
    assert ended.code == 0, ended.said
    assert crawl.site.total == total
    assert crawl.faults(usual.kept) == []


def test_a_clock_that_jumps_loses_nothing(crawls: Crawls, usual: Undisturbed) -> None:
    crawl = crawls(start=start)
    for clock in ("0", "-86400", "86400"):
        process = crawl.begin(**{CLOCK: clock})
        crawl.site.after(SOME, process.kill)
        process.wait()
        crawl.site.forget_acts()
    ended = crawl.run()
    assert ended.code == 0, ended.said
    assert crawl.faults(usual.kept) == []


def test_a_clock_that_is_set_back_meanwhile_ends_nothing(
    crawls: Crawls, usual: Undisturbed
) -> None:
    """Pages that failed in passing are waited for as if nothing were."""
    busy = replace(FAULTS, rates=replace(RATES, unavailable=0.5))
    crawl = crawls(start=start, options=busy)
    process = crawl.begin(**{CLOCK: "0,-86400"})
    crawl.site.after(SOME, lambda: process.send(signal.SIGUSR1))
    ended = process.wait()
    assert ended.code == 0, ended.said
    assert crawl.faults(usual.kept) == []
