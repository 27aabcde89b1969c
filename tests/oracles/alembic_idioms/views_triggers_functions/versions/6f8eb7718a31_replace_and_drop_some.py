"""Replace and drop some

Revision ID: 6f8eb7718a31
Revises: c5d0f7f7d26a
Create Date: 2023-01-16 17:21:00.369517

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "6f8eb7718a31"
down_revision = "c5d0f7f7d26a"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DROP VIEW IF EXISTS dear_products")
    op.execute("CREATE OR REPLACE VIEW cheap_products AS SELECT id, name, price FROM products WHERE price < 20")
    op.execute("DROP TRIGGER IF EXISTS products_touch ON products")
    op.execute("CREATE OR REPLACE FUNCTION price_of(p integer) RETURNS integer LANGUAGE sql AS 'SELECT price FROM products WHERE id = p'")
    op.execute("CREATE TRIGGER products_insert AFTER INSERT OR UPDATE OF price ON products FOR EACH ROW EXECUTE PROCEDURE touch_updated_at()")
    op.drop_column("products", "updated_at")


def downgrade():
    pass
