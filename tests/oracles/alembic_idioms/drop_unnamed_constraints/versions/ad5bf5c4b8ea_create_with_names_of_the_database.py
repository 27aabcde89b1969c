"""Create with names of the database

Revision ID: ad5bf5c4b8ea
Revises:
Create Date: 2023-06-24 15:38:00.550165

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "ad5bf5c4b8ea"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        """
        CREATE TABLE parents (
            id SERIAL PRIMARY KEY,
            code VARCHAR(10) UNIQUE,
            low INTEGER CHECK (low > 0),
            high INTEGER,
            CHECK (high > low),
            UNIQUE (low, high)
        );
        CREATE TABLE children (
            id SERIAL PRIMARY KEY,
            parent_id INTEGER REFERENCES parents (id),
            parent_code VARCHAR(10) REFERENCES parents (code)
        );
        """
    )


def downgrade():
    op.execute("DROP TABLE children; DROP TABLE parents")
