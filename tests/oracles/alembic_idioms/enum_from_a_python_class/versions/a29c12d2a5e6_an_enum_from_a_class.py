"""An enum from a class

Revision ID: a29c12d2a5e6
Revises:
Create Date: 2023-10-09 02:46:00.184199

"""

from alembic import op
import sqlalchemy as sa
import enum


# revision identifiers, used by Alembic.
revision = "a29c12d2a5e6"
down_revision = None
branch_labels = None
depends_on = None


class Role(enum.Enum):
    OWNER = "owner"
    GUEST = "guest"


class Size(str, enum.Enum):
    small = "S"
    large = "L"


def upgrade():
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("role", sa.Enum(Role), nullable=False),
        sa.Column("size", sa.Enum(Size, name="member_size", values_callable=lambda e: [m.value for m in e])),
        sa.Column("mood", sa.Enum(*[f"mood_{i}" for i in range(3)], name="mood")),
    )


def downgrade():
    op.drop_table("members")
    for name in ("role", "member_size", "mood"):
        op.execute(f"DROP TYPE {name}")
