"""The files of ``-o`` and ``-O``.

What cannot work is refused before the crawl; a write that fails is told once, and stops it. Scrapy
logs both, goes on, and exits 0.
"""

from __future__ import annotations

import asyncio
import io
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Self, cast
from urllib.parse import urlsplit

from scrapy.extensions.feedexport import FileFeedStorage, StdoutFeedStorage, apply_uri_params
from w3lib.url import file_uri_to_path

from crawler.errors import UsageError
from crawler.fetching.checks import check_file
from crawler.fetching.outcome import FEED_FAILED
from crawler.fetching.streams import check_output, discard

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

_OPTION: Final = "-o or -O"
_BATCH: Final = re.compile(r"%\(batch_time\)s|%\(batch_id\)\d*d")


def check_feed_file(path: str, settings: BaseSettings) -> None:
    """Raise ``UsageError`` if ``-o`` or ``-O`` cannot tell by *path* what to write."""
    if Path(path).is_dir():
        raise UsageError(f"{_OPTION} {path}: is a folder; name a file in it")
    place, _, ending = path.rpartition(":")
    formats = _known(settings, "FEED_EXPORTERS")
    if place and ending in formats:
        return
    ending = Path(path).suffix.removeprefix(".")
    if ending == "gz":
        raise UsageError(
            f"{_OPTION} {path}: a crawl does not compress; 'scrapy export -o {path}' does"
        )
    _check_format(path, ending, formats)


def settle_feeds(settings: BaseSettings, spider: type[Spider]) -> tuple[dict[str, Any], list[str]]:
    """Return the ``FEEDS`` of *settings* for a crawl of *spider*, and the places that they write.

    Names such as ``%(name)s`` are filled in, but those of batches. Raise ``UsageError`` for a feed
    that cannot work, and ``DiskError`` for one that may not be written.
    """
    feeds, places = {}, []
    values = _values(spider)
    for uri, options in settings.getdict("FEEDS").items():
        template = str(uri)
        if not isinstance(options, Mapping):
            raise UsageError(f'setting FEEDS: {template}: give it as {{"format": "jsonl"}}')
        _check_format(template, options.get("format"), _known(settings, "FEED_EXPORTERS"))
        if options.get("uri_params") or settings["FEED_URI_PARAMS"]:  # only a spider can fill it in
            feeds[template] = options
            places.append(template)
            continue
        name = _fill(template, values)
        place = _place(name, _known(settings, "FEED_STORAGES"))
        is_batched = options.get("batch_item_count") or settings["FEED_EXPORT_BATCH_ITEM_COUNT"]
        if is_batched and not _BATCH.search(template):
            raise UsageError(f"{_OPTION} {template}: add %(batch_id)d to it: there will be batches")
        feeds[template if is_batched else name] = options
        places.append(template if is_batched else place)
    return feeds, places


def _known(settings: BaseSettings, name: str) -> list[str]:
    return [key for key, value in settings.getwithbase(name).items() if value is not None]


def _check_format(feed: str, name: object, formats: Collection[str]) -> None:
    if name not in formats:
        raise UsageError(
            f"{_OPTION} {feed}: unknown format {name!r}; name a file that ends in .jsonl, or add "
            f":jsonl (there are {', '.join(sorted(formats))})"
        )


def _values(spider: type[Spider]) -> dict[str, str | int]:
    """Return what a feed's name may contain, as Scrapy gives it."""
    found = {name: getattr(spider, name) for name in dir(spider)}
    now = datetime.now(UTC)
    return {name: value for name, value in found.items() if isinstance(value, str | int)} | {
        "time": now.replace(microsecond=0).isoformat().replace(":", "-"),
        "batch_time": now.isoformat().replace(":", "-"),
        "batch_id": 1,
    }


def _fill(template: str, values: dict[str, str | int]) -> str:
    try:
        return apply_uri_params(template, values)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{_OPTION} {template}: cannot be filled in ({error}); there are %(name)s and %(time)s"
        ) from error


def _place(name: str, schemes: Collection[str]) -> str:
    scheme = urlsplit(name).scheme
    if scheme not in schemes:
        raise UsageError(
            f"{_OPTION} {name}: a crawl cannot write to {scheme}; write a file, and copy it there"
        )
    if scheme == "stdout":
        check_output()
        return "standard output"
    if scheme not in {"", "file"}:
        return name
    path = file_uri_to_path(name) if scheme else name
    check_file(path, _OPTION)
    return path


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
        """Note *error*, and stop the crawl."""
        self._crawler.stats.set_value(FEED_FAILED, f"{self._name}: {error.strerror}")
        self.end()

    def end(self) -> None:
        """Stop the crawl unless it is ending."""
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
        discard(sys.stdout)
        if isinstance(error, BrokenPipeError):
            self._watch.end()  # whoever read had enough
        else:
            self._watch.fail(error)
