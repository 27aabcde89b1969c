"""Demand a table

Revision ID: 091d61a940b0
Revises: 
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "091d61a940b0"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        """
        DO $$
        BEGIN
            IF to_regclass('public.absent') IS NULL THEN
                RAISE EXCEPTION 'the table absent is missing';
            END IF;
        END $$
        """
    )


def downgrade():
    pass
