"""Break it

Revision ID: 574539d7597f
Revises: 40dc55160f64
Create Date: 2023-07-18 21:19:00.729329

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "574539d7597f"
down_revision = "40dc55160f64"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("owners", sa.Column("name", sa.Text()))
    op.execute("INSERT INTO things (owner_id) VALUES (77)")


def downgrade():
    pass
