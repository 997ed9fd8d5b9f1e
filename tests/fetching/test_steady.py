"""A clock that never jumps."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from crawler.fetching import steady

ROOT: Final = Path(__file__).parents[2]
SET_BACK: Final = """
import datetime as dt
began = dt.datetime.now(dt.UTC)

class Clock(dt.datetime):
    jump = dt.timedelta()

    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + cls.jump

dt.datetime = Clock
from crawler.fetching import steady
first = steady.now()
Clock.jump = -dt.timedelta(days=1)
assert dt.datetime.now(dt.UTC) < first
assert began <= first <= steady.now() < began + dt.timedelta(minutes=1)
"""


def test_it_says_what_the_system_says() -> None:
    moments = [steady.now() for _ in range(100)]
    assert moments == sorted(moments)
    assert moments[-1].tzinfo is UTC
    assert abs(moments[-1] - datetime.now(UTC)) < timedelta(minutes=1)


def test_it_goes_on_when_the_clock_is_set_back() -> None:
    subprocess.run([sys.executable, "-c", SET_BACK], check=True, cwd=ROOT)
