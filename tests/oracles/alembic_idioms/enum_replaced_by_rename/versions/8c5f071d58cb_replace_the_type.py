"""Replace the type

Revision ID: 8c5f071d58cb
Revises: c8a43ba0f439
Create Date: 2023-09-06 07:07:00.485470

"""

from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = "8c5f071d58cb"
down_revision: Union[str, Sequence[str], None] = "c8a43ba0f439"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


old_options = ("new", "doing", "done")
new_options = sorted(old_options + ("blocked",))

old_type = sa.Enum(*old_options, name="taskstate")
new_type = sa.Enum(*new_options, name="taskstate")
tmp_type = sa.Enum(*new_options, name="_taskstate")


def upgrade() -> None:
    op.alter_column("tasks", "state", server_default=None)
    tmp_type.create(op.get_bind(), checkfirst=False)
    op.execute("ALTER TABLE tasks ALTER COLUMN state TYPE _taskstate USING state::text::_taskstate")
    old_type.drop(op.get_bind(), checkfirst=False)
    new_type.create(op.get_bind(), checkfirst=False)
    op.execute("ALTER TABLE tasks ALTER COLUMN state TYPE taskstate USING state::text::taskstate")
    tmp_type.drop(op.get_bind(), checkfirst=False)
    op.alter_column("tasks", "state", server_default="new")
    op.execute("ALTER TYPE taskstate RENAME TO task_state")


def downgrade() -> None:
    pass
