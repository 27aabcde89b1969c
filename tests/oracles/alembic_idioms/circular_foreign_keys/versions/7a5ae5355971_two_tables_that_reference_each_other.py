"""Two tables that reference each other

Revision ID: 7a5ae5355971
Revises:
Create Date: 2023-01-26 01:21:00.655026

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "7a5ae5355971"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("teams", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("captain_id", sa.Integer()))
    op.create_table("players", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("team_id", sa.Integer(), sa.ForeignKey("teams.id")))
    op.create_foreign_key("fk_teams_captain", "teams", "players", ["captain_id"], ["id"], ondelete="SET NULL", use_alter=True)


def downgrade():
    op.drop_constraint("fk_teams_captain", "teams", type_="foreignkey")
    op.drop_table("players")
    op.drop_table("teams")
