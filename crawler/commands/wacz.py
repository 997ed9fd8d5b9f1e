"""``scrapy wacz``: the collection in one file, for other tools to show."""

from __future__ import annotations

import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler import SOFTWARE
from crawler.archive.wacz import CollectionInfo
from crawler.collection.pack import Choice, choose_files, pack
from crawler.errors import ExitCode, UsageError
from crawler.fetching.checks import (
    check_file,
    ending_in_one_line,
    parse_moment,
)
from crawler.fetching.commanding import ProjectCommand
from crawler.fetching.sites import site
from crawler.storage import archive_folder, database_url, open_store

if TYPE_CHECKING:
    import argparse

    from crawler.collection.pack import Files


class Command(ProjectCommand):
    """Packs the archive's closed files, their index and the documents' pages."""

    takes_arguments = False

    def syntax(self) -> str:
        """Return the form of its options."""
        return "[-o FILE] [--site SITE] [--since MOMENT]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "Pack the archive into one WACZ file, which ReplayWeb.page and pywb show"

    def long_desc(self) -> str:
        """Return what it does."""
        return (
            "Pack the archive's files as they are into one WACZ 1.1.1 file, with an index over all"
            " of them and a list of the documents' pages, each with its title and its preview to"
            " search in. Files that a crawl is writing are left out, and named."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add its options to Scrapy's own."""
        super().add_options(parser)
        parser.add_argument(
            "-o",
            "--output",
            metavar="FILE",
            help="the file to write; one that exists is replaced once all is written; otherwise"
            " docshelf-DAY.wacz in the working folder, of today's day in UTC",
        )
        parser.add_argument(
            "--site",
            metavar="SITE",
            help="only files with pages of this site, such as wenku365, and only its pages listed",
        )
        parser.add_argument(
            "--since",
            metavar="MOMENT",
            help="only files with pages captured at this moment or later, and only those listed:"
            " a day such as 2026-11-24, or 2026-11-24T08:00:00Z; UTC unless it says otherwise",
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - as others
        """Check everything that can be checked before anything is read."""
        opts.since = None if opts.since is None else parse_moment(opts.since, "--since")
        opts.output = opts.output or f"docshelf-{datetime.now(UTC):%Y-%m-%d}.wacz"
        if opts.output == "-":
            raise UsageError("-o -: a WACZ cannot be written to standard output; name a file")
        check_file(opts.output, "-o")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - Scrapy's
        """Pack the collection, and say what is in it."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with (
            ending_in_one_line("wacz"),
            open_store(database_url(self.settings), read_only=True) as store,
        ):
            if opts.site is not None and not store.has_site(opts.site):
                site(opts.site, self.settings)
            choice = Choice(site=opts.site, since=opts.since)
            files = choose_files(archive_folder(self.settings), store, choice)
            sys.stderr.writelines(f"scrapy wacz: {line}\n" for line in _left_out(files))
            if not files.chosen:
                sys.stderr.write("scrapy wacz: no closed file of the archive has such pages\n")
                self.exitcode = ExitCode.NO_DOCUMENT
                return
            target = Path(opts.output).resolve()  # what a link points to is replaced
            packed = pack(target, files.chosen, store, choice, _info(opts.site))
            sys.stderr.writelines(
                f"scrapy wacz: {line}: packed as it is; see scrapy verify\n"
                for line in packed.damage
            )
            sys.stderr.write(
                f"{opts.output}: {packed.pages:,} pages of documents in"
                f" {len(files.chosen):,} files, {target.stat().st_size:,} bytes\n"
            )


def _info(name: str | None) -> CollectionInfo:
    return CollectionInfo(
        title=f"Docshelf: {name or 'all sites'}",
        software=SOFTWARE,
        created_at=datetime.now(UTC),
    )


def _left_out(files: Files) -> list[str]:
    writing = [f"{path.name}: left out: a crawl is writing it" for path in files.writing]
    closing = "left out: left open by a crawl that did not end; scrapy repair closes it"
    return writing + [f"{path.name}: {closing}" for path in files.left_open]
