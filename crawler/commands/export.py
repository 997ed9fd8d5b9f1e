"""``scrapy export``: the documents that are kept, as JSON lines."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.fetching.checks import (
    check_file,
    ending_in_one_line,
    parse_moment,
)
from crawler.fetching.commanding import ProjectCommand
from crawler.fetching.sites import site
from crawler.fetching.streams import check_output, write_out
from crawler.items import to_line
from crawler.storage import database_url, open_store
from crawler.storage.files import whole_file

if TYPE_CHECKING:
    import argparse


class Command(ProjectCommand):
    """Writes every document that is kept, one a line, by site and ID."""

    takes_arguments = False

    def syntax(self) -> str:
        """Return what follows the command's name."""
        return "[-o FILE] [--site SITE] [--since MOMENT]"

    def short_desc(self) -> str:
        """Return what the command does, in a line."""
        return "Write the documents that are kept as JSON lines"

    def long_desc(self) -> str:
        """Return what the command does."""
        return (
            "Write the documents that are kept, one JSON object a line, in the order of their"
            " sites and IDs. The lines are the same that 'scrapy crawl SITE -O x.jsonl' writes."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's own options to *parser*."""
        super().add_options(parser)
        parser.add_argument(
            "-o",
            "--output",
            metavar="FILE",
            default="-",
            help="the file to write, - for standard output (the default); one that exists is"
            " replaced once all is written; FILE.gz is compressed",
        )
        parser.add_argument("--site", metavar="SITE", help="only this site, such as wenku365")
        parser.add_argument(
            "--since",
            metavar="MOMENT",
            help="only documents fetched at this moment or later: a day such as 2026-11-24, or"
            " 2026-11-24T08:00:00Z; UTC unless it says otherwise",
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - as others
        """Check everything that can be checked before the database is opened."""
        opts.since = None if opts.since is None else parse_moment(opts.since, "--since")
        if opts.output == "-":
            check_output()
        else:
            check_file(opts.output, "-o")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - Scrapy's
        """Write the documents."""
        # A polite kill cleans up as Ctrl-C does.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with (
            ending_in_one_line("export"),
            open_store(database_url(self.settings), read_only=True) as store,
        ):
            if opts.site is not None and not store.has_site(opts.site):
                site(opts.site, self.settings)
            lines = (
                f"{to_line(document)}\n".encode()
                for document in store.documents(opts.site, opts.since)
            )
            if opts.output == "-":
                write_out(lines)
            else:
                with whole_file(Path(opts.output)) as file:
                    file.writelines(lines)
