"""Use and drop types

Revision ID: 320a93411491
Revises: 83964205c599
Create Date: 2024-02-14 10:57:00.598673

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = "320a93411491"
down_revision = "83964205c599"
branch_labels = None
depends_on = None


def upgrade():
    bind = op.get_bind()
    kind = sa.Enum("book", "film", name="page_kind")
    kind.create(bind, checkfirst=True)
    op.alter_column(
        "pages",
        "kind",
        existing_type=sa.Text(),
        type_=kind,
        postgresql_using="kind::page_kind",
    )
    sa.Enum(name="old_kind").drop(bind, checkfirst=True)
    postgresql.ENUM(name="never_there").drop(bind, checkfirst=True)


def downgrade():
    op.alter_column("pages", "kind", type_=sa.Text())
    op.execute("DROP TYPE page_kind")
