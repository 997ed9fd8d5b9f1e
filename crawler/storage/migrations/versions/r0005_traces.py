"""What a run leaves for the next one: what its clock said, and the files that it has open."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"

JSON_TYPE: Final = sa.JSON(none_as_null=True).with_variant(
    sa.dialects.postgresql.JSONB(none_as_null=True), "postgresql"
)


def upgrade() -> None:
    """Add both columns."""
    op.add_column("crawls", sa.Column("noted_at", sa.DateTime(timezone=True)))
    op.add_column("crawls", sa.Column("open_files", JSON_TYPE))
