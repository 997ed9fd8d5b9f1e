"""Everything that can go wrong, as a tree, and the exit codes that tell it.

CrawlerError
├── PageError              a page yields no record; its ``reason`` says why
│   ├── BlockedPageError   a bot wall: a captcha, a challenge
│   ├── LoginPageError     a login wall
│   ├── GonePageError      the site says that the document is deleted or withheld
│   ├── NotADocumentError  a list, a front page, an error page, nothing at all
│   ├── TooLargePageError  it is larger than is read
│   ├── WrongPageError     it is about another document than its address
│   └── MissingFieldError  it lacks a field that every document has: the layout changed
├── BadValueError          a field's text does not mean what it should
├── UsageError             a wrong argument, option, file, setting or site
├── SiteTakenError         another process is crawling the site into the database
├── StorageError           the database cannot be used
│   └── StorageFullError   its disk takes no more
├── NoReaderError          no process can be had that reads pages
├── ArchiveError           an archived record or file cannot be read
└── DiskError              a file cannot be written
    └── DiskFullError      there is no room for it
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What a command's exit code says. ``docs/reference/exit-codes.md`` explains each."""

    OK = 0
    BUG = 1
    USAGE = 2
    ALREADY_RUNNING = 3
    NO_DOCUMENT = 4
    INTERRUPTED = 11
    LAYOUT_CHANGED = 20
    BLOCKED = 21
    DISK = 22
    DATABASE = 23
    NO_ANSWER = 24


class CrawlerError(Exception):
    """Base of every error this project raises."""

    exit_code: ClassVar[ExitCode] = ExitCode.BUG


class PageError(CrawlerError):
    """A page yields no record."""

    exit_code = ExitCode.NO_DOCUMENT
    reason: ClassVar[str] = "unreadable"
    """The name under which such pages are counted and stored."""

    def __init__(self, url: str, problem: str) -> None:
        super().__init__(f"{url}: {problem}")
        self.url = url
        self.problem = problem


class BlockedPageError(PageError):
    """A page is a bot wall: a captcha, a challenge."""

    reason = "blocked"


class LoginPageError(PageError):
    """A page is a login wall."""

    reason = "login"


class GonePageError(PageError):
    """A page says that its document is deleted or withheld."""

    reason = "gone"


class NotADocumentError(PageError):
    """A page is a list, a front page, an error page, or nothing at all."""

    reason = "not_a_document"


class TooLargePageError(PageError):
    """A page is larger than is read: no document's page is, and its tree would fill the memory."""

    reason = "too_large"


class WrongPageError(PageError):
    """A page is about another document than its address."""

    reason = "wrong_document"


class MissingFieldError(PageError):
    """A page lacks a field that every document has: its layout changed."""

    reason = "layout_changed"

    def __init__(self, url: str, name: str) -> None:
        super().__init__(url, f"no {name} found")
        self.name = name


class BadValueError(CrawlerError):
    """A field's text does not mean what it should."""

    def __init__(self, text: str, wanted: str) -> None:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        super().__init__(f"{shown!r} is not {wanted}")


class UsageError(CrawlerError):
    """A wrong argument, option, file, setting or site."""

    exit_code = ExitCode.USAGE


class SiteTakenError(CrawlerError):
    """Another process is crawling the site into the database."""

    exit_code = ExitCode.ALREADY_RUNNING


class StorageError(CrawlerError):
    """The database cannot be used: locked, read-only, unreachable, or of a newer schema."""

    exit_code = ExitCode.DATABASE


class StorageFullError(StorageError):
    """The disk of the database takes no more."""

    exit_code = ExitCode.DISK


class NoReaderError(CrawlerError):
    """No process can be had that reads pages: it ends whatever it is given, or never begins."""


class ArchiveError(CrawlerError):
    """A WARC, a WACZ, an index or a record in one cannot be read: missing, damaged, too large."""

    exit_code = ExitCode.DISK


class DiskError(CrawlerError):
    """A file cannot be written: a full or read-only disk."""

    exit_code = ExitCode.DISK


class DiskFullError(DiskError):
    """There is no room for what was to be written: a full disk, a quota, a limit of the system."""


_SHOWN = 80
