"""First step: from a page's words to our types."""

from __future__ import annotations

from crawler.items import RawDocument
from crawler.reading.normalise import normalise


class NormalisePipeline:
    """Makes a ``Document`` of every ``RawDocument``; anything else passes."""

    def process_item(self, item: object) -> object:
        """Return *item*, normalised."""
        return normalise(item) if isinstance(item, RawDocument) else item
