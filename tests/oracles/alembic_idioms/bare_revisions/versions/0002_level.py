"""level"""
from __future__ import annotations

from typing import Optional, Union

import alembic.op as o
import sqlalchemy

revision: str = "0002_level"
down_revision: Union[str, None] = "0001"
branch_labels: Optional[str] = None
depends_on = None


def upgrade() -> None:
    """Add the level."""
    o.add_column("logs", sqlalchemy.Column("level", sqlalchemy.SmallInteger, server_default="20", nullable=False))


def downgrade() -> None:
    """Drop the level."""
    o.drop_column("logs", "level")
