"""Names without the prefix

Revision ID: e1eace3ae95e
Revises:
Create Date: 2024-02-05 03:10:00.963036

"""

from alembic import op
from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, MetaData, String, Table, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
import uuid


# revision identifiers, used by Alembic.
revision = "e1eace3ae95e"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "apps",
        Column("id", UUID(as_uuid=True), primary_key=True, default=uuid.uuid4, server_default=text("gen_random_uuid()")),
        Column("name", String, nullable=False, unique=True),
        Column("data", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
        Column("hosts", ARRAY(String), nullable=False, server_default="{}"),
        Column("on", Boolean, default=True, nullable=False),
        Column("at", DateTime, default=func.now(), onupdate=func.now()),
    )
    op.create_table(
        "keys",
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("app_id", UUID(as_uuid=True), ForeignKey("apps.id", name="fk_keys_app", ondelete="CASCADE"), nullable=False),
        Column("label", String(32), key="lbl"),
        UniqueConstraint("app_id", "lbl"),
    )


def downgrade():
    op.drop_table("keys")
    op.drop_table("apps")
