"""``scrapy crawl``: a site into the database, and into JSON lines."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import shlex
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.commands import BaseRunSpiderCommand, ScrapyHelpFormatter
from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.archive.durable import make_folder
from crawler.errors import CrawlerError, UsageError
from crawler.fetching.arguments import ARGUMENTS
from crawler.fetching.checks import (
    check_file,
    check_given_settings,
    check_leftovers,
    check_pairs,
    check_settings,
    ending_in_one_line,
    ignore_signals,
)
from crawler.fetching.feeds import check_feed_file, settle_feeds
from crawler.fetching.outcome import Tally, outcome
from crawler.fetching.proxy import check_proxies
from crawler.fetching.reading.lives import prepare
from crawler.fetching.reading.serving import COLLECTING
from crawler.fetching.sites import site
from crawler.fetching.stopping import PromptCrawler
from crawler.fetching.summary import places_of, print_summary
from crawler.storage import archive_folder, database_url, open_store, shown

if TYPE_CHECKING:
    import asyncio

    from scrapy.settings import Settings

    from crawler.fetching.spider import DocumentSpider

logger = logging.getLogger(__name__)

_STDOUT = "-:jsonl"
"""What Scrapy calls standard output, which has no name to tell a format by."""


class Command(BaseRunSpiderCommand):
    """Crawls one site."""

    requires_project = True
    settings: Settings
    _spider: type[DocumentSpider]
    _places: list[str]

    def syntax(self) -> str:
        """Return the form of its options."""
        return "SITE [-a NAME=VALUE]... [-O FILE] [options]"

    def short_desc(self) -> str:
        """Return what it does, on one line."""
        return "Crawl a site into the database, and into JSON lines with -O FILE"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add its options, and the table of what a crawl may be told."""
        super().add_options(parser)
        parser.formatter_class = _HelpFormatter
        width = max(len(f"{name}={value}") for name, value, _ in ARGUMENTS)
        table = [f"{f'{name}={value}':{width}}  {text}" for name, value, text in ARGUMENTS]
        parser.add_argument_group("Arguments", "\n".join(table))

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check everything that can be checked, then see that the database can be used."""
        # Until Scrapy takes over, a polite kill ends it as Ctrl-C does.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with ending_in_one_line("crawl"):
            check_leftovers(args, "crawl")
            given = check_given_settings(opts.set)
            arguments = check_pairs(opts.spargs, "-a")
            for option, path in (
                ("--logfile", opts.logfile),
                ("--pidfile", opts.pidfile),
                ("--profile", opts.profile),
            ):
                if path:
                    check_file(path, option)
            self._process(args, opts)
            check_settings(self.settings, [*given, "LOG_LEVEL"])
            self._spider = self._site(args)
            self._spider = self._spider.bound(arguments)
            self._spider.told(arguments)
            if self.settings.getint("DOCSHELF_READERS"):
                prepare()
            feeds, self._places = settle_feeds(self.settings, self._spider)
            self.settings.set("FEEDS", feeds, priority="cmdline")
            check_proxies(os.environ)
            wait_seconds = self.settings.getfloat("DOCSHELF_DATABASE_WAIT")
            open_store(
                database_url(self.settings), wait_seconds=wait_seconds, claim=self._spider.name
            ).close()
            if self.settings.getbool("DOCSHELF_ARCHIVE"):
                make_folder(archive_folder(self.settings))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002  # Scrapy's
        """Crawl, and say what became of it."""
        if self.crawler_process is None:
            raise RuntimeError("Scrapy made no crawler process")
        if not self.settings["DOCSHELF_CONTACT"] and "docshelf" in self.settings["USER_AGENT"]:
            logger.warning(
                "DOCSHELF_CONTACT is not set: give your web or mail address, by which the owner "
                "of the site can reach you"
            )
        # Scrapy has every record made, and then drops what is below: 3 % of a crawl.
        logging.getLogger().setLevel(self.settings["LOG_LEVEL"])
        crawler = PromptCrawler(self._spider, self.settings)
        crawl: Any = self.crawler_process.crawl(crawler, **opts.spargs)
        gc.freeze()  # what is loaded by now stays: to look through it again costs 5 % of a crawl
        gc.set_threshold(*COLLECTING)
        with ending_in_one_line("crawl"):
            self.crawler_process.start()
            ignore_signals()
            _raise_failure(crawl)
            self._conclude(Tally.of(crawler.stats.get_stats()))
        if not crawl.done():
            # Told twice to stop: nothing is waited for any more, and the next run goes on.
            sys.stderr.flush()
            os._exit(self.exitcode)

    def _process(self, args: list[str], opts: argparse.Namespace) -> None:
        """Let Scrapy take its options; its errors become ours."""
        for paths in (opts.output, opts.overwrite_output):
            if paths:
                paths[:] = [_STDOUT if path == "-" else path for path in paths]
                for path in paths:
                    check_feed_file(path, self.settings)
        try:
            super().process_options(args, opts)
        except ScrapyUsageError as error:
            raise UsageError(str(error)) from error

    def _site(self, args: list[str]) -> type[DocumentSpider]:
        if len(args) > 1:
            raise UsageError(f"one site at a time, not {' and '.join(args)}")
        return site(args[0] if args else "", self.settings)

    def _conclude(self, tally: Tally) -> None:
        ended = outcome(tally)
        self.exitcode = ended.code
        name = self._spider.name
        hint = f"{self._prefix()} export --site {name} -o {name}.jsonl" if tally.read else ""
        source = {"source": tally.source} if tally.source else {}
        places = source | places_of(shown(database_url(self.settings)), self._places)
        print_summary(name, tally, ended, places, hint)

    def _prefix(self) -> str:
        """Return how to start a command that finds what this one kept."""
        places = ""
        if self.settings["DOCSHELF_DATABASE_URL"]:
            places = f"DOCSHELF_DATABASE_URL={shlex.quote(self._database())} "
        elif self.settings["DOCSHELF_DATA"] not in {"", "data"}:
            places = f"DOCSHELF_DATA={shlex.quote(self.settings['DOCSHELF_DATA'])} "
        ours = Path(sys.executable).with_name("scrapy")
        on_path = shutil.which("scrapy") == str(ours)
        return f"{places}{'scrapy' if on_path else os.path.relpath(ours)}"

    def _database(self) -> str:
        """Return the database's address, without its password, as the setting takes it."""
        url = database_url(self.settings)
        is_file = url.get_backend_name() == "sqlite"
        return f"sqlite:///{url.database}" if is_file else shown(url)


def _raise_failure(crawl: asyncio.Task[None]) -> None:
    """Raise what kept the crawl from beginning or from coming to its end."""
    error = crawl.exception() if crawl.done() else None
    if error is not None:
        logger.error("the crawl broke off", exc_info=error)
        raise CrawlerError(f"a bug, please report it: {error!r}") from error


class _HelpFormatter(ScrapyHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the table."""
