import sqlalchemy as sa
from alembic import op
from alembic.operations import MigrateOperation, Operations


@Operations.register_operation("create_audited_table")
class CreateAuditedTable(MigrateOperation):
    def __init__(self, name, *columns):
        self.name = name
        self.columns = columns

    @classmethod
    def create_audited_table(cls, operations, name, *columns):
        return operations.invoke(cls(name, *columns))


@Operations.implementation_for(CreateAuditedTable)
def create_audited_table(operations, operation):
    operations.create_table(operation.name, *operation.columns, sa.Column("made_at", sa.DateTime()))


@Operations.register_operation("touch", "run_for")
class Touch(MigrateOperation):
    def __init__(self, target):
        self.target = target

    @classmethod
    def run_for(cls, operations, target):
        return operations.invoke(cls(target))


@Operations.implementation_for(Touch)
def touch(operations, operation):
    operations.execute("ALTER TABLE %s ADD COLUMN touched BOOLEAN" % operation.target)


revision = "0001"
down_revision = None


def upgrade():
    op.create_audited_table("notes", sa.Column("id", sa.Integer(), primary_key=True))
    op.invoke(CreateAuditedTable("teams", sa.Column("id", sa.Integer(), primary_key=True)))
    op.touch("notes")
