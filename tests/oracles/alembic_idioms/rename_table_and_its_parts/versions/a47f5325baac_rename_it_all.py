"""Rename it all

Revision ID: a47f5325baac
Revises: c8bbfb27bbcf
Create Date: 2023-12-11 00:44:00.650347

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "a47f5325baac"
down_revision = "c8bbfb27bbcf"
branch_labels = None
depends_on = None


def upgrade():
    op.rename_table("old_things", "new_things")
    op.execute("ALTER SEQUENCE old_things_id_seq RENAME TO new_things_id_seq")
    op.execute("ALTER INDEX old_things_pkey RENAME TO new_things_pkey")
    op.execute("ALTER INDEX ix_old_things_kind RENAME TO ix_new_things_kind")
    op.execute("ALTER TABLE new_things RENAME CONSTRAINT old_things_code_key TO new_things_code_key")
    op.alter_column("new_things", "kind", new_column_name="sort")
    op.create_index("ix_new_things_sort_code", "new_things", ["sort", "code"])


def downgrade():
    op.rename_table("new_things", "old_things")
