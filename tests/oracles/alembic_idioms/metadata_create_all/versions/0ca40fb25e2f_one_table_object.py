"""One table object

Revision ID: 0ca40fb25e2f
Revises: 3cb32d6cfc30
Create Date: 2023-08-17 21:35:00.416406

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "0ca40fb25e2f"
down_revision = "3cb32d6cfc30"
branch_labels = None
depends_on = None


def upgrade():
    bind = op.get_bind()
    table = sa.Table("rings", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("width", sa.Float))
    table.create(bind, checkfirst=True)
    table.create(bind, checkfirst=True)
    sa.Index("ix_rings_width", table.c.width).create(bind)
    reflected = sa.Table("planets", sa.MetaData(), autoload_with=bind)
    if "mass" not in reflected.c:
        op.add_column("planets", sa.Column("mass", sa.Float()))
    sa.Table("moons", sa.MetaData()).drop(bind, checkfirst=True)


def downgrade():
    pass
