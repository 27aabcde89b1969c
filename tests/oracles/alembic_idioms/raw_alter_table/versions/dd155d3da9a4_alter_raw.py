"""Alter raw

Revision ID: dd155d3da9a4
Revises: 6780fd4f758f
Create Date: 2024-04-21 08:04:00.457995

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "dd155d3da9a4"
down_revision = "6780fd4f758f"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE raw ADD COLUMN IF NOT EXISTS a BIGINT")
    op.execute("ALTER TABLE raw ADD COLUMN IF NOT EXISTS f TIMESTAMPTZ DEFAULT now() NOT NULL")
    op.execute("ALTER TABLE IF EXISTS raw ADD g VARCHAR(12), ADD COLUMN h INT, DROP COLUMN IF EXISTS zz")
    op.execute("ALTER TABLE raw RENAME COLUMN b TO bb")
    op.execute("ALTER TABLE raw ALTER COLUMN a SET NOT NULL")
    op.execute("ALTER TABLE raw ALTER a SET DEFAULT 12")
    op.execute("ALTER TABLE raw ALTER COLUMN d DROP DEFAULT, ALTER COLUMN h SET DATA TYPE BIGINT")
    op.execute("ALTER TABLE raw ALTER COLUMN c TYPE INTEGER USING c::integer")
    op.execute("ALTER TABLE raw ALTER COLUMN a DROP NOT NULL")
    op.execute("ALTER TABLE raw ADD CONSTRAINT raw_c_positive CHECK (c > 0) NOT VALID")
    op.execute("ALTER TABLE raw VALIDATE CONSTRAINT raw_c_positive")
    op.execute("ALTER TABLE raw ADD CONSTRAINT raw_h_unique UNIQUE (h), ADD UNIQUE (g, h)")
    op.execute("ALTER TABLE raw ADD FOREIGN KEY (e) REFERENCES raw (id) ON UPDATE CASCADE")
    op.execute("ALTER TABLE ONLY raw ADD CHECK (bb <> '')")
    op.execute("ALTER TABLE IF EXISTS nothing_here ADD COLUMN x INTEGER")
    op.execute("CREATE UNIQUE INDEX raw_g_index ON raw (g)")
    op.execute("ALTER TABLE raw ADD CONSTRAINT raw_g_unique UNIQUE USING INDEX raw_g_index")
    op.execute("ALTER TABLE raw DROP CONSTRAINT IF EXISTS raw_absent")


def downgrade():
    op.execute("ALTER TABLE raw DROP COLUMN f")
