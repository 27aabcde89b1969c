"""A session in a migration

Revision ID: b2e5dcc3de4a
Revises:
Create Date: 2023-12-07 20:58:00.779375

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import declarative_base


# revision identifiers, used by Alembic.
revision = "b2e5dcc3de4a"
down_revision = None
branch_labels = None
depends_on = None


Base = declarative_base()


class Setting(Base):
    __tablename__ = "settings"

    id = sa.Column(sa.Integer, primary_key=True)
    key = sa.Column(sa.String(50), nullable=False)
    value = sa.Column(sa.Text)


def upgrade():
    op.create_table(
        "settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(50), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    session = orm.Session(bind=op.get_bind())
    session.add(Setting(key="theme", value="dark"))
    session.add_all([Setting(key=k) for k in ("lang", "zone")])
    session.flush()
    for setting in session.query(Setting).filter(Setting.value.is_(None)):
        setting.value = ""
    session.commit()
    op.alter_column("settings", "value", nullable=False)


def downgrade():
    op.drop_table("settings")
