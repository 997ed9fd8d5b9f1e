"""What a perfect crawl of the demo would export."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from crawler.items import to_record
from crawler.storage.files import whole_file

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

    Raise ``DiskError`` where the file cannot be written.
    """
    with whole_file(path) as file:
        for catalogue in catalogues:
            for record in records(catalogue):
                file.write(f"{json.dumps(record, ensure_ascii=False)}\n".encode())
