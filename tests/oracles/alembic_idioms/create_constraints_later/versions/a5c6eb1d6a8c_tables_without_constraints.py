"""Tables without constraints

Revision ID: a5c6eb1d6a8c
Revises:
Create Date: 2023-05-15 04:28:00.955176

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "a5c6eb1d6a8c"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(50), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
    )
    op.create_table(
        "members",
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(100)),
        sa.Column("mentor_team", sa.Integer()),
        sa.Column("mentor_number", sa.Integer()),
    )


def downgrade():
    op.drop_table("members")
    op.drop_table("teams")
