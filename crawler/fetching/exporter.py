"""Scrapy's feeds (``scrapy crawl … -O x.jsonl``), in the record's own lines."""

from __future__ import annotations

from scrapy.exporters import JsonLinesItemExporter

from crawler.items import Document, to_line, to_record


class RecordLinesExporter(JsonLinesItemExporter):
    """Writes each ``Document`` as ``to_line`` does; ``FEED_EXPORT_FIELDS`` chooses among its keys.

    Other items are written as Scrapy writes them.
    """

    def export_item(self, item: object) -> None:
        """Write *item* as one line."""
        if not isinstance(item, Document):
            super().export_item(item)
        elif self.fields_to_export is None:
            self.file.write(f"{to_line(item)}\n".encode())
        else:
            super().export_item(to_record(item))
