"""Change them

Revision ID: 188f9ce4361c
Revises: a88cff33e3a6
Create Date: 2023-05-22 11:08:00.596826

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "188f9ce4361c"
down_revision = "a88cff33e3a6"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("User", "firstName", new_column_name="first_name")
    op.rename_table("group", "Groups")
    op.drop_column("User", "with space")
    op.create_unique_constraint("UQ_Groups", "Groups", ["userId", "end"])
    op.create_index("IX_Groups_end", "Groups", [sa.text('"end" DESC')])
    op.drop_constraint("User_firstName_key", "User", type_="unique")
    op.add_column("upper_table", sa.Column("Value", sa.Integer()))
    op.add_column(sa.quoted_name("upper_table", quote=True), sa.Column(sa.quoted_name("PLAIN", quote=False), sa.Integer()))


def downgrade():
    pass
