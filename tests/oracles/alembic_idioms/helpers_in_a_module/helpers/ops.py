import sqlalchemy as sa
from alembic import op


def timestamps(nullable=False):
    return (
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=nullable),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=nullable),
    )


def pk(kind=sa.Integer, **kwargs):
    return sa.Column("id", kind, primary_key=True, **kwargs)


def has_column(table, column):
    return column in [c["name"] for c in sa.inspect(op.get_bind()).get_columns(table)]


def add_column_if_missing(table, column):
    if not has_column(table, column.name):
        op.add_column(table, column)
        return True
    return False


def create_index_if_missing(name, table, columns, **kwargs):
    existing = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(table)}
    if name not in existing:
        op.create_index(name, table, columns, **kwargs)
