import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.drop_constraint(op.f("ck_very_long_table_name_for_credential_parameters_credential_parameter_id"), "very_long_table_name_for_credential_parameters", type_="check")
    op.drop_constraint(op.f("uq_very_long_table_name_for_credential_parameters_credential_parameter_id"), "very_long_table_name_for_credential_parameters", type_="unique")
    with op.batch_alter_table("very_long_table_name_for_credential_parameters") as batch_op:
        batch_op.drop_index(batch_op.f("ix_very_long_table_name_for_credential_parameters_credential_parameter_id"))
        batch_op.create_index(batch_op.f("ix2_very_long_table_name_for_credential_parameters_credential_parameter_id"), ["credential_parameter_id"])
