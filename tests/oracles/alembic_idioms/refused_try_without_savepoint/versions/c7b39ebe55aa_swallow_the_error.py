"""Swallow the error

Revision ID: c7b39ebe55aa
Revises: acfe6bcc8656
Create Date: 2023-11-15 23:06:00.921801

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "c7b39ebe55aa"
down_revision = "acfe6bcc8656"
branch_labels = None
depends_on = None


def upgrade():
    try:
        op.drop_constraint("parts_code_key", "parts", type_="unique")
    except Exception:
        pass
    op.add_column("parts", sa.Column("name", sa.Text()))


def downgrade():
    pass
