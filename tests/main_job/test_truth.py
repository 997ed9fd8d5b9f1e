"""The main job: a crawl of the demo site exports what the demo site says is true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
SITES = {"31ppt": "http://www.31ppt.com/", "wenku365": "http://www.wenku365.com/"}
NOT_OF_THE_SITE = ("fetched_at", "reader")


def scrapy(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(
        command, cwd=PROJECT, env=env, check=False, capture_output=True, text=True, timeout=120
    )


def records(lines: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines()]


def of_the_site(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in NOT_OF_THE_SITE}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Serve a demo site with all its faults; give the address of its proxy, and its truth."""
    truth = tmp_path_factory.mktemp("demo") / "truth.jsonl"
    command = [sys.executable, "-m", "scrapy", "demo", "--port", "0", "--documents", "120"]
    with subprocess.Popen(
        [*command, "--truth", str(truth)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        ready = server.stdout.readline()
        yield next(word.rstrip(",") for word in ready.split() if word.startswith("http://")), truth
        server.terminate()


def test_the_export_of_a_crawl_is_the_truth(
    demo: tuple[str, Path], database_url: str, tmp_path: Path
) -> None:
    proxy, truth = demo
    env = {**os.environ, "DOCSHELF_DATABASE_URL": database_url, "DOCSHELF_DATA": str(tmp_path)}
    env |= {"http_proxy": proxy, "no_proxy": "", "DOCSHELF_CONTACT": "https://example.org/"}
    wanted = records(truth.read_text(encoding="utf-8"))
    for turn in ("first", "again"):
        fed = []
        told = ["-a", "again=1"] if turn == "again" else []
        for site, url in SITES.items():
            feed = tmp_path / f"{site}-{turn}.jsonl"
            crawl = scrapy(
                *("crawl", site, "-a", f"url={url}", "-O", str(feed), "-s", "DOWNLOAD_DELAY=0"),
                *told,
                env=env,
            )
            assert crawl.returncode == 0, crawl.stderr
            fed += feed.read_text(encoding="utf-8").splitlines()
        export = scrapy("export", env=env)
        assert export.returncode == 0, export.stderr
        assert list(map(of_the_site, records(export.stdout))) == wanted
        lines = export.stdout.splitlines()
        # In the second pass, what did not change is not sent again.
        assert sorted(fed) == sorted(lines) if turn == "first" else set(fed) < set(lines)
