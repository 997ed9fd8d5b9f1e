from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from pipelines.store import StorePipeline

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler

    from crawler.items import Document


class Joined:
    """A crawl's frontier, as far as the pipeline knows it."""

    def __init__(self) -> None:
        self.documents: list[Document] = []

    def join(self, document: Document) -> None:
        self.documents.append(document)


class Crawling:
    """A crawler, as far as the pipeline knows it."""

    def __init__(self, frontier: Joined | None) -> None:
        self._frontier = frontier

    def get_extension(self, kind: type) -> Joined | None:
        assert kind.__name__ == "Frontier"
        return self._frontier


def pipeline(frontier: Joined | None) -> StorePipeline:
    return StorePipeline.from_crawler(cast("Crawler", Crawling(frontier)))


def test_a_document_joins_what_its_page_brought(make_document: Callable[..., Document]) -> None:
    frontier = Joined()
    document = make_document()
    assert pipeline(frontier).process_item(document) is document
    assert frontier.documents == [document]


@pytest.mark.parametrize("item", [{"title": "年报"}, None, 3])
def test_anything_else_passes(item: object) -> None:
    frontier = Joined()
    assert pipeline(frontier).process_item(item) is item
    assert frontier.documents == []


def test_without_a_frontier_all_passes(make_document: Callable[..., Document]) -> None:
    document = make_document()
    assert pipeline(None).process_item(document) is document
