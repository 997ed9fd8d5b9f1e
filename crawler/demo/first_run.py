"""What ``make run`` does: a first crawl, of the demo site or of a real address.

Run as ``python -m crawler.demo.first_run [URL]``. Invented documents go into ``data/demo/``, real
ones into ``data/``; JSON lines lie beside the database.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from scrapy.utils.project import get_project_settings

from crawler.errors import CrawlerError, ExitCode
from crawler.fetching.sites import owner
from crawler.storage import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SITE: Final = "wenku365"
_FRONT_PAGE: Final = "http://www.wenku365.com/"
_UNHURRIED: Final = {"DOWNLOAD_DELAY": "0"}
"""Politeness is for sites that are not ours."""


def main(argv: list[str]) -> int:
    """Crawl the address in *argv*, or else the demo site; return the crawl's exit code."""
    if len(argv) > 1:
        print("make run: one address, please: make run URL=https://…", file=sys.stderr)
        return ExitCode.USAGE
    settings = get_project_settings()
    data = data_folder(settings)
    if not argv:
        print(f"A first crawl: {_SITE}, from the bundled demo site. The documents are invented.\n")
        with _demo() as proxy:
            env = {"http_proxy": proxy, "no_proxy": "", "DOCSHELF_DATABASE_URL": ""}
            return _crawl(_SITE, _FRONT_PAGE, data / "demo", env, _UNHURRIED)
    try:
        site = owner(argv[0], settings).name
    except CrawlerError as error:
        print(f"make run: {error}", file=sys.stderr)
        return error.exit_code
    return _crawl(site, argv[0], data, {}, {})


def _crawl(
    site: str, url: str, data: Path, env: Mapping[str, str], settings: Mapping[str, str]
) -> int:
    data.mkdir(parents=True, exist_ok=True)
    command = _scrapy("crawl", site, "-a", f"url={url}", "-O", str(data / f"{site}.jsonl"))
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    shown = os.path.relpath(data)
    place = str(data) if shown.startswith("..") else shown
    return subprocess.run(
        command, check=False, env={**os.environ, **env, "DOCSHELF_DATA": place}
    ).returncode


@contextmanager
def _demo() -> Iterator[str]:
    """Serve the demo site; yield the address of its proxy."""
    server = subprocess.Popen(
        _scrapy("demo", "--port", "0"), stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        ready = server.stdout.readline() if server.stdout else ""
        yield next(word.rstrip(",") for word in ready.split() if word.startswith("http://"))
    finally:
        server.terminate()
        server.wait()


def _scrapy(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "scrapy", *arguments]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
