"""Widen the types

Revision ID: 5e0fdb5fc127
Revises: 53b4302b18ce
Create Date: 2023-03-23 23:35:00.428356

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "5e0fdb5fc127"
down_revision = "53b4302b18ce"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("measures", "id", type_=sa.BigInteger())
    op.alter_column("measures", "value", type_=sa.BigInteger(), existing_type=sa.Integer())
    op.alter_column("measures", "label", type_=sa.Text(), existing_type=sa.String(10))
    op.alter_column("measures", "ratio", type_=sa.Numeric(12, 4), existing_type=sa.Float())
    op.alter_column("measures", "at", type_=sa.DateTime(timezone=True), existing_type=sa.DateTime())


def downgrade():
    op.alter_column("measures", "value", type_=sa.Integer())
