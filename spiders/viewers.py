"""What the viewers of document-sharing sites say of a document's pages."""

import re
from typing import Final

from crawler.reading import DocumentPage
from crawler.reading.fields import Field, TextField

_POSITION: Final = re.compile(r"/\s{0,9}[共约]?\s{0,9}(\d{1,7})")
_MOST: Final = 20
"""No more elements are looked at: those that hold one another would be read over and over."""


def position_total(query: str) -> TextField:
    """Read the number of all pages where a viewer shows its position: 36 of ``1/36``.

    It stands in one of the elements that the CSS *query* selects.
    """

    def read(page: DocumentPage) -> str | None:
        texts = (node.text(deep=True) for node in page.tree.css(query)[:_MOST])
        return next((found[1] for text in texts if (found := _POSITION.search(text))), None)

    return Field(read)


def distinct(query: str, name: str) -> TextField:
    """Read the number of pages shown: of the values that *name* has where *query* finds it."""

    def read(page: DocumentPage) -> str | None:
        values = {node.attributes.get(name) for node in page.tree.css(query)} - {None, ""}
        return str(len(values)) if values else None

    return Field(read)
