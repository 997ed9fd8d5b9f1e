"""The database: what is kept of every document, in SQLite or PostgreSQL."""

from __future__ import annotations

from crawler.storage.address import (
    archive_folder,
    data_folder,
    database_url,
    project_folder,
    shown,
)
from crawler.storage.captures import CaptureRow
from crawler.storage.store import Counts, Store, find_store, open_store

__all__ = [
    "CaptureRow",
    "Counts",
    "Store",
    "archive_folder",
    "data_folder",
    "database_url",
    "find_store",
    "open_store",
    "project_folder",
    "shown",
]
