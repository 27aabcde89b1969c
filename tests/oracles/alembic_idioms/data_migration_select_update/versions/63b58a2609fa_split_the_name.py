"""Split the name

Revision ID: 63b58a2609fa
Revises: 5f826fdd0da3
Create Date: 2023-12-08 01:30:00.610597

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.sql import column, select, table


# revision identifiers, used by Alembic.
revision = "63b58a2609fa"
down_revision = "5f826fdd0da3"
branch_labels = None
depends_on = None


people = table("people", column("id", sa.Integer), column("full_name", sa.String), column("first", sa.String), column("last", sa.String))


def upgrade():
    op.add_column("people", sa.Column("first", sa.String(50), nullable=True))
    op.add_column("people", sa.Column("last", sa.String(50), nullable=True))
    connection = op.get_bind()
    for row in connection.execute(select(people.c.id, people.c.full_name)):
        first, _, last = row.full_name.partition(" ")
        connection.execute(
            people.update().where(people.c.id == row.id).values(first=first, last=last or None)
        )
    op.alter_column("people", "first", nullable=False)
    op.drop_column("people", "full_name")


def downgrade():
    op.add_column("people", sa.Column("full_name", sa.String(100)))
