"""The tables, as the code sees them; ``migrations`` makes them, and a test holds the two together.

``documents`` has the record's columns (see ``Document``) and what only the database knows: among
it the capture that the record was read from. ``captures`` says of each answer in the archive where
it is and what it was taken for. ``crawls`` and ``pages`` are the frontier: what each crawl
has asked and has still to ask.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

if TYPE_CHECKING:
    from sqlalchemy import Dialect


class Status(StrEnum):
    """What became of a document at its site."""

    AVAILABLE = "available"
    """Its page was there when it was last asked for."""
    GONE = "gone"
    """The site says that it is deleted or withheld; what was read before is kept."""
    REMOVED = "removed"
    """Taken out of this archive for good; it is neither exported nor asked for again."""


class Kind(StrEnum):
    """What a page was asked for as."""

    SEED = "seed"
    """A place to start at; a document among them is read alone."""
    LIST = "list"
    """A page that leads to others: a list, a category, a sitemap."""
    DOCUMENT = "document"
    ROBOTS = "robots"


class State(StrEnum):
    """What became of a page in its crawl."""

    DUE = "due"
    """To be asked; not before a certain moment, if it has one."""
    LEASED = "leased"
    """With the process that crawls the site just now."""
    DONE = "done"
    FAILED = "failed"
    """It was asked in vain: as often as may be, or for a reason that does not pass."""
    REFUSED = "refused"
    """The site keeps it from us, or we do not ask such a page."""
    GONE = "gone"
    """It is not there, for us as for everybody."""


class Moment(TypeDecorator[datetime]):
    """An aware moment, given and returned in UTC; SQLite, which knows no zones, keeps it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return *value* in UTC, as *dialect* keeps it; ``ValueError`` if it has no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value} has no time zone"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what *dialect* kept, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


# Both databases then sort as Python does, whatever the locale of a PostgreSQL server.
KEY_TYPE: Final = Text().with_variant(Text(collation="C"), "postgresql")
JSON_TYPE: Final = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

DOCUMENTS: Final = Table(
    "documents",
    METADATA,
    Column("site", KEY_TYPE, primary_key=True),
    Column("doc_id", KEY_TYPE, primary_key=True),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("file_format", Text),
    Column("size_bytes", BigInteger),
    Column("page_count", BigInteger),
    Column("preview_page_count", BigInteger),
    Column("uploaded_on", Date),
    Column("preview", Text),
    Column("uploader", Text),
    Column("category", Text),
    Column("tags", JSON_TYPE),
    Column("price", Text),
    Column("view_count", BigInteger),
    Column("download_count", BigInteger),
    Column("language", Text),
    Column("text_quality", Text),
    Column("missing", JSON_TYPE, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("reader", Text, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("status", Text, nullable=False),
    Column("capture_id", Text),
)

CAPTURES: Final = Table(
    "captures",
    METADATA,
    Column("record_id", KEY_TYPE, primary_key=True),
    Column("site", KEY_TYPE, nullable=False),
    Column("doc_id", KEY_TYPE),
    Column("url", Text, nullable=False),
    Column("captured_at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", BigInteger),
    Column("mime", Text),
    Column("digest", Text),
    Column("file", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("refers_to", Text),
    # PostgreSQL's trees take no address of more than 2,704 bytes; a redirect may lead to any.
    Index("ix_captures_url", "url", postgresql_using="hash"),
    Index("ix_captures_file", "file", "offset"),
    Index("ix_captures_document", "site", "doc_id"),
)

# In SQLite only this type, as a key, is the row's own number.
_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")

CRAWLS: Final = Table(
    "crawls",
    METADATA,
    Column("id", _NUMBER, primary_key=True),
    Column("site", KEY_TYPE, nullable=False),
    Column("key", KEY_TYPE, nullable=False),
    Column("arguments", JSON_TYPE, nullable=False),
    Column("pass_number", BigInteger, nullable=False),
    Column("seeded", BigInteger, nullable=False),
    Column("reopened", BigInteger, nullable=False),
    Column("reopen_to", BigInteger, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("resumes_at", Moment),
    Column("noted_at", Moment),
    Column("open_files", JSON_TYPE),
    UniqueConstraint("site", "key"),
)

PAGES: Final = Table(
    "pages",
    METADATA,
    Column("id", _NUMBER, primary_key=True),
    Column("crawl", _NUMBER, ForeignKey("crawls.id"), nullable=False),
    Column("hash", BigInteger, nullable=False),
    Column("url", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("priority", BigInteger, nullable=False),
    Column("depth", BigInteger, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("not_before", Moment),
    Column("named_by", _NUMBER),
    Column("reason", Text),
    Column("pass_number", BigInteger, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    UniqueConstraint("crawl", "hash"),
)

for _name, _columns, _only in (
    ("due", ("crawl", "priority", "id"), "state = 'due' AND not_before IS NULL"),
    ("waiting", ("crawl", "not_before"), "state = 'due' AND not_before IS NOT NULL"),
    ("leased", ("crawl",), "state = 'leased'"),
):
    Index(
        f"ix_pages_{_name}",
        *(PAGES.c[name] for name in _columns),
        sqlite_where=text(_only),
        postgresql_where=text(_only),
    )
