import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from crawler.demo.options import DemoOptions
from crawler.demo.server import Demo
from crawler.demo.truth import records
from crawler.errors import ExitCode
from tests.crash.processes import Nursery

PROJECT = Path(__file__).parents[2]


def start(*options: str, hash_seed: str = "0") -> subprocess.Popen[str]:
    return subprocess.Popen(  # our own command
        [sys.executable, "-m", "scrapy", "demo", *options],
        cwd=PROJECT,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def serving(*options: str, hash_seed: str = "0") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the command, and give the process and its ready line."""
    process = start("--port", "0", *options, hash_seed=hash_seed)
    with process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline()
        finally:
            process.kill()


def get(proxy: str, address: str) -> bytes:
    with build_opener(ProxyHandler({"http": proxy})).open(address, timeout=20) as answer:
        body: bytes = answer.read()
    return body


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_as_a_proxy_until_it_is_told_to_end(number: signal.Signals) -> None:
    with serving("--documents", "20", "--no-faults") as (process, line):
        proxy = line.split()[3].rstrip(",")
        command = f"http_proxy={proxy} scrapy crawl wenku365 -a url=http://www.wenku365.com/"
        assert f"{command} -s DOWNLOAD_DELAY=0\n" in line
        front = get(proxy, "http://www.wenku365.com/").decode()
        [address, *_] = re.findall(r'href="(p-\d+\.html)"', front)
        assert "由会员上传分享" in get(proxy, f"http://www.wenku365.com/{address}").decode()
        assert "三一办公" in get(proxy, "http://www.31ppt.com/").decode()
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, "", "")


def test_the_truth_is_written_first_and_is_the_same_every_time(tmp_path: Path) -> None:
    truths = []
    for hash_seed in ("1", "2"):
        path = tmp_path / f"truth-{hash_seed}.jsonl"
        with serving("--truth", str(path), "--documents", "30", hash_seed=hash_seed):
            truths.append(path.read_text(encoding="utf-8"))
    assert truths[0] == truths[1]
    sites = Demo(DemoOptions(documents=30)).sites
    expected = [record for site in sites for record in records(site.catalogue)]
    assert [json.loads(line) for line in truths[0].splitlines()] == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["truth-1.jsonl", "truth-2.jsonl"]


def test_a_truth_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    with start("--port", "0", "--documents", "5000000", "--truth", str(tmp_path / "t")) as process:
        while not list(tmp_path.iterdir()):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=20) == ("", "scrapy demo: interrupted\n")
    assert process.returncode == ExitCode.INTERRUPTED
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--documents", "0"], "--documents 0: give a whole number from 1 to 5000000"),
        (["--documents", "many"], "--documents many: give a whole number from 1 to 5000000"),
        (["--seed", "-1"], "--seed -1: give a whole number from 0 to"),
        (["--port", "65536"], "--port 65536: give a whole number from 0 to 65535"),
        (["--page-bytes", "3e4"], "--page-bytes 3e4: give a whole number from 0 to"),
        (["--rate-gbk", "1.1"], "--rate-gbk 1.1: give a number from 0 to 1"),
        (["--rate-not-found", "nan"], "--rate-not-found nan: give a number from 0 to 1"),
        (["--rate-cats", "0.5"], "unknown option --rate-cats; see scrapy demo --help"),
        (["wenku365"], "wenku365: the demo takes options only"),
        (["--host", "nowhere.invalid", "--port", "0"], "cannot listen on nowhere.invalid port 0"),
        (["--host", "x" * 70, "--port", "0"], "cannot listen on xxx"),
        (["-s", "DOWNLOAD_DELAY"], "-s DOWNLOAD_DELAY"),
        (["--truth", "-"], "--truth -: name a file"),
        (["--truth", "/nowhere/t.jsonl"], "--truth /nowhere/t.jsonl: there is no folder /nowhere"),
        (["--truth", "."], "--truth .: is a folder"),
    ],
)
def test_nonsense_ends_with_one_line(nursery: Nursery, options: list[str], problem: str) -> None:
    done = nursery.complete(["demo", *options], os.environ)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (ExitCode.USAGE, "", 1)
    assert done.stderr.startswith(f"scrapy demo: {problem}")


def test_a_port_in_use_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start("--port", str(port))
        _, err = process.communicate(timeout=30)
    assert process.returncode == ExitCode.USAGE
    assert err == f"scrapy demo: cannot listen on 127.0.0.1 port {port}: Address already in use\n"


def test_a_truth_that_cannot_be_written_is_a_matter_of_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "full.jsonl"
    path.symlink_to("/dev/full")
    process = start("--truth", str(path), "--documents", "30")
    _, err = process.communicate(timeout=30)
    assert process.returncode == ExitCode.DISK
    assert err == f"scrapy demo: {path}: cannot be written: No space left on device\n"
