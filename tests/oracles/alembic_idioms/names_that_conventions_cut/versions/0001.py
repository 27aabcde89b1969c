import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "very_long_table_name_for_credential_parameters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_parameter_id", sa.Integer(), index=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_very_long_table_name_for_credential_parameters_credential_parameter_id")),
        sa.UniqueConstraint("credential_parameter_id", name=op.f("uq_very_long_table_name_for_credential_parameters_credential_parameter_id")),
        sa.CheckConstraint("id > 0", name=op.f("ck_very_long_table_name_for_credential_parameters_credential_parameter_id")),
    )
    op.create_index(op.f("ix_very_long_table_name_for_credential_parameters_credential_parameter_id"), "very_long_table_name_for_credential_parameters", ["credential_parameter_id"])
    op.create_foreign_key(
        op.f("fk_very_long_table_name_for_credential_parameters_credential_parameter_id"),
        "very_long_table_name_for_credential_parameters",
        "very_long_table_name_for_credential_parameters",
        ["credential_parameter_id"],
        ["id"],
    )
