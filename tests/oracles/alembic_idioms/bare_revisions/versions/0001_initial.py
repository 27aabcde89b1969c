from alembic import op
import sqlalchemy as sa

revision = '0001'
down_revision = None


def upgrade():
    op.create_table('logs', sa.Column('id', sa.Integer, primary_key=True), sa.Column('line', sa.Text, nullable=False))


def downgrade():
    op.drop_table('logs')
