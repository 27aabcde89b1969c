"""A metadata in the revision

Revision ID: 3cb32d6cfc30
Revises:
Create Date: 2023-01-29 23:12:00.670037

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "3cb32d6cfc30"
down_revision = None
branch_labels = None
depends_on = None


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

planets = sa.Table(
    "planets",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(40), unique=True, nullable=False),
    sa.Column("size", sa.Integer, sa.CheckConstraint("size > 0", name="size"), index=True),
)
moons = sa.Table(
    "moons",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("planet_id", sa.ForeignKey("planets.id")),
)


def upgrade():
    metadata.create_all(op.get_bind())


def downgrade():
    metadata.drop_all(op.get_bind())
