"""And once more

Revision ID: e9fd1a8e6244
Revises: b49f1d02a3ff
Create Date: 2023-06-22 15:00:00.810118

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "e9fd1a8e6244"
down_revision = "b49f1d02a3ff"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table(
        "articles",
        recreate="auto",
        naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"},
    ) as batch_op:
        batch_op.drop_constraint("ck_articles_rank", type_="check")
        batch_op.drop_constraint("uq_articles_title", type_="unique")
        batch_op.drop_constraint("articles_pkey", type_="primary")
        batch_op.create_primary_key("pk_articles", ["id"])
        batch_op.execute("UPDATE articles SET rank = 1")


def downgrade():
    pass
