"""Do what each dialect needs

Revision ID: 8162ed7913f3
Revises:
Create Date: 2023-12-31 18:27:00.175300

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = "8162ed7913f3"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    bind = op.get_bind()
    dialect = bind.dialect.name
    json_type = postgresql.JSONB() if dialect == "postgresql" else sa.JSON()
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "facts",
        sa.Column("id", big, primary_key=True),
        sa.Column("data", json_type, nullable=False),
        sa.Column("alt", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")),
        sa.Column("kind", sa.String(10)),
    )
    if dialect == "sqlite":
        op.execute("PRAGMA foreign_keys=ON")
        return
    if dialect == "postgresql":
        op.execute("CREATE INDEX ix_facts_data ON facts USING gin (data)")
    elif dialect in ("mysql", "mariadb"):
        op.execute("ALTER TABLE facts ENGINE = InnoDB")
    else:
        raise NotImplementedError(dialect)
    if op.get_context().dialect.name == "postgresql":
        op.create_check_constraint("ck_facts_kind", "facts", "kind <> ''")
    if bind.engine.name != "postgresql":
        op.drop_table("facts")


def downgrade():
    op.drop_table("facts")
