"""``scrapy captures``: what the archive holds of an address, a site or a document."""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from crawler.archive.records import clean_url, format_date
from crawler.collection.extract import extract
from crawler.collection.records import Sites
from crawler.errors import ExitCode, UsageError
from crawler.fetching.checks import (
    ending_in_one_line,
)
from crawler.fetching.commanding import ProjectCommand
from crawler.fetching.sites import site, sites
from crawler.fetching.streams import aligned, check_output, write_out
from crawler.items import format_moment
from crawler.storage import archive_folder, database_url, open_store
from crawler.storage.finding import Wanted, find, find_newest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from crawler.storage import CaptureRow, Store

_BATCH: Final = 500
_SCHEMES: Final = ("http", "https")


class Command(ProjectCommand):
    """Lists captures, or writes out one of them."""

    def syntax(self) -> str:
        """Return the form of its options."""
        return "[ADDRESS] [--site SITE] [--doc-id ID] [--verdict VERDICT] [options]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "List what the archive holds of an address, or write out one capture of it"

    def long_desc(self) -> str:
        """Return what it does."""
        return (
            "List captures, the oldest first: when, status, verdict, the place of the record and"
            " the address. Of a document's address all captures of that document are listed,"
            " whatever its host and scheme were. With --extract the newest of them is written"
            " to standard output; the ID of a record, as --json shows it, in place of the address"
            " names any other."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add its options to Scrapy's own."""
        super().add_options(parser)
        parser.add_argument("--site", metavar="SITE", help="only this site, such as wenku365")
        parser.add_argument(
            "--doc-id", metavar="ID", help="only captures that were read as this document"
        )
        parser.add_argument(
            "--verdict",
            metavar="VERDICT",
            help="only what was taken for this: document, list, redirect, robots, unread, or the"
            " reason for which it is none of them, such as blocked",
        )
        parser.add_argument(
            "--json",
            action="store_true",
            help="write an object a line, with the columns of the table captures",
        )
        parser.add_argument(
            "--extract",
            metavar="PART",
            choices=("body", "answer", "record"),
            help="write a part of the newest to standard output: its body, without chunks and"
            " content encoding; the answer with its head, as it came; or the whole record, as it is"
            " in its file",
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that can be checked before the database is opened."""
        if len(args) > 1:
            raise UsageError(f"one address at a time, not {' and '.join(args)}")
        if opts.extract and opts.json:
            raise UsageError("--extract writes one capture as it is; leave --json out")
        opts.wanted = self._wanted(args[0] if args else "", opts)
        check_output()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - Scrapy's
        """List them, or write one out."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with (
            ending_in_one_line("captures"),
            open_store(database_url(self.settings), read_only=True) as store,
        ):
            if opts.site is not None and not store.has_site(opts.site):
                site(opts.site, self.settings)
            if opts.extract:
                done = self._extract(store, opts)
            else:
                done = _list(store, opts.wanted, as_json=opts.json)
            if not done:
                sys.stderr.write("scrapy captures: none found\n")
            self.exitcode = ExitCode.OK if done else ExitCode.NO_DOCUMENT

    def _extract(self, store: Store, opts: argparse.Namespace) -> bool:
        with store.reading() as connection:
            row = find_newest(connection, opts.wanted)
        if row is not None:
            write_out([extract(row, opts.extract, archive_folder(self.settings), store)])
        return row is not None

    def _wanted(self, name: str, opts: argparse.Namespace) -> Wanted:
        """Return what captures *name*, an address or a record's ID, and the options ask for."""
        urls: tuple[str, ...] = ()
        of_document = record_id = None
        if name.startswith("urn:"):
            record_id = name
        elif name:
            urls, of_document = self._address(name)
        return Wanted(
            urls=urls,
            of_document=of_document,
            record_id=record_id,
            site=opts.site,
            doc_id=opts.doc_id,
            verdict=opts.verdict,
        )

    def _address(self, url: str) -> tuple[tuple[str, ...], tuple[str, str] | None]:
        """Return how *url* may be kept, and of which document it is, if it is one's."""
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in _SCHEMES or not parts.netloc:
            raise UsageError(f"{url!r} is no http or https address, and no ID such as urn:uuid:…")
        urls = tuple(clean_url(parts._replace(scheme=one).geturl()) for one in _SCHEMES)
        kind = Sites(spider.page for spider in sites(self.settings).values()).owner(url)
        doc_id = kind.url_template.doc_id(url) if kind is not None else None
        return urls, (kind.site, doc_id) if kind is not None and doc_id is not None else None


def _list(store: Store, wanted: Wanted, *, as_json: bool) -> bool:
    """Write the captures that are *wanted*, and say whether there are any."""
    has_any = False
    with store.reading() as connection:
        found = find(connection, wanted)
        while some := list(islice(found, _BATCH)):
            has_any = True
            write_out(map(_json_line, some) if as_json else aligned(map(_cells, some)))
    return has_any


def _json_line(row: CaptureRow) -> bytes:
    said = asdict(row) | {"captured_at": format_date(row.captured_at)}
    return f"{json.dumps(said, ensure_ascii=False)}\n".encode()


def _cells(row: CaptureRow) -> Iterable[str]:
    return (
        format_moment(row.captured_at),
        str(row.status or "-"),
        row.verdict,
        f"{row.file}:{row.offset}",
        row.url,
    )
