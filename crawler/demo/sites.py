"""The two sites of the demo: their addresses, and what their pages name a place for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

_TOPS: Final = ("教育资料", "办公文档", "专业资料")
_LEAVES: Final = (
    *(
        "小学教案",
        "工作总结",
        "建筑施工",
        "初中试卷",
        "规章制度",
        "机械图纸",
        "高中课件",
        "合同范本",
    ),
    *(
        "电力电气",
        "大学论文",
        "会议纪要",
        "医学护理",
        "幼儿教育",
        "演讲致辞",
        "农林牧渔",
        "学术论文",
    ),
    *(
        "财务报表",
        "化学化工",
        "外语学习",
        "人力资源",
        "交通运输",
        "竞赛题库",
        "应急预案",
        "环境保护",
    ),
)
"""The leaf at place n is a child of the top at place n % 3."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A category's list: the documents from *start* on, in steps of *step*."""

    stem: str
    """Its address, without the page's number and the ending."""
    name: str
    start: int
    step: int


@dataclass(frozen=True, kw_only=True)
class Site:
    """What is true of one site, whatever documents it has."""

    name: str
    title: str
    host: str
    document_stem: str
    top_stem: str
    leaf_digits: int
    first_id: int
    ids: int
    """How many IDs there may be, from ``first_id`` on."""
    stride: int
    """From one document's ID to the next one's; shares no factor with ``ids``."""
    named: frozenset[str]
    """The record's fields that its pages name a place for."""
    extensions: tuple[str, ...]
    extension_rate: float
    unit_space: str
    slice_length: int
    sliced_rate: float
    least_slices: int
    opening_rate: float
    """How often a text begins with its title again."""
    odd_document: int
    """Which half of an odd number of documents is the larger: 1 for this site, else 0."""

    def share(self, documents: int) -> int:
        """Return how many of all *documents* are this site's."""
        return (documents + self.odd_document) // 2

    def canonical_url(self, doc_id: str) -> str:
        """Return the canonical address of a document's page."""
        return f"https://{self.host}{self.document_path(doc_id)}"

    def document_path(self, doc_id: str) -> str:
        """Return the path of a document's page."""
        return f"/{self.document_stem}-{doc_id}.html"

    def category(self, number: int) -> str:
        """Return the name of the category that document *number* is in."""
        return self.leaves[number % len(_LEAVES)].name

    @cached_property
    def inverse_stride(self) -> int:
        """What undoes ``stride``."""
        return pow(self.stride, -1, self.ids)

    @cached_property
    def tops(self) -> tuple[Listing, ...]:
        """The lists that the front page leads to."""
        return tuple(
            Listing(f"{self.top_stem}{at + 1}", name, at, len(_TOPS))
            for at, name in enumerate(_TOPS)
        )

    @cached_property
    def leaves(self) -> tuple[Listing, ...]:
        """The lists that the tops' lists lead to."""
        return tuple(
            Listing(
                f"{self.tops[at % len(_TOPS)].stem}{at + 21:0{self.leaf_digits}}",
                name,
                at,
                len(_LEAVES),
            )
            for at, name in enumerate(_LEAVES)
        )

    def children(self, listing: Listing) -> tuple[Listing, ...]:
        """Return the lists under *listing*, none for a leaf."""
        if listing.step != len(_TOPS):
            return ()
        return self.leaves[listing.start :: len(_TOPS)]


SITES: Final = (
    Site(
        name="31ppt",
        title="三一办公",
        host="www.31ppt.com",
        document_stem="d",
        top_stem="c-0001",
        leaf_digits=5,
        first_id=1_000_000,
        ids=9_000_000,
        stride=5_562_307,
        named=frozenset(
            {"doc_id", "title", "file_format", "size_bytes", "page_count", "price", "preview"},
        ),
        extensions=("ppt", "pptx", "doc", "docx", "pdf", "xls"),
        extension_rate=0.75,
        unit_space="",
        slice_length=300,
        sliced_rate=0.5,
        least_slices=2,
        opening_rate=0,
        odd_document=0,
    ),
    Site(
        name="wenku365",
        title="天天文库",
        host="www.wenku365.com",
        document_stem="p",
        top_stem="list-1",
        leaf_digits=2,
        first_id=10_000_000,
        ids=90_000_000,
        stride=55_623_059,
        named=frozenset(
            {"doc_id", "title", "size_bytes", "page_count", "uploaded_on", "category", "preview"},
        ),
        extensions=("doc", "docx", "pdf"),
        extension_rate=0.15,
        unit_space=" ",
        slice_length=287,
        sliced_rate=1,
        least_slices=1,
        opening_rate=0.3,
        odd_document=1,
    ),
)
"""In the order of their names."""
