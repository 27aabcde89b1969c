"""Identity and generated columns

Revision ID: e47776943f79
Revises:
Create Date: 2024-04-17 08:57:00.870209

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "e47776943f79"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "boxes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("area", sa.Integer(), sa.Computed("width * height", persisted=True)),
        sa.Column("half", sa.Numeric(8, 2), sa.Computed("width / 2.0", persisted=True), nullable=True),
    )
    op.create_table(
        "lids",
        sa.Column("id", sa.Integer(), sa.Identity(start=100, increment=10), nullable=False),
        sa.Column("seq", sa.Integer(), sa.Identity(always=False, cycle=True), nullable=False),
        sa.Column("box_id", sa.BigInteger(), sa.ForeignKey("boxes.id")),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade():
    op.drop_table("lids")
    op.drop_table("boxes")
