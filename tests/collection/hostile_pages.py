"""A page class whose pages do what a page must not do to the process that reads it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from spiders.wenku365 import Wenku365Page

if TYPE_CHECKING:
    from crawler.items import RawDocument

HANGS = "永远读不完"
HANGS_IN_C = "正则读不完"
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
        if EATS in self.text:
            return [bytes(2**26) for _ in range(2**10)]  # type: ignore[return-value]
        if CRASHES in self.text:
            os.abort()
        if FAILS in self.text:
            raise KeyError(FAILS)
        return super().document()
