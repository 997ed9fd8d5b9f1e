"""What is true of every document-sharing site: reading, fetching, keeping."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final

try:
    _VERSION = version("docshelf")
except PackageNotFoundError:  # a checkout that nobody installed
    _VERSION = "dev"

SOFTWARE: Final = f"docshelf/{_VERSION}"
"""The name and the version of what asks, reads and writes."""
