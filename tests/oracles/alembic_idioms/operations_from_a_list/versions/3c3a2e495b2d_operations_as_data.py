"""Operations as data

Revision ID: 3c3a2e495b2d
Revises:
Create Date: 2024-03-21 05:33:00.549781

"""

from alembic import op
import sqlalchemy as sa
import logging
from dataclasses import dataclass, field


# revision identifiers, used by Alembic.
revision = "3c3a2e495b2d"
down_revision = None
branch_labels = None
depends_on = None


logger = logging.getLogger("alembic.runtime.migration")


@dataclass
class Spec:
    name: str
    type_: sa.types.TypeEngine
    nullable: bool = True
    options: dict = field(default_factory=dict)

    def column(self):
        return sa.Column(self.name, self.type_, nullable=self.nullable, **self.options)


SPECS = [
    Spec("name", sa.String(40), nullable=False),
    Spec("size", sa.Integer(), options={"server_default": "1"}),
    Spec("at", sa.DateTime(), options=dict(server_default=sa.func.now(), comment="when")),
]
ACTIONS = [
    (op.create_index, ("ix_gears_name", "gears", ["name"]), {"unique": True}),
    (op.create_check_constraint, ("ck_gears_size", "gears", "size > 0"), {}),
]


def upgrade():
    op.create_table("gears", sa.Column("id", sa.Integer(), primary_key=True), *[s.column() for s in SPECS])
    logger.info("created %s", "gears")
    print("created gears")
    for function, args, kwargs in ACTIONS:
        function(*args, **kwargs)
    getattr(op, "add_column")("gears", sa.Column("extra", sa.Text()))


def downgrade():
    op.drop_table("gears")
