"""Helpers in the revision

Revision ID: 0b226e0dbbb3
Revises:
Create Date: 2023-05-19 10:59:00.429894

"""

from alembic import op
import sqlalchemy as sa
import os
from functools import partial


# revision identifiers, used by Alembic.
revision = "0b226e0dbbb3"
down_revision = None
branch_labels = None
depends_on = None


TABLE = "audit_log"
LENGTH = 2 ** 6
PREFIX = os.environ.get("NO_SUCH_VARIABLE_PREFIX", "ix")
KINDS = tuple(f"kind_{n}" for n in range(1, 4))
REQUIRED = partial(sa.Column, nullable=False)
COLUMNS = {
    "actor": sa.String(LENGTH),
    "action": sa.Enum(*KINDS, name="audit_action"),
    "at": sa.DateTime(timezone=True),
}


def text_column(name, size=None, **kw):
    return sa.Column(name, sa.String(size) if size else sa.Text(), **kw)


def _index(*columns, unique=False):
    op.create_index("_".join([PREFIX, TABLE, *columns]), TABLE, list(columns), unique=unique)


def upgrade():
    columns = [sa.Column("id", sa.Integer(), primary_key=True)]
    columns += [REQUIRED(name, type_) for name, type_ in COLUMNS.items()]
    columns.extend([text_column("detail"), text_column("origin", size=LENGTH // 2, server_default="web")])
    op.create_table(TABLE, *columns)
    _index("actor")
    _index("action", "at", unique=True)
    _upgrade_second_part()


def _upgrade_second_part():
    global LENGTH
    LENGTH += 1
    op.add_column(TABLE, text_column("extra", LENGTH))


def downgrade():
    op.drop_table(TABLE)
