"""The plugin branch

Revision ID: cfac0b495f91
Revises:
Create Date: 2024-04-27 07:13:00.020572

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "cfac0b495f91"
down_revision = None
branch_labels = ("plugin",)
depends_on = "ec5b11881481"


def upgrade():
    op.create_table(
        "badges",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_email", sa.String(255), sa.ForeignKey("users.email")),
    )


def downgrade():
    op.drop_table("badges")
