"""Look before each change

Revision ID: 12fce201ad44
Revises: 571a2941e2ec
Create Date: 2023-04-02 03:48:00.696621

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "12fce201ad44"
down_revision = "571a2941e2ec"
branch_labels = None
depends_on = None


def upgrade():
    conn = op.get_bind()
    insp = sa.inspect(conn)

    indexes = [ix["name"] for ix in insp.get_indexes("zones")]
    if "ix_zones_name" in indexes:
        op.drop_index("ix_zones_name", table_name="zones")
    if "ix_zones_code" not in indexes:
        op.create_index("ix_zones_code", "zones", ["code"])

    uniques = {uc["name"] for uc in insp.get_unique_constraints("zones")}
    if "uq_zones_code" in uniques:
        op.drop_constraint("uq_zones_code", "zones", type_="unique")
    if not any(uc["column_names"] == ["name"] for uc in insp.get_unique_constraints("zones")):
        op.create_unique_constraint("uq_zones_name", "zones", ["name"])

    for fk in insp.get_foreign_keys("spots"):
        if fk["referred_table"] == "zones" and fk["constrained_columns"] == ["zone_id"]:
            op.drop_constraint(fk["name"], "spots", type_="foreignkey")
            op.create_foreign_key(
                "fk_spots_zone", "spots", "zones", fk["constrained_columns"], fk["referred_columns"], ondelete="CASCADE"
            )

    pk = insp.get_pk_constraint("spots")
    if pk["constrained_columns"] == ["id"]:
        op.drop_constraint(pk["name"], "spots", type_="primary")
        op.create_primary_key("pk_spots", "spots", ["id"])

    for check in insp.get_check_constraints("zones"):
        op.drop_constraint(check["name"], "zones", type_="check")


def downgrade():
    pass
