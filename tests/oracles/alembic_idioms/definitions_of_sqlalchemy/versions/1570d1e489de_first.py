"""Objects that are statements

Revision ID: 1570d1e489de
Revises: 
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.schema import CreateSchema, CreateSequence, DropIndex, DropSchema, DropSequence, DropTable, Sequence


# revision identifiers, used by Alembic.
revision = "1570d1e489de"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute(CreateSchema("audit", if_not_exists=True))
    op.execute(CreateSequence(Sequence("ticket_number")))
    op.execute(CreateSequence(Sequence("event_number", schema="audit"), if_not_exists=True))
    op.execute(CreateSequence(Sequence("gone_number", start=5)))
    op.execute(DropSequence(Sequence("gone_number")))
    op.execute("CREATE TABLE old (id INTEGER)")
    op.execute("CREATE INDEX ix_old ON old (id)")
    op.execute(DropIndex(sa.Index("ix_old", sa.Table("old", sa.MetaData(), sa.Column("id", sa.Integer())).c.id)))
    op.execute(DropTable(sa.Table("old", sa.MetaData()), if_exists=True))
    op.execute(CreateSchema("temporary"))
    op.execute(DropSchema("temporary", cascade=True))


def downgrade():
    pass
