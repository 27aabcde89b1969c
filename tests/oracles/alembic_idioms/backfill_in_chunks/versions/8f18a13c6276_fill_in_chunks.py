"""Fill in chunks

Revision ID: 8f18a13c6276
Revises: 1d73be1e6ac0
Create Date: 2023-12-06 00:54:00.412318

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "8f18a13c6276"
down_revision = "1d73be1e6ac0"
branch_labels = None
depends_on = None


CHUNK = 10


def upgrade():
    op.add_column("counts", sa.Column("double", sa.Integer()))
    conn = op.get_bind()
    last = 0
    while True:
        ids = conn.execute(
            sa.text("SELECT id FROM counts WHERE id > :last ORDER BY id LIMIT :chunk"),
            {"last": last, "chunk": CHUNK},
        ).scalars().all()
        if not ids:
            break
        conn.execute(sa.text("UPDATE counts SET double = n * 2 WHERE id = ANY(:ids)"), {"ids": list(ids)})
        last = ids[-1]
    left = conn.execute(sa.text("SELECT 1 FROM counts WHERE double IS NULL LIMIT 1")).first()
    if left is not None:
        raise RuntimeError("some rows are not filled")
    op.alter_column("counts", "double", existing_type=sa.Integer(), nullable=False)


def downgrade():
    op.drop_column("counts", "double")
