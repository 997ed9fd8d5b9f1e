from __future__ import annotations

from datetime import UTC, datetime

from crawler.items import Document, RawDocument
from pipelines.normalise import NormalisePipeline


def test_words_become_values() -> None:
    raw = RawDocument(
        site="wenku365",
        doc_id="25324311",
        url="https://www.wenku365.com/p-25324311.html",
        title="年度工作报告.docx",
        size="58.50 KB",
        fetched_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
        reader="wenku365/1",
    )
    document = NormalisePipeline().process_item(raw)
    assert isinstance(document, Document)
    assert (document.title, document.file_format) == ("年度工作报告", "docx")
    assert document.size_bytes == 59904


def test_anything_else_passes() -> None:
    item = {"title": "年度工作报告"}
    assert NormalisePipeline().process_item(item) is item
