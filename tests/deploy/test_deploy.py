"""What a scheduler runs: the files in ``deploy`` are taken, and may be run at any hour."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from crawler import settings
from crawler.errors import ExitCode
from tests.crash.crawl import Crawl
from tests.crash.place import Place
from tests.crash.processes import KILLED, PROJECT, SOON, begin, start
from tests.crash.site import FRONT, SITE, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.crash.processes import Process

DEPLOY: Final = PROJECT / "deploy"
HOME: Final = "/srv/docshelf"
ANALYZE: Final = shutil.which("systemd-analyze") or ""
SOME: Final = 30
SH: Final = "/bin/sh"
SCRAPY: Final = f"""#!{SH}
exec {shlex.quote(sys.executable)} -m scrapy "$@" -a url={FRONT} -s DOWNLOAD_DELAY=0
"""
"""What is installed as ``scrapy``: politely to nobody, and at the demo site."""


def unit(name: str) -> RawConfigParser:
    """Return what the file *name* tells systemd."""
    told = RawConfigParser()
    told.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    told.read(DEPLOY / name, encoding="utf-8")
    return told


def crontab() -> str:
    """Return the command in the crontab, as cron gives it to a shell."""
    text = (DEPLOY / "crontab").read_text(encoding="utf-8")
    [line] = [line for line in text.splitlines() if not line.startswith("#")]
    assert "%" not in line, "cron would end the line there"
    return re.sub(r"^(?:[0-9*]+ ){5}", "", line)


def read_variables(path: Path) -> dict[str, str]:
    """Return what a shell takes from the environment file at *path*."""
    script = f"set -a && . {shlex.quote(str(path))} && env -0"
    done = subprocess.run([SH, "-c", script], env={}, capture_output=True, check=True)
    pairs = (pair.partition("=") for pair in done.stdout.decode().split("\0") if pair)
    return {name: value for name, _, value in pairs if name not in {"PWD", "SHLVL", "_"}}


@dataclass(frozen=True)
class Installation:
    """Docshelf where the files say that it is, but for the beginning of the paths."""

    folder: Path

    @property
    def place(self) -> Place:
        return Place.with_sqlite(self.folder / "data")

    @property
    def environment_file(self) -> Path:
        return self.folder / "docshelf.env"

    def here(self, text: str) -> str:
        """Return *text* of a file with its paths in this folder."""
        here = text.replace("/etc/docshelf.env", str(self.environment_file))
        return here.replace(HOME, str(self.folder)).replace("%i", SITE)

    def install(self, proxy: str) -> None:
        for name in ("scrapy.cfg", "crawler", "pipelines", "spiders"):
            (self.folder / name).symlink_to(PROJECT / name)
        program = self.folder / ".venv/bin/scrapy"
        program.parent.mkdir(parents=True)
        program.write_text(SCRAPY, encoding="utf-8")
        program.chmod(0o755)
        (self.folder / "data").mkdir()
        told = (DEPLOY / "docshelf.env").read_text(encoding="utf-8")
        told += f'http_proxy="{proxy}"\nDOCSHELF_RETRY_DELAY="0.05"\n'
        self.environment_file.write_text(self.here(told), encoding="utf-8")

    def tell(self, line: str) -> None:
        """Add *line* to the environment file."""
        with self.environment_file.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def by_systemd(self) -> Process:
        service = unit("docshelf@.service")["Service"]
        told = {name: self.here(value) for name, value in service.items()}
        told_environment = read_variables(Path(told["EnvironmentFile"]))
        folder = Path(told["WorkingDirectory"])
        return begin(shlex.split(told["ExecStart"]), folder, bare() | told_environment)

    def by_cron(self) -> Process:
        return begin([SH, "-c", self.here(crontab())], self.folder.parent, bare())


def bare() -> dict[str, str]:
    """Return about what a scheduler leaves of an environment."""
    return {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def installed(tmp_path: Path, site: Site) -> Installation:
    installation = Installation(tmp_path)
    installation.install(site.proxy)
    return installation


def test_it_may_be_run_at_any_hour(installed: Installation, site: Site) -> None:
    held = site.hold_after(SOME)
    first = installed.by_systemd()
    assert held.wait(SOON), first.wait(0).said
    second = installed.by_systemd().wait()
    assert second.code == ExitCode.ALREADY_RUNNING, second.said
    assert installed.by_cron().wait().said == "", "another crawl is nothing to be mailed"
    first.kill()
    site.go_on()
    assert first.wait().code == KILLED
    third = installed.by_systemd().wait()
    assert third.code == ExitCode.OK, third.said
    assert site.conditional == 0, "it went on with the first pass"

    site.after(SOME, (killed := installed.by_systemd()).kill)
    assert killed.wait().code == KILLED
    last = installed.by_cron().wait()
    assert (last.code, last.said) == (ExitCode.OK, "")
    assert site.conditional == site.not_modified > 0
    [crawls] = installed.place.rows("crawls")
    assert [(row["pass_number"], row["ended_at"] is None) for row in crawls] == [(2, False)]
    assert Crawl(site, installed.place, start).command("verify").code == ExitCode.OK
    log = (installed.folder / "data/wenku365.log").read_text(encoding="utf-8")
    assert f"{SITE}: done\n" in log
    assert "\x1b" not in log
    assert "\r" not in log


def test_cron_mails_the_end_of_the_log_of_what_failed(installed: Installation) -> None:
    installed.tell('DOCSHELF_BATCH_SIZE="many"')
    said = installed.by_cron().wait().said
    assert said == "scrapy crawl: setting DOCSHELF_BATCH_SIZE: 'many' is not a whole number\n"


@pytest.mark.skipif(not ANALYZE, reason="needs systemd-analyze")
def test_systemd_takes_the_units(installed: Installation) -> None:
    for kind in ("service", "timer"):
        text = (DEPLOY / f"docshelf@.{kind}").read_text(encoding="utf-8")
        # %i stays: it is for systemd to fill in.
        here = text.replace(HOME, str(installed.folder))
        (installed.folder / f"docshelf@{SITE}.{kind}").write_text(here, encoding="utf-8")
    done = subprocess.run(
        [ANALYZE, "verify", "--man=no", *installed.folder.glob("docshelf@*")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_each_exit_code_is_a_success_or_a_reason_to_wait_or_to_look() -> None:
    service = unit("docshelf@.service")["Service"]
    success = {ExitCode(int(code)) for code in service["SuccessExitStatus"].split()}
    looked_at = {ExitCode(int(code)) for code in service["RestartPreventExitStatus"].split()}
    assert success == {ExitCode.ALREADY_RUNNING, ExitCode.INTERRUPTED}
    tried_again = {ExitCode.DISK, ExitCode.DATABASE}
    assert {ExitCode.OK} | success | looked_at | tried_again == set(ExitCode)
    assert not looked_at & (success | tried_again)


def test_what_the_environment_file_names_is_a_setting_and_the_same_to_systemd() -> None:
    text = (DEPLOY / "docshelf.env").read_text(encoding="utf-8")
    named = dict(re.findall(r'^#?(DOCSHELF_\w+)="([^"\\$`]*)"$', text, re.MULTILINE))
    assert len(named) == len(re.findall("^#?[A-Z]", text, re.MULTILINE))
    assert named.keys() <= vars(settings).keys()
    told = read_variables(DEPLOY / "docshelf.env")
    assert told.items() <= named.items()
    assert told
