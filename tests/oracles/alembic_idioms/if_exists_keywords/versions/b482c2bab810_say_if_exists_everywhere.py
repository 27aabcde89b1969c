"""Say if exists everywhere

Revision ID: b482c2bab810
Revises:
Create Date: 2023-07-12 06:40:00.238784

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "b482c2bab810"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("notes", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("body", sa.Text()), if_not_exists=True)
    op.create_table("notes", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("other", sa.Text()), if_not_exists=True)
    op.drop_table("never_there", if_exists=True)
    op.add_column("notes", sa.Column("body", sa.Text()), if_not_exists=True)
    op.add_column("notes", sa.Column("author", sa.Text()), if_not_exists=True)
    op.drop_column("notes", "missing", if_exists=True)
    op.create_unique_constraint("uq_notes_author", "notes", ["author"])
    op.drop_constraint("uq_notes_absent", "notes", type_="unique", if_exists=True)
    op.drop_constraint("uq_notes_author", "notes", type_="unique", if_exists=True)


def downgrade():
    op.drop_table("notes", if_exists=True)
