from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

from crawler.fetching.exporter import RecordLinesExporter
from crawler.items import to_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.items import Document


def _exported(item: object, **options: object) -> bytes:
    file = BytesIO()
    exporter = RecordLinesExporter(file, encoding="utf-8", **options)
    exporter.start_exporting()
    exporter.export_item(item)
    exporter.finish_exporting()
    return file.getvalue()


def test_a_document_is_its_line(make_document: Callable[..., Document]) -> None:
    assert _exported(make_document()) == to_line(make_document()).encode() + b"\n"


def test_fields_may_be_chosen(make_document: Callable[..., Document]) -> None:
    line = _exported(make_document(), fields_to_export=["title", "doc_id", "fetched_at"])
    assert json.loads(line) == {
        "title": "第1号年度工作报告",
        "doc_id": "00000001",
        "fetched_at": "2026-11-24T08:00:00Z",
    }


def test_other_items_are_scrapys() -> None:
    assert _exported({"名": "值"}) == '{"名": "值"}\n'.encode()
