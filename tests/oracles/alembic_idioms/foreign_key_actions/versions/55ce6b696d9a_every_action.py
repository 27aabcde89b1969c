"""Every action

Revision ID: 55ce6b696d9a
Revises:
Create Date: 2023-03-16 13:46:00.040534

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "55ce6b696d9a"
down_revision = None
branch_labels = None
depends_on = None


ACTIONS = ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"]


def upgrade():
    op.create_table("target", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("source", sa.Column("id", sa.Integer(), primary_key=True))
    for i, action in enumerate(ACTIONS):
        name = action.lower().replace(" ", "_")
        op.add_column("source", sa.Column(name, sa.Integer(), server_default=str(i)))
        op.create_foreign_key(f"fk_source_{name}", "source", "target", [name], ["id"], ondelete=action, onupdate=action)
    op.execute("ALTER TABLE source ADD COLUMN short INTEGER REFERENCES target ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED")
    op.execute("ALTER TABLE source ADD CONSTRAINT fk_nv FOREIGN KEY (id) REFERENCES target NOT VALID")


def downgrade():
    op.drop_table("source")
    op.drop_table("target")
