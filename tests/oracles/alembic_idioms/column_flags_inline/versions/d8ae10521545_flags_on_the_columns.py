"""Flags on the columns

Revision ID: d8ae10521545
Revises:
Create Date: 2023-01-25 23:33:00.966320

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "d8ae10521545"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(255), unique=True, nullable=False),
        sa.Column("login", sa.String(64), index=True),
        sa.Column("handle", sa.String(64), unique=True, index=True),
        sa.Column("bio", sa.Text, comment="shown on the profile page"),
        comment="people who can sign in",
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("editor_id", sa.Integer, sa.ForeignKey("users.id", onupdate="CASCADE", ondelete="SET NULL")),
        sa.Column("parent_id", sa.BigInteger, sa.ForeignKey("posts.id")),
        sa.Column("score", sa.Integer, sa.CheckConstraint("score >= 0"), nullable=False),
    )


def downgrade():
    op.drop_table("posts")
    op.drop_table("users")
