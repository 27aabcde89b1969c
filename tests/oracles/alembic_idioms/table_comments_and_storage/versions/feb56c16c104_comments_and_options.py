"""Comments and options

Revision ID: feb56c16c104
Revises:
Create Date: 2023-05-04 18:12:00.021648

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "feb56c16c104"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "archive",
        sa.Column("id", sa.Integer(), primary_key=True, comment="the key"),
        sa.Column("name", sa.String(20, collation="C"), nullable=False),
        comment="old rows",
        postgresql_with={"fillfactor": 70},
        info={"owner": "archive"},
        prefixes=["UNLOGGED"],
    )
    op.create_table_comment("archive", "older rows", existing_comment="old rows")
    op.drop_table_comment("archive", existing_comment="older rows")
    op.execute("COMMENT ON COLUMN archive.name IS 'it''s a name'")
    op.execute('ALTER TABLE archive ALTER COLUMN name TYPE TEXT COLLATE "POSIX"')
    op.execute("ALTER TABLE archive SET (autovacuum_enabled = false)")
    op.execute("ALTER TABLE archive SET LOGGED")
    op.execute("ALTER TABLE archive ALTER COLUMN name SET STATISTICS 200")
    op.execute("ALTER TABLE archive REPLICA IDENTITY FULL")
    op.execute("ALTER TABLE archive ENABLE ROW LEVEL SECURITY")


def downgrade():
    op.drop_table("archive")
