"""Change some back

Revision ID: 843d83ce2087
Revises: b7fd8c612e38
Create Date: 2023-03-16 16:07:00.595411

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "843d83ce2087"
down_revision = "b7fd8c612e38"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("things", "name", nullable=True)
    op.alter_column("things", "state", existing_type=sa.String(10), server_default=sa.text("'it' || 'em'"))
    op.alter_column("things", "described", comment=None, existing_comment="after")
    op.alter_column("things", "renamed", server_default=sa.func.length("four"))


def downgrade():
    pass
