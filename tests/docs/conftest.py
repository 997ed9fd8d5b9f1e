"""What the tests of the documentation share: its generator."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture(scope="session")
def generator() -> SimpleNamespace:
    """Return what ``docs/generate.py`` defines."""
    return SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "docs/generate.py")))
