"""How long a database is waited for, and what is said meanwhile."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from crawler.errors import SiteTakenError
from crawler.storage import patience
from crawler.storage.patience import Patience

if TYPE_CHECKING:
    from sqlalchemy.exc import SQLAlchemyError

URL: Final = make_url("sqlite:////srv/docshelf.db")
WAIT: Final = 60.0
DISK: Final = 600.0


class Clock:
    """A clock that only a sleep moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(patience, "time", found)
    return found


def sqlite(name: str) -> SQLAlchemyError:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorname = name
    return OperationalError("INSERT", None, error)


def gone() -> SQLAlchemyError:
    return OperationalError("INSERT", None, psycopg.OperationalError("server closed"))


def taken() -> SiteTakenError:
    return SiteTakenError("wenku365 is being crawled")


def waits(one: Patience, error: SQLAlchemyError | SiteTakenError, clock: Clock) -> float:
    """Return for how many seconds *error* is waited for."""
    start = clock.now
    while one.wait(error):
        pass
    return clock.now - start


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (sqlite("SQLITE_BUSY"), WAIT),
        (sqlite("SQLITE_FULL"), DISK),
        (sqlite("SQLITE_IOERR_WRITE"), DISK),
        (sqlite("SQLITE_IOERR_FSYNC"), 0),
        (sqlite("SQLITE_CORRUPT"), 0),
        (sqlite("SQLITE_READONLY"), 0),
        (gone(), WAIT),
        (taken(), WAIT),
    ],
    ids=["locked", "full", "full too", "not synced", "damaged", "read only", "gone", "taken"],
)
def test_how_long_what_may_pass_is_waited_for(
    error: SQLAlchemyError | SiteTakenError, seconds: float, clock: Clock
) -> None:
    one = Patience(URL, WAIT, DISK)
    one.end()  # it has worked
    assert waits(one, error, clock) == pytest.approx(seconds, abs=0.3)


@pytest.mark.parametrize("error", [gone(), taken()], ids=["gone", "taken"])
def test_what_never_worked_is_a_wrong_address(
    error: SQLAlchemyError | SiteTakenError, clock: Clock
) -> None:
    assert waits(Patience(URL, WAIT, DISK), error, clock) == 0


def test_a_lock_is_waited_for_from_the_first(clock: Clock) -> None:
    one = Patience(URL, WAIT, DISK)
    assert waits(one, sqlite("SQLITE_BUSY"), clock) == pytest.approx(WAIT, abs=0.3)


def test_who_has_none_does_not_wait(clock: Clock) -> None:
    one = Patience(URL, 0.0, 0.0)
    one.end()
    for error in (sqlite("SQLITE_BUSY"), sqlite("SQLITE_FULL"), gone(), taken()):
        assert waits(one, error, clock) == 0


def test_each_time_that_it_fails_it_is_waited_for_anew(clock: Clock) -> None:
    one = Patience(URL, WAIT, DISK)
    for _ in range(3):
        assert waits(one, sqlite("SQLITE_BUSY"), clock) == pytest.approx(WAIT, abs=0.3)
        one.end()


def test_it_is_said_once_and_when_it_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    one = Patience(URL, WAIT, DISK)
    for error, words in (("SQLITE_BUSY", "locked or went away"), ("SQLITE_FULL", "on a full disk")):
        caplog.clear()
        assert all(one.wait(sqlite(error)) for _ in range(3))
        one.end()
        one.end()
        wait = DISK if error == "SQLITE_FULL" else WAIT
        assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
            (
                logging.WARNING,
                f"database /srv/docshelf.db is {words}: waiting up to {wait:g} seconds",
            ),
            (logging.WARNING, "database /srv/docshelf.db works again"),
        ]
