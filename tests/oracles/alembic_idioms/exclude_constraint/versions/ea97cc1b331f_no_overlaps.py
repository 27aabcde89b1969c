"""No overlaps

Revision ID: ea97cc1b331f
Revises:
Create Date: 2023-10-11 06:23:00.233846

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint, INT4RANGE


# revision identifiers, used by Alembic.
revision = "ea97cc1b331f"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slots", INT4RANGE(), nullable=False),
        ExcludeConstraint(("slots", "&&"), name="ex_bookings_slots", using="gist"),
    )
    op.create_table("desks", sa.Column("slots", INT4RANGE()))
    op.create_exclude_constraint("ex_desks", "desks", ("slots", "&&"), using="gist")


def downgrade():
    op.drop_table("bookings")
    op.drop_table("desks")
