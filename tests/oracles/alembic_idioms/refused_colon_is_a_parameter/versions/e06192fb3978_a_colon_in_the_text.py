"""A colon in the text

Revision ID: e06192fb3978
Revises:
Create Date: 2023-07-27 20:40:00.097249

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "e06192fb3978"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE signs (id SERIAL PRIMARY KEY, d JSONB)")
    op.execute("""INSERT INTO signs (d) VALUES ('{"on" :true}')""")


def downgrade():
    pass
