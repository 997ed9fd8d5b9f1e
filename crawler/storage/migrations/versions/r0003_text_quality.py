"""How good the text of each document's preview is."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("documents", sa.Column("text_quality", sa.Text))
