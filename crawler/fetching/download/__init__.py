"""HTTP as it is on the wire: a download handler for Scrapy that keeps every byte.

Switched on by ``DOWNLOAD_HANDLERS = {"http": …, "https": …}`` with the address of
``DownloadHandler``. What it asked and what came goes to the receivers of ``exchange_done``.
"""

from __future__ import annotations

from crawler.fetching.download.dialling import TunnelError
from crawler.fetching.download.handler import DownloadHandler, exchange_done, hand_over
from crawler.fetching.download.transfer import CAPTURED_AT, BadAnswerError

__all__ = [
    "CAPTURED_AT",
    "BadAnswerError",
    "DownloadHandler",
    "TunnelError",
    "exchange_done",
    "hand_over",
]
