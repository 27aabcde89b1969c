"""Change them in batches

Revision ID: b49f1d02a3ff
Revises: 9d5df0e1b1d5
Create Date: 2024-03-09 09:03:00.107741

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "b49f1d02a3ff"
down_revision = "9d5df0e1b1d5"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("summary", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("rank", sa.Integer(), server_default="0", nullable=False))
        batch_op.alter_column("title", existing_type=sa.VARCHAR(length=100), type_=sa.String(200), nullable=False)
        batch_op.alter_column("author", new_column_name="author_id", existing_type=sa.Integer())
        batch_op.drop_column("body")
        batch_op.drop_index("ix_articles_state")
    with op.batch_alter_table("articles") as batch:
        batch.create_foreign_key("fk_articles_author", "authors", ["author_id"], ["id"], ondelete="CASCADE")
        batch.create_unique_constraint("uq_articles_title", ["title", "author_id"])
        batch.create_check_constraint("ck_articles_rank", "rank >= 0")


def downgrade():
    with op.batch_alter_table("articles") as batch:
        batch.drop_constraint("fk_articles_author", type_="foreignkey")
