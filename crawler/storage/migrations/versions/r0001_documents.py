"""The table of documents."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: Final = "0001"
down_revision: Final = None

KEY_TYPE: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON_TYPE: Final = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT_TYPE: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "documents",
        sa.Column("site", KEY_TYPE, nullable=False),
        sa.Column("doc_id", KEY_TYPE, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("file_format", sa.Text),
        sa.Column("size_bytes", sa.BigInteger),
        sa.Column("page_count", sa.BigInteger),
        sa.Column("preview_page_count", sa.BigInteger),
        sa.Column("uploaded_on", sa.Date),
        sa.Column("preview", sa.Text),
        sa.Column("uploader", sa.Text),
        sa.Column("category", sa.Text),
        sa.Column("tags", JSON_TYPE),
        sa.Column("price", sa.Text),
        sa.Column("view_count", sa.BigInteger),
        sa.Column("download_count", sa.BigInteger),
        sa.Column("language", sa.Text),
        sa.Column("missing", JSON_TYPE, nullable=False),
        sa.Column("fetched_at", MOMENT_TYPE, nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("first_seen_at", MOMENT_TYPE, nullable=False),
        sa.Column("last_seen_at", MOMENT_TYPE, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("site", "doc_id", name="pk_documents"),
    )
