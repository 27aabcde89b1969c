"""A reference that the commit checks

Revision ID: 40dc55160f64
Revises:
Create Date: 2023-10-08 11:16:00.807011

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "40dc55160f64"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("owners", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("CREATE TABLE things (owner_id INTEGER REFERENCES owners (id) DEFERRABLE INITIALLY DEFERRED)")


def downgrade():
    op.drop_table("things")
    op.drop_table("owners")
