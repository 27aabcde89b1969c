"""Signs that mean something

Revision ID: c82252f9df64
Revises:
Create Date: 2024-01-26 17:08:00.600594

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "c82252f9df64"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE signs (id SERIAL PRIMARY KEY, t TIME DEFAULT '10:30', d JSONB DEFAULT '{}'::jsonb, s TEXT)")
    op.execute("INSERT INTO signs (s) VALUES ('100%')")
    op.execute("UPDATE signs SET s = 'like' WHERE s LIKE '%0\\%'")
    op.execute(r"""ALTER TABLE signs ALTER COLUMN d SET DEFAULT '{"on"\:true}'""")
    op.execute("ALTER TABLE signs ADD CHECK (s NOT LIKE '%zz%')")
    op.create_check_constraint("ck_signs_percent", "signs", "id % 2 >= 0")
    op.create_index("ix_signs_percent", "signs", [sa.text("(id % 10)")])
    op.add_column("signs", sa.Column("share", sa.Text(), server_default="50%"))
    op.add_column("signs", sa.Column("doc", sa.JSON(), server_default='{"a": 1, "b": ":c"}'))
    op.execute("CREATE TABLE backslash (a TEXT DEFAULT E'a\\\\nb', b TEXT DEFAULT 'c\\\\d')")


def downgrade():
    op.drop_table("signs")
