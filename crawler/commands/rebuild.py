"""``scrapy rebuild``: the whole database, made anew from the archive."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from crawler.collection.runs import reread
from crawler.collection.telling import Telling, report
from crawler.errors import UsageError
from crawler.fetching.again import add_workers, check_workers, exit_code, make_plan
from crawler.fetching.checks import (
    ending_in_one_line,
)
from crawler.fetching.commanding import ProjectCommand
from crawler.storage import auditing, database_url, find_store, open_store, shown

if TYPE_CHECKING:
    import argparse

    from sqlalchemy import URL


class Command(ProjectCommand):
    """Makes the documents and the captures say what the archive says."""

    takes_arguments = False

    def syntax(self) -> str:
        """Return the form of its options."""
        return "[--yes] [--workers N]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "Make the whole database anew from the archive alone"

    def long_desc(self) -> str:
        """Return what it does."""
        return (
            "Read the whole archive with today's page classes, and make the database say what it"
            " says: all in one transaction, at the end. A database that is missing is made. Rows"
            " whose records are in no file of the archive are kept, and counted; so is what was"
            " removed for good. Interrupted, the same command goes on where it stopped."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add its options to Scrapy's own."""
        super().add_options(parser)
        parser.add_argument(
            "--yes",
            action="store_true",
            help="do not ask before documents that are kept are replaced",
        )
        add_workers(parser)

    def check(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - as others
        """Check everything that can be checked before anything is read."""
        opts.workers = check_workers(opts.workers)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - Scrapy's
        """Read the archive, and replace what the database says."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        again = "interrupted; run the same command to go on where it stopped"
        with ending_in_one_line("rebuild", again):
            url = database_url(self.settings)
            kept = _count(url)
            if kept and not opts.yes:
                _ask(f"database {shown(url)} holds {kept:,} documents, which would be replaced")
            plan = make_plan(self.settings, workers=opts.workers, purpose="rebuild")
            telling = Telling("scrapy rebuild")
            with telling, reread(plan, telling, None, is_rebuild=True) as done:
                wait = self.settings.getfloat("DOCSHELF_DATABASE_WAIT")
                with open_store(url, wait_seconds=wait) as store:
                    changes = done.apply(store)
            telling.print(report("rebuild", done.tally, changes))
            self.exitcode = exit_code(done.tally, changes)


def _count(url: URL) -> int:
    """Return how many documents are kept. Raise ``StorageError`` for a database of no use."""
    is_file = url.get_backend_name() == "sqlite"
    store = find_store(url) if is_file else open_store(url)
    if store is None:
        return 0
    with store, store.reading() as connection:
        return auditing.document_count(connection)


def _ask(what: str) -> None:
    """Ask a person whether that may be. Raise ``UsageError`` if not, or if there is none."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(f"{what}; say --yes if they may be")
    sys.stderr.write(f"{what} by what the archive says. Go on? [y/N] ")
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise UsageError("nothing was changed")
