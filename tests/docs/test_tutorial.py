"""The site that the tutorial adds reads a page as the site has them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from crawler.reading import normalise

TUTORIAL = Path(__file__).parents[2] / "docs/tutorial.md"
PAGE = """<!doctype html><html lang="en"><head><title>[1706.03762] Herons of Village Ponds</title>
<meta name="citation_title" content="Herons of Village Ponds">
<meta name="citation_author" content="Oakley, Marge">
<meta name="citation_author" content="Pemberly, R.">
<meta name="citation_date" content="2017/06/12"></head><body>
<div class="dateline">[Submitted on 12 Jun 2017]</div>
<h1 class="title mathjax"><span class="descriptor">Title:</span>Herons of Village Ponds</h1>
<blockquote class="abstract mathjax"><span class="descriptor">Abstract:</span>We string red thread
over three ponds and count herons for a year.</blockquote>
<table><tr><td class="tablecell label">Comments:</td>
<td class="tablecell comments mathjax">15 pages, 5 figures</td></tr>
<tr><td class="tablecell label">Subjects:</td><td class="tablecell subjects">
<span class="primary-subject">Ponds (po.HE)</span>; Birds (po.BI)</td></tr></table></body></html>"""


def test_the_site_that_the_tutorial_adds() -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    [source] = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    module: dict[str, Any] = {"__name__": "spiders.arxiv"}
    exec(source, module)  # noqa: S102 - what the tutorial says
    address = "https://arxiv.org/abs/1706.03762"
    document = normalise(module["ArxivPage"](address, PAGE.encode()).document())
    assert (document.doc_id, document.title) == ("1706.03762", "Herons of Village Ponds")
    assert (document.page_count, document.uploaded_on) == (15, date(2017, 6, 12))
    assert (document.uploader, document.category) == ("Oakley, Marge", "Ponds (po.HE)")
    assert document.preview
    assert "red thread" in document.preview
