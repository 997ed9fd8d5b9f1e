"""What a scheduler runs: the command lines in ``deploy`` are real, and may be run at any hour."""

from __future__ import annotations

import os
import re
import shlex
from configparser import RawConfigParser
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.crash.crawl import Crawl
from tests.crash.place import Place
from tests.crash.processes import KILLED, SOON, start
from tests.crash.site import FRONT, SITE, Site

if TYPE_CHECKING:
    from tests.crash.processes import Process

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
OK: Final = 0
ALREADY_RUNNING: Final = 3
SOME: Final = 30


def of_the_unit() -> list[str]:
    """Return what the service gives ``scrapy``."""
    unit = RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    unit.read(DEPLOY / "docshelf@.service", encoding="utf-8")
    program, *arguments = shlex.split(unit["Service"]["ExecStart"].replace("%i", SITE))
    assert Path(program).name == "scrapy"
    return arguments


def of_the_crontab() -> list[str]:
    """Return what the line of the crontab gives ``scrapy``."""
    text = (DEPLOY / "crontab").read_text(encoding="utf-8")
    found = re.search(r"^17 3 \* \* \* .* && \S+/scrapy (.*) >>\S+ 2>&1$", text, re.MULTILINE)
    assert found is not None
    return shlex.split(found[1])


def begin(arguments: list[str], site: Site, place: Place) -> Process:
    """Start what a scheduler does, politely to nobody, and at the demo site."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DOCSHELF_", "CRASH_")) and not name.lower().endswith("_proxy")
    }
    told = {"http_proxy": site.proxy, "DOCSHELF_RETRY_DELAY": "0.05"}
    demo = ["-a", f"url={FRONT}", "-s", "DOWNLOAD_DELAY=0"]
    return start([*arguments, *demo], kept | place.environment | told)


def test_both_run_the_same() -> None:
    assert of_the_unit() == of_the_crontab()


def test_it_may_be_run_at_any_hour(tmp_path: Path) -> None:
    place = Place.with_sqlite(tmp_path / "data")
    with Site() as site:
        held = site.hold_after(SOME)
        first = begin(of_the_unit(), site, place)
        assert held.wait(SOON), first.wait(0).said
        second = begin(of_the_crontab(), site, place).wait()
        assert second.code == ALREADY_RUNNING, second.said
        first.kill()
        site.go_on()
        assert first.wait().code == KILLED
        third = begin(of_the_unit(), site, place).wait()
        assert third.code == OK, third.said
        assert site.conditional == 0, "it went on with the first pass"

        site.after(SOME, (killed := begin(of_the_unit(), site, place)).kill)
        assert killed.wait().code == KILLED
        last = begin(of_the_crontab(), site, place).wait()
        assert last.code == OK, last.said
        assert site.conditional == site.not_modified > 0
        assert Crawl(site, place, start).command("verify").code == OK
        assert {row["pass_number"] for row in place.rows("crawls")[0]} == {2}
