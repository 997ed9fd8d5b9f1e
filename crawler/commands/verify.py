"""``scrapy verify``: whether the archive is whole, and the database says what it holds."""

from __future__ import annotations

import json
import signal
import sys
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.archive.verify import FileCheck, check_folder
from crawler.collection.verify import Verification
from crawler.errors import ExitCode, UsageError
from crawler.fetching.checks import (
    ending_in_one_line,
)
from crawler.fetching.commanding import ProjectCommand
from crawler.fetching.streams import check_output, write_out
from crawler.storage import archive_folder, database_url, find_store, shown

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from crawler.archive.checks import Problem


class Command(ProjectCommand):
    """Names whatever is torn, flipped, missing, foreign, or told wrongly by the database."""

    def syntax(self) -> str:
        """Return the form of its options."""
        return "[PATH]... [--json]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "Check every byte of the archive, and every row of it in the database"

    def long_desc(self) -> str:
        """Return what it does."""
        return (
            "Read the whole archive once, and hold it against the database, both ways: every row"
            " has its whole record, and every record has its row. Each thing that is wrong is one"
            " line on standard output, with file, offset and address; then the exit code is 22."
            " Where there is no database, or files or folders are named, only files are looked at."
            " A crawl may go on meanwhile, and nothing is changed."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add its options to Scrapy's own."""
        super().add_options(parser)
        parser.add_argument(
            "--json",
            action="store_true",
            help="write an object a line, with file, offset, url and what",
        )

    def check(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 - as others
        """Check everything that can be checked before the archive is read."""
        check_output()
        for name in args:
            if not Path(name).exists():
                raise UsageError(f"{name}: there is no such file or folder")
            if name.endswith(".wacz"):
                raise UsageError(f"{name}: a WACZ is checked by wacz validate -f {name}")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the archive, and name what is wrong."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with ending_in_one_line("verify"):
            url = database_url(self.settings)
            folder = archive_folder(self.settings)
            store = None if args else find_store(url)
            if store is None and not args and not folder.exists():
                raise UsageError(f"{folder}: there is no archive; run a crawl first")
            with store or nullcontext():
                if args:
                    check = Verification(_checks_of(args))
                else:
                    check = Verification.of_archive(folder, store)
                count = 0
                for count, problem in enumerate(check.run(), 1):  # noqa: B007 - the last counts
                    write_out([_line(problem, as_json=opts.json)])
            database = None if args else shown(url)
            _summarise(check, count, database, is_there=store is not None)
            self.exitcode = ExitCode.DISK if count else ExitCode.OK


def _checks_of(names: list[str]) -> Iterator[FileCheck | Problem]:
    for name in names:
        if Path(name).is_dir():
            yield from check_folder(Path(name))
        else:
            yield FileCheck(Path(name))


def _line(problem: Problem, *, as_json: bool) -> bytes:
    if as_json:
        return f"{json.dumps(asdict(problem), ensure_ascii=False)}\n".encode()
    return f"{problem}\n".encode()


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def _summarise(check: Verification, problems: int, database: str | None, *, is_there: bool) -> None:
    files, records, size = (
        _counted(check.files, "file"),
        _counted(check.records, "record"),
        _counted(check.size, "byte"),
    )
    lines = [
        f"verify: {_counted(problems, 'problem') if problems else 'whole'}",
        f"  archive    {files}, {records}, {size}",
    ]
    if database is not None and is_there:
        counts = f"{_counted(check.captures, 'capture')}, {_counted(check.documents, 'document')}"
        lines.append(f"  database   {counts} in {database}")
    elif database is not None:
        lines.append(f"  database   none at {database}; only the files were looked at")
    sys.stderr.write("".join(f"{line}\n" for line in lines))
