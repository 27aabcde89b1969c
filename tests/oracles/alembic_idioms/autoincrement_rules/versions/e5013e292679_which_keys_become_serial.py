"""Which keys become serial

Revision ID: e5013e292679
Revises:
Create Date: 2024-03-09 11:37:00.405969

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "e5013e292679"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("a_plain", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("b_false", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False))
    op.create_table("c_big", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.create_table("d_small", sa.Column("id", sa.SmallInteger(), primary_key=True))
    op.create_table("e_text", sa.Column("id", sa.String(36), primary_key=True))
    op.create_table(
        "f_two",
        sa.Column("left_id", sa.Integer(), nullable=False),
        sa.Column("right_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("left_id", "right_id"),
    )
    op.create_table(
        "g_two_one_auto",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", "tenant"),
    )
    op.create_table(
        "h_foreign",
        sa.Column("id", sa.Integer(), sa.ForeignKey("a_plain.id"), primary_key=True),
        sa.Column("note", sa.Text()),
    )
    op.create_table(
        "i_default",
        sa.Column("id", sa.Integer(), server_default=sa.text("7"), primary_key=True),
    )
    op.create_table(
        "j_numeric",
        sa.Column("id", sa.Numeric(10, 0), primary_key=True),
    )
    op.create_table(
        "k_foreign_argument",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["a_plain.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "l_no_key",
        sa.Column("id", sa.Integer(), autoincrement=True),
    )


def downgrade():
    pass
