"""Scrapy's settings, each that differs from its default with the reason; then ours.

Ours begin with ``DOCSHELF_`` and may be set in the environment under the same name, or with
``-s NAME=VALUE`` for one run. ``docs/reference/settings.md`` lists them.
"""

from __future__ import annotations

import os

from crawler import SOFTWARE as _SOFTWARE

BOT_NAME = "docshelf"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "crawler.commands"

# --- a good guest -------------------------------------------------------------------------------

USER_AGENT = _SOFTWARE
"""An honest name; a crawl adds DOCSHELF_CONTACT."""

ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "docshelf"  # what a site writes into its robots.txt, without the version

DOWNLOAD_DELAY = 1.0  # one request a second to a host; 0 lifts it
DOWNLOAD_DELAY_JITTER = 0.5  # an even beat makes the crawls of many guests coincide
CONCURRENT_REQUESTS = 8  # one crawl is one site: more would only queue for its host
CONCURRENT_REQUESTS_PER_DOMAIN = 8  # felt with a slow site only: the delay holds the rate

COOKIES_ENABLED = False  # nothing is ever logged in, and no visit is tied to another
REFERER_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,text/plain;q=0.8,*/*;q=0.1",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",  # the site's own language, not a translation
}

DOWNLOAD_TIMEOUT = 60  # seconds; also the longest that an interrupted crawl takes to end
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # bytes, decompressed too; no page comes near it
DOWNLOAD_WARNSIZE = 0  # too large is counted, and large is no news

_HANDLER = "crawler.fetching.download.DownloadHandler"
DOWNLOAD_HANDLERS = {"http": _HANDLER, "https": _HANDLER}  # keeps every byte; and is a fifth faster

RETRY_TIMES = 4  # a page that fails in passing is asked five times in all, over all runs
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # what was given up is counted, and in the summary

# --- no doors -----------------------------------------------------------------------------------

REMOTE_CONTROL_ENABLED = False  # runs Python that is sent to a local port
TELNETCONSOLE_ENABLED = False

# --- speed --------------------------------------------------------------------------------------

CONCURRENT_ITEMS = 1  # Scrapy starts as many tasks for every page, and a page is one document's
DOWNLOADER_STATS = False  # what became of each page is counted, see crawler.fetching.outcome
METAREFRESH_ENABLED = False  # would decode each page once more
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.fetching.limit.LimitMiddleware": 90,
    "crawler.fetching.sources.middleware.SourceMiddleware": 95,  # robots.txt is of live sites
    "crawler.fetching.robots.RobotsMiddleware": 100,
    "crawler.fetching.patience.PatienceMiddleware": 550,
    "crawler.fetching.decoding.DecodingMiddleware": 590,
    "crawler.fetching.redirects.SiteRedirectMiddleware": 600,
    "crawler.fetching.proxy.ProxyMiddleware": 750,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # the frontier knows it
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # the spider counts them
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
    "crawler.fetching.joining.JoiningMiddleware": 50,  # what an answer brings is kept as one
}
EXTENSIONS = {
    "scrapy.extensions.logstats.LogStats": None,  # the progress says it
    "crawler.fetching.archiving.Archiving": 50,
    "crawler.fetching.frontier.Frontier": 60,  # gives out pages, and keeps what became of them
    "crawler.fetching.reading.extension.Reading": 70,  # pages are read beside the crawl
    "crawler.fetching.progress.Progress": 100,
}

# --- the way of the data ------------------------------------------------------------------------

SCHEDULER = "crawler.fetching.scheduler.Scheduler"  # what is to be asked is in the database

ITEM_PIPELINES = {
    "pipelines.normalise.NormalisePipeline": 100,
    "pipelines.store.StorePipeline": 900,
}

_RECORD_LINES = "crawler.fetching.exporter.RecordLinesExporter"
FEED_EXPORTERS = {
    "jsonl": _RECORD_LINES,
    "jl": _RECORD_LINES,
    "jsonlines": _RECORD_LINES,
    # What cannot write a record, or not so that everybody could read it back.
    "xml": None,
    "marshal": None,
    "pickle": None,
}
FEED_EXPORT_ENCODING = "utf-8"
FEED_STORAGES = {
    "": "crawler.fetching.feeds.FileStorage",
    "file": "crawler.fetching.feeds.FileStorage",
    "stdout": "crawler.fetching.feeds.StdoutStorage",
    # A feed that is sent at the end of a crawl is lost with it.
    "s3": None,
    "gs": None,
    "ftp": None,
    "ftps": None,
}

LOG_LEVEL = "WARNING"  # the progress and the summary are for people; -L INFO shows the rest

# --- ours ---------------------------------------------------------------------------------------

DOCSHELF_DATA = os.environ.get("DOCSHELF_DATA", "data")
"""The folder of all that is kept; a relative one is taken from the folder of ``scrapy.cfg``."""

DOCSHELF_DATABASE_URL = os.environ.get("DOCSHELF_DATABASE_URL", "")
"""The database, as SQLAlchemy writes addresses; empty: ``docshelf.db`` under ``DOCSHELF_DATA``."""

DOCSHELF_ARCHIVE = os.environ.get("DOCSHELF_ARCHIVE", "1")
"""Whether every answer is kept in WARC files, in ``warc`` under ``DOCSHELF_DATA``: 1 or 0."""

DOCSHELF_WARC_BYTES = os.environ.get("DOCSHELF_WARC_BYTES", "1073741824")
"""The size, in bytes, at which a WARC file gets no more and the next is begun."""

DOCSHELF_WARC_SECONDS = os.environ.get("DOCSHELF_WARC_SECONDS", "86400")
"""The age, in seconds, at which the next WARC file is begun."""

DOCSHELF_CONTACT = os.environ.get("DOCSHELF_CONTACT", "")
"""A web or mail address at which a site's owner reaches you; part of the user agent."""

DOCSHELF_RETRY_DELAY = os.environ.get("DOCSHELF_RETRY_DELAY", "1")
"""Seconds before a page that failed in passing is asked again; twice as long each time."""

DOCSHELF_PATIENCE = os.environ.get("DOCSHELF_PATIENCE", "60")
"""How long a crawl that has nothing else to do waits for a page that may not be asked yet, in
seconds; beyond it, the page is left to a later run."""

DOCSHELF_MAX_WAIT = os.environ.get("DOCSHELF_MAX_WAIT", "120")
"""The longest Crawl-delay, in seconds, that is obeyed; a host with a longer one is not asked."""

DOCSHELF_MAX_FILE_BYTES = os.environ.get("DOCSHELF_MAX_FILE_BYTES", "67108864")
"""The largest file that ``scrapy read`` reads, in bytes."""

DOCSHELF_READERS = os.environ.get("DOCSHELF_READERS", "1")
"""How many processes read the pages of a crawl; 0: its own, where nothing is cut off."""

DOCSHELF_PAGE_SECONDS = os.environ.get("DOCSHELF_PAGE_SECONDS", "10")
"""Seconds of processor time that one page may take to be read, now or from the archive; then it is
cut off. 0: any time."""

DOCSHELF_PAGE_MEMORY = os.environ.get("DOCSHELF_PAGE_MEMORY", "1073741824")
"""Bytes of memory that one page may take to be read, now or from the archive. 0: any amount."""

DOCSHELF_BATCH_SIZE = os.environ.get("DOCSHELF_BATCH_SIZE", "500")
"""How many records are committed at once, at most."""

DOCSHELF_BATCH_SECONDS = os.environ.get("DOCSHELF_BATCH_SECONDS", "0.25")
"""Seconds that a record waits for others to be committed with."""

DOCSHELF_DATABASE_WAIT = os.environ.get("DOCSHELF_DATABASE_WAIT", "600")
"""Seconds that a database is waited for that is locked, or went away."""

DOCSHELF_DISK_PATIENCE = os.environ.get("DOCSHELF_DISK_PATIENCE", "600")
"""Seconds that a full disk is waited for, until there is room."""

DOCSHELF_MIN_FREE = os.environ.get("DOCSHELF_MIN_FREE", "33554432")
"""Bytes that stay free on the disks of archive and database; with less, a crawl waits."""

DOCSHELF_CDX_BASE = os.environ.get("DOCSHELF_CDX_BASE", "")
"""The address or the folder of the WARC files that the index of ``source=cdx:URL`` names; empty:
none, records come from a replay."""

DOCSHELF_CDX_REPLAY = os.environ.get("DOCSHELF_CDX_REPLAY", "")
"""Where the captures of ``source=cdx:URL`` are replayed; empty: beside the index."""

DOCSHELF_COMMONCRAWL_INDEX = os.environ.get(
    "DOCSHELF_COMMONCRAWL_INDEX", "https://index.commoncrawl.org"
)
"""Where ``source=commoncrawl`` finds its indexes, and ``collinfo.json``, which names them."""

DOCSHELF_COMMONCRAWL_BASE = os.environ.get(
    "DOCSHELF_COMMONCRAWL_BASE", "https://data.commoncrawl.org"
)
"""The address or the folder of the WARC files that they name."""

DOCSHELF_WAYBACK_INDEX = os.environ.get(
    "DOCSHELF_WAYBACK_INDEX", "https://web.archive.org/cdx/search/cdx"
)
"""The index that ``source=wayback`` asks."""

DOCSHELF_WAYBACK_REPLAY = os.environ.get("DOCSHELF_WAYBACK_REPLAY", "https://web.archive.org/web")
"""Where its captures are replayed."""
