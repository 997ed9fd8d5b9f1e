"""The files of ``-o`` and ``-O``: a write that fails is told once, and stops the crawl.

Scrapy logs each with a traceback, goes on, and exits 0.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self, cast

from scrapy.extensions.feedexport import FileFeedStorage, StdoutFeedStorage

from crawler.fetching.outcome import FEED_FAILED

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Spider
    from scrapy.crawler import Crawler


class FeedFile(io.RawIOBase):
    """A file that takes every write; the first that fails is told to *on_failure*."""

    def __init__(self, file: IO[bytes], on_failure: Callable[[OSError], None]) -> None:
        super().__init__()
        self._file = file
        self._on_failure = on_failure
        self._has_failed = False

    def writable(self) -> bool:
        """Return true: there is nothing else to do with it."""
        return True

    def write(self, data: Any, /) -> int:  # noqa: ANN401  # typeshed's Buffer is no run-time type
        """Write *data*, or drop it once a write has failed. Return its length."""
        self._try(lambda: self._file.write(data))
        return len(data)

    def flush(self) -> None:
        """Write what is buffered."""
        if not self.closed:
            self._try(self._file.flush)

    def close_file(self) -> None:
        """Write what is buffered, and close the file underneath."""
        try:
            self._file.close()
        except OSError as error:
            self._fail(error)

    def _try(self, action: Callable[[], object]) -> None:
        if not self._has_failed:
            try:
                action()
            except OSError as error:
                self._fail(error)

    def _fail(self, error: OSError) -> None:
        if not self._has_failed:
            self._has_failed = True
            self._on_failure(error)


class _Watch:
    """What is done about a feed that cannot be written."""

    def __init__(self, crawler: Crawler, name: str) -> None:
        self._crawler = crawler
        self._name = name
        self._stopping: asyncio.Task[None] | None = None
        self.is_closing = False

    def fail(self, error: OSError) -> None:
        """Note *error*, and stop the crawl unless it is ending."""
        self._crawler.stats.set_value(FEED_FAILED, f"{self._name}: {error.strerror}")
        if not self.is_closing:
            closing = self._crawler.engine.close_spider_async(reason="feed")
            self._stopping = asyncio.ensure_future(closing)


class FileStorage(FileFeedStorage):
    """A feed in a file."""

    _watch: _Watch

    @classmethod
    def from_crawler(cls, crawler: Crawler, uri: str, *, feed_options: dict[str, Any]) -> Self:
        """Return the storage of the feed at *uri*."""
        storage = cls(uri, feed_options=feed_options)
        storage._watch = _Watch(crawler, storage.path)
        return storage

    def open(self, spider: Spider) -> IO[bytes]:
        """Return the file, which takes every write."""
        file: IO[bytes]
        try:
            file = super().open(spider)
        except OSError as error:
            self._watch.fail(error)
            file = io.BytesIO()  # the crawl is ending; little more comes
        return cast("IO[bytes]", FeedFile(file, self._watch.fail))

    def store(self, file: IO[bytes]) -> None:
        """Write what is buffered, and close *file*."""
        self._watch.is_closing = True
        cast("FeedFile", file).close_file()


class StdoutStorage(StdoutFeedStorage):
    """A feed on standard output."""

    _watch: _Watch

    @classmethod
    def from_crawler(cls, crawler: Crawler, uri: str, *, feed_options: dict[str, Any]) -> Self:
        """Return the storage of the feed on standard output."""
        # Scrapy warns that -O cannot overwrite it, which nobody asked for.
        storage = cls(uri, feed_options={**feed_options, "overwrite": False})
        storage._watch = _Watch(crawler, "standard output")
        return storage

    def open(self, spider: Spider) -> IO[bytes]:
        """Return standard output, which takes every write."""
        return cast("IO[bytes]", FeedFile(super().open(spider), self._fail))

    def store(self, file: IO[bytes]) -> None:
        """Write what is buffered."""
        self._watch.is_closing = True
        file.flush()

    def _fail(self, error: OSError) -> None:
        # What is left in the buffer would fail once more when Python exits.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        self._watch.fail(error)
