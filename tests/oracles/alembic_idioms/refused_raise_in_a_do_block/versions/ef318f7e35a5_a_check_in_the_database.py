"""A check in the database

Revision ID: ef318f7e35a5
Revises:
Create Date: 2023-04-22 21:25:00.845527

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "ef318f7e35a5"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("rows", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("""
        DO $$
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM rows) THEN
                RAISE EXCEPTION 'no rows yet';
            END IF;
        END $$;
    """)


def downgrade():
    pass
