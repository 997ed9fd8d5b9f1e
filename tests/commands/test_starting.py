"""A command as anybody starts it: most tests have it started by a process that knows it already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.commands.conftest import Starter


@pytest.mark.parametrize("name", ["rebuild", "repair", "reparse", "verify"])
def test_it_starts_and_says_what_it_does(start: Starter, name: str) -> None:
    process = start(name, "--help")
    said, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert f"scrapy {name}" in said
