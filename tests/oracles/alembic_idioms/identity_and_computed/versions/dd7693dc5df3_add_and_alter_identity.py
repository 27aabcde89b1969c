"""Add and alter identity

Revision ID: dd7693dc5df3
Revises: e47776943f79
Create Date: 2024-02-10 15:47:00.073747

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "dd7693dc5df3"
down_revision = "e47776943f79"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("boxes", sa.Column("perimeter", sa.Integer(), sa.Computed("2 * (width + height)", persisted=True)))
    op.add_column("boxes", sa.Column("serial_no", sa.Integer(), sa.Identity(), nullable=False))
    op.alter_column("lids", "id", existing_type=sa.Integer(), server_default=sa.Identity(always=True), existing_server_default=sa.Identity(start=100, increment=10))


def downgrade():
    op.drop_column("boxes", "perimeter")
