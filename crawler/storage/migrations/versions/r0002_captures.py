"""The table of captures, and from which of them each document was read."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"

KEY_TYPE: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table, and add the column."""
    op.create_table(
        "captures",
        sa.Column("record_id", KEY_TYPE, nullable=False),
        sa.Column("site", KEY_TYPE, nullable=False),
        sa.Column("doc_id", KEY_TYPE),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.BigInteger),
        sa.Column("mime", sa.Text),
        sa.Column("digest", sa.Text),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("refers_to", sa.Text),
        sa.PrimaryKeyConstraint("record_id", name="pk_captures"),
    )
    op.create_index("ix_captures_url", "captures", ["url"], postgresql_using="hash")
    op.create_index("ix_captures_file", "captures", ["file", "offset"])
    op.create_index("ix_captures_document", "captures", ["site", "doc_id"])
    op.add_column("documents", sa.Column("capture_id", sa.Text))
