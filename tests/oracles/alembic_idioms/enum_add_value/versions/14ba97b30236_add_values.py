"""Add values

Revision ID: 14ba97b30236
Revises: d5726cacec48
Create Date: 2024-04-14 05:42:00.355366

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "14ba97b30236"
down_revision = "d5726cacec48"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TYPE shade ADD VALUE 'darker'")
    op.execute("ALTER TYPE shade ADD VALUE IF NOT EXISTS 'dark'")
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE shade ADD VALUE IF NOT EXISTS 'middle' BEFORE 'dark'")
        op.execute("ALTER TYPE shade ADD VALUE 'lighter' AFTER 'light'")
        for value in ("red", "blue"):
            op.execute(f"ALTER TYPE shade ADD VALUE IF NOT EXISTS '{value}'")
    op.execute("ALTER TYPE shade RENAME VALUE 'red' TO 'crimson'")
    op.execute("ALTER TABLE rooms ALTER COLUMN shade SET DEFAULT 'middle'")


def downgrade():
    pass
