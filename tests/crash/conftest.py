"""What the trials share: a way to start processes, and crawls that nothing befell."""

from __future__ import annotations

import os
from contextlib import ExitStack
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

import pytest

from tests.crash.crawl import Crawl, Undisturbed, undisturbed
from tests.crash.databases import new_database
from tests.crash.place import Place
from tests.crash.site import FAULTS, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.demo.options import DemoOptions
    from tests.crash.processes import Nursery, Starter


@pytest.fixture(scope="session")
def seed() -> int:
    """Return what all chance follows from: ``CRASH_SEED``, or another number each time."""
    return int(os.environ.get("CRASH_SEED") or SystemRandom().randrange(1_000_000))


@pytest.fixture
def random(seed: int, request: pytest.FixtureRequest) -> Random:
    print(f"CRASH_SEED={seed}")  # noqa: T201 - shown beside a failure
    return Random(f"{seed} {request.node.name}")  # noqa: S311 - to be had again


@pytest.fixture(scope="session")
def usual(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Return what the usual crawl of the demo comes to."""
    return undisturbed(nursery, tmp_path_factory.mktemp("usual"))


class Crawls(Protocol):
    """Makes a new crawl, of a site and into a place of its own."""

    def __call__(
        self,
        backend: str = "sqlite",
        *arguments: str,
        options: DemoOptions = FAULTS,
        start: Starter | None = None,
    ) -> Crawl: ...


@pytest.fixture
def crawls(nursery: Nursery, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Crawls]:
    with ExitStack() as stack:

        def new(
            backend: str = "sqlite",
            *arguments: str,
            options: DemoOptions = FAULTS,
            start: Starter | None = None,
        ) -> Crawl:
            data = tmp_path / uuid4().hex / "data"
            if backend == "sqlite":
                place = Place.with_sqlite(data)
            else:
                server = request.getfixturevalue("postgresql_url")
                place = Place(data, stack.enter_context(new_database(server)))
            return Crawl(stack.enter_context(Site(options)), place, start or nursery, arguments)

        yield new
