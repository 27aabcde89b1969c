"""Tables that are divided, inherited and not logged, domains with checks, and sequences whose options come in any order

Revision ID: 5b1f0c7d2e9a
Revises:
Create Date: 2024-05-11 09:12:00.218411

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "5b1f0c7d2e9a"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE readings (id bigint, taken date NOT NULL, note text, PRIMARY KEY (id, taken)) PARTITION BY RANGE (taken)")
    op.execute("CREATE INDEX readings_note ON readings (note)")
    op.execute("CREATE TABLE a_readings_2020 PARTITION OF readings FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')")
    op.execute("CREATE TABLE a_readings_rest PARTITION OF readings DEFAULT")
    op.execute("CREATE TABLE parents (a int NOT NULL, b text CHECK (b <> ''))")
    op.execute("CREATE TABLE children (c int) INHERITS (parents)")
    op.execute("CREATE TABLE a_child () INHERITS (parents)")
    op.execute("CREATE UNLOGGED TABLE scratch (a int)")
    op.execute("CREATE DOMAIN positive AS int DEFAULT 1 CHECK (VALUE > 0)")
    op.execute("CREATE TABLE counts (x positive NOT NULL)")
    op.execute("CREATE SEQUENCE numbers START 10 INCREMENT 5")
    op.execute("CREATE SEQUENCE tickets AS integer CACHE 4 START WITH 3 NO CYCLE OWNED BY counts.x")


def downgrade():
    op.execute("DROP TABLE readings, children, a_child, parents, scratch, counts")
