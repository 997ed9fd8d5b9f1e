"""Standard streams that are closed, full, or read by nobody change no exit code but by intent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Documents, Scrapy, Web

FRONT = "http://www.wenku365.com/"
URL = f"{FRONT}p-1000001.html"
CRAWL = f"crawl wenku365 -s DOWNLOAD_DELAY=0 -a ids=1000001-1000099 -a url={FRONT}"
CLOSED = "standard output is closed; name a file instead\n"
FULL = "standard output: cannot be written: No space left on device\n"


class Shell(Protocol):
    def __call__(self, command: str) -> tuple[int, str]: ...


@pytest.fixture
def shell(environment: dict[str, str]) -> Shell:
    """Run ``scrapy COMMAND`` in a shell; return its own exit code, and all that was said."""

    def run(command: str) -> tuple[int, str]:
        done = subprocess.run(
            ["/bin/bash", "-c", f"python -m scrapy {command}; exit ${{PIPESTATUS[0]}}"],
            cwd=Path(__file__).parents[2],
            env=environment | {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
            capture_output=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stderr.decode()

    return run


@pytest.fixture
def site(web: Web, document: Documents) -> None:
    for doc_id in range(1000001, 1000100):
        web.put(f"/p-{doc_id}.html", document(doc_id))


@pytest.fixture
def page(tmp_path: Path, document: Documents) -> Path:
    path = tmp_path / "page.html"
    path.write_text(document(1000001))
    return path


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "redirection", [">&-", "2>&-", ">&- 2>&-", "2>/dev/full", "2>&1 | head -1", "<&- >&- 2>&-"]
)
def test_a_crawl_that_nobody_listens_to(shell: Shell, scrapy: Scrapy, redirection: str) -> None:
    code, errors = shell(f"{CRAWL} -s LOGSTATS_INTERVAL=0.01 {redirection}")
    assert (code, "Traceback" in errors) == (0, False)
    assert scrapy("export").stdout.count("\n") == 99


@pytest.mark.parametrize(
    "command",
    ["crawl nosite", f"read nosuch --url {URL}", "export --since noon", "demo --port x"],
)
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", ">&- 2>&-"])
def test_wrong_usage_that_nobody_is_told(shell: Shell, command: str, redirection: str) -> None:
    assert shell(f"{command} {redirection}") == (2, "")


@pytest.mark.usefixtures("site")
def test_lines_to_a_closed_output(shell: Shell, scrapy: Scrapy, web: Web, page: Path) -> None:
    assert shell(f"{CRAWL} -O - >&-") == (22, f"scrapy crawl: {CLOSED}")
    assert web.asked == []
    assert shell(f"read {page} --url {URL} >&-") == (22, f"scrapy read: {CLOSED}")
    scrapy(*CRAWL.split())
    assert shell("export >&-") == (22, f"scrapy export: {CLOSED}")
    assert shell("demo --port 0 >&-") == (22, f"scrapy demo: {CLOSED}")


@pytest.mark.usefixtures("site")
def test_lines_to_a_full_output(shell: Shell, scrapy: Scrapy, page: Path) -> None:
    assert shell(f"read {page} --url {URL} >/dev/full") == (22, f"scrapy read: {FULL}")
    scrapy(*CRAWL.split())
    assert shell("export >/dev/full") == (22, f"scrapy export: {FULL}")
    code, errors = shell(f"{CRAWL} -a again=1 -O - >/dev/full")
    assert (code, "Traceback" in errors) == (22, False)
    assert "not all was written: standard output: No space left on device" in errors


@pytest.mark.usefixtures("site")
def test_lines_to_a_reader_that_has_enough(shell: Shell, scrapy: Scrapy) -> None:
    code, errors = shell(f"{CRAWL} -O - | head -1")
    assert (code, "not all was written" in errors, "Traceback" in errors) == (0, False, False)
    assert "wenku365: done" in errors
    scrapy(*CRAWL.split())
    assert shell("export | head -1") == (0, "")
