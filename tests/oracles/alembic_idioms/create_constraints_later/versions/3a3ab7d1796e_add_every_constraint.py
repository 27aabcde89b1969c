"""Add every constraint

Revision ID: 3a3ab7d1796e
Revises: a5c6eb1d6a8c
Create Date: 2023-07-17 18:54:00.496744

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "3a3ab7d1796e"
down_revision = "a5c6eb1d6a8c"
branch_labels = None
depends_on = None


def upgrade():
    op.create_primary_key("pk_teams", "teams", ["id"])
    op.create_primary_key("pk_members", "members", ["team_id", "number"])
    op.create_unique_constraint("uq_teams_name", "teams", ["name"])
    op.create_unique_constraint(op.f("uq_members_email"), "members", ["email"], deferrable=True, initially="IMMEDIATE")
    op.create_unique_constraint(None, "teams", ["size", "name"])
    op.create_foreign_key("fk_members_team", "members", "teams", ["team_id"], ["id"], ondelete="CASCADE", onupdate="RESTRICT")
    op.create_foreign_key(None, "members", "members", ["mentor_team", "mentor_number"], ["team_id", "number"])
    op.create_foreign_key(
        constraint_name="fk_members_mentor",
        source_table="members",
        referent_table="teams",
        local_cols=["mentor_team"],
        remote_cols=["id"],
        deferrable=True,
        initially="DEFERRED",
        ondelete="SET NULL",
    )
    op.create_check_constraint("ck_teams_size", "teams", "size > 0")
    op.create_check_constraint("ck_teams_name", "teams", sa.func.length(sa.column("name")) > 2)
    op.create_check_constraint("ck_members_email", "members", sa.text("email LIKE '%@%'"))
    op.create_check_constraint("ck_teams_kind", "teams", sa.column("name").in_(["red", "blue"]), postgresql_not_valid=True)


def downgrade():
    op.drop_constraint("ck_teams_size", "teams", type_="check")
