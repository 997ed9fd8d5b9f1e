"""What the project's own commands have in common: how they take their options, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from scrapy.commands import ScrapyCommand

from crawler.errors import UsageError
from crawler.fetching.checks import (
    check_given_settings,
    check_leftovers,
    check_settings,
    ending_in_one_line,
)

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import Settings


class ProjectCommand(ScrapyCommand):
    """A command that needs the project and starts no crawl.

    Everything that can be checked is checked before it begins: options that nobody knows, its
    settings, then what ``check`` finds. What is wrong ends the process in one line.
    """

    requires_project = True
    requires_crawler_process = False
    settings: Settings
    takes_arguments: ClassVar[bool] = True
    """Whether it takes more than options."""

    @property
    def name(self) -> str:
        """What it is called on the command line: Scrapy names commands by their modules."""
        return type(self).__module__.rpartition(".")[2]

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Take the options, and end the process where one makes no sense."""
        with ending_in_one_line(self.name):
            check_leftovers(args, self.name)
            given = check_given_settings(opts.set)
            super().process_options(args, opts)
            check_settings(self.settings, given)
            if args and not self.takes_arguments:
                raise UsageError(f"unexpected argument {args[0]}; see scrapy {self.name} --help")
            self.check(args, opts)

    def check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Raise a ``CrawlerError`` for what makes no sense; leave in *opts* what was understood."""
