"""The frontier: the crawls, and the pages that each has asked or has still to ask."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"

KEY_TYPE: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON_TYPE: Final = sa.JSON(none_as_null=True).with_variant(
    sa.dialects.postgresql.JSONB(none_as_null=True), "postgresql"
)
NUMBER: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "crawls",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("site", KEY_TYPE, nullable=False),
        sa.Column("key", KEY_TYPE, nullable=False),
        sa.Column("arguments", JSON_TYPE, nullable=False),
        sa.Column("pass_number", sa.BigInteger, nullable=False),
        sa.Column("seeded", sa.BigInteger, nullable=False),
        sa.Column("reopened", sa.BigInteger, nullable=False),
        sa.Column("reopen_to", sa.BigInteger, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("resumes_at", MOMENT),
        sa.UniqueConstraint("site", "key", name="uq_crawls_site_key"),
    )
    op.create_table(
        "pages",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("crawl", NUMBER, nullable=False),
        sa.Column("hash", sa.BigInteger, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("priority", sa.BigInteger, nullable=False),
        sa.Column("depth", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("not_before", MOMENT),
        sa.Column("named_by", NUMBER),
        sa.Column("reason", sa.Text),
        sa.Column("pass_number", sa.BigInteger, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.ForeignKeyConstraint(["crawl"], ["crawls.id"], name="fk_pages_crawl"),
        sa.UniqueConstraint("crawl", "hash", name="uq_pages_crawl_hash"),
    )
    for name, columns, only in (
        ("due", ["crawl", "priority", "id"], "state = 'due' AND not_before IS NULL"),
        ("waiting", ["crawl", "not_before"], "state = 'due' AND not_before IS NOT NULL"),
        ("leased", ["crawl"], "state = 'leased'"),
    ):
        where = sa.text(only)
        op.create_index(
            f"ix_pages_{name}", "pages", columns, sqlite_where=where, postgresql_where=where
        )
