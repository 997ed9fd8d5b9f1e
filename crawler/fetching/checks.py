"""What the commands check before they begin, and how they end when it is wrong."""

from __future__ import annotations

import difflib
import json
import logging
import math
import os
import re
import signal
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from scrapy.settings import default_settings

from crawler import settings as project
from crawler.errors import CrawlerError, DiskError, ExitCode, PageError, UsageError
from crawler.fetching.addresses import require_address
from crawler.fetching.streams import secure_streams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scrapy.settings import BaseSettings

T = TypeVar("T")

_NUMBERS: Final[dict[str, type[int | float]]] = {
    "DOCSHELF_BATCH_SECONDS": float,
    "DOCSHELF_BATCH_SIZE": int,
    "DOCSHELF_DATABASE_WAIT": float,
    "DOCSHELF_DISK_PATIENCE": float,
    "DOCSHELF_MAX_FILE_BYTES": int,
    "DOCSHELF_MAX_WAIT": float,
    "DOCSHELF_MIN_FREE": int,
    "DOCSHELF_PAGE_MEMORY": int,
    "DOCSHELF_PAGE_SECONDS": float,
    "DOCSHELF_PATIENCE": float,
    "DOCSHELF_READERS": int,
    "DOCSHELF_RETRY_DELAY": float,
    "DOCSHELF_WARC_BYTES": int,
    "DOCSHELF_WARC_SECONDS": float,
}
"""Our settings that are numbers; they may come from the environment, where all is text."""
_ADDRESSES: Final = frozenset(
    {
        "DOCSHELF_CDX_REPLAY",
        "DOCSHELF_COMMONCRAWL_INDEX",
        "DOCSHELF_WAYBACK_INDEX",
        "DOCSHELF_WAYBACK_REPLAY",
    }
)
"""Our settings that are addresses."""
_FILES: Final = frozenset({"DOCSHELF_CDX_BASE", "DOCSHELF_COMMONCRAWL_BASE"})
"""Our settings that are addresses or folders."""
_SWITCHES: Final = frozenset({"DOCSHELF_ARCHIVE"})
"""Our settings that are on or off."""
_FRACTIONS: Final = re.compile("DELAY|TIMEOUT|INTERVAL|SECONDS|JITTER")
_BELOW_ZERO: Final = re.compile("PRIORITY")
_CONTACT: Final = re.compile("[!-'*-~]+")  # an HTTP header's comment ends at a parenthesis


@contextmanager
def ending_in_one_line(command: str, interrupted: str = "interrupted") -> Iterator[None]:
    """End the process, when something is wrong, with a line that says it and its exit code.

    *interrupted* is what is said when it is a person who ends it.
    """
    secure_streams()
    try:
        yield
    except CrawlerError as error:
        reason = f" ({error.reason})" if isinstance(error, PageError) else ""
        _end(f"scrapy {command}: {error}{reason}", error.exit_code)
    except KeyboardInterrupt:
        _end(f"scrapy {command}: {interrupted}", ExitCode.INTERRUPTED)


def ignore_signals() -> None:
    """Let no signal change any more how the process ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _end(line: str, code: ExitCode) -> NoReturn:
    ignore_signals()
    sys.stderr.write(f"{line}\n")
    sys.exit(code)


def check_leftovers(args: Iterable[str], command: str) -> None:
    """Raise ``UsageError`` for an option that no parser knew."""
    for arg in args:
        if arg.startswith("-") and arg != "-":
            raise UsageError(f"unknown option {arg}; see scrapy {command} --help")


def check_pairs(pairs: Iterable[str], option: str) -> dict[str, str]:
    """Return *pairs*, each ``NAME=VALUE``, by name. Raise ``UsageError`` for what is none."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"{option} {pair}: write {option} NAME=VALUE")
        found[name] = value
    return found


def check_given_settings(pairs: Iterable[str]) -> list[str]:
    """Return the names of the settings that *pairs*, each ``NAME=VALUE``, give.

    Raise ``UsageError`` for a name that is a slip, and for what Scrapy could not take in.
    """
    known = _known_settings()
    given = check_pairs(pairs, "-s")
    for name, value in given.items():
        if name not in known:
            _check_unknown(name, known)
        elif isinstance(known[name], dict) and not _is_object(value):
            raise UsageError(f"setting {name}: {value!r} is not a JSON object")
    return list(given)


def check_settings(settings: BaseSettings, given: Iterable[str]) -> None:
    """Raise ``UsageError`` for a setting *given* for this run, or of ours, that makes no sense."""
    known = _known_settings()
    ours = [name for name in known if name.startswith("DOCSHELF_")]
    for name in dict.fromkeys([*given, *ours]):
        if name in known:
            _check_value(name, settings, known[name])
    contact = settings["DOCSHELF_CONTACT"]
    if contact and not _CONTACT.fullmatch(contact):
        raise UsageError(f"setting DOCSHELF_CONTACT: {contact!r} is no web or mail address")


def check_file(path: str, option: str) -> None:
    """Raise an error if *option* cannot write the file at *path*.

    It is a ``UsageError`` for a wrong place, a ``DiskError`` for one that may not be written.
    """
    file = Path(path)
    if file.is_dir():
        raise UsageError(f"{option} {path}: is a folder; name a file in it")
    if not file.parent.is_dir():
        raise UsageError(f"{option} {path}: there is no folder {file.parent}")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise DiskError(f"{option} {path}: cannot be written")


def _known_settings() -> dict[str, object]:
    both = {**vars(default_settings), **vars(project)}
    return {name: value for name, value in both.items() if name.isupper() and name[0] != "_"}


def _check_unknown(name: str, known: Iterable[str]) -> None:
    # Add-ons have settings of their own; what looks like one of these is a slip.
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
    if close:
        raise UsageError(f"unknown setting {name}; did you mean {close[0]}?")
    if name.startswith("DOCSHELF_"):
        raise UsageError(f"unknown setting {name}")


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _check_value(name: str, settings: BaseSettings, usual: object) -> None:
    if name == "LOG_LEVEL":
        if settings[name] not in logging.getLevelNamesMapping():
            raise UsageError(f"setting LOG_LEVEL: {settings[name]!r} is no level, such as INFO")
    elif name in _ADDRESSES | _FILES:
        _check_place(name, settings[name])
    elif name in _NUMBERS:
        _check_number(name, settings, _NUMBERS[name])
    elif name in _SWITCHES or isinstance(usual, bool):
        _try(name, settings, settings.getbool, "True or False")
    elif isinstance(usual, int | float):
        _check_number(name, settings, float if _FRACTIONS.search(name) else type(usual))


def _check_place(name: str, place: str) -> None:
    is_left_out = not place and name.startswith("DOCSHELF_CDX_")
    if not is_left_out and not (place and name in _FILES and Path(place).is_dir()):
        require_address(place, f"setting {name}")


def _check_number(name: str, settings: BaseSettings, kind: type[int | float]) -> None:
    wanted = "a whole number" if kind is int else "a number"
    number = _try(name, settings, settings.getint if kind is int else settings.getfloat, wanted)
    if not math.isfinite(number) or (number < 0 and not _BELOW_ZERO.search(name)):
        raise UsageError(f"setting {name}: {settings[name]!r} is not {wanted} from 0 up")


def _try(name: str, settings: BaseSettings, read: Callable[[str], T], wanted: str) -> T:
    try:
        return read(name)
    except (ValueError, TypeError) as error:
        raise UsageError(f"setting {name}: {settings[name]!r} is not {wanted}") from error


def parse_moment(text: str, option: str) -> datetime:
    """Return the moment that an *option*'s text names, aware; a day is its first moment, in UTC.

    Raise ``UsageError`` if it names none.

    >>> parse_moment("2026-11-24", "--since").isoformat()
    '2026-11-24T00:00:00+00:00'
    >>> parse_moment("2026-11-24T08:00:00+08:00", "--since").isoformat()
    '2026-11-24T08:00:00+08:00'
    """
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)  # the first and the last day may be none in UTC
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{option} {text}: not a day or moment such as 2026-11-24 or 2026-11-24T08:00:00Z"
        ) from error
    return moment
