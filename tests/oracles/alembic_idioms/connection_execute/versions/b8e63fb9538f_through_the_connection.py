"""Through the connection

Revision ID: b8e63fb9538f
Revises:
Create Date: 2024-02-29 07:43:00.398277

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "b8e63fb9538f"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    conn = op.get_bind()
    conn.execute(sa.text("CREATE TABLE counters (name VARCHAR(30) PRIMARY KEY, value BIGINT NOT NULL DEFAULT 0)"))
    conn.execute(sa.text("INSERT INTO counters (name, value) VALUES (:name, :value)"), {"name": "visits", "value": 3})
    conn.exec_driver_sql("ALTER TABLE counters ADD COLUMN updated_at TIMESTAMP")
    bind = op.get_context().bind
    bind.execute(sa.text("CREATE INDEX ix_counters_value ON counters (value)"))
    rows = conn.execute(sa.text("SELECT name, value FROM counters")).fetchall()
    for name, value in rows:
        conn.execute(sa.text("UPDATE counters SET value = :v WHERE name = :n"), dict(v=value + 1, n=name))
    total = conn.execute(sa.text("SELECT count(*) FROM counters")).scalar()
    if total == 0:
        op.drop_table("counters")
    conn.execute(sa.text(r"UPDATE counters SET name = 'a\:b' WHERE name = 'none'"))
    conn.execute(
        sa.text("DELETE FROM counters WHERE name = :name").bindparams(name="none")
    )


def downgrade():
    op.get_bind().execute(sa.text("DROP TABLE counters"))
