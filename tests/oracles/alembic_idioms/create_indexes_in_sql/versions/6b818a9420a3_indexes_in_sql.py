"""Indexes in SQL

Revision ID: 6b818a9420a3
Revises:
Create Date: 2023-08-17 06:27:00.120945

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "6b818a9420a3"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("meta", sa.JSON()),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
    )
    op.execute("CREATE INDEX ON messages (room)")
    op.execute("CREATE INDEX ON messages (room, sent_at)")
    op.execute("CREATE INDEX ON messages (lower(body))")
    op.execute("CREATE INDEX ix_messages_recent ON messages (room, sent_at DESC NULLS LAST)")
    op.execute("CREATE INDEX ix_messages_unsent ON messages USING btree (id) WHERE sent_at IS NULL")
    op.execute("CREATE INDEX ix_messages_search ON messages USING gin (to_tsvector('simple', body))")
    op.execute("CREATE INDEX ix_messages_brin ON messages USING BRIN (sent_at)")
    op.execute("CREATE INDEX ix_messages_kind ON messages ((meta ->> 'kind'))")
    op.execute("CREATE INDEX ix_messages_pattern ON messages (body text_pattern_ops)")
    op.execute("CREATE INDEX ix_messages_cover ON messages (room) INCLUDE (sent_at)")
    op.execute("CREATE UNIQUE INDEX ix_messages_nulls ON messages (room, md5(body)) NULLS NOT DISTINCT")
    op.execute('CREATE INDEX ix_messages_collate ON messages (body COLLATE "C")')
    op.execute("DROP INDEX IF EXISTS ix_never, ix_messages_brin")
    op.execute("CREATE INDEX IF NOT EXISTS ix_messages_kind ON messages (id)")


def downgrade():
    op.drop_table("messages")
