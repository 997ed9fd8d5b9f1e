"""``scrapy read``: one saved page, as a record."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.errors import PageError, UsageError
from crawler.fetching.checks import (
    ending_in_one_line,
    parse_moment,
)
from crawler.fetching.commanding import ProjectCommand
from crawler.fetching.sites import reader
from crawler.fetching.streams import write_out
from crawler.items import to_line, to_record
from crawler.reading.explaining import explain_text
from crawler.reading.generic import READER, GenericPage
from crawler.reading.judging import read_document
from crawler.reading.normalise import normalise

if TYPE_CHECKING:
    import argparse
    from typing import BinaryIO

    from crawler.reading.page import DocumentPage


class Command(ProjectCommand):
    """Reads one saved page with the site that owns its address, or as a page of any site."""

    def syntax(self) -> str:
        """Return the form of its options."""
        return "FILE --url URL [options]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "Read one saved page and print its record as a JSON line"

    def long_desc(self) -> str:
        """Return what it does."""
        return (
            "Read one saved page, HTML or text, with the site that owns its address, or without "
            "knowledge of its site if none does, and print its record as one JSON line. What is no "
            "document: the reason is printed on standard error, and the exit code is 4. Nothing is "
            "asked of the site, and nothing is kept."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add its options to Scrapy's own."""
        super().add_options(parser)
        parser.add_argument("--url", metavar="URL", help="the address that the page came from")
        parser.add_argument(
            "--content-type",
            metavar="TYPE",
            help="what the server called it, such as 'text/html; charset=gbk'; otherwise a .txt "
            "file is text, and any other is looked at",
        )
        parser.add_argument(
            "--fetched-at",
            metavar="MOMENT",
            help="when it was fetched, such as 2026-11-24T08:00:00Z; otherwise when the file was "
            "last written, and now for standard input",
        )

        parser.add_argument(
            "--explain",
            action="store_true",
            help="print instead, for each field, which line or tag won, and what lost for what "
            "reason",
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that can be checked before the page is read."""
        if len(args) != 1:
            raise UsageError("name one file, or - for standard input")
        if not opts.url:
            raise UsageError("--url is missing: the address that the page came from")
        opts.kind = reader(opts.url.strip(), self.settings)
        opts.moment = parse_moment(opts.fetched_at, "--fetched-at") if opts.fetched_at else None

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the page and print its record."""
        with ending_in_one_line("read"):
            body, written_at = read_page(args[0], self.settings.getint("DOCSHELF_MAX_FILE_BYTES"))
            is_text = args[0].lower().endswith(".txt")
            page = opts.kind(
                opts.url.strip(),
                body,
                content_type=opts.content_type or ("text/plain" if is_text else ""),
                fetched_at=opts.moment or written_at,
            )
            if opts.explain:
                print_explanation(page)
                return
            line = to_line(normalise(read_document(page)))
            write_out([f"{line}\n".encode()])


def print_explanation(page: DocumentPage) -> None:
    """Print why *page* is read as it is. Raise its ``PageError``, at the end, if it has one."""
    record, failure = None, None
    try:
        document = read_document(page)
        record = to_record(normalise(document))
        if document.reader == READER:
            page = _in_general(page)
    except PageError as error:
        failure = error
    write_out([f"{line}\n".encode() for line in explain_text(page, record)])
    if failure:
        raise failure


def _in_general(page: DocumentPage) -> GenericPage:
    """Return *page* as the generic class reads it, under its own site's addresses."""
    if isinstance(page, GenericPage):
        return page
    kind = GenericPage.under(type(page))
    return kind(page.url, page.body, content_type=page.content_type, fetched_at=page.fetched_at)


def read_page(name: str, most: int) -> tuple[bytes, datetime]:
    """Return the bytes of the file *name*, or of standard input for ``-``, and when it was written.

    Raise ``UsageError`` if it cannot be read, or has more than *most* bytes.
    """
    try:
        if name == "-":
            body, written_at = _input().read(most + 1), datetime.now(UTC)
        else:
            with Path(name).open("rb") as file:
                body = file.read(most + 1)
                written_at = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}") from error
    if len(body) > most:
        raise UsageError(f"{name}: more than {most} bytes, which DOCSHELF_MAX_FILE_BYTES allows")
    return body, written_at


def _input() -> BinaryIO:
    if sys.stdin is None:
        raise UsageError("standard input is closed; name a file")
    return sys.stdin.buffer
