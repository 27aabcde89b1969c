"""Names that need quotes

Revision ID: a88cff33e3a6
Revises:
Create Date: 2023-12-07 15:02:00.802217

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "a88cff33e3a6"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "User",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("firstName", sa.String(20), unique=True),
        sa.Column("order", sa.Integer(), index=True),
        sa.Column("with space", sa.Text()),
        sa.Column("select", sa.Text(), server_default="x"),
        sa.CheckConstraint('"order" > 0'),
    )
    op.create_table("group", sa.Column("userId", sa.Integer(), sa.ForeignKey("User.id")), sa.Column("end", sa.Date()))
    op.execute('ALTER TABLE "User" ADD COLUMN "createdAt" TIMESTAMP DEFAULT now()')
    op.execute('CREATE INDEX "IX_User_lower" ON "User" (lower("firstName"))')
    op.execute('CREATE TABLE UPPER_TABLE (ID INTEGER, "Id" INTEGER, NAME TEXT)')
    op.execute("CREATE INDEX Ix_Upper ON Upper_Table (Name)")


def downgrade():
    op.drop_table("group")
    op.drop_table("User")
