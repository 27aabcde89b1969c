"""Names beyond sixty-three

Revision ID: 84bd2cc71de2
Revises:
Create Date: 2024-01-13 21:54:00.880374

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "84bd2cc71de2"
down_revision = None
branch_labels = None
depends_on = None


T = "organisation_membership_invitation_history_entries"
C = "the_identifier_of_the_invitation_that_was_sent"


def upgrade():
    op.create_table(
        T,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(C, sa.Integer(), unique=True),
        sa.Column("the_identifier_of_the_organisation_membership", sa.Integer(), index=True),
        sa.Column("kind_of_history_entry_for_the_organisation", sa.String(10), sa.CheckConstraint("kind_of_history_entry_for_the_organisation <> ''")),
        sa.ForeignKeyConstraint([C], [f"{T}.id"]),
    )
    op.execute(f"CREATE INDEX ON {T} ({C}, id)")
    op.execute(f"CREATE INDEX ix_{T}_{C} ON {T} ({C})")
    op.execute(f"ALTER TABLE {T} ADD CONSTRAINT uq_{T}_kind_of_history_entry UNIQUE (kind_of_history_entry_for_the_organisation)")
    op.execute(f"ALTER TABLE {T} ADD UNIQUE ({C}, kind_of_history_entry_for_the_organisation)")
    op.execute("CREATE TABLE t2 (abcdefghijklmnopqrstuvwxyz_abcdefghijklmnopqrstuvwxyz_0123456789_beyond INTEGER)")


def downgrade():
    op.drop_table(T)
