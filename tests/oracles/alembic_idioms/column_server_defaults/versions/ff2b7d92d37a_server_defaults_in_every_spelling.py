"""Server defaults in every spelling

Revision ID: ff2b7d92d37a
Revises:
Create Date: 2023-02-13 18:02:00.013538

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "ff2b7d92d37a"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.String(20), server_default="queued", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("quoted", sa.Text(), server_default="it's", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("priority", sa.Integer(), server_default=sa.text("5"), nullable=False),
        sa.Column("delta", sa.Integer(), server_default=sa.text("-1"), nullable=False),
        sa.Column("done", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("visible", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("archived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("locked", sa.Boolean(), server_default="f", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("touched_at", sa.DateTime(), server_default=sa.text("now()"), nullable=False),
        sa.Column("stamped_at", sa.DateTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False),
        sa.Column("day", sa.Date(), server_default=sa.func.current_date()),
        sa.Column("utc_at", sa.DateTime(), server_default=sa.text("timezone('utc', now())")),
        sa.Column("rate", sa.Numeric(6, 2), server_default="1.50", nullable=False),
        sa.Column("data", sa.JSON(), server_default=sa.text("'{}'::json"), nullable=False),
        sa.Column("uid", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("made", sa.Uuid(), server_default=sa.func.gen_random_uuid(), nullable=False),
        sa.Column("lit", sa.String(8), server_default=sa.literal("x")),
        sa.Column("nothing", sa.String(8), server_default=sa.text("NULL")),
    )


def downgrade():
    op.drop_table("jobs")
