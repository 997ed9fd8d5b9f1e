"""What a perfect crawl of the demo would export."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from crawler.errors import DiskError, UsageError
from crawler.items import to_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from crawler.demo.documents import Catalogue


def records(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    """Yield a site's records by document ID, without what the crawl itself adds to them."""
    for number in sorted(range(catalogue.count), key=catalogue.doc_id):
        if document := catalogue.document(number):
            record = to_record(document)
            del record["fetched_at"], record["reader"]
            yield record


def write_truth(path: Path, catalogues: Iterable[Catalogue]) -> None:
    """Write the records of all sites, in the given order, to *path*: whole, or not at all.

    Raise ``UsageError`` for a folder, ``DiskError`` where the file cannot be written.
    """
    part = path.parent / f".{path.name}.{os.getpid()}.part"
    try:
        _refuse_folder(path)
        with part.open("x", encoding="utf-8") as file:
            for catalogue in catalogues:
                for record in records(catalogue):
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise DiskError(f"--truth {path}: cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"--truth {path}: a folder, give the name of a file")
