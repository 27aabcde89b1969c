"""Create what uses a table

Revision ID: c5d0f7f7d26a
Revises:
Create Date: 2023-12-10 18:50:00.584571

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "c5d0f7f7d26a"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "products",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True)),
    )
    op.execute(
        """
        CREATE OR REPLACE FUNCTION touch_updated_at() RETURNS TRIGGER AS $$
        BEGIN
            NEW.updated_at = now();
            RETURN NEW;
        END;
        $$ LANGUAGE plpgsql;
        """
    )
    op.execute(
        """
        CREATE TRIGGER products_touch
        BEFORE UPDATE ON products
        FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
        """
    )
    op.execute("CREATE VIEW cheap_products AS SELECT id, name FROM products WHERE price < 10")
    op.execute("CREATE MATERIALIZED VIEW product_names AS SELECT name FROM products WITH NO DATA")
    op.execute("CREATE OR REPLACE VIEW dear_products AS SELECT id, name FROM products WHERE price >= 10")


def downgrade():
    op.execute("DROP VIEW dear_products")
    op.execute("DROP MATERIALIZED VIEW product_names")
    op.execute("DROP VIEW cheap_products")
    op.execute("DROP TRIGGER products_touch ON products")
    op.execute("DROP FUNCTION touch_updated_at()")
    op.drop_table("products")
