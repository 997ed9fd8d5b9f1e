"""The database: what is kept of every document, in SQLite or PostgreSQL."""

from __future__ import annotations

from crawler.storage.address import data_folder, database_url, project_folder, shown
from crawler.storage.store import Counts, Store, open_store

__all__ = [
    "Counts",
    "Store",
    "data_folder",
    "database_url",
    "open_store",
    "project_folder",
    "shown",
]
