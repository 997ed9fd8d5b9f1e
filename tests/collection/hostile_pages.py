"""A page class whose pages do what a page must not do to the process that reads it."""

from __future__ import annotations

import os
import re
import threading
from typing import TYPE_CHECKING

from spiders.wenku365 import Wenku365Page

if TYPE_CHECKING:
    from crawler.collection.piecework import Job, Key, Outcome, Watch
    from crawler.items import RawDocument

HANGS = "永远读不完"
HANGS_IN_C = "正则读不完"
SLEEPS = "一直在等"
EATS = "吃光内存"
CRASHES = "进程崩溃"
FAILS = "代码有错"


class HostilePage(Wenku365Page):
    """Reads pages as the site's own class does, but for those that say what they do."""

    def document(self) -> RawDocument:
        if HANGS in self.text:
            while True:
                pass
        if HANGS_IN_C in self.text:
            re.match(r"(a+)+b", "a" * 64)
        if SLEEPS in self.text:
            threading.Event().wait()
        if EATS in self.text:
            return [bytes(2**26) for _ in range(2**10)]  # type: ignore[return-value]
        if CRASHES in self.text:
            os.abort()
        if FAILS in self.text:
            raise KeyError(FAILS)
        return super().document()


class DeadlyTask:
    """A piece whose very records end the process, and no page of it."""

    def __str__(self) -> str:
        return "a.warc: offset 0 to 7"

    def run(self, _job: Job, _watch: Watch, _skipped: frozenset[Key]) -> Outcome:
        os.abort()
