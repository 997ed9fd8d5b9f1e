"""A crawl of the demo site into a place, begun as often as it takes."""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.crash.comparing import Kept, faults, untrue
from tests.crash.launcher import TRACE
from tests.crash.place import Place
from tests.crash.site import FAULTS, FRONT, SITE, Site

if TYPE_CHECKING:
    from crawler.demo.options import DemoOptions
    from tests.crash.processes import Ended, Process, Starter

COMMAND: Final = ("crawl", SITE, "-a", f"url={FRONT}", "-s", "DOWNLOAD_DELAY=0")
IN_FLIGHT: Final = 8
"""How many pages a crawl asks for at a time, by its settings."""


@dataclass(frozen=True, slots=True)
class Crawl:
    """One command, and where what it keeps goes."""

    site: Site
    place: Place
    start: Starter
    arguments: tuple[str, ...] = ()

    def begin(self, *arguments: str, **environment: str) -> Process:
        """Start the crawl, or go on with it; with *arguments* and an environment for this run."""
        command = (*COMMAND, *self.arguments, *arguments)
        return self.start(command, self._environment | environment)

    def run(self, *arguments: str, **environment: str) -> Ended:
        """Crawl until it ends by itself."""
        return self.begin(*arguments, **environment).wait()

    def command(self, *arguments: str) -> Ended:
        """Run another command on what is kept."""
        return self.start(arguments, self._environment).wait()

    def faults(self, wanted: Kept) -> list[str]:
        """Return all that is wrong now that the crawl has ended: nothing, if nothing is lost."""
        found = faults(self.place, wanted)
        verify = self.command("verify")
        if verify.code:
            found.append(f"verify exits with {verify.code}: {verify.said}")
        with tempfile.TemporaryDirectory() as folder:
            lines = Path(folder, "lines.jsonl")
            export = self.command("export", "-o", str(lines))
            if export.code:
                return [*found, f"export exits with {export.code}: {export.said}"]
            return [*found, *untrue(lines.read_text(encoding="utf-8"), self.site.truth)]

    @property
    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DOCSHELF_", "CRASH_"))
            and not name.endswith(("_proxy", "_PROXY"))
        }
        return (
            kept
            | self.place.environment
            | {
                "http_proxy": self.site.proxy,
                "DOCSHELF_CONTACT": "https://archive.example/bot",
                "DOCSHELF_RETRY_DELAY": "0.05",
                "PYTHONUNBUFFERED": "1",
            }
        )


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a crawl comes to that nothing befell."""

    kept: Kept
    answers: Counter[str]
    """How often each address was answered."""
    first_answer_seconds: float
    """How long after its start, without imports, the crawl had its first answer."""
    points: Counter[str]
    """How many points of each kind it passed."""


def undisturbed(
    start: Starter, folder: Path, options: DemoOptions = FAULTS, *arguments: str
) -> Undisturbed:
    """Crawl a demo site into *folder* and return what it came to."""
    folder.mkdir(parents=True, exist_ok=True)
    with Site(options) as site:
        crawl = Crawl(site, Place.with_sqlite(folder / "data"), start, arguments)
        begun = time.monotonic()
        answered: list[float] = []
        site.after(1, lambda: answered.append(time.monotonic() - begun))
        trace = folder / "trace"
        ended = crawl.run(**{TRACE: str(trace)})
        kept = Kept.at(crawl.place)
        found = crawl.faults(kept)
        if ended.code or found:
            raise AssertionError("\n".join([*found, ended.said]))
        points = Counter(trace.read_text(encoding="utf-8").split())
        return Undisturbed(kept, site.answers, answered[0], points)
