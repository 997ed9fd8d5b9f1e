"""Lines with a space wherever one element's text ends and another's begins.

Pages of the West set numbers and words in elements of their own without a space between them:
``<span>2016</span><span>120 views</span>`` are not 2,016,120 views.
"""

import re

from crawler.reading import DocumentPage
from crawler.reading.fields import Field, TextField
from crawler.reading.lines import fold
from crawler.reading.rows import CELL, SEAM


def spaced_line(page: DocumentPage, number: int) -> str:
    """Return line *number* of *page* with its elements apart."""
    marked = page.lines.marked(number)
    if SEAM not in marked and CELL not in marked:
        return page.lines[number]
    return " ".join(marked.replace(SEAM, " ").replace(CELL, " ").split())


def spaced(pattern: str) -> TextField:
    """Read the first group of the first line that *pattern*, a regular expression, is found in.

    The pattern sees half-width punctuation, and the lines with their elements apart.
    """
    compiled = re.compile(pattern)

    def read(page: DocumentPage) -> str | None:
        for number in page.header:
            text = spaced_line(page, number)
            if found := compiled.search(fold(text)):
                return text[slice(*found.span(1))].strip() or None
        return None

    return Field(read)
