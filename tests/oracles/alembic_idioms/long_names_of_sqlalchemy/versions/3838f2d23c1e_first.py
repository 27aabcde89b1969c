"""Names that are cut

Revision ID: 3838f2d23c1e
Revises: 
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "3838f2d23c1e"
down_revision = None
branch_labels = None
depends_on = None


TABLE = "organisation_membership_invitation_history_entries"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("the_identifier_of_the_membership", sa.Integer(), index=True),
        sa.Column("the_identifier_of_the_invitation", sa.Integer(), index=True, unique=True),
    )
    op.add_column(TABLE, sa.Column("the_identifier_of_the_organisation", sa.Integer(), index=True))


def downgrade():
    pass
