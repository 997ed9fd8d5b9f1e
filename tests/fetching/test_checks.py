from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from scrapy.utils.project import get_project_settings

from crawler import settings as project
from crawler.errors import DiskError, ExitCode, UsageError
from crawler.fetching.checks import (
    check_file,
    check_given_settings,
    check_leftovers,
    check_pairs,
    check_settings,
    ending_in_one_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def check(**given: str) -> None:
    settings = get_project_settings()
    pairs = [f"{name}={value}" for name, value in given.items()]
    names = check_given_settings(pairs)
    settings.setdict(given, priority="cmdline")
    check_settings(settings, names)


def test_our_own_settings_make_sense() -> None:
    check()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOWNLOAD_DELAY", "0.25"),
        ("DOWNLOAD_TIMEOUT", "2.5"),
        ("CONCURRENT_REQUESTS", "4"),
        ("RETRY_PRIORITY_ADJUST", "-5"),
        ("ROBOTSTXT_OBEY", "False"),
        ("ROBOTSTXT_OBEY", "0"),
        ("LOG_LEVEL", "INFO"),
        ("FEEDS", "{}"),
        ("DOCSHELF_CONTACT", "mailto:bot@archive.example"),
        ("AN_ADDONS_OWN", "x"),
    ],
)
def test_what_makes_sense(name: str, value: str) -> None:
    check(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOWNLOAD_DELAY", "-1"),
        ("DOWNLOAD_DELAY", "nan"),
        ("DOWNLOAD_DELAY", "inf"),
        ("DOWNLOAD_DELAY", ""),
        ("CONCURRENT_REQUESTS", "1.5"),
        ("CONCURRENT_REQUESTS", "-4"),
        ("ROBOTSTXT_OBEY", "perhaps"),
        ("LOG_LEVEL", "info"),
        ("FEEDS", "x.jsonl"),
        ("FEEDS", "[1]"),
        ("DOCSHELF_CONTACT", "a (b)"),
        ("DOCSHELF_CONTACT", "名"),
        ("DOCSHELF_MAX_WAITS", "1"),
        ("DOCSHELF_COLOUR", "red"),
        ("DOWNLOAD_DELAYS", "1"),
    ],
)
def test_what_makes_no_sense(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"setting {name}"):
        check(**{name: value})


def test_every_number_of_ours_is_checked() -> None:
    numbers = [
        name
        for name, value in vars(project).items()
        if name.startswith("DOCSHELF_")
        and str(value).replace(".", "").isdigit()
        and name != "DOCSHELF_ARCHIVE"
    ]
    assert numbers
    for name in numbers:
        with pytest.raises(UsageError, match=f"setting {name}: 'x' is not a"):
            check(**{name: "x"})


def test_the_archive_is_on_or_off() -> None:
    check(DOCSHELF_ARCHIVE="0")
    with pytest.raises(UsageError, match="setting DOCSHELF_ARCHIVE: 'x' is not True or False"):
        check(DOCSHELF_ARCHIVE="x")


def test_leftovers() -> None:
    check_leftovers(["wenku365", "-"], "crawl")
    with pytest.raises(UsageError, match="unknown option --foo; see scrapy crawl --help"):
        check_leftovers(["wenku365", "--foo"], "crawl")


def test_pairs() -> None:
    assert check_pairs(["a=1", "b=x=y", "c="], "-a") == {"a": "1", "b": "x=y", "c": ""}
    for pair in ("a", "=1", ""):
        with pytest.raises(UsageError, match="write -a NAME=VALUE"):
            check_pairs([pair], "-a")


def test_files(tmp_path: Path) -> None:
    check_file(str(tmp_path / "new.jsonl"), "-O")
    with pytest.raises(UsageError, match="is a folder"):
        check_file(str(tmp_path), "-O")
    with pytest.raises(UsageError, match="there is no folder"):
        check_file(str(tmp_path / "nowhere/x"), "-O")


def test_a_file_that_may_not_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The superuser may write where nobody else may: a disk that is read-only is not at hand.
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(DiskError, match=r"x\.jsonl: cannot be written"):
        check_file(str(tmp_path / "x.jsonl"), "-O")


@pytest.fixture
def signals() -> Iterator[None]:
    """Give signals back what they meant."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_an_error_ends_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, ending_in_one_line("crawl"):
        raise DiskError("x.jsonl: full")
    assert ended.value.code == ExitCode.DISK
    assert capsys.readouterr().err == "scrapy crawl: x.jsonl: full\n"


@pytest.mark.usefixtures("signals")
def test_an_interruption_ends_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, ending_in_one_line("crawl"):
        raise KeyboardInterrupt
    assert ended.value.code == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == "scrapy crawl: interrupted\n"
