"""Create pages

Revision ID: d1d8b061a756
Revises:
Create Date: 2023-01-30 20:06:00.059799

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = "d1d8b061a756"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "pages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("site", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("deleted_at", sa.DateTime()),
        sa.Column("meta", postgresql.JSONB()),
        sa.Column("labels", postgresql.ARRAY(sa.Text())),
    )
    op.create_index("ix_pages_site", "pages", ["site"])
    op.create_index("ix_pages_site_slug", "pages", ["site", "slug"], unique=True)
    op.create_index(op.f("ix_pages_title"), "pages", ["title"], unique=False)
    op.create_index("ix_pages_live", "pages", ["slug"], unique=True, postgresql_where=sa.text("deleted_at IS NULL"))
    op.create_index("ix_pages_lower", "pages", [sa.text("lower(slug)")])
    op.create_index("ix_pages_site_lower", "pages", ["site", sa.text("lower(title)")], unique=True)
    op.create_index("ix_pages_meta", "pages", ["meta"], postgresql_using="gin")
    op.create_index("ix_pages_meta_path", "pages", ["meta"], postgresql_using="gin", postgresql_ops={"meta": "jsonb_path_ops"})
    op.create_index("ix_pages_labels", "pages", ["labels"], postgresql_using="gin")
    op.create_index("ix_pages_hash", "pages", ["slug"], postgresql_using="hash")
    op.create_index("ix_pages_recent", "pages", [sa.text("deleted_at DESC")])
    op.create_index("ix_pages_desc_column", "pages", [sa.column("site").desc(), "slug"])
    op.create_index("ix_pages_include", "pages", ["site"], postgresql_include=["title"])
    op.create_index("ix_pages_fill", "pages", ["title"], postgresql_with={"fillfactor": 50})
    op.create_index("ix_pages_again", "pages", ["site"], if_not_exists=True)
    op.create_index("ix_pages_again", "pages", ["site"], if_not_exists=True)
    op.create_index("ix_pages_func", "pages", [sa.func.coalesce(sa.column("title"), "")])
    op.create_index("ix_pages_doc", "pages", [sa.text("to_tsvector('english', title)")], postgresql_using="gin")
    op.create_index("ix_pages_key", "pages", [sa.text("(meta ->> 'kind')")])


def downgrade():
    op.drop_table("pages")
