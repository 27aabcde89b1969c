"""A reference to nothing

Revision ID: 341504b099a7
Revises:
Create Date: 2023-02-06 04:23:00.905037

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "341504b099a7"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("CREATE TABLE streets (id SERIAL PRIMARY KEY, town_id INTEGER REFERENCES villages (id))")


def downgrade():
    pass
